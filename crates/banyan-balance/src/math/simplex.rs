//! The nearest point of the simplex `{ w : w ≥ 0, Σ w = 1 }`.

/// The Euclidean projection of `values`, by sorting (Held, Wolfe & Crowder, Math. Programming 1974).
pub(crate) fn project_to_simplex(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    let (mut sum, mut threshold) = (0.0, 0.0);
    for (index, value) in sorted.iter().enumerate() {
        sum += value;
        let candidate = (sum - 1.0) / (index + 1) as f64;
        if candidate < *value {
            threshold = candidate;
        }
    }
    values.iter().map(|value| (value - threshold).max(0.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_close(found: &[f64], expected: &[f64]) {
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-15), "{found:?}");
    }

    #[test]
    fn points_are_moved_to_the_nearest_of_the_simplex() {
        assert_close(&project_to_simplex(&[0.5, 0.1, 0.1]), &[0.6, 0.2, 0.2]);
        assert_close(&project_to_simplex(&[1.0, 0.0, -0.5]), &[1.0, 0.0, 0.0]);
        assert_close(&project_to_simplex(&[0.2, 0.3, 0.5]), &[0.2, 0.3, 0.5]);
        assert_close(&project_to_simplex(&[-7.0]), &[1.0]);
        assert_close(&project_to_simplex(&[1e6, 0.0]), &[1.0, 0.0]);
    }
}
