//! From a table to a trained model and back to predictions, in one program:
//!
//! ```text
//! cargo run --release --example table
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use banyan::data::output::OutputValues;
use banyan::train::{LoadedRun, Silent, TrainOptions, config::Config, train};
use std::error::Error;
use std::sync::atomic::AtomicBool;

const CONFIG: &str = r#"
    [data]
    train = "houses.csv"
    split = { valid = 0.1, test = 0.2, by = "random" }
    [inputs.area]
    type = "number"
    [inputs.district]
    type = "category"
    [inputs.note]
    type = "text"
    [tasks.price]
    type = "regression"
    [tasks.garden]
    type = "binary"
    [training]
    epochs = 15
"#;

/// A price that depends on area and district, a garden that the note tells of; every seventh note and every ninth price is missing.
fn houses() -> String {
    let mut table = "area,district,note,price,garden\n".to_owned();
    for i in 0..600_u32 {
        let (area, district) = (40 + i * 37 % 120, i * 7 % 3);
        let garden = i * 13 % 5 < 2;
        let note = if i % 7 == 0 { "" } else { ["quiet flat in town", "bright rooms and green lawn"][usize::from(garden)] };
        let price = if i % 9 == 0 { String::new() } else { (area * (2 + district)).to_string() };
        table += &format!("{area},{},{note},{price},{garden}\n", ["north", "old town", "harbour"][district as usize]);
    }
    table
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("houses.csv");
    std::fs::write(&data, houses())?;
    let config = Config::parse("houses.toml", CONFIG, &[])?;
    let options = TrainOptions { out: folder.path().join("run"), ..TrainOptions::default() };
    let summary = train(&config, folder.path(), &options, &mut Silent, &AtomicBool::new(false))?;
    println!("{} steps in {:.1} s, {} parameters", summary.steps, summary.seconds, summary.parameters);

    let mut run = LoadedRun::open(&options.out)?;
    for inputs in [None, Some(["note".to_owned()])] {
        let (evaluation, _) = run.evaluate(None, inputs.as_ref().map(|inputs| inputs.as_slice()), None)?;
        println!("from {}:", evaluation.inputs.join(", "));
        for (task, metric) in [("price", "rmse"), ("garden", "auroc")] {
            println!("  {task} {metric} {:.3}", evaluation.tasks[task].get(metric).unwrap_or(f64::NAN));
        }
    }
    let (predictions, _) = run.predict(&data, None, Some(&["price".to_owned()]))?;
    if let OutputValues::Numbers(prices) = &predictions.columns[0].values {
        println!("the first house would cost {:.0}", prices[0]);
    }
    Ok(())
}

#[test]
fn the_program_runs() {
    main().unwrap();
}
