//! Prints how fast each kernel multiplies matrices of a few shapes, on one thread:
//!
//! ```sh
//! cargo run --release -p banyan-engine --example products
//! ```
//!
//! Billions of operations a second, the median of several runs; in the columns, which operands were laid out beforehand.
#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use banyan_engine::instruction_set;
use banyan_engine::matmul::{Accumulate, Kernel, Left, Matrix, Right, Terms};
use banyan_engine::random::Stream;
use std::time::Instant;

fn main() {
    let mut kernels = vec![("gemm crate", Kernel::Strided)];
    if ["avx2", "avx512", "amx"].contains(&instruction_set()) {
        kernels.push(("avx2", Kernel::Blocked256));
    }
    if ["avx512", "amx"].contains(&instruction_set()) {
        kernels.push(("avx512", Kernel::Blocked512));
    }
    if instruction_set() == "amx" {
        kernels.extend([("bf16x3", Kernel::Tiles(Terms::Three)), ("bf16", Kernel::Tiles(Terms::One))]);
    }
    let mut stream = Stream::new(&[1]);
    println!("{:>16} {:>10} {:>8} {:>8} {:>8} {:>12}", "m x n x k", "kernel", "neither", "right", "both", "left columns");
    for (m, n, k) in [
        (128, 512, 128),
        (128, 128, 512),
        (128, 384, 128),
        (64, 1024, 1024),
        (512, 128, 128),
        (256, 64, 288),
        (64, 64, 32),
        (1024, 1024, 256),
    ] {
        let a: Vec<f32> = (0..m * k).map(|_| stream.normal()).collect();
        let b: Vec<f32> = (0..k * n).map(|_| stream.normal()).collect();
        let mut c = vec![0.0; m * n];
        for (name, kernel) in &kernels {
            let mut left = vec![0.0; kernel.left_len(m, k)];
            let mut right = vec![0.0; kernel.right_len(k, n)];
            kernel.pack_left(m, k, Matrix::rows(&a, k), &mut left);
            kernel.pack_right(k, n, Matrix::rows(&b, n), &mut right);
            let (plain_left, plain_right) = (Left::of(Matrix::rows(&a, k)), Right::of(Matrix::rows(&b, n)));
            let (left, right) = (Left::packed(*kernel, &left), Right::packed(*kernel, &right));
            let columns = Left::of(Matrix::rows(&a, m).transposed());
            print!("{:>16} {name:>10}", format!("{m} x {n} x {k}"));
            for (a, b) in [(plain_left, plain_right), (plain_left, right), (left, right), (columns, plain_right)] {
                let mut times: Vec<f64> =
                    (0..9).map(|_| seconds(|| kernel.multiply(m, n, k, a, b, &mut c, Accumulate::Add), m * n * k)).collect();
                times.sort_by(f64::total_cmp);
                print!(" {:>8.0}", 2.0 * (m * n * k) as f64 / times[4] / 1e9);
            }
            println!();
        }
    }
}

/// Seconds of one call, over enough of them.
fn seconds(mut f: impl FnMut(), work: usize) -> f64 {
    let calls = (100_000_000 / work).max(1);
    f();
    let start = Instant::now();
    for _ in 0..calls {
        f();
    }
    start.elapsed().as_secs_f64() / calls as f64
}
