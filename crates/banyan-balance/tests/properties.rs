//! What the methods promise, on Jacobians of all shapes, ranks and scales.

mod common;

use banyan_balance::Gramian;
use common::*;

const SCALES: [f64; 5] = [1e-10, 1e-5, 1.0, 1e5, 1e10];

/// Every sample at every scale, as (what, rows).
fn all_samples() -> impl Iterator<Item = (String, Rows)> {
    jacobians().into_iter().flat_map(|(what, rows)| SCALES.map(|factor| (format!("{what} times {factor:e}"), scaled(&rows, factor))))
}

/// The squared length of the longest row: the unit in which inner products are small.
fn square(rows: &Rows) -> f64 {
    longest(rows).powi(2)
}

fn assert_no_conflict(name: &str, options: Options, tolerance: f64) {
    for (what, rows) in all_samples() {
        let gramian = gramian_of(&rows);
        let found = weights(name, options, &gramian);
        let size = found.iter().map(|weight| weight.abs()).fold(1.0, f64::max);
        for product in gramian.projections(&found) {
            assert!(product >= -tolerance * square(&rows) * size, "{name} on {what}: {product:e}, weights {found:?}");
        }
    }
}

#[test]
fn all_methods_are_finite_on_everything() {
    for name in gramian_methods() {
        for (what, rows) in all_samples() {
            let found = weights(name, &[], &gramian_of(&rows));
            assert!(found.iter().all(|weight| weight.is_finite()), "{name} on {what}: {found:?}");
            assert!(direction_of(&rows, &found).iter().all(|value| value.is_finite()), "{name} on {what}");
        }
    }
}

#[test]
fn all_options_are_finite_on_everything() {
    let exact: Options = &[("regularisation", 0.0.into())];
    let variants: [(&str, Options); 15] = [
        ("upgrad", exact),
        ("dualproj", exact),
        ("mgda", &[("normalise", "l2".into())]),
        ("mgda", &[("normalise", "loss".into())]),
        ("mgda", &[("normalise", "loss+".into())]),
        ("mgda", &[("solver", "frank-wolfe".into())]),
        ("cagrad", &[("c", 0.1.into())]),
        ("cagrad", &[("c", 1.0.into())]),
        ("cagrad", &[("c", 10.0.into())]),
        ("fairgrad", &[("alpha", 0.1.into())]),
        ("fairgrad", &[("alpha", 0.5.into())]),
        ("fairgrad", &[("alpha", 10.0.into())]),
        ("aligned-mtl", &[("scale", "median".into())]),
        ("aligned-mtl", &[("scale", "rmse".into())]),
        ("nash-mtl", &[("normalise", "frobenius".into()), ("max_norm", 0.0.into())]),
    ];
    for (name, options) in variants {
        for (what, rows) in all_samples() {
            let found = weights(name, options, &gramian_of(&rows));
            assert!(found.iter().all(|weight| weight.is_finite()), "{name} {options:?} on {what}: {found:?}");
        }
    }
}

#[test]
fn gramians_with_the_noise_of_single_precision_are_no_trouble() {
    let mut sampler = Sampler::new(11);
    for name in gramian_methods() {
        for (what, rows) in jacobians() {
            let clean = gramian_of(&rows);
            let size = clean.tasks();
            let norms = clean.norms();
            let mut values = clean.values().to_vec();
            for i in 0..size {
                for j in 0..=i {
                    let value = values[i * size + j] + 1e-7 * sampler.normal() * norms[i] * norms[j];
                    values[i * size + j] = value;
                    values[j * size + i] = value;
                }
            }
            let found = weights(name, &[], &Gramian::new(size, values).unwrap());
            assert!(found.iter().all(|weight| weight.abs() < 1e20), "{name} on {what}: {found:?}");
        }
    }
}

#[test]
fn upgrad_and_dualproj_conflict_by_their_regularization_at_most() {
    for name in ["upgrad", "dualproj"] {
        for regularization in [1e-4, 1e-2] {
            for (what, rows) in all_samples() {
                let gramian = gramian_of(&rows);
                let found = weights(name, &[("regularisation", regularization.into())], &gramian);
                let trace: f64 = (0..gramian.tasks()).map(|task| gramian.get(task, task)).sum();
                for (product, weight) in gramian.projections(&found).iter().zip(&found) {
                    let bound = -(regularization * weight + 1e-11) * trace;
                    assert!(*product >= bound, "{name} on {what}: {product:e} < {bound:e}");
                }
            }
        }
    }
}

#[test]
fn exact_projections_do_not_conflict() {
    assert_no_conflict("upgrad", &[("regularisation", 0.0.into())], 1e-9);
    assert_no_conflict("dualproj", &[("regularisation", 0.0.into())], 1e-9);
}

#[test]
fn mgda_does_not_conflict_whatever_the_normalizer() {
    for normalizer in ["none", "l2", "loss", "loss+"] {
        assert_no_conflict("mgda", &[("normalise", normalizer.into())], 1e-12);
    }
}

#[test]
fn cagrad_with_a_large_ball_does_not_conflict() {
    assert_no_conflict("cagrad", &[("c", 1.0.into())], 1e-8);
    assert_no_conflict("cagrad", &[("c", 3.0.into())], 1e-8);
}

#[test]
fn bargains_do_not_conflict() {
    // Cancelling gradients are bounded by lifting eigenvalues to 1e-7.
    for (what, rows) in all_samples() {
        let gramian = gramian_of(&rows);
        for (name, options) in [("nash-mtl", &[] as Options), ("fairgrad", &[]), ("fairgrad", &[("alpha", 2.0.into())])] {
            let found = weights(name, options, &gramian);
            let norms = gramian.norms();
            for (task, product) in gramian.projections(&found).into_iter().enumerate() {
                let size: f64 = found.iter().zip(&norms).map(|(weight, norm)| weight * norm).sum::<f64>() * norms[task];
                assert!(product >= -1e-7 * size, "{name} on {what}: task {task} has {product:e} of {size:e}");
            }
        }
    }
}

#[test]
fn pcgrad_of_two_tasks_does_not_conflict() {
    let mut sampler = Sampler::new(5);
    for _ in 0..50 {
        let rows = sampler.matrix(2, 3);
        let gramian = gramian_of(&rows);
        let products = gramian.projections(&weights("pcgrad", &[], &gramian));
        assert!(products.iter().all(|product| *product >= -1e-12));
    }
}

#[test]
fn the_order_of_tasks_does_not_matter() {
    let mut sampler = Sampler::new(17);
    for name in gramian_methods().filter(|name| !["pcgrad", "gradvac"].contains(name)) {
        for (what, rows) in jacobians() {
            let mut order: Vec<usize> = (0..rows.len()).collect();
            for last in (1..order.len()).rev() {
                order.swap(last, sampler.below(last + 1));
            }
            let permuted: Rows = order.iter().map(|&row| rows[row].clone()).collect();
            let (first, second) = (direction(name, &[], &rows), direction(name, &[], &permuted));
            // Weights that cancel amplify rounding; what they amplify it by is their own size.
            let found = weights(name, &[], &gramian_of(&rows));
            let size = found.iter().zip(&rows).map(|(weight, row)| weight.abs() * norm(row)).sum::<f64>();
            assert_close(&second, &first, 1e-6 * size.max(1e-300), &format!("{name} on {what}, order {order:?}"));
        }
    }
}

#[test]
fn weights_follow_their_tasks() {
    // With independent gradients the weights are unique too, and not only the direction.
    let mut sampler = Sampler::new(29);
    for name in gramian_methods().filter(|name| !["pcgrad", "gradvac"].contains(name)) {
        for _ in 0..20 {
            let rows = sampler.matrix(4, 12);
            let reversed: Rows = rows.iter().rev().cloned().collect();
            let mut found = weights(name, &[], &gramian_of(&reversed));
            found.reverse();
            assert_close(&found, &weights(name, &[], &gramian_of(&rows)), 1e-8, name);
        }
    }
}

#[test]
fn directions_scale_with_all_gradients_as_documented() {
    let mut sampler = Sampler::new(23);
    let unclipped: Options = &[("max_norm", 0.0.into())];
    let frobenius: Options = &[("max_norm", 0.0.into()), ("normalise", "frobenius".into())];
    let degrees: [(&str, Options, f64); 12] = [
        ("mean", &[], 1.0),
        ("sum", &[], 1.0),
        ("mgda", &[], 1.0),
        ("pcgrad", &[], 1.0),
        ("gradvac", &[], 1.0),
        ("imtl-g", &[], 1.0),
        ("cagrad", &[], 1.0),
        ("aligned-mtl", &[], 1.0),
        ("upgrad", &[], 1.0),
        ("dualproj", &[], 1.0),
        ("nash-mtl", unclipped, 0.0),
        ("nash-mtl", frobenius, 1.0),
    ];
    for (rows, columns) in [(2, 5), (5, 5), (8, 20)] {
        let sample = sampler.matrix(rows, columns);
        for factor in [1e-10, 1e-3, 1e4, 1e10] {
            let large = scaled(&sample, factor);
            for (name, options, degree) in degrees {
                let expected = scaled(&vec![direction(name, options, &sample)], factor.powf(degree)).remove(0);
                let found = direction(name, options, &large);
                assert_close(&found, &expected, 1e-9 * norm(&expected), &format!("{name} times {factor:e}"));
            }
            for alpha in [0.25, 0.5, 2.0, 5.0] {
                let options: Options = &[("alpha", alpha.into())];
                let degree = (1.0 - alpha) / (1.0 + alpha);
                let expected = scaled(&vec![direction("fairgrad", options, &sample)], factor.powf(degree)).remove(0);
                let found = direction("fairgrad", options, &large);
                assert_close(&found, &expected, 1e-9 * norm(&expected), &format!("fairgrad {alpha} times {factor:e}"));
            }
        }
    }
}

/// `d(diag(a + b) J) = d(diag(a) J) + d(diag(b) J)`, the paper's definition of linearity under scaling.
#[test]
fn upgrad_is_linear_in_the_scale_of_each_gradient() {
    let mut sampler = Sampler::new(31);
    for regularization in [0.0, 1e-4] {
        let options: Options = &[("regularisation", regularization.into())];
        for _ in 0..40 {
            let rows = sampler.matrix(5, 9);
            let scales: Vec<[f64; 2]> = (0..5).map(|_| [0.2 + sampler.uniform(), 0.2 + sampler.uniform()]).collect();
            let with = |scale: &dyn Fn(usize) -> f64| -> Vec<f64> {
                let rows: Rows = rows.iter().enumerate().map(|(task, row)| row.iter().map(|v| v * scale(task)).collect()).collect();
                direction("upgrad", options, &rows)
            };
            let first = with(&|task| scales[task][0]);
            let second = with(&|task| scales[task][1]);
            let sum: Vec<f64> = first.iter().zip(second).map(|(a, b)| a + b).collect();
            let together = with(&|task| scales[task][0] + scales[task][1]);
            let tolerance = if regularization == 0.0 { 1e-11 } else { 6e-2 };
            assert_close(&together, &sum, tolerance, "upgrad");
        }
    }
}

#[test]
fn mgda_satisfies_the_conditions_of_its_minimum() {
    for (what, rows) in all_samples() {
        let gramian = gramian_of(&rows);
        let found = weights("mgda", &[], &gramian);
        assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{what}");
        let slopes = gramian.projections(&found);
        let value = dot(&slopes, &found);
        let shortest = rows.iter().map(|row| norm(row)).fold(f64::INFINITY, f64::min);
        for task in 0..rows.len() {
            // Relative to the task's own length and to the shortest gradient, not to the longest.
            let unit = 1e-10 * norm(&rows[task]) * shortest.max(1e-300);
            assert!(found[task] >= 0.0, "{what}");
            assert!(slopes[task] >= value - unit, "{what}: {slopes:?} against {value:e}, weights {found:?}");
            assert!(found[task] == 0.0 || slopes[task] <= value + unit, "{what}: {slopes:?}, weights {found:?}");
        }
    }
}

#[test]
fn frank_wolfe_approaches_the_exact_minimum() {
    let options: Options = &[("solver", "frank-wolfe".into()), ("tolerance", 0.0.into()), ("iterations", 20_000.0.into())];
    let mut sampler = Sampler::new(37);
    for _ in 0..5 {
        let gramian = gramian_of(&sampler.matrix(4, 4));
        let (near, exact) = (weights("mgda", options, &gramian), weights("mgda", &[], &gramian));
        assert!(gramian.direction_norm(&near) - gramian.direction_norm(&exact) < 1e-3);
        assert!(gramian.direction_norm(&exact) <= gramian.direction_norm(&near) + 1e-12);
    }
}

#[test]
fn where_no_direction_helps_all_there_is_none() {
    let exact: Options = &[("regularisation", 0.0.into())];
    let mut sampler = Sampler::new(41);
    for (rows, columns) in [(2, 3), (4, 3), (5, 8), (9, 11)] {
        let sample = sampler.stationary(rows, columns);
        let size = longest(&sample);
        assert!(norm(&direction("mgda", &[], &sample)) < 1e-6 * size);
        for name in ["upgrad", "dualproj"] {
            assert!(norm(&direction(name, exact, &sample)) < 1e-6 * size, "{name}");
            assert!(norm(&direction(name, &[], &sample)) < 0.05 * size, "{name}");
        }
    }
}

#[test]
fn without_conflict_projections_change_nothing() {
    let mut sampler = Sampler::new(43);
    let rows: Rows = sampler.matrix(4, 6).iter().map(|row| row.iter().map(|value| value.abs()).collect()).collect();
    for name in ["upgrad", "dualproj"] {
        assert_close(&weights(name, &[], &gramian_of(&rows)), &[0.25; 4], 1e-15, name);
    }
    assert_close(&weights("pcgrad", &[], &gramian_of(&rows)), &[1.0; 4], 1e-15, "pcgrad");
}

#[test]
fn imtl_g_projects_equally_on_all() {
    let mut sampler = Sampler::new(47);
    for (rows, columns) in [(2, 2), (4, 9), (9, 20)] {
        let gramian = gramian_of(&sampler.matrix(rows, columns));
        let found = weights("imtl-g", &[], &gramian);
        assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let products = gramian.projections(&found);
        let parts: Vec<f64> = products.iter().zip(gramian.norms()).map(|(product, norm)| product / norm).collect();
        assert_close(&parts, &vec![parts[0]; rows], 1e-9 * parts[0].abs(), "imtl-g");
    }
}

#[test]
fn fairgrad_solves_its_equation() {
    let mut sampler = Sampler::new(53);
    for alpha in [0.1, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0] {
        for (rows, columns) in [(2, 3), (5, 9), (9, 20)] {
            let mut sample = sampler.matrix(rows, columns);
            // Lengths from 0.01 to 100.
            for row in &mut sample {
                let factor = 10f64.powf(4.0 * sampler.uniform() - 2.0);
                row.iter_mut().for_each(|value| *value *= factor);
            }
            let gramian = gramian_of(&sample);
            let found = weights("fairgrad", &[("alpha", alpha.into())], &gramian);
            for (task, product) in gramian.projections(&found).into_iter().enumerate() {
                let expected = found[task].powf(-1.0 / alpha);
                // What the product is summed from, which can be much larger.
                let terms: f64 = (0..rows).map(|other| (gramian.get(task, other) * found[other]).abs()).sum();
                let apart = (product - expected).abs();
                assert!(apart <= 1e-6 * expected + 1e-13 * terms, "alpha {alpha}: {product:e} for {expected:e}, {found:?}");
                assert!(found[task] > 0.0);
            }
        }
    }
}

#[test]
fn nash_mtl_ignores_the_scale_of_each_gradient() {
    let mut sampler = Sampler::new(59);
    let rows = sampler.matrix(5, 8);
    let uneven: Rows =
        rows.iter().enumerate().map(|(task, row)| scaled(&vec![row.clone()], 10f64.powi(4 * task as i32 - 8)).remove(0)).collect();
    for options in [&[] as Options, &[("max_norm", 0.0.into())]] {
        assert_close(&direction("nash-mtl", options, &uneven), &direction("nash-mtl", options, &rows), 1e-9, "nash-mtl");
    }
}

#[test]
fn nash_mtl_bargains_when_it_is_due() {
    let mut sampler = Sampler::new(61);
    let known = [true; 3];
    let gramians: Vec<Gramian> = (0..5).map(|_| gramian_of(&sampler.matrix(3, 5))).collect();
    let options: Options = &[("update_every", 2.0.into()), ("max_norm", 0.0.into())];
    let mut method = gramian_method("nash-mtl", options, 3);
    let found: Vec<Vec<f64>> = gramians
        .iter()
        .enumerate()
        .map(|(number, gramian)| method.weights(&step(number as u64, &known), gramian, &[1.0; 3]).unwrap())
        .collect();
    assert_eq!(found[1], found[0]);
    assert_eq!(found[3], found[2]);
    assert_ne!(found[2], found[0]);
    assert_eq!(found[4], weights("nash-mtl", &[("max_norm", 0.0.into())], &gramians[4]));
}

#[test]
fn aligned_mtl_makes_the_gradients_orthogonal_and_equally_long() {
    let mut sampler = Sampler::new(67);
    for scale in ["min", "median", "rmse"] {
        let rows = sampler.matrix(4, 7);
        let aligned: Rows = (0..4)
            .map(|task| {
                let alone: Vec<f64> = (0..4).map(|other| f64::from(u8::from(other == task))).collect();
                direction("aligned-mtl", &[("scale", scale.into()), ("preference", alone.into())], &rows)
            })
            .collect();
        let length = norm(&aligned[0]);
        for i in 0..4 {
            for j in 0..4 {
                let expected = if i == j { length * length } else { 0.0 };
                assert!((dot(&aligned[i], &aligned[j]) - expected).abs() < 1e-10 * length * length, "{scale}");
            }
        }
    }
}

#[test]
fn gradvac_turns_gradients_to_their_usual_angle() {
    // Two unit gradients at 60°, then at 120°. After the first call the targets are 1/4.
    let at = |degrees: f64| -> Rows {
        let angle = degrees.to_radians();
        vec![vec![1.0, 0.0], vec![angle.cos(), angle.sin()]]
    };
    let known = [true; 2];
    let mut method = gramian_method("gradvac", &[], 2);
    let first = method.weights(&step(0, &known), &gramian_of(&at(60.0)), &[1.0; 2]).unwrap();
    assert_eq!(first, [1.0, 1.0]);
    assert_close(&method.state(), &[0.0, 0.25, 0.25, 0.0], 1e-15, "targets");
    let second = method.weights(&step(1, &known), &gramian_of(&at(120.0)), &[1.0; 2]).unwrap();
    // φ = -1/2, φ̂ = 1/4: (φ̂ √(1-φ²) - φ √(1-φ̂²)) / √(1-φ̂²) = 1/2 + √(3/4) / (4 √(15/16)) = 0.7236068
    assert_close(&second, &[1.723606797749979, 1.723606797749979], 1e-12, "weights");
    assert_close(&method.state(), &[0.0, -0.125, -0.125, 0.0], 1e-12, "targets");
}

#[test]
fn tasks_without_labels_are_as_if_they_were_not_there() {
    let mut sampler = Sampler::new(71);
    let known = [true, false, true, true, false];
    for name in gramian_methods() {
        // A random order depends on the tasks' numbers, which differ between the two.
        let options: Options = if ["pcgrad", "gradvac"].contains(&name) { &[("order", "natural".into())] } else { &[] };
        let rows = sampler.matrix(5, 9);
        let some: Rows = (0..5).filter(|&task| known[task]).map(|task| rows[task].clone()).collect();
        let mut method = gramian_method(name, options, 5);
        let losses = [1.0, f64::NAN, 1.0, 1.0, f64::INFINITY];
        let found = method.weights(&step(0, &known), &gramian_of(&rows), &losses).unwrap();
        let expected = weights(name, options, &gramian_of(&some));
        assert_close(&[found[0], found[2], found[3]], &expected, 1e-14, name);
        assert_eq!([found[1], found[4]], [0.0, 0.0], "{name}");
        assert_eq!(method.weights(&step(1, &[false; 5]), &gramian_of(&rows), &losses).unwrap(), [0.0; 5], "{name}");
    }
}

#[test]
fn a_preference_keeps_its_sum_among_known_tasks() {
    // Gradients at right angles: the weights are the preference itself.
    let rows: Rows = (0..3).map(|i| (0..3).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for name in ["upgrad", "dualproj"] {
        let mut method = gramian_method(name, &[("preference", vec![1.0, 2.0, 3.0].into())], 3);
        let found = method.weights(&step(0, &[true, false, true]), &gramian_of(&rows), &[1.0; 3]).unwrap();
        assert_close(&found, &[1.5, 0.0, 4.5], 1e-12, name);
    }
}

#[test]
fn the_same_seed_and_step_give_the_same_bits() {
    let mut sampler = Sampler::new(73);
    let gramian = gramian_of(&sampler.matrix(6, 4));
    for name in gramian_methods() {
        assert_eq!(weights(name, &[], &gramian), weights(name, &[], &gramian), "{name}");
    }
    // And another step another order, which shows in the weights where gradients conflict.
    let known = [true; 6];
    let mut pcgrad = gramian_method("pcgrad", &[], 6);
    let orders: Vec<Vec<f64>> = (0..8).map(|number| pcgrad.weights(&step(number, &known), &gramian, &[1.0; 6]).unwrap()).collect();
    assert!(orders.iter().any(|weights| *weights != orders[0]));
}
