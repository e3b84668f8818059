//! Inputs whose values lie in the table itself.

use std::collections::HashMap;

use super::{Fitted, Problem, Rows};
use crate::config::{InputConfig, InputKind};
use crate::date::{DateOrder, DateOrderFound, find_order};
use crate::moments::Moments;
use crate::read;
use crate::schema::InputDetails;
use crate::table::Cell;

/// Bins of the piecewise-linear encoding. With many a network can single out a value that means something of its own (a
/// capital gain of exactly 7,298), as a tree can; on the census table 128 instead of 32 brought it level with one.
const MOST_BINS: usize = 128;
const DEFAULT_BUCKETS: usize = 16_384;
const DEFAULT_TOKENS: usize = 256;
const DEFAULT_VALUES: usize = 1000;

/// Reads all rows; missing ones are left out.
pub(super) fn values<'a, T>(
    rows: Rows<'a>,
    kind: InputKind,
    read: impl Fn(Cell<'a>) -> Result<Option<T>, String>,
) -> Result<Vec<(usize, T)>, Problem> {
    let mut values = Vec::with_capacity(rows.rows.len());
    for &row in rows.rows {
        match read(rows.column.cell(row)) {
            Ok(Some(value)) => values.push((row, value)),
            Ok(None) => {}
            Err(problem) => return Err(rows.misfit(row, kind, problem).into()),
        }
    }
    if values.is_empty() {
        return Err(nothing(rows));
    }
    Ok(values)
}

pub(super) fn nothing(rows: Rows<'_>) -> Problem {
    Problem::whole(
        format!("column \"{}\" is empty in every training row", rows.column.name),
        "leave the input out, or train on rows that have it",
    )
}

pub(super) fn number(rows: Rows<'_>) -> Fitted {
    let mut moments = Moments::default();
    let mut sorted: Vec<f64> = values(rows, InputKind::Number, read::number)?.into_iter().map(|(_, value)| value).collect();
    sorted.iter().for_each(|value| moments.add(*value));
    let (mean, deviation) = (moments.mean(), moments.std());
    sorted.sort_by(f64::total_cmp);
    let mut edges: Vec<f32> = bin_edges(&sorted).into_iter().map(|edge| ((edge - mean) / deviation) as f32).collect();
    edges.dedup();
    Ok(InputDetails::Number { mean, deviation, edges })
}

/// Edges of bins with about equally many rows, from sorted values. A value of many rows (the zeros of a column that is
/// mostly zero) takes one bin, and the rest share the others; plain quantiles would give it nearly all.
fn bin_edges(sorted: &[f64]) -> Vec<f64> {
    let groups: Vec<&[f64]> = sorted.chunk_by(|left, right| left == right).collect();
    if groups.len() <= MOST_BINS + 1 {
        return groups.iter().map(|group| group[0]).collect();
    }
    let mut edges = vec![groups[0][0]];
    let (mut rows_left, mut rows) = (sorted.len(), 0);
    for (group, next) in groups.iter().zip(&groups[1..]) {
        let bins_left = MOST_BINS + 1 - edges.len();
        rows += group.len();
        if bins_left > 1 && rows * bins_left >= rows_left {
            edges.push(next[0]);
            rows_left -= rows;
            rows = 0;
        }
    }
    let greatest = sorted[sorted.len() - 1];
    if edges.last() != Some(&greatest) {
        edges.push(greatest);
    }
    edges
}

/// Values by falling count, then by name: the same vocabulary whatever the order of the rows.
fn most_frequent(counts: HashMap<String, usize>, most: usize) -> Vec<String> {
    let mut values: Vec<(String, usize)> = counts.into_iter().collect();
    values.sort_by(|(left, left_count), (right, right_count)| right_count.cmp(left_count).then_with(|| left.cmp(right)));
    values.truncate(most);
    values.into_iter().map(|(value, _)| value).collect()
}

pub(super) fn category(rows: Rows<'_>, config: &InputConfig) -> Fitted {
    let mut counts = HashMap::new();
    for (_, name) in values(rows, InputKind::Category, |cell| Ok(read::name(&cell)?.map(|name| name.into_owned())))? {
        *counts.entry(name).or_insert(0) += 1;
    }
    Ok(InputDetails::Category { values: most_frequent(counts, config.max_values.unwrap_or(DEFAULT_VALUES)) })
}

pub(super) fn set(rows: Rows<'_>, config: &InputConfig) -> Fitted {
    let separator = config.separator.clone().unwrap_or_else(|| read::find_separator(rows.cells()));
    let mut counts = HashMap::new();
    for (_, members) in values(rows, InputKind::Set, |cell| read::members(cell, &separator))? {
        for member in members {
            *counts.entry(member).or_insert(0) += 1;
        }
    }
    if counts.is_empty() {
        return Err(nothing(rows));
    }
    Ok(InputDetails::Set { values: most_frequent(counts, config.max_values.unwrap_or(DEFAULT_VALUES)), separator })
}

pub(super) fn date(rows: Rows<'_>) -> Fitted {
    let texts = rows.rows.iter().filter_map(|row| match rows.column.cell(*row) {
        // Bare years fit any order.
        Cell::Text(text) if text.len() > 4 => Some(text),
        _ => None,
    });
    let order = match find_order(texts) {
        DateOrderFound::One(order) => order,
        // The reader below names the first cell that does not fit.
        DateOrderFound::None => DateOrder::YearFirst,
        DateOrderFound::Ambiguous => {
            return Err(Problem::whole(
                format!("the dates of column \"{}\" may be read day first or month first", rows.column.name),
                "write them as year-month-day",
            ));
        }
    };
    let moments = values(rows, InputKind::Date, |cell| read::date(cell, order))?;
    let mut time = Moments::default();
    moments.iter().for_each(|(_, moment)| time.add(moment.seconds));
    // A data frame's dates are times at midnight; such hours tell nothing.
    let hours = moments.iter().any(|(_, moment)| moment.has_time && moment.seconds.rem_euclid(86_400.0) != 0.0);
    Ok(InputDetails::Date { mean: time.mean(), deviation: time.std(), hours, order })
}

pub(super) fn vector(rows: Rows<'_>) -> Fitted {
    let vectors = values(rows, InputKind::Vector, read::vector)?;
    let mut widths: HashMap<usize, usize> = HashMap::new();
    vectors.iter().for_each(|(_, vector)| *widths.entry(vector.len()).or_default() += 1);
    let (width, _) = widths.into_iter().max_by_key(|(width, count)| (*count, *width)).unwrap_or_default();
    if let Some((row, odd)) = vectors.iter().find(|(_, vector)| vector.len() != width) {
        return Err(rows.misfit(*row, InputKind::Vector, read::wrong_width(odd.len(), width)).into());
    }
    let mut moments = vec![Moments::default(); width];
    for (_, vector) in &vectors {
        for (moments, value) in moments.iter_mut().zip(vector.iter()).filter(|(_, value)| !value.is_nan()) {
            moments.add(*value);
        }
    }
    Ok(InputDetails::Vector { mean: moments.iter().map(Moments::mean).collect(), deviation: moments.iter().map(Moments::std).collect() })
}

pub(super) fn text(rows: Rows<'_>, config: &InputConfig) -> Fitted {
    values(rows, InputKind::Text, |cell| Ok(read::text(&cell)?.map(|_| ())))?;
    let buckets = config.buckets.unwrap_or(DEFAULT_BUCKETS);
    let max_tokens = config.max_tokens.unwrap_or(DEFAULT_TOKENS);
    if buckets == 0 || max_tokens == 0 {
        return Err(Problem::whole(
            "buckets and max_tokens must be at least 1",
            format!("the defaults are {DEFAULT_BUCKETS} and {DEFAULT_TOKENS}"),
        ));
    }
    Ok(InputDetails::Text { buckets, max_tokens })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_hold_equally_many_rows() {
        let sorted: Vec<f64> = (0..100 * MOST_BINS as u32).map(f64::from).collect();
        let edges = bin_edges(&sorted);
        assert_eq!(edges.len(), MOST_BINS + 1);
        assert_eq!((edges[0], edges[1], edges[MOST_BINS]), (0.0, 100.0, 100.0 * MOST_BINS as f64 - 1.0));
    }

    #[test]
    fn a_frequent_value_takes_one_bin() {
        let sorted: Vec<f64> = std::iter::repeat_n(0.0, 9000).chain((1..=1000).map(f64::from)).collect();
        let edges = bin_edges(&sorted);
        assert_eq!(edges.len(), MOST_BINS + 1);
        assert_eq!(edges[1], 1.0);
        assert!(edges[2] < 40.0, "{edges:?}");
    }

    #[test]
    fn few_values_are_edges_themselves() {
        assert_eq!(bin_edges(&[1.0, 1.0, 2.0, 5.0]), [1.0, 2.0, 5.0]);
        assert_eq!(bin_edges(&[7.0, 7.0]), [7.0]);
    }
}
