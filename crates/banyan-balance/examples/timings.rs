//! Prints the median time of one call of every method on random Gramians: `cargo run --release --example timings`.
#![expect(clippy::print_stdout, reason = "a program that prints a table")]

use banyan_balance::{Balancer, Error, Gramian, METHODS, StepContext, build};
use std::time::Instant;

const SIZES: [usize; 7] = [2, 3, 4, 6, 8, 12, 20];
const CALLS: usize = 2001;

/// Gradients in `dimensions` dimensions, normally distributed but for a few digits, from a linear congruence.
fn gramian(tasks: usize, dimensions: usize, seed: u64) -> Result<Gramian, Error> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1u64 << 24) as f32
    };
    let rows: Vec<Vec<f32>> =
        (0..tasks).map(|_| (0..dimensions).map(|_| (0..12).map(|_| uniform()).sum::<f32>() - 6.0).collect()).collect();
    let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
    Gramian::from_rows(&rows)
}

fn median_microseconds(name: &str, tasks: usize, gramians: &[Gramian]) -> Result<f64, Error> {
    let mut balancer = build(name, tasks)?;
    let known = vec![true; tasks];
    let losses = vec![1.0; tasks];
    let mut times = Vec::with_capacity(CALLS);
    for call in 0..CALLS {
        let step = StepContext { step: call as u64, epoch: 0, seed: 1, known: &known };
        let begin = Instant::now();
        let weights = match &mut balancer {
            Balancer::Loss(method) => method.weights(&step, Some(&losses))?,
            Balancer::Gramian(method) => method.weights(&step, &gramians[call % gramians.len()], &losses)?,
        };
        times.push(begin.elapsed().as_secs_f64() * 1e6);
        std::hint::black_box(weights);
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
                let gramians = (0..50).map(|seed| gramian(tasks, dimensions, seed + 1)).collect::<Result<Vec<_>, _>>()?;
                print!(" {:>8.2}", median_microseconds(method.name(), tasks, &gramians)?);
            }
            println!();
        }
        println!();
    }
    Ok(())
}
