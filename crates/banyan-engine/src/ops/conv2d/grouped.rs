//! Convolutions in groups: one product for each group, whose windows are unfolded apart from the others'.
//!
//! A group's filters are a column block of the weight, and what they give is one of the output. Depthwise convolutions are
//! products with a single column this way, which is right but not fast.

use super::geometry::{Geometry, add_folded};
use crate::matmul::{Accumulate, Kernel, Left, Matrix, Precision, Right};
use crate::scratch;

/// Writes the sums of `rows` windows; the windows of one group follow those of the one before.
pub(super) fn forward(
    geometry: Geometry,
    precision: Precision,
    rows: usize,
    unfolded: &[f32],
    [weight, bias]: [&[f32]; 2],
    output: &mut [f32],
) {
    let (taps, out, own) = (geometry.taps(), geometry.out_channels, geometry.out_group());
    let kernel = Kernel::choose(precision, rows, own, taps);
    scratch::with(rows * own, |sums| {
        for group in 0..geometry.groups {
            let first = group * own;
            let windows = Left::of(Matrix::rows(&unfolded[group * rows * taps..], taps));
            let filters = Right::of(Matrix::rows(&weight[first..], out));
            kernel.multiply(rows, own, taps, windows, filters, sums, Accumulate::Bias(&bias[first..first + own]));
            for (to, from) in output.chunks_exact_mut(out).zip(sums.chunks_exact(own)) {
                to[first..first + own].copy_from_slice(from);
            }
        }
    });
}

/// Adds to the weight's gradient what `rows` windows bring. The first of a group's windows begin `apart` numbers after those
/// of the group before.
pub(super) fn add_weight_gradient(
    geometry: Geometry,
    precision: Precision,
    rows: usize,
    (unfolded, apart): (&[f32], usize),
    cotangent: &[f32],
    gradient: &mut [f32],
) {
    let (taps, out, own) = (geometry.taps(), geometry.out_channels, geometry.out_group());
    let kernel = Kernel::choose(precision, taps, own, rows);
    scratch::with(taps * own, |sums| {
        for group in 0..geometry.groups {
            let first = group * own;
            let windows = Left::of(Matrix::rows(&unfolded[group * apart..], taps).transposed());
            let cotangent = Right::of(Matrix::rows(&cotangent[first..], out));
            kernel.multiply(taps, own, rows, windows, cotangent, sums, Accumulate::Replace);
            for (to, from) in gradient.chunks_exact_mut(out).zip(sums.chunks_exact(own)) {
                for (to, &from) in to[first..first + own].iter_mut().zip(from) {
                    *to += from;
                }
            }
        }
    });
}

/// Adds to the cotangent of some samples' input, with zeros around it, what comes back through their windows.
pub(super) fn add_input_cotangent(
    geometry: Geometry,
    precision: Precision,
    samples: usize,
    weight: &[f32],
    cotangent: &[f32],
    folded: &mut [f32],
    padded: &mut [f32],
) {
    let (taps, out, own) = (geometry.taps(), geometry.out_channels, geometry.out_group());
    let rows = samples * geometry.positions();
    let kernel = Kernel::choose(precision, rows, taps, own);
    for group in 0..geometry.groups {
        let cotangent = Left::of(Matrix::rows(&cotangent[group * own..], out));
        let filters = Right::of(Matrix::rows(&weight[group * own..], out).transposed());
        kernel.multiply(rows, taps, own, cotangent, filters, folded, Accumulate::Replace);
        add_folded(geometry, samples, folded, &mut padded[group * geometry.in_group()..]);
    }
}
