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

#[test]
fn scattered_operands_are_those_of_the_definition() {
    let mut stream = Stream::new(&[6]);
    // Lines, axes that lie side by side, steps past numbers, and depths of several blocks: of whole outer indices, of lines of one, of one line.
    let grids = [[1, 1, 1], [2, 3, 5], [1, 13, 1], [3, 1, 4]];
    let depths = [[1, 1, 7], [2, 3, 3], [3, 1, 300], [2, 90, 10], [1, 2, 700], [2, 0, 3]];
    for kernel in kernels().into_iter().filter(|kernel| kernel.reads_scattered()) {
        for (rows, depth, n) in
            grids.into_iter().flat_map(|rows| depths.map(|depth| (rows, depth))).flat_map(|(r, d)| [5, 16, 50].map(|n| (r, d, n)))
        {
            let dense = Grid::dense(depth, 1);
            let [i, j, l] = dense.steps;
            for depth in [dense, Grid { steps: [i + j + 3, j + 2, l], ..dense }, Grid { steps: [2 * i, 2 * j, 2 * l], ..dense }] {
                let rows = Grid { counts: rows, steps: [40, 11, 2] };
                let len = rows.last().unwrap_or(0) + depth.last().unwrap_or(0) + 1;
                let values: Vec<f32> = (0..len).map(|_| stream.normal()).collect();
                // The right operand has a row before the first, and each second row is passed over.
                let chosen = Grid { steps: [2 * i, 2 * j, 2 * l], ..dense };
                let all = 2 + chosen.last().unwrap_or(0);
                let right: Vec<f32> = (0..all * n).map(|_| stream.normal()).collect();
                let mut packed = vec![f32::NAN; kernel.right_len(all, n)];
                kernel.pack_right(all, n, Matrix::rows(&right, n), &mut packed);
                let bias: Vec<f32> = (0..n).map(|_| stream.normal()).collect();
                let to = Grid { counts: rows.counts, steps: [30 * n, 6 * n, n] };
                for b in [Right::of(Matrix::rows(&right, n)), Right::packed(kernel, &packed)] {
                    let mut c = vec![7.0; to.last().unwrap_or(0) + n];
                    let into = Into { values: &mut c, rows: to };
                    let a = Scattered { values: &values, rows, depth };
                    kernel.multiply_scattered(n, a, Chosen { right: b, all, first: 1, rows: chosen }, into, Accumulate::Bias(&bias));
                    let places = |grid: Grid| {
                        let [i, j, l] = grid.counts;
                        let outer = (0..i).flat_map(move |i| (0..j).map(move |j| [i, j]));
                        outer.flat_map(move |index| (0..l).map(move |l| grid.start(index) + l * grid.steps[2])).collect::<Vec<_>>()
                    };
                    let mut written = vec![false; c.len()];
                    for (row, to) in places(rows).into_iter().zip(places(to)) {
                        for column in 0..n {
                            let products = places(depth)
                                .into_iter()
                                .zip(places(chosen))
                                .map(|(left, at)| f64::from(values[row + left]) * f64::from(right[(1 + at) * n + column]));
                            let (sum, size) = products.fold((f64::from(bias[column]), 1.0), |(sum, size), x| (sum + x, size + x.abs()));
                            assert!(
                                (f64::from(c[to + column]) - sum).abs() <= size * tolerance(kernel),
                                "{kernel:?} {rows:?} {depth:?} {n}"
                            );
                            written[to + column] = true;
                        }
                    }
                    assert!(c.iter().zip(written).all(|(&x, written)| written || x == 7.0), "{kernel:?} {rows:?} wrote beside its rows");
                }
            }
        }
    }
}
