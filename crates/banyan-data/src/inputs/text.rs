//! Texts as tokens of hashed features.

use std::ops::RangeInclusive;

use banyan_text::{Ragged, bags};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::each_present;
use super::stored::Select;
use super::{BatchValues, FittedInput, Fitting, Input, InputStore, InputValues, Misfit, Problem, Reads, ReadsCells};
use crate::config::OnBadRow;
use crate::dataset::parallel;
use crate::infer::candidate::{Candidate, Shape};
use crate::infer::profile::Profile;
use crate::infer::rule::{Guess, Rule, Sureness};
use crate::read;
use crate::report::InputReport;
use crate::rows::Rows;
use crate::settings::{self, SettingError};
use crate::table::Cell;

const BUCKETS: RangeInclusive<usize> = 1..=1 << 24;
const TOKENS: RangeInclusive<usize> = 1..=1 << 20;

/// The settings of an input of the type `text`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TextSettings {
    /// Buckets of the hashed features.
    #[schemars(range(min = *BUCKETS.start(), max = *BUCKETS.end()))]
    pub buckets: usize,
    /// Tokens that are kept.
    #[schemars(range(min = *TOKENS.start(), max = *TOKENS.end()))]
    pub max_tokens: usize,
}

impl Default for TextSettings {
    fn default() -> Self {
        Self { buckets: 16_384, max_tokens: 256 }
    }
}

/// How texts are read: nothing is learned of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextSchema {
    /// Number of buckets of the hashed features.
    pub buckets: usize,
    /// Tokens kept of a text; the rest is cut.
    pub max_tokens: usize,
}

/// Texts as tokens, each of which is a bag of hashed features.
#[derive(Debug, Clone, Default)]
pub struct TextValues {
    /// The tokens of each row: list `r` holds as many entries as the text has tokens, each the index
    /// of a list in `features`.
    pub tokens: Ragged,
    /// The hashed features (word, neighbors' n-grams, character n-grams) of each token, as buckets
    /// `0..buckets`.
    pub features: Ragged,
}

impl BatchValues for TextValues {}

/// For each row the features of its tokens.
#[derive(Debug)]
struct StoredTexts(Vec<Ragged>);

impl Select for StoredTexts {
    type Selected = TextValues;

    fn select(&self, rows: &[usize]) -> TextValues {
        let mut text = TextValues::default();
        for &row in rows {
            let tokens = &self.0[row];
            let first = text.features.len() as u32;
            text.tokens.push(first..first + tokens.len() as u32);
            text.features.append(tokens);
        }
        text
    }
}

impl Input for TextSettings {
    fn rules() -> Vec<Rule> {
        vec![Rule::new(Sureness::Parts, lists), Rule::new(Sureness::Length, texts)]
    }

    fn check(&self) -> Result<(), SettingError> {
        settings::check("buckets", [self.buckets], &BUCKETS)?;
        settings::check("max_tokens", [self.max_tokens], &TOKENS)
    }

    fn fit<'a>(&self, rows: Rows<'a>, _: OnBadRow) -> Result<Fitting<'a>, Problem> {
        each_present(rows, |cell| Ok(read::text(&cell)?.map(|_| ())), |()| ())?;
        Ok(TextSchema { buckets: self.buckets, max_tokens: self.max_tokens }.into())
    }
}

fn lists(candidate: &Candidate<'_>) -> Option<Guess> {
    let repeats = |cell: Cell<'_>| match cell {
        Cell::Texts(items) => items.iter().enumerate().any(|(index, item)| !item.is_empty() && items[..index].contains(item)),
        _ => false,
    };
    let repeating = candidate.profile.column.cells().filter(|cell| repeats(*cell)).count();
    // A set has a member once; words come again within a sentence.
    (candidate.is_of_text_lists() && repeating * 10 > candidate.profile.known).then(|| Guess::fits("lists of words, some more than once"))
}

/// Mean number of words of texts that differ in every row, such as the names of things.
const FEWEST_WORDS: f64 = 1.25;

fn texts(candidate: &Candidate<'_>) -> Option<Guess> {
    if candidate.shape != Shape::Texts {
        return None;
    }
    let mean_words = candidate.profile.mean_words();
    if mean_words >= 2.0 {
        return Some(Guess::fits(format!("texts of several words{}", candidate.odd_cell())));
    }
    // Keys are one word each, or have digits.
    let with_digits = || candidate.profile.rows_where(|text| text.contains(|character: char| character.is_ascii_digit()));
    if mean_words >= FEWEST_WORDS && candidate.profile.is_identifier() && with_digits() * 10 <= candidate.profile.known {
        return Some(Guess::fits("short texts, hardly one twice"));
    }
    is_long_and_varied(&candidate.profile).then(|| Guess::fits("long texts of one word each, read by their letters"))
}

/// Formulas and sequences, not keys: keys are short, or all of one length.
fn is_long_and_varied(profile: &Profile<'_>) -> bool {
    let (mut count, mut total, mut shortest, mut longest) = (0usize, 0usize, usize::MAX, 0usize);
    for (text, rows) in profile.counted_texts() {
        let length = text.chars().count();
        (count, total) = (count + rows, total + rows * length);
        (shortest, longest) = (shortest.min(length), longest.max(length));
    }
    total > 16 * count && longest > 2 * shortest
}

impl FittedInput for TextSchema {
    fn check(&self) -> Result<(), SettingError> {
        settings::check("buckets", [self.buckets], &BUCKETS)?;
        settings::check("max_tokens", [self.max_tokens], &TOKENS)
    }

    fn describe(&self) -> String {
        format!("{} buckets, at most {} tokens", self.buckets, self.max_tokens)
    }

    fn reads(&self) -> Reads<'_> {
        Reads::Cells(self)
    }
}

impl ReadsCells for TextSchema {
    fn encode(&self, rows: Rows<'_>, _: &mut InputReport) -> Result<InputStore, Misfit> {
        let lists = parallel::each(rows.rows, |&row| {
            let cell = rows.column.cell(row);
            let text = read::text(&cell).map_err(|problem| Misfit { row, problem })?;
            Ok(text.map(|text| bags::features(&text, self.buckets, self.max_tokens)))
        });
        let lists: Vec<Option<Ragged>> = lists.into_iter().collect::<Result<_, Misfit>>()?;
        let present = lists.iter().map(Option::is_some).collect();
        let texts = StoredTexts(lists.into_iter().map(Option::unwrap_or_default).collect());
        Ok(InputStore::in_memory(present, texts, InputValues::Text))
    }
}
