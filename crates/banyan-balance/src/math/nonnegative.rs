//! The quadratic program with sign constraints, by the active-set method of Lawson and Hanson ("Solving Least
//! Squares Problems", 1974, chapter 23).

use super::{Cholesky, Matrix};

/// How much of a row must be new for it to join the free set, and how negative a derivative must be to be worth a
/// step; both relative, on a matrix scaled to unit diagonal.
const TOLERANCE: f64 = 1e-12;

/// Minimizes `½ zᵀ A z + bᵀ z` over `z ≥ 0`, for a positive semi-definite `A` with `b` in its range.
///
/// The free set grows by the variable with the steepest descent and shrinks at the first bound that is met. A
/// variable with descent left is independent of the free ones, so that the factor always exists, singular `A` or
/// not.
pub(crate) fn minimize_nonnegative(matrix: &Matrix, linear: &[f64]) -> Vec<f64> {
    let size = linear.len();
    let scales: Vec<f64> = (0..size).map(|i| inverse_root(matrix.get(i, i))).collect();
    let mut scaled = matrix.clone();
    for i in 0..size {
        scaled.row_mut(i).iter_mut().zip(&scales).for_each(|(value, scale)| *value *= scale * scales[i]);
    }
    let linear: Vec<f64> = linear.iter().zip(&scales).map(|(value, scale)| value * scale).collect();
    let mut solution = solve(&scaled, &linear);
    solution.iter_mut().zip(&scales).for_each(|(value, scale)| *value *= scale);
    solution
}

fn inverse_root(value: f64) -> f64 {
    if value > 0.0 { 1.0 / value.sqrt() } else { 0.0 }
}

fn solve(matrix: &Matrix, linear: &[f64]) -> Vec<f64> {
    let size = linear.len();
    let threshold = TOLERANCE * linear.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let mut solution = vec![0.0; size];
    let mut free = Cholesky::empty(size);
    let mut refused = vec![false; size];
    let mut target = Vec::with_capacity(size);
    // Each round ends at a lower value and at another free set, so that there are finitely many; in practice about
    // as many as variables. The bound only cuts cycles made of rounding.
    for _ in 0..10 * size + 10 {
        let Some(entering) = steepest(matrix, linear, &solution, &free, &refused, threshold) else { break };
        if !free.push(matrix, entering, TOLERANCE) {
            refused[entering] = true;
            continue;
        }
        while !free.indices().is_empty() {
            target.clear();
            target.extend(free.indices().iter().map(|&index| -linear[index]));
            free.solve(&mut target);
            let step = step_to_bound(&solution, free.indices(), &target);
            for (&value, &index) in target.iter().zip(free.indices()) {
                let current = solution[index];
                solution[index] = match step {
                    None => value,
                    Some(step) if value <= 0.0 && ratio(current, value) <= step => 0.0,
                    Some(step) => (current + step * (value - current)).max(0.0),
                };
            }
            if step.is_none() {
                refused.fill(false);
                break;
            }
            if solution[entering] == 0.0 {
                // The descent was rounding only: without this the variable would enter again at once.
                refused[entering] = true;
            }
            free.remove(matrix, |index| solution[index] == 0.0);
        }
        zero_outside(&mut solution, &free);
    }
    solution
}

/// How far along the way to `target` the first variable meets its bound; `None` if none does.
fn step_to_bound(solution: &[f64], indices: &[usize], target: &[f64]) -> Option<f64> {
    let blocked = target.iter().zip(indices).filter(|(value, _)| **value <= 0.0);
    blocked.map(|(&value, &index)| ratio(solution[index], value)).reduce(f64::min)
}

/// The part of the way from `current ≥ 0` to `target ≤ 0` that leads to 0.
fn ratio(current: f64, target: f64) -> f64 {
    if current > 0.0 { current / (current - target) } else { 0.0 }
}

/// The variable outside the free set along which the objective falls most, if any.
fn steepest(matrix: &Matrix, linear: &[f64], solution: &[f64], free: &Cholesky, refused: &[bool], threshold: f64) -> Option<usize> {
    let mut best = None;
    let mut lowest = -threshold;
    for index in 0..linear.len() {
        if refused[index] || solution[index] > 0.0 || free.indices().contains(&index) {
            continue;
        }
        let slope = super::dot(matrix.row(index), solution) + linear[index];
        if slope < lowest {
            (best, lowest) = (Some(index), slope);
        }
    }
    best
}

/// A row that rounding drove out of the factor takes its variable along.
fn zero_outside(solution: &mut [f64], free: &Cholesky) {
    for index in 0..solution.len() {
        if solution[index] != 0.0 && !free.indices().contains(&index) {
            solution[index] = 0.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Matrix, minimize_nonnegative};

    #[test]
    fn an_inner_minimum_is_the_solution_of_the_system() {
        let matrix = Matrix::from_values(2, vec![2.0, 0.5, 0.5, 1.0]);
        let solution = minimize_nonnegative(&matrix, &[-2.5, -1.5]);
        assert!((solution[0] - 1.0).abs() < 1e-14 && (solution[1] - 1.0).abs() < 1e-14);
    }

    #[test]
    fn a_bound_holds_where_the_free_minimum_is_negative() {
        let matrix = Matrix::from_values(2, vec![1.0, 0.9, 0.9, 1.0]);
        assert_eq!(minimize_nonnegative(&matrix, &[-1.0, 0.0]), [1.0, 0.0]);
        assert_eq!(minimize_nonnegative(&matrix, &[1.0, 1.0]), [0.0, 0.0]);
    }

    #[test]
    fn a_variable_that_entered_can_leave_again() {
        // The steepest first step is variable 0, which is not in the solution.
        let rows = [[3.0, 3.0, 0.1], [3.0, 0.0, 0.0], [0.0, 3.0, 0.0]];
        let mut matrix = Matrix::zeros(3);
        for i in 0..3 {
            for j in 0..3 {
                matrix.set(i, j, rows[i].iter().zip(rows[j]).map(|(a, b)| a * b).sum());
            }
        }
        let target = [3.0, 3.0, -1.0];
        let linear: Vec<f64> = rows.iter().map(|row| -row.iter().zip(target).map(|(a, b)| a * b).sum::<f64>()).collect();
        let solution = minimize_nonnegative(&matrix, &linear);
        assert_eq!(solution[0], 0.0);
        assert!((solution[1] - 1.0).abs() < 1e-12 && (solution[2] - 1.0).abs() < 1e-12, "{solution:?}");
    }

    #[test]
    fn a_singular_matrix_and_a_zero_row_are_no_trouble() {
        let matrix = Matrix::from_values(3, vec![1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
        let solution = minimize_nonnegative(&matrix, &[-1.0, -1.0, 0.0]);
        assert!((solution[0] + solution[1] - 1.0).abs() < 1e-14 && solution[2] == 0.0);
    }
}
