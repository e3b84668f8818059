//! How long one row takes in a program that keeps its model open:
//!
//! ```text
//! cargo run --release -p banyan --example latency -- RUN TABLE [TIMES]
//! ```
//!
//! Opens a run, takes the rows of a table one after the other from memory, predicts each alone, and prints the median
//! and the 99th percentile of the time of a prediction.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use banyan::data::table::{Cell, ReadOptions, Table};
use banyan::train::LoadedRun;
use std::error::Error;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(run), Some(data)) = (arguments.next(), arguments.next()) else {
        return Err("usage: latency RUN TABLE [TIMES]".into());
    };
    let times: usize = arguments.next().map_or(Ok(10_000), |times| times.parse())?.max(1);

    let mut run = LoadedRun::open(Path::new(&run))?;
    let table = Table::read(Path::new(&data), &ReadOptions { missing: run.config.data.missing.clone(), ..ReadOptions::default() })?;
    // Paths of images and sounds are relative to the table, and a row at hand has none.
    if let Some(folder) = Path::new(&data).parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::env::set_current_dir(folder)?;
    }
    let inputs: Vec<String> = run.schema.inputs.iter().map(|input| input.column.clone()).collect();
    let columns: Vec<_> = inputs.iter().filter_map(|name| table.find(name)).collect();

    let mut microseconds = Vec::with_capacity(times);
    for row in (0..table.rows()).cycle().take(times) {
        let cells: Vec<(&str, Cell<'_>)> = columns.iter().map(|column| (column.name.as_str(), column.cell(row))).collect();
        let begun = Instant::now();
        let (predictions, _) = run.predict_row(&cells, None)?;
        microseconds.push(begun.elapsed().as_secs_f64() * 1e6);
        std::hint::black_box(predictions);
    }
    microseconds.sort_by(f64::total_cmp);
    let at = |share: f64| microseconds[((microseconds.len() as f64 * share) as usize).min(microseconds.len() - 1)];
    println!("one row: median {:.1} µs, 99th percentile {:.1} µs, of {times}", at(0.5), at(0.99));
    Ok(())
}
