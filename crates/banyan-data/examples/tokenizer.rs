//! How well texts are cut into tokens: compares [`banyan_data::tokens::split`] with the tokens that people found.
//!
//! `cargo run --example tokenizer -- FILE [EXAMPLES]` takes a table with the columns `text` and `tokens` and prints the share of sentences with all
//! tokens as they should be, the F1 of tokens (with both ends right, as the CoNLL 2018 shared task counts them), and the most
//! frequent differences.

#![expect(clippy::print_stdout, reason = "it is a program")]

use std::collections::{HashMap, HashSet};
use std::path::Path;

use banyan_data::table::{Cell, ReadOptions, Table};
use banyan_data::tokens::split;

/// The tokens as begin and end among the characters of the text that are no white space.
fn places<'a>(tokens: impl Iterator<Item = &'a str>) -> Vec<(usize, usize)> {
    let mut begin = 0;
    tokens
        .map(|token| {
            let end = begin + token.chars().filter(|character| !character.is_whitespace()).count();
            (std::mem::replace(&mut begin, end), end)
        })
        .collect()
}

/// The parts that differ, each with what was found and what should have been.
fn differences(found: &[&str], expected: &[String], counts: &mut HashMap<String, usize>) {
    let (left, right) = (places(found.iter().copied()), places(expected.iter().map(String::as_str)));
    let (left_ends, right_ends): (HashSet<usize>, HashSet<usize>) =
        (left.iter().map(|place| place.1).collect(), right.iter().map(|place| place.1).collect());
    let common: Vec<usize> = std::iter::once(0).chain(left.iter().map(|place| place.1).filter(|end| right_ends.contains(end))).collect();
    for (begin, end) in common.iter().zip(&common[1..]) {
        let within = |ends: &HashSet<usize>| ends.iter().filter(|place| **place > *begin && **place < *end).count();
        if within(&left_ends) + within(&right_ends) > 0 {
            let words = |places: &[(usize, usize)], word: &dyn Fn(usize) -> String| {
                (0..places.len())
                    .filter(|place| places[*place].0 >= *begin && places[*place].1 <= *end)
                    .map(word)
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            let (found, expected) = (words(&left, &|place| found[place].to_owned()), words(&right, &|place| expected[place].clone()));
            *counts.entry(format!("{found}   should be   {expected}")).or_insert(0) += 1;
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("name a table with the columns text and tokens")?;
    let examples: usize = arguments.next().map_or(Ok(20), |count| count.parse())?;
    let table = Table::read(Path::new(&path), &ReadOptions::default())?;
    let (texts, lists) = (table.column("text")?, table.column("tokens")?);
    let (mut sentences, mut right, mut common, mut found, mut expected) = (0usize, 0usize, 0usize, 0usize, 0usize);
    let mut counts = HashMap::new();
    for row in 0..table.rows() {
        let (Cell::Text(text), Cell::Texts(list)) = (texts.cell(row), lists.cell(row)) else { continue };
        let tokens = split(text);
        let left: HashSet<(usize, usize)> = places(tokens.iter().copied()).into_iter().collect();
        let same = places(list.iter().map(String::as_str)).iter().filter(|place| left.contains(place)).count();
        sentences += 1;
        right += usize::from(same == tokens.len() && same == list.len());
        (common, found, expected) = (common + same, found + tokens.len(), expected + list.len());
        differences(&tokens, list, &mut counts);
    }
    println!("{sentences} sentences, {:.2} % of them right", 100.0 * right as f64 / sentences as f64);
    println!("{expected} tokens, {found} found: F1 {:.2} %", 200.0 * common as f64 / (found + expected) as f64);
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    counts.iter().take(examples).for_each(|(difference, count)| println!("{count:6}  {difference}"));
    Ok(())
}
