//! Thousands of awkward Jacobians at once: low ranks, whole numbers, lengths that differ by twelve orders of
//! magnitude, rows that are equal or opposite but for the seventh digit.

mod common;

use common::*;

fn sample(sampler: &mut Sampler) -> Rows {
    let (count, columns) = (1 + sampler.below(12), 1 + sampler.below(14));
    let rank = 1 + sampler.below(count.min(columns));
    let mut rows = if sampler.uniform() < 0.5 { sampler.of_rank(count, columns, rank) } else { sampler.matrix(count, columns) };
    if sampler.uniform() < 0.3 {
        rows.iter_mut().flatten().for_each(|value| *value = value.round());
    }
    if sampler.uniform() < 0.3 {
        for row in &mut rows {
            let factor = 10f64.powf(12.0 * sampler.uniform() - 6.0);
            row.iter_mut().for_each(|value| *value *= factor);
        }
    }
    if sampler.uniform() < 0.3 {
        let (from, to) = (sampler.below(count), sampler.below(count));
        let sign = if sampler.uniform() < 0.5 { 1.0 } else { -1.0 };
        let noise = if sampler.uniform() < 0.5 { 1e-7 } else { 0.0 };
        rows[to] = rows[from].iter().map(|value| value * sign * (1.0 + noise * sampler.normal())).collect();
    }
    rows
}

#[test]
fn every_method_answers() {
    let mut sampler = Sampler::new(12_345);
    for number in 0..3000 {
        let rows = sample(&mut sampler);
        let gramian = gramian_of(&rows);
        for name in gramian_methods() {
            let found = weights(name, &[], &gramian);
            assert!(found.iter().all(|weight| weight.is_finite()), "{name} on sample {number}, {rows:?}: {found:?}");
        }
        for alpha in [0.1, 0.2, 0.5, 3.0, 10.0] {
            let found = weights("fairgrad", &[("alpha", alpha.into())], &gramian);
            assert!(found.iter().all(|weight| weight.is_finite()), "fairgrad {alpha} on sample {number}, {rows:?}: {found:?}");
        }
    }
}

#[test]
fn projections_are_exact() {
    let mut sampler = Sampler::new(54_321);
    for number in 0..5000 {
        let rows = sample(&mut sampler);
        let gramian = gramian_of(&rows);
        let trace: f64 = rows.iter().map(|row| dot(row, row)).sum();
        if trace == 0.0 {
            continue;
        }
        let lower = 1.0 / rows.len() as f64;
        for (regularization, tolerance) in [(1e-4, 1e-12), (0.0, 1e-6)] {
            let found = weights("dualproj", &[("regularisation", regularization.into())], &gramian);
            let largest = found.iter().copied().fold(0.0, f64::max);
            for (task, product) in gramian.projections(&found).into_iter().enumerate() {
                let slope = product / trace + regularization * found[task];
                let unit = largest * (gramian.get(task, task) / trace + regularization).sqrt();
                assert!(slope >= -tolerance * unit, "sample {number}: {slope:e} of {unit:e}, {found:?}");
                assert!(found[task] == lower || slope <= tolerance * unit, "sample {number}: {slope:e} of {unit:e}, {found:?}");
            }
        }
    }
}

#[test]
fn mgda_conflicts_by_rounding_at_most() {
    let mut sampler = Sampler::new(9876);
    for number in 0..5000 {
        let rows = sample(&mut sampler);
        let gramian = gramian_of(&rows);
        let norms = gramian.norms();
        let shortest = norms.iter().copied().fold(f64::INFINITY, f64::min);
        let products = gramian.projections(&weights("mgda", &[], &gramian));
        for (product, norm) in products.iter().zip(&norms) {
            assert!(*product >= -1e-3 * shortest * norm, "sample {number}: {products:?}, norms {norms:?}");
        }
    }
}
