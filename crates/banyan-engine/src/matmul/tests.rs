//! Every kernel this processor has, against the definition in f64.

use super::*;
use crate::random::Stream;
use crate::simd::{Level, level};

const SIZES: [(usize, usize, usize); 16] = [
    (1, 1, 1),
    (20, 33, 1),
    (20, 1, 33),
    (1, 17, 3),
    (5, 1, 9),
    (13, 33, 7),
    (12, 32, 64),
    (16, 32, 32),
    (31, 47, 129),
    (33, 65, 31),
    (64, 96, 33),
    (100, 50, 64),
    (3, 2, 0),
    (50, 100, 1100),
    (2, 300, 2050),
    (130, 70, 40),
];

fn kernels() -> Vec<Kernel> {
    let mut kernels = vec![Kernel::Strided];
    if level() >= Level::Avx2 {
        kernels.push(Kernel::Blocked256);
    }
    if level() >= Level::Avx512 {
        kernels.push(Kernel::Blocked512);
    }
    if level() >= Level::Avx512Bf16 {
        kernels.extend([Kernel::Tiles(Terms::Three), Kernel::Tiles(Terms::One)]);
    }
    kernels
}

/// The most that a kernel's rounding may take of the sum of the products' magnitudes.
fn tolerance(kernel: Kernel) -> f64 {
    match kernel {
        Kernel::Tiles(Terms::One) => 1.0 / 128.0,
        Kernel::Tiles(Terms::Three) => 2e-5,
        _ => 2e-6,
    }
}

/// A matrix `[rows, columns]` in memory, as it is and transposed.
struct Both {
    columns: usize,
    rows: usize,
    plain: Vec<f32>,
    transposed: Vec<f32>,
}

impl Both {
    fn new(rows: usize, columns: usize, stream: &mut Stream) -> Self {
        let plain: Vec<f32> = (0..rows * columns).map(|_| stream.normal()).collect();
        let transposed = (0..rows * columns).map(|at| plain[at % rows * columns + at / rows]).collect();
        Self { columns, rows, plain, transposed }
    }

    fn forms(&self) -> [Matrix<'_>; 2] {
        [Matrix::rows(&self.plain, self.columns), Matrix::rows(&self.transposed, self.rows).transposed()]
    }
}

#[test]
fn every_kernel_and_form_equals_the_definition_at_odd_sizes() {
    let mut stream = Stream::new(&[7]);
    for (m, n, k) in SIZES {
        let (a, b) = (Both::new(m, k, &mut stream), Both::new(k, n, &mut stream));
        let product = |f: &dyn Fn(f64) -> f64| -> Vec<f64> {
            (0..m * n)
                .map(|at| (0..k).map(|i| f(f64::from(a.plain[at / n * k + i])) * f(f64::from(b.plain[i * n + at % n]))).sum())
                .collect()
        };
        let (expected, scale) = (product(&|x| x), product(&f64::abs));
        for kernel in kernels() {
            let close = |c: &[f32], times: f64, what: &str| {
                for (at, &x) in c.iter().enumerate() {
                    let error = (f64::from(x) - times * expected[at]).abs();
                    assert!(
                        error <= times * scale[at] * tolerance(kernel) + 1e-6,
                        "{kernel:?} {m}x{n}x{k} {what} at {at}: {x} for {}",
                        expected[at]
                    );
                }
            };
            for (a_form, left) in a.forms().into_iter().enumerate() {
                for (b_form, right) in b.forms().into_iter().enumerate() {
                    let mut packed_left = vec![f32::NAN; kernel.left_len(m, k)];
                    let mut packed_right = vec![f32::NAN; kernel.right_len(k, n)];
                    kernel.pack_left(m, k, left, &mut packed_left);
                    kernel.pack_right(k, n, right, &mut packed_right);
                    let (packed_left, packed_right) = (Left::packed(kernel, &packed_left), Right::packed(kernel, &packed_right));
                    let mut bits: Option<Vec<u32>> = None;
                    for (left_packed, left) in [Left::of(left), packed_left].into_iter().enumerate() {
                        for (right_packed, right) in [Right::of(right), packed_right].into_iter().enumerate() {
                            let what = format!("forms {a_form} {b_form} packed {left_packed} {right_packed}");
                            let mut c = vec![7.0; m * n];
                            kernel.multiply(m, n, k, left, right, &mut c, Accumulate::Replace);
                            close(&c, 1.0, &what);
                            let own: Vec<u32> = c.iter().map(|x| x.to_bits()).collect();
                            if kernel != Kernel::Strided {
                                assert!(bits.get_or_insert_with(|| own.clone()) == &own, "{kernel:?} {m}x{n}x{k} {what}: other bits");
                            }
                            kernel.multiply(m, n, k, left, right, &mut c, Accumulate::Add);
                            close(&c, 2.0, &what);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn both_widths_of_registers_give_the_same_bits() {
    if level() < Level::Avx512 {
        return; // there is only one
    }
    let mut stream = Stream::new(&[8]);
    for (m, n, k) in SIZES {
        let (a, b) = (Both::new(m, k, &mut stream), Both::new(k, n, &mut stream));
        let run = |kernel: Kernel| {
            let mut c = vec![0.0; m * n];
            kernel.multiply(m, n, k, Left::of(a.forms()[1]), Right::of(b.forms()[0]), &mut c, Accumulate::Replace);
            c.into_iter().map(f32::to_bits).collect::<Vec<_>>()
        };
        assert!(run(Kernel::Blocked512) == run(Kernel::Blocked256), "{m}x{n}x{k}");
    }
}

#[test]
fn what_is_not_a_number_stays_so() {
    for kernel in kernels() {
        let mut a = vec![1.0; 40 * 40];
        a[41] = f32::NAN;
        let b = vec![1.0; 40 * 40];
        let mut c = vec![0.0; 40 * 40];
        kernel.multiply(40, 40, 40, Left::of(Matrix::rows(&a, 40)), Right::of(Matrix::rows(&b, 40)), &mut c, Accumulate::Replace);
        for (row, values) in c.chunks_exact(40).enumerate() {
            assert!(values.iter().all(|x| x.is_nan() == (row == 1)), "{kernel:?} row {row}");
        }
    }
}
