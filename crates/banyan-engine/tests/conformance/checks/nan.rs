//! NaN is never swallowed.

use super::engine;
use crate::case::Case;
use crate::operations::{Operation, stream};
use crate::setup::{Labels, Setup};

/// Wherever a large number would change the loss, NaN must make it NaN: at places of every input and parameter.
pub(crate) fn reaches_the_loss(operation: &Operation) {
    let mut reached = 0;
    for case in &operation.cases {
        reached += case_reaches(case);
    }
    assert!(reached > 0, "no case looks at any of its operands");
}

fn case_reaches(case: &Case) -> usize {
    let mut stream = stream(&case.name);
    let setup = Setup::new(case).task(Labels::All, &mut stream);
    let mut engine = engine(1);
    let mut parameters = setup.parameters.clone();
    let plain = setup.value_of(&parameters, 0..case.samples, &setup.tasks[0].weights);
    let mut reached = 0;
    for (id, name) in setup.trained() {
        let len = parameters.get(id).len();
        for _ in 0..len.min(16) {
            let place = stream.below(len);
            let own = parameters.get(id)[place];
            let mut with = |value: f32| {
                parameters.get_mut(id)[place] = value;
                let result = setup.value_of(&parameters, 0..case.samples, &setup.tasks[0].weights);
                let loss = engine.losses(&parameters, &setup, 1)[0];
                parameters.get_mut(id)[place] = own;
                (result, loss)
            };
            if with(1e3).0 != plain || with(-1e3).0 != plain {
                let (result, loss) = with(f32::NAN);
                assert!(result.iter().any(|x| x.is_nan()), "{}: NaN at {place} of {name} is lost", case.name);
                assert!(loss.is_nan(), "{}: NaN at {place} of {name}: the loss is {loss}", case.name);
                reached += 1;
            }
        }
    }
    reached
}
