//! Dates as people write them, in tables to learn from and in tables to predict.

use std::fmt::Write;

use banyan_data::Error;
use banyan_data::config::OnBadRow;
use banyan_data::dataset::{Dataset, EncodeOptions, Purpose};
use banyan_data::infer::infer_inputs;
use banyan_data::inputs::{DateSchema, InputDetails, InputKind};
use banyan_data::labels::TaskKind;
use banyan_data::schema::Schema;
use banyan_data::table::Table;

use crate::support::{Folder, all, inputs, targets};

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// Sixty rows of a column.
fn table(cell: impl Fn(usize) -> String) -> Table {
    let mut text = "when,y\n".to_owned();
    for row in 0..60 {
        let _ = writeln!(text, "\"{}\",{}", cell(row), row % 2);
    }
    Folder::new().table("t.csv", text)
}

/// What the column looks like, and why.
fn inferred(cell: impl Fn(usize) -> String) -> (Option<InputKind>, String) {
    let input = infer_inputs(&table(cell), &["y".to_owned()]).remove(0);
    (input.kind, input.reason)
}

fn fitted(cell: impl Fn(usize) -> String) -> Schema {
    let table = table(cell);
    let (wanted, tasks) = (inputs(&[("when", InputKind::Date)]), targets(&[("y", TaskKind::Binary)]));
    Schema::fit(&table, &all(&table), &wanted, &tasks, OnBadRow::Missing).unwrap()
}

fn mean(schema: &Schema) -> f64 {
    let InputDetails::Date(DateSchema { mean, .. }) = &schema.inputs[0].details else { panic!("{:?}", schema.inputs[0]) };
    *mean
}

/// Day, month and year of a row: the days of whole months.
fn parts(row: usize) -> (usize, usize, usize) {
    (row % 28 + 1, row % 12 + 1, 2019 + row % 5)
}

fn encode(schema: &Schema, cells: &[&str]) -> Result<Vec<f32>, Error> {
    let rows: String = cells.iter().map(|cell| format!("\"{cell}\",\n")).collect();
    let table = Folder::new().table("new.csv", format!("when,y\n{rows}"));
    let (dataset, _) = Dataset::encode(&table, &all(&table), schema, EncodeOptions::default())?;
    let batch = dataset.batch(&all(&table)).unwrap();
    let banyan_data::batch::InputValues::Date(values) = &batch.inputs[0].values else { panic!() };
    Ok(values.values.clone())
}

#[test]
fn spellings_of_dates_are_recognized_and_mean_the_same() {
    let iso = |row| {
        let (day, month, year) = parts(row);
        format!("{year}-{month:02}-{day:02}")
    };
    let expected = mean(&fitted(iso));
    let spellings: [fn(usize, usize, usize) -> String; 10] = [
        |day, month, year| format!("{day:02}/{month:02}/{year}"),
        |day, month, year| format!("{month}/{day}/{year}"),
        |day, month, year| format!("{day}.{month}.{year}"),
        |day, month, year| format!("{day:02}/{month:02}/{:02}", year % 100),
        |day, month, year| format!("{day:02}-{}-{year}", &MONTHS[month - 1][..3]),
        |day, month, year| format!("{} {day:02}, {year}", MONTHS[month - 1]),
        |day, month, year| format!("{day} {} {year}", &MONTHS[month - 1][..3]),
        |day, month, year| format!("{day:02} {} {year} 00:00:00 +0000", &MONTHS[month - 1][..3]),
        |day, month, year| format!("{year}{month:02}{day:02}"),
        |day, month, year| format!("{year}-{month:02}-{day:02} 12:00 AM UTC"),
    ];
    for spelling in spellings {
        let cell = |row| {
            let (day, month, year) = parts(row);
            spelling(day, month, year)
        };
        assert_eq!(inferred(cell).0, Some(InputKind::Date), "{}: {}", cell(0), inferred(cell).1);
        assert_eq!(mean(&fitted(cell)), expected, "{}", cell(0));
    }
}

/// What a model has learned of dd/mm/yyyy it may be asked of in any spelling that is clear.
#[test]
fn a_model_of_other_dates_reads_iso() {
    let schema = fitted(|row| {
        let (day, month, year) = parts(row);
        format!("{day:02}/{month:02}/{year}")
    });
    let own = encode(&schema, &["05/01/2023", "05/01/2023"]).unwrap();
    assert_eq!(encode(&schema, &["2023-01-05", "Jan 5, 2023"]).unwrap(), own);
    assert_eq!(encode(&schema, &["20230105", "5-Jan-23"]).unwrap(), own);
    let error = encode(&schema, &["2023-01-05", "03/31/2023"]).unwrap_err().to_string();
    assert!(
        error.ends_with("line 3, column \"when\": \"03/31/2023\" is not a date with its day first, as others of its column are; fix the cell, or leave it empty"),
        "{error}"
    );
}

/// The hint is one for somebody who predicts: the type of the input is learned.
#[test]
fn a_model_of_iso_does_not_guess() {
    let schema = fitted(|row| {
        let (day, month, year) = parts(row);
        format!("{year}-{month:02}-{day:02}")
    });
    assert_eq!(encode(&schema, &["31/01/2023"]).unwrap(), encode(&schema, &["2023-01-31"]).unwrap());
    let error = encode(&schema, &["03/01/2023"]).unwrap_err().to_string();
    assert!(error.ends_with("\"03/01/2023\" leaves open which number is the day; fix the cell, or leave it empty"), "{error}");
    let error = encode(&schema, &["soon"]).unwrap_err().to_string();
    assert!(error.ends_with("line 2, column \"when\": \"soon\" is not a date; fix the cell, or leave it empty"), "{error}");
}

#[test]
fn a_bad_cell_among_numbers_to_predict_gets_a_true_hint() {
    let table = Folder::new().table("t.csv", "x,y\n1.5,a\n2.5,b\n3.5,a\n");
    let (wanted, tasks) = (inputs(&[("x", InputKind::Number)]), targets(&[("y", TaskKind::Binary)]));
    let schema = Schema::fit(&table, &all(&table), &wanted, &tasks, OnBadRow::Missing).unwrap();
    let new = Folder::new().table("new.csv", "x\n1\nunknown\nunknown\nknown\n");
    let options = EncodeOptions { purpose: Purpose::Use, ..EncodeOptions::default() };
    let error = Dataset::encode(&new, &all(&new), &schema, options).unwrap_err().to_string();
    assert!(error.ends_with("line 3, column \"x\": \"unknown\" is not a number; fix the cell, or leave it empty"), "{error}");
}

#[test]
fn open_orders_are_refused() {
    let cells: [fn(usize) -> String; 2] = [
        |row| format!("{:02}/{:02}/2023", row % 12 + 1, row % 11 + 1),
        |row| format!("{:02}-{:02}-{:02}", 20 + row % 4, row % 12 + 1, row % 28 + 1),
    ];
    for cell in cells {
        let (kind, reason) = inferred(cell);
        assert_eq!((kind, reason.as_str()), (None, "dates that may be read day first or month first: write them as year-month-day"));
    }
    let (kind, reason) = inferred(|row| if row.is_multiple_of(2) { "31/12/2023".to_owned() } else { format!("12/{}/2023", row % 5 + 20) });
    assert!(kind.is_none() && reason.starts_with("dates with the day first in some rows and the month first in others"), "{reason}");
}

#[test]
fn what_looks_like_dates_and_is_not_read_is_told() {
    let (kind, reason) = inferred(|row| format!("{}. März 20{:02}", row % 28 + 1, row % 23));
    assert!(kind.is_none() && reason.starts_with("looks like dates, but \"1. März 2000\" in"), "{reason}");
    assert!(reason.ends_with("line 2 is not read as one: write them as year-month-day"), "{reason}");
    let (kind, reason) = inferred(|row| if row == 7 { "0000-00-00".to_owned() } else { format!("2023-01-{:02}", row % 28 + 1) });
    assert!(kind.is_none() && reason.contains("\"0000-00-00\" in") && reason.contains("line 9"), "{reason}");
}

#[test]
fn what_is_no_date_stays_what_it_is() {
    let kind = |cell: fn(usize) -> String| inferred(cell).0;
    // Keys of eight digits, of which some are no dates.
    assert_eq!(kind(|row| (20_230_101 + row * 13).to_string()), Some(InputKind::Number));
    assert_eq!(kind(|row| (10_000_000 + row * 7919).to_string()), Some(InputKind::Number));
    assert_eq!(kind(|row| ["May", "March", "June"][row % 3].to_owned()), Some(InputKind::Category));
    assert_eq!(kind(|row| format!("1.{}.{}", row % 3, row % 4)), Some(InputKind::Category));
    assert_eq!(kind(|row| format!("In {} the harvest of March 5 was fine", 1950 + row)), Some(InputKind::Text));
    assert_eq!(kind(|row| format!("{}-{}", 10 + row % 3 * 10, 19 + row % 3 * 10)), Some(InputKind::Category));
    assert_eq!(kind(|row| (1990 + row % 30).to_string()), Some(InputKind::Number));
}

#[test]
fn years_and_gaps_of_data_frames_are_among_dates() {
    let iso = fitted(|row| if row.is_multiple_of(2) { "2020-01-01".to_owned() } else { "2021-01-01".to_owned() });
    let mixed = fitted(|row| ["2020", "2021-01-01", "20200101.0", "2021.0"][row % 4].to_owned());
    assert_eq!(mean(&mixed), mean(&iso));
    assert_eq!(inferred(|row| ["2020", "2021-01-01", "20200101.0"][row % 3].to_owned()).0, Some(InputKind::Date));
    let floats = |row: usize| if row.is_multiple_of(9) { String::new() } else { format!("2020{:02}{:02}.0", row % 12 + 1, row % 28 + 1) };
    assert_eq!(inferred(floats).0, Some(InputKind::Date));
}
