//! The transforms along one axis, for 4 outputs of a filter of 3 at the points 0, 1, -1, 1/2, -2 and infinity.
//!
//! A filter of 3 and outputs of 4 are polynomials of degrees 2 and 3, whose product is known by its values at six points. With these points the
//! numbers in the transforms are small, and rounding errors with them (Barabasz et al., "Error Analysis and Improving the Accuracy of Winograd
//! Convolution for Deep Neural Networks", ACM TOMS 2020).

/// Six inputs to their values at the points.
#[inline(always)]
pub(super) fn of_input([d0, d1, d2, d3, d4, d5]: [f32; 6]) -> [f32; 6] {
    let (p, q) = (d4 - d2, d3 - d1);
    [(d0 - d2) + p + 1.5 * q, (p + q) + 1.5 * (d2 + d3), (p - q) + 1.5 * (d3 - d2), p + 2.0 * q, p - 0.5 * q, (d5 - d3) - q + 1.5 * p]
}

/// A filter of 3 to its values at the points.
#[inline(always)]
pub(super) fn of_filter([g0, g1, g2]: [f32; 3]) -> [f32; 6] {
    const THIRD: f32 = 1.0 / 3.0;
    const FIFTEENTH: f32 = 1.0 / 15.0;
    let (even, half, double) = (g0 + g2, g0 + 0.25 * g2, g0 + 4.0 * g2);
    [g0, THIRD * (even + g1), -THIRD * (even - g1), -16.0 * FIFTEENTH * (half + 0.5 * g1), FIFTEENTH * (double - 2.0 * g1), g2]
}

/// Values of a product at the points to four outputs.
#[inline(always)]
pub(super) fn to_outputs([m0, m1, m2, m3, m4, m5]: [f32; 6]) -> [f32; 4] {
    let (sum, difference) = (m1 + m2, m1 - m2);
    [(m0 + sum) + (m3 + m4), (difference + 0.5 * m3) - 2.0 * m4, (sum + 0.25 * m3) + 4.0 * m4, (difference + 0.125 * m3) + (m5 - 8.0 * m4)]
}

/// The transpose of [`to_outputs`]: cotangents of four outputs to those of the six values.
#[inline(always)]
pub(super) fn of_cotangents([y0, y1, y2, y3]: [f32; 4]) -> [f32; 6] {
    let (even, odd) = (y0 + y2, y1 + y3);
    [y0, even + odd, even - odd, (y0 + 0.5 * y1) + (0.25 * y2 + 0.125 * y3), (y0 - 2.0 * y1) + (4.0 * y2 - 8.0 * y3), y3]
}

/// The transpose of [`of_filter`]: cotangents of the six values to those of a filter of 3.
#[inline(always)]
pub(super) fn to_filter([u0, u1, u2, u3, u4, u5]: [f32; 6]) -> [f32; 3] {
    const THIRD: f32 = 1.0 / 3.0;
    const FIFTEENTH: f32 = 1.0 / 15.0;
    let (even, odd) = (THIRD * (u1 - u2), THIRD * (u1 + u2));
    let (half, double) = (-16.0 * FIFTEENTH * u3, FIFTEENTH * u4);
    [(u0 + even) + (half + double), odd + (0.5 * half - 2.0 * double), (even + u5) + (0.25 * half + 4.0 * double)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_at_the_points_are_a_filter_over_a_line() {
        let (line, filter) = ([0.3, -1.2, 2.5, 0.75, -0.6, 1.9], [0.4, -1.1, 0.8]);
        let (values, of_filter) = (of_input(line), of_filter(filter));
        let outputs = to_outputs(std::array::from_fn(|at| values[at] * of_filter[at]));
        for (at, output) in outputs.into_iter().enumerate() {
            let expected = line[at] * filter[0] + line[at + 1] * filter[1] + line[at + 2] * filter[2];
            assert!((output - expected).abs() < 2e-6, "{at}: {output} {expected}");
        }
    }

    #[test]
    fn the_transforms_of_cotangents_are_transposes() {
        let unit = |len: usize, at: usize| (0..len).map(|place| f32::from(u8::from(place == at))).collect::<Vec<f32>>();
        for column in 0..6 {
            let six: [f32; 6] = unit(6, column).try_into().unwrap();
            for row in 0..4 {
                let four: [f32; 4] = unit(4, row).try_into().unwrap();
                assert_eq!(to_outputs(six)[row], of_cotangents(four)[column]);
            }
            for row in 0..3 {
                let three: [f32; 3] = unit(3, row).try_into().unwrap();
                assert!((to_filter(six)[row] - of_filter(three)[column]).abs() < 1e-7);
            }
        }
    }
}
