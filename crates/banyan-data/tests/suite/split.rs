//! Properties of splits.

use std::collections::HashSet;

use banyan_data::config::{SplitConfig, SplitRule};
use banyan_data::labels::TaskKind;
use banyan_data::split::{Split, split};
use banyan_data::table::Table;
use proptest::prelude::*;

use crate::support::{csv, targets};

fn config(by: SplitRule, column: Option<&str>) -> SplitConfig {
    SplitConfig { valid: 0.1, test: 0.2, by, column: column.map(str::to_owned), seed: 7 }
}

/// Columns `digit` (10 classes), `rare` (two classes, 5 %, half unknown), `value` (a number), `person`, `day`.
fn table(rows: usize) -> Table {
    let row = |row: usize| {
        let rare = if row.is_multiple_of(2) {
            ""
        } else if row % 20 == 1 {
            "yes"
        } else {
            "no"
        };
        format!(
            "{},{rare},{},p{},2024-{:02}-{:02}\n",
            row * 7 % 10,
            (row * 37 % 101) as f64 / 10.0,
            row * 13 % 17,
            row / 28 % 12 + 1,
            row % 28 + 1
        )
    };
    csv(&format!("digit,rare,value,person,day\n{}", (0..rows).map(row).collect::<String>()))
}

fn check_partition(split: &Split, rows: usize) {
    let mut all: Vec<usize> = [&split.train, &split.valid, &split.test].into_iter().flatten().copied().collect();
    all.sort_unstable();
    assert_eq!(all, (0..rows).collect::<Vec<_>>());
}

#[test]
fn every_rule_covers_all_rows_once_and_repeats_itself() {
    let table = table(600);
    let tasks = targets(&[("digit", TaskKind::Classification)]);
    for (rule, column) in [
        (SplitRule::Random, None),
        (SplitRule::Stratified, None),
        (SplitRule::Grouped, Some("person")),
        (SplitRule::Time, Some("day")),
        (SplitRule::Hash, None),
        (SplitRule::Hash, Some("value")),
    ] {
        let first = split(&table, &config(rule, column), &tasks).unwrap();
        check_partition(&first, 600);
        assert_eq!(first, split(&table, &config(rule, column), &tasks).unwrap());
        let share = first.test.len() as f64 / 600.0;
        assert!((0.1..0.3).contains(&share), "{rule:?} {share}");
    }
}

#[test]
fn the_seed_matters() {
    let table = table(100);
    let with = |seed| split(&table, &SplitConfig { seed, ..config(SplitRule::Random, None) }, &[]).unwrap();
    assert_ne!(with(1), with(2));
    assert_eq!((with(1).valid.len(), with(1).test.len()), (10, 20));
}

#[test]
fn stratified_parts_have_the_classes_of_all_tasks_in_proportion() {
    let table = table(1000);
    let tasks = targets(&[("digit", TaskKind::Classification), ("rare", TaskKind::Binary), ("value", TaskKind::Regression)]);
    let parts = split(&table, &config(SplitRule::Stratified, None), &tasks).unwrap();
    check_partition(&parts, 1000);
    for (rows, fraction) in [(&parts.train, 0.7), (&parts.valid, 0.1), (&parts.test, 0.2)] {
        assert!((rows.len() as f64 - 1000.0 * fraction).abs() <= 5.0, "{}", rows.len());
        for (name, classes) in
            [("digit", (0..10).map(|digit| digit.to_string()).collect::<Vec<_>>()), ("rare", vec!["yes".into(), "no".into()])]
        {
            let column = table.column(name).unwrap();
            for class in classes {
                let count =
                    |rows: &[usize]| rows.iter().filter(|row| column.cell(**row).name().as_deref() == Some(class.as_str())).count() as f64;
                let all: Vec<usize> = (0..1000).collect();
                let (found, wanted) = (count(rows), count(&all) * fraction);
                assert!((found - wanted).abs() <= 2.0, "{name} {class}: {found} for {wanted}");
            }
        }
        let values = table.column("value").unwrap();
        let mean = rows.iter().map(|row| values.cell(*row).name().unwrap().parse::<f64>().unwrap()).sum::<f64>() / rows.len() as f64;
        assert!((mean - 5.0).abs() < 0.3, "{mean}");
    }
}

#[test]
fn a_group_is_never_split() {
    let table = table(500);
    let parts = split(&table, &config(SplitRule::Grouped, Some("person")), &[]).unwrap();
    let people = |rows: &[usize]| {
        rows.iter().map(|row| table.column("person").unwrap().cell(*row).name().unwrap().into_owned()).collect::<HashSet<_>>()
    };
    let (train, valid, test) = (people(&parts.train), people(&parts.valid), people(&parts.test));
    assert!(train.is_disjoint(&valid) && train.is_disjoint(&test) && valid.is_disjoint(&test));
}

#[test]
fn time_goes_forward() {
    let table = table(300);
    let parts = split(&table, &config(SplitRule::Time, Some("day")), &[]).unwrap();
    let day = |row: &usize| table.column("day").unwrap().cell(*row).name().unwrap().into_owned();
    let latest = |rows: &[usize]| rows.iter().map(day).max().unwrap();
    let earliest = |rows: &[usize]| rows.iter().map(day).min().unwrap();
    assert!(latest(&parts.train) <= earliest(&parts.valid));
    assert!(latest(&parts.valid) <= earliest(&parts.test));
    assert_eq!((parts.valid.len(), parts.test.len()), (30, 60));
}

#[test]
fn added_rows_move_no_others() {
    for column in [None, Some("value")] {
        let small = split(&table(400), &config(SplitRule::Hash, column), &[]).unwrap();
        let large = split(&table(900), &config(SplitRule::Hash, column), &[]).unwrap();
        for (few, many) in [(small.train, large.train), (small.valid, large.valid), (small.test, large.test)] {
            assert_eq!(few, many.into_iter().filter(|row| *row < 400).collect::<Vec<_>>());
        }
    }
}

#[test]
fn what_cannot_be_split_is_said() {
    let table = table(30);
    let message = |config: SplitConfig| split(&table, &config, &[]).unwrap_err().to_string();
    assert_eq!(message(config(SplitRule::Grouped, None)), "split: by = \"grouped\" needs a column; write split = { …, column = \"…\" }");
    assert!(message(config(SplitRule::Time, Some("dya"))).contains("did you mean \"day\"?"));
    assert!(message(config(SplitRule::Time, Some("person"))).contains("\"p0\" is neither a date nor a number"));
    assert!(message(config(SplitRule::Grouped, Some("rare"))).contains("line 2, column \"rare\": an empty cell"));
    assert!(message(SplitConfig { valid: 0.6, test: 0.5, ..config(SplitRule::Random, None) }).contains("leave nothing to train on"));
    assert!(message(SplitConfig { valid: f64::NAN, ..config(SplitRule::Random, None) }).contains("leave nothing to train on"));
    assert!(message(config(SplitRule::Stratified, None)).contains("needs a task or a column"));
    let two = csv("a\n1\n2\n");
    let error = split(&two, &config(SplitRule::Random, None), &[]).unwrap_err().to_string();
    assert!(error.contains("leave none for training"), "{error}");
}

#[test]
fn no_part_is_made_that_was_not_asked_for() {
    let only_test = SplitConfig { valid: 0.0, ..config(SplitRule::Stratified, Some("digit")) };
    let parts = split(&table(100), &only_test, &[]).unwrap();
    assert!(parts.valid.is_empty());
    assert_eq!(parts.test.len(), 20);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn stratified_splits_are_partitions(labels in proptest::collection::vec((0u8..4, proptest::option::of(0u8..3)), 20..120), seed in 0u64..100) {
        let rows: String = labels.iter().map(|(a, b)| format!("{a},{}\n", b.map_or(String::new(), |b| b.to_string()))).collect();
        let table = csv(&format!("a,b\n{rows}"));
        let tasks = targets(&[("a", TaskKind::Classification), ("b", TaskKind::Classification)]);
        let config = SplitConfig { seed, ..config(SplitRule::Stratified, None) };
        let parts = split(&table, &config, &tasks).unwrap();
        check_partition(&parts, labels.len());
        prop_assert!((parts.test.len() as f64 - 0.2 * labels.len() as f64).abs() <= 6.0);
    }
}

/// Ten bins of a number that each round their share of a small part down leave nothing of it all together.
#[test]
fn small_tables_of_numbers_are_cut_in_their_proportions() {
    for rows in 3..=200_usize {
        let values: String = (0..rows).map(|row| format!("{}\n", (row * 37 % 211) as f64 / 10.0)).collect();
        let table = csv(&format!("value\n{values}"));
        for (valid, test) in [(0.1, 0.0), (0.1, 0.1), (0.2, 0.2)] {
            let config = SplitConfig { valid, test, by: SplitRule::Stratified, column: None, seed: 7 };
            let parts = split(&table, &config, &targets(&[("value", TaskKind::Regression)])).unwrap();
            check_partition(&parts, rows);
            for (part, fraction) in [(&parts.valid, valid), (&parts.test, test)] {
                let wanted = rows as f64 * fraction;
                let tolerance = 0.5 * wanted + 0.5;
                assert!(
                    (part.len() as f64 - wanted).abs() <= tolerance.min(3.0).max(1.0 - wanted),
                    "{} of {rows} for {fraction}",
                    part.len()
                );
                assert!(fraction == 0.0 || !part.is_empty(), "{rows}");
            }
        }
    }
}

/// Each label alone rounds its share of a small part down, or up; together they must not.
#[test]
fn few_rows_of_many_classes_are_cut_to_size() {
    for (rows, classes, expected) in [(24, 3, [20, 2, 2]), (24, 4, [20, 2, 2]), (48, 12, [38, 5, 5]), (10, 2, [8, 1, 1])] {
        let cells: String = (0..rows).map(|row| format!("c{},{row}\n", row % classes)).collect();
        let table = csv(&format!("class,n\n{cells}"));
        let tasks = targets(&[("class", TaskKind::Classification)]);
        let config = SplitConfig { valid: 0.1, test: 0.1, by: SplitRule::Stratified, column: None, seed: 7 };
        let parts = split(&table, &config, &tasks).unwrap();
        assert_eq!([parts.train.len(), parts.valid.len(), parts.test.len()], expected, "{rows} rows, {classes} classes");
    }
}

#[test]
fn few_values_whose_rows_stay_together_are_named() {
    let table = csv(&format!("sex,n\n{}", (0..60).map(|row| format!("{},{row}\n", ["f", "m"][row % 2])).collect::<String>()));
    for rule in [SplitRule::Hash, SplitRule::Grouped] {
        let error = split(&table, &config(rule, Some("sex")), &[]).unwrap_err().to_string();
        assert!(error.contains("train.csv has 2 different values, whose rows stay together, and none is left for "), "{error}");
        assert!(error.ends_with("; name a column of more values, such as a key, give a larger fraction, or another rule"), "{error}");
    }
}
