//! Grouped convolutions: one product per group, of its own unfolded windows with its columns of the weight.
//!
//! Correct first: a depthwise convolution is as many products with a single column, which is slow.

use super::geometry::{Geometry, add_folded};
use crate::matmul::{Accumulate, Kernel, Left, Matrix, Precision, Right};
use crate::scratch;

/// Writes the output of `rows` windows; each group's windows follow those of the group before.
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

/// Adds the weight's gradient from `rows` windows. Each group's windows begin `apart` numbers after those of the group before.
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

/// Adds the cotangent of some samples' padded input.
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
