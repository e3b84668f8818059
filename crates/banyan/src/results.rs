//! Metrics as tables: a line for each metric of each task, a column for each subset of the inputs.

use banyan::train::evaluation::Evaluation;
use banyan::train::run::Summary;

use crate::table::Table;

/// A table of evaluations that differ in their inputs only. `all` are the names of all inputs.
pub(crate) fn table(evaluations: &[&Evaluation], all: &[String]) -> Table {
    let names = evaluations.iter().map(|evaluation| subset(&evaluation.inputs, all));
    let mut table = Table::new(["task".to_owned(), "metric".to_owned()].into_iter().chain(names));
    let Some(first) = evaluations.first() else { return table };
    for (task, metrics) in &first.tasks {
        for (place, metric) in metrics.values.keys().enumerate() {
            let of = |evaluation: &&Evaluation| value(evaluation.tasks.get(task).and_then(|metrics| metrics.get(metric)));
            let name = if place == 0 { task.clone() } else { String::new() };
            table.row([name, metric.clone()].into_iter().chain(evaluations.iter().map(of)));
        }
    }
    table
}

/// What is to be said of a table's losses, where one is not in the unit of the metrics beside it.
pub(crate) fn note_on_loss(evaluations: &[&Evaluation]) -> Option<&'static str> {
    let of_numbers = |evaluation: &&Evaluation| evaluation.tasks.values().any(|metrics| metrics.get("r2").is_some());
    evaluations
        .iter()
        .any(of_numbers)
        .then_some("The loss of a regression is in squared standard deviations of its training labels, not in the unit of the column.")
}

/// The evaluations of a summary on its test rows, or on its validation rows where it has no test, with the name of
/// the split; all inputs first.
pub(crate) fn held_out(summary: &Summary) -> Option<(&'static str, Vec<&Evaluation>)> {
    ["test", "valid"].into_iter().find_map(|split| {
        let of_split = summary.results.iter().filter(|result| result.split == split);
        let evaluations: Vec<&Evaluation> = of_split.map(|result| &result.evaluation).collect();
        (!evaluations.is_empty()).then_some((split, evaluations))
    })
}

/// A subset of the inputs in a few words: "all inputs", "image alone", "without sound".
pub(crate) fn subset(inputs: &[String], all: &[String]) -> String {
    let left_out: Vec<&str> = all.iter().filter(|name| !inputs.contains(name)).map(String::as_str).collect();
    match (inputs, left_out.as_slice()) {
        (_, []) => if all.len() == 2 { "both inputs" } else { "all inputs" }.to_owned(),
        ([one], _) => format!("{one} alone"),
        (_, [one]) => format!("without {one}"),
        (_, left_out) if left_out.len() < inputs.len() => format!("without {} inputs", left_out.len()),
        ([first, ..], _) => format!("{first} and {} more", inputs.len() - 1),
        ([], _) => "no input".to_owned(),
    }
}

/// A metric in about four digits; a dash where it has no value.
pub(crate) fn value(metric: Option<f64>) -> String {
    let Some(metric) = metric else { return "–".to_owned() };
    match metric.abs() {
        // Errors in a small unit: four decimals would leave none of their digits.
        size if size > 0.0 && size < 0.001 => format!("{metric:.3e}"),
        size if size < 10.0 => format!("{metric:.4}"),
        size if size < 1000.0 => format!("{metric:.2}"),
        size if size < 1e9 => format!("{metric:.0}"),
        _ => format!("{metric:.3e}"),
    }
}

/// A count with commas between the thousands: `1,234,567`.
pub(crate) fn count(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn subsets_in_words() {
        let all = names("a b c d e");
        assert_eq!(subset(&names("x y"), &names("x y")), "both inputs");
        assert_eq!(subset(&all, &all), "all inputs");
        assert_eq!(subset(&names("c"), &all), "c alone");
        assert_eq!(subset(&names("a b c d"), &all), "without e");
        assert_eq!(subset(&names("a b c"), &all), "without 2 inputs");
        assert_eq!(subset(&names("b c"), &all), "b and 1 more");
        assert_eq!(subset(&[], &all), "no input");
    }

    #[test]
    fn small_numbers_keep_four_digits() {
        assert_eq!([4.1e-14, -0.000_123_456, 0.0, 0.001].map(|metric| value(Some(metric))), ["4.100e-14", "-1.235e-4", "0.0000", "0.0010"]);
    }

    #[test]
    fn numbers_in_about_four_digits() {
        assert_eq!([value(Some(0.97344)), value(Some(12.345)), value(Some(-123_456.7)), value(None)], ["0.9734", "12.35", "-123457", "–"]);
        assert_eq!([count(7), count(1234), count(1_234_567)], ["7", "1,234", "1,234,567"]);
    }
}
