//! Prints the median time of one call of every method on random Gramians: `cargo run --release --example timings`.
#![expect(clippy::print_stdout, reason = "a program that prints a table")]

use banyan_balance::{CrossGramian, Error, Gramian, Jacobian, METHODS, Shown, StepContext, build};
use std::time::Instant;

const SIZES: [usize; 7] = [2, 3, 4, 6, 8, 12, 20];
const CALLS: usize = 2001;

/// Gradients in `dimensions` dimensions, normally distributed but for a few digits, from a linear congruence.
fn gradients(tasks: usize, dimensions: usize, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1u64 << 24) as f32
    };
    (0..tasks * dimensions).map(|_| (0..12).map(|_| uniform()).sum::<f32>() - 6.0).collect()
}

/// What is shown to a method, and all that it may need.
struct Sample {
    gradients: Vec<f32>,
    gramian: Gramian,
    products: CrossGramian,
}

impl Sample {
    fn new(tasks: usize, dimensions: usize, seed: u64) -> Result<Self, Error> {
        let gradients = gradients(tasks, dimensions, seed);
        let rows: Vec<&[f32]> = gradients.chunks_exact(dimensions).collect();
        let gramian = Gramian::from_rows(&rows)?;
        let jacobian = Jacobian::new(tasks, &gradients)?;
        let products = CrossGramian::of(jacobian, jacobian)?;
        Ok(Self { gradients, gramian, products })
    }
}

fn median_microseconds(name: &str, tasks: usize, samples: &[Sample]) -> Result<f64, Error> {
    let mut balancer = build(name, tasks)?;
    let known = vec![true; tasks];
    let losses = vec![1.0; tasks];
    let mut times = Vec::with_capacity(CALLS);
    for call in 0..CALLS {
        let step = StepContext { step: call as u64, epoch: 0, seed: 1, known: &known };
        let Sample { gradients, gramian, products } = &samples[call % samples.len()];
        let jacobian = Some(Jacobian::new(tasks, gradients)?);
        let shown = Shown { losses: Some(&losses), gramian: Some(gramian), jacobian, cross_gramian: Some(products) };
        let begin = Instant::now();
        let balance = balancer.balance(&step, &shown)?;
        times.push(begin.elapsed().as_secs_f64() * 1e6);
        std::hint::black_box(balance);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[CALLS / 2])
}

fn main() -> Result<(), Error> {
    for (what, wide) in [("gradients in more dimensions than tasks", true), ("in fewer: singular Gramians", false)] {
        println!("{what}; median microseconds of {CALLS} calls");
        println!("{:<16} {}", "tasks", SIZES.map(|size| format!("{size:>8}")).join(" "));
        for method in METHODS.iter() {
            print!("{:<16}", method.name());
            for tasks in SIZES {
                let dimensions = if wide { 4 * tasks } else { (tasks / 2).max(1) };
                let samples = (0..50).map(|seed| Sample::new(tasks, dimensions, seed + 1)).collect::<Result<Vec<_>, _>>()?;
                print!(" {:>8.2}", median_microseconds(method.name(), tasks, &samples)?);
            }
            println!();
        }
        println!();
    }
    Ok(())
}
