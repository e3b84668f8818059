use super::{Operation, coins, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;

/// `weights` has one number a position of the whole batch, or is empty.
fn case(name: &str, x: Tensor, weights: Vec<f32>) -> Case {
    let positions = x.per_sample() / x.shape.last().expect("a last axis");
    let case = Case::value(name, move |graph, operands| {
        let samples = &operands.samples;
        let own = if weights.is_empty() { &[] } else { &weights[samples.start * positions..samples.end * positions] };
        graph.mean_pool(operands.inputs[0], own)
    });
    case.input(x)
}

fn read(fixture: &Fixture) -> Case {
    case(&fixture.name, fixture.input("x"), fixture.constant("mask").data)
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("mean_pool");
    let mut cases = Vec::new();
    for shape in [&[1, 1, 1][..], &[13, 3, 17], &[2, 5, 3, 7], &[5, 3]] {
        let x = Tensor::random("x", shape, &mut stream);
        let width = *shape.last().expect("a last axis");
        let positions = x.per_sample() / width;
        let reference = move |inputs: &[Vec<f64>], _: &[Vec<f64>]| {
            let mean = |sample: &[f64], i: usize| sample[i..].iter().step_by(width).sum::<f64>() / positions as f64;
            inputs[0].chunks(positions * width).flat_map(|sample| (0..width).map(move |i| mean(sample, i))).collect()
        };
        cases.push(case(&format!("{shape:?}"), x.clone(), Vec::new()).reference(reference));
        let mut weights: Vec<f32> = coins(&mut stream, shape[0] * positions).iter().map(|&kept| if kept { 1.0 } else { 0.0 }).collect();
        weights[..positions].fill(0.0); // a sample without any position
        weights[shape[0] * positions - 1] = 0.5;
        cases.push(case(&format!("{shape:?} weighted"), x, weights));
    }
    let global = |fixture: &Fixture| case(&fixture.name, fixture.input("x"), Vec::new());
    Operation { fixtures: vec![("masked_mean", read), ("global_avg_pool2d", global)], cases }
}
