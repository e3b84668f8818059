//! The small solvers against a general one, Clarabel, on the programs as their papers state them.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod common;

use clarabel::algebra::CscMatrix;
use clarabel::solver::{
    DefaultSettings, DefaultSolver, IPSolver, NonnegativeConeT, SecondOrderConeT, SolverStatus, SupportedConeT, ZeroConeT,
};
use common::*;

/// Minimizes `½ xᵀ P x + qᵀ x` subject to `b - A x` in the cones.
fn clarabel(p: &Rows, q: &[f64], a: &Rows, b: &[f64], cones: &[SupportedConeT<f64>]) -> Vec<f64> {
    let settings = DefaultSettings { verbose: false, tol_gap_abs: 1e-10, tol_gap_rel: 1e-10, tol_feas: 1e-10, ..Default::default() };
    // The solver reads the upper triangle.
    let upper: Rows =
        p.iter().enumerate().map(|(i, row)| row.iter().enumerate().map(|(j, v)| if j >= i { *v } else { 0.0 }).collect()).collect();
    let mut solver = DefaultSolver::new(&csc(&upper), q, &csc(a), b, cones, settings).unwrap();
    solver.solve();
    assert!(matches!(solver.solution.status, SolverStatus::Solved | SolverStatus::AlmostSolved), "{:?}", solver.solution.status);
    solver.solution.x.clone()
}

fn csc(rows: &Rows) -> CscMatrix<f64> {
    let (m, n) = (rows.len(), rows[0].len());
    let mut pointers = vec![0];
    let (mut indices, mut values) = (Vec::new(), Vec::new());
    for column in 0..n {
        for row in 0..m {
            if rows[row][column] != 0.0 {
                indices.push(row);
                values.push(rows[row][column]);
            }
        }
        pointers.push(values.len());
    }
    CscMatrix::new(m, n, pointers, indices, values)
}

fn gram(rows: &Rows) -> Rows {
    rows.iter().map(|a| rows.iter().map(|b| dot(a, b)).collect()).collect()
}

fn identity(size: usize, factor: f64) -> Rows {
    (0..size).map(|i| (0..size).map(|j| if i == j { factor } else { 0.0 }).collect()).collect()
}

/// `argmin vᵀ G v` subject to `v ≥ lower`.
fn project(gramian: &Rows, lower: &[f64]) -> Vec<f64> {
    let size = lower.len();
    let bounds: Vec<f64> = lower.iter().map(|value| -value).collect();
    clarabel(gramian, &vec![0.0; size], &identity(size, -1.0), &bounds, &[NonnegativeConeT(size)])
}

/// Of unit size, where tolerances mean what they say; more tasks than dimensions too.
fn samples() -> Vec<Rows> {
    let mut sampler = Sampler::new(79);
    let mut all = Vec::new();
    for (rows, columns) in [(2, 2), (3, 2), (4, 9), (6, 6), (8, 5), (9, 20), (12, 8)] {
        for _ in 0..6 {
            all.push(scaled(&sampler.matrix(rows, columns), 1.0 / (columns as f64).sqrt()));
        }
        for rank in 1..rows.min(columns) {
            let sample = sampler.of_rank(rows, columns, rank);
            let length = longest(&sample);
            all.push(scaled(&sample, 1.0 / length));
        }
    }
    all
}

fn value(gramian: &Rows, weights: &[f64]) -> f64 {
    gramian.iter().zip(weights).map(|(row, weight)| weight * dot(row, weights)).sum()
}

/// Karush, Kuhn and Tucker's conditions: they prove a minimum of this convex program without another solver, and to
/// more digits than an interior point reaches.
fn assert_minimal(gramian: &Rows, lower: &[f64], found: &[f64]) {
    let size = found.iter().fold(0.0, |largest: f64, weight| largest.max(weight.abs()));
    for (task, row) in gramian.iter().enumerate() {
        let slope = dot(row, found);
        assert!(found[task] >= lower[task]);
        assert!(slope >= -1e-11 * size, "slope {slope:e} at {found:?}");
        assert!(found[task] == lower[task] || slope.abs() <= 1e-11 * size, "slope {slope:e} at {found:?}");
    }
}

fn regularized(rows: &Rows) -> Rows {
    let trace: f64 = rows.iter().map(|row| dot(row, row)).sum();
    let mut gramian = scaled(&gram(rows), 1.0 / trace);
    (0..rows.len()).for_each(|task| gramian[task][task] += 1e-4);
    gramian
}

#[test]
fn dualproj_is_the_projection_of_the_mean() {
    for rows in samples() {
        let size = rows.len();
        let gramian = regularized(&rows);
        let mean = vec![1.0 / size as f64; size];
        let found = weights("dualproj", &[], &gramian_of(&rows));
        assert_minimal(&gramian, &mean, &found);
        let expected = project(&gramian, &mean);
        assert!((value(&gramian, &found) - value(&gramian, &expected)).abs() < 1e-7);
        assert_close(&direction_of(&rows, &found), &direction_of(&rows, &expected), 1e-3, "dualproj");
    }
}

#[test]
fn upgrad_is_the_mean_of_the_projections() {
    for rows in samples() {
        let size = rows.len();
        let gramian = regularized(&rows);
        let mut expected = vec![0.0; size];
        let mut parts = vec![0.0; size];
        for task in 0..size {
            // With all preference on one task, the method is one projection.
            let mut alone = vec![0.0; size];
            alone[task] = 1.0 / size as f64;
            let part = weights("upgrad", &[("preference", alone.clone().into())], &gramian_of(&rows));
            assert_minimal(&gramian, &alone, &part);
            let general = project(&gramian, &alone);
            assert!((value(&gramian, &part) - value(&gramian, &general)).abs() < 1e-7);
            parts.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
            expected.iter_mut().zip(general).for_each(|(sum, part)| *sum += part);
        }
        let found = weights("upgrad", &[], &gramian_of(&rows));
        assert_close(&found, &parts, 1e-12, "upgrad");
        assert_close(&direction_of(&rows, &found), &direction_of(&rows, &expected), 2e-3, "upgrad");
    }
}

#[test]
fn unregularized_projections_have_the_same_direction() {
    for rows in samples() {
        let size = rows.len();
        let expected = project(&gram(&rows), &vec![1.0 / size as f64; size]);
        let found = direction("dualproj", &[("regularisation", 0.0.into())], &rows);
        assert_close(&found, &direction_of(&rows, &expected), 1e-3, "dualproj");
    }
}

#[test]
fn mgda_is_the_shortest_vector_of_the_hull() {
    for rows in samples() {
        let size = rows.len();
        let mut constraints = vec![vec![1.0; size]];
        constraints.extend(identity(size, -1.0));
        let mut bounds = vec![0.0; size + 1];
        bounds[0] = 1.0;
        let cones = [ZeroConeT(1), NonnegativeConeT(size)];
        let expected = clarabel(&gram(&rows), &vec![0.0; size], &constraints, &bounds, &cones);
        assert_close(&direction("mgda", &[], &rows), &direction_of(&rows, &expected), 1e-5, "mgda");
    }
}

/// The primal: `max t` subject to `J d ≥ t` and `‖d - g_0‖ ≤ c ‖g_0‖`.
#[test]
fn cagrad_helps_the_worst_off_task_most() {
    for rows in samples() {
        let (size, columns) = (rows.len(), rows[0].len());
        let mean = direction_of(&rows, &vec![1.0 / size as f64; size]);
        for c in [0.1, 0.4, 0.9, 1.0, 2.0] {
            // Unknowns (d, t): t - g_i · d ≤ 0, and (c ‖g_0‖, d - g_0) in the cone.
            let mut constraints: Rows = rows.iter().map(|row| row.iter().map(|value| -value).chain([1.0]).collect()).collect();
            constraints.push(vec![0.0; columns + 1]);
            constraints.extend(identity(columns, -1.0).into_iter().map(|row| row.into_iter().chain([0.0]).collect::<Vec<f64>>()));
            let mut bounds = vec![0.0; size];
            bounds.push(c * norm(&mean));
            bounds.extend(mean.iter().map(|value| -value));
            let cones = [NonnegativeConeT(size), SecondOrderConeT(columns + 1)];
            let mut objective = vec![0.0; columns + 1];
            objective[columns] = -1.0;
            let expected = clarabel(&vec![vec![0.0; columns + 1]; columns + 1], &objective, &constraints, &bounds, &cones);
            let found = direction("cagrad", &[("c", c.into())], &rows);
            let apart: Vec<f64> = found.iter().zip(&mean).map(|(a, b)| a - b).collect();
            assert!(norm(&apart) <= c * norm(&mean) * (1.0 + 1e-9) + 1e-9, "outside the ball");
            let worst = rows.iter().map(|row| dot(row, &found)).fold(f64::INFINITY, f64::min);
            assert!(worst >= expected[columns] - 1e-6, "c = {c}: {worst:e} for {:e}", expected[columns]);
        }
    }
}
