//! Whole descents on two quadratic losses: each method ends where no direction helps both.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod common;

use common::{Options, Rows, direction_of, gramian_method, gramian_of, norm, step, weights};

/// `L_i(x) = ½ (x - u_i)ᵀ A_i (x - u_i)`, with curvatures and scales that differ a lot.
const CURVATURES: [[[f64; 2]; 2]; 2] = [[[1.0, 0.2], [0.2, 0.05]], [[3.0, -0.6], [-0.6, 0.2]]];
const MINIMA: [[f64; 2]; 2] = [[1.0, 0.0], [-1.0, 0.0]];

fn gradients(x: &[f64]) -> Rows {
    (0..2)
        .map(|task| {
            let apart = [x[0] - MINIMA[task][0], x[1] - MINIMA[task][1]];
            CURVATURES[task].iter().map(|row| row[0] * apart[0] + row[1] * apart[1]).collect()
        })
        .collect()
}

fn losses(x: &[f64]) -> Vec<f64> {
    gradients(x).iter().zip(MINIMA).map(|(gradient, u)| 0.5 * (gradient[0] * (x[0] - u[0]) + gradient[1] * (x[1] - u[1]))).collect()
}

/// The length of the shortest convex combination of the gradients: 0 where no direction helps both.
fn stationarity(x: &[f64]) -> f64 {
    let rows = gradients(x);
    norm(&direction_of(&rows, &weights("mgda", &[], &gramian_of(&rows))))
}

fn descend(name: &str, options: Options, start: [f64; 2], rate: f64, steps: u64, mut observe: impl FnMut(&[f64])) -> Vec<f64> {
    let known = [true; 2];
    let mut method = gramian_method(name, options, 2);
    let mut x = start.to_vec();
    for number in 0..steps {
        let rows = gradients(&x);
        let found = method.weights(&step(number, &known), &gramian_of(&rows), &losses(&x)).unwrap();
        let direction = direction_of(&rows, &found);
        x.iter_mut().zip(direction).for_each(|(value, slope)| *value -= rate * slope);
        observe(&x);
    }
    x
}

#[test]
fn methods_descend_to_the_pareto_front() {
    for (name, options) in [
        ("mean", &[] as Options),
        ("sum", &[]),
        ("mgda", &[]),
        ("pcgrad", &[]),
        ("cagrad", &[]),
        ("upgrad", &[]),
        ("dualproj", &[]),
        ("fairgrad", &[("alpha", 0.5.into())]),
    ] {
        for start in [[3.0, 4.0], [-2.0, 5.0], [0.0, -3.0], [2.0, -20.0]] {
            let end = descend(name, options, start, 0.05, 20_000, |_| ());
            let left = stationarity(&end) / stationarity(&start);
            assert!(left < 2e-3, "{name} from {start:?} ends at {end:?} with {left:e} of its slope");
        }
    }
}

/// The bargain's step does not shrink towards the front, where the gradients do not: it needs a falling rate.
#[test]
fn nash_mtl_descends_to_within_its_step() {
    for rate in [0.05, 0.005] {
        let end = descend("nash-mtl", &[], [3.0, 4.0], rate, (500.0 / rate) as u64, |_| ());
        assert!(stationarity(&end) < rate * stationarity(&[3.0, 4.0]), "{end:?}");
    }
}

#[test]
fn upgrad_raises_no_loss_on_the_way() {
    let options: Options = &[("regularisation", 0.0.into())];
    for start in [[3.0, 4.0], [-2.0, 5.0], [2.0, -20.0]] {
        let mut last = losses(&start);
        descend("upgrad", options, start, 0.02, 3000, |x| {
            let now = losses(x);
            // A step of finite length can raise a loss by its second order, where the first is 0.
            assert!(now.iter().zip(&last).all(|(now, last)| *now <= last + 1e-3 * last.max(1e-6)), "{now:?} after {last:?}");
            last = now;
        });
    }
}
