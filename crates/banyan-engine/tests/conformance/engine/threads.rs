//! The same bits on any number of threads, where several are known to have worked.

use super::model::{Model, TASKS};
use crate::checks::engine;
use crate::tensor::assert_same_bits;
use banyan_engine::Engine;

/// All ways to make a gradient.
fn everything(engine: &mut Engine, model: &Model) -> (Vec<f32>, Vec<f64>) {
    let (mut numbers, mut doubles) = (Vec::new(), Vec::new());
    doubles.extend(engine.weighted(&model.parameters, model, &[1.0, 0.5, 2.0]));
    numbers.extend_from_slice(engine.gradient());
    doubles.extend(engine.stacked(&model.parameters, model, TASKS));
    doubles.extend(engine.gramian(&model.parameters));
    engine.combine(&model.parameters, &[0.5, 1.0, 0.25]);
    numbers.extend_from_slice(engine.gradient());
    let weigh =
        |_: &[f64], gramian: &[f64]| Ok::<_, ()>((0..TASKS).map(|task| 1.0 / (1.0 + gramian[task * TASKS + task] as f32)).collect());
    let (losses, gramian) = engine.weighted_by_representation(&model.parameters, model, TASKS, weigh).expect("weights");
    doubles.extend(losses.into_iter().chain(gramian));
    numbers.extend_from_slice(engine.gradient());
    let weigh = |losses: &[f64]| Ok::<_, ()>(losses.iter().map(|&loss| 1.0 / (0.1 + loss as f32)).collect());
    doubles.extend(engine.weighted_by_losses(&model.parameters, model, TASKS, weigh).expect("weights"));
    numbers.extend_from_slice(engine.gradient());
    (numbers, doubles)
}

#[test]
fn several_work_and_the_bits_are_those_of_one() {
    // Wide enough that sums of gradients and Gramians are shared too: they go in blocks of thousands.
    let mut model = Model::new(101, 150, 10).chunk(3);
    model.caller = Some(std::thread::current().id());
    let (numbers, doubles) = everything(&mut engine(1), &model);
    for threads in [2, 3, 8] {
        let mut engine = engine(threads);
        model.seen.lock().expect("no thread panicked").clear();
        // A step of which too little is known is shared; one that took less than it is worth is not, and its chunks wait for nobody.
        model.awaited = 2;
        for step in 0..5 {
            let found = everything(&mut engine, &model);
            assert_same_bits(&found.0, &numbers, &format!("{threads} threads, step {step}"));
            assert_eq!(found.1, doubles, "{threads} threads, step {step}");
        }
        let seen = model.seen.lock().expect("no thread panicked").len();
        assert!(seen > 1, "of {threads} threads only {seen} worked");
        model.awaited = 0;
    }
}
