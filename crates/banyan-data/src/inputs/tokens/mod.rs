//! Sentences as words.

mod audit;
mod pretrained;
mod recognize;
mod vectors;

pub use pretrained::PretrainedSchema;
pub use vectors::VectorsSchema;

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::path::Path;

use banyan_text::tokens::{self, Lookups, TokenValues, features, vocabulary};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::present;
use super::{BatchValues, FittedInput, Fitting, Input, InputStore, InputValues, Misfit, Problem, Reads, ReadsCells};
use crate::audit::part::OwnAudit;
use crate::config::OnBadRow;
use crate::coverage::Coverage;
use crate::dataset::parallel;
use crate::error::Error;
use crate::infer::rule::{Rule, Sureness};
use crate::path_text::from_text;
use crate::read;
use crate::report::{InputReport, Note};
use crate::rows::Rows;
use crate::settings::{self, SettingError};

const BUCKETS: RangeInclusive<usize> = 1..=1 << 24;
/// Buckets of a feature. Words of most texts are more, but what two of them share by chance their other features tell apart.
const DEFAULT_BUCKETS: usize = 5000;

/// The settings of an input of the type `tokens`, without those of the encoder that reads it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TokensSettings {
    /// Rows of the table of each hashed feature, of which a word reads several. Default 5000.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = *BUCKETS.start(), max = *BUCKETS.end()))]
    pub buckets: Option<usize>,
    /// A file of word vectors in the text format of word2vec, GloVe and fastText (`.gz` too), which are read beside each word's
    /// features and stay as they are. Relative to the configuration's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vectors: Option<String>,
    /// Words kept of `vectors`, the first of the file, which are the most frequent in files of that kind. Default 200000.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = *vectors::LIMITS.start(), max = *vectors::LIMITS.end()))]
    pub vectors_limit: Option<usize>,
    /// With `encoder = "bert"`: the folder of a pretrained encoder of BERT's family as the Hugging Face hub gives it (`config.json`,
    /// `vocab.txt` or `tokenizer.json`, `model.safetensors` or `pytorch_model.bin`). Relative to the configuration's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pretrained: Option<String>,
}

/// What was learned of a column of sentences. A batch holds [`TokenValues`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TokensSchema {
    /// Rows of the table of each hashed feature.
    pub buckets: usize,
    /// The characters of the training rows, most frequent first.
    pub characters: Vec<char>,
    /// The features that came more than once in the training rows, in rising order.
    pub known: Vec<u32>,
    /// The word vectors, where the configuration names a file of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vectors: Option<VectorsSchema>,
    /// The pretrained encoder that reads the words, where the configuration names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pretrained: Option<PretrainedSchema>,
}

impl Input for TokensSettings {
    fn rules() -> Vec<Rule> {
        vec![Rule::new(Sureness::Type, recognize::lists), Rule::new(Sureness::Type, recognize::texts)]
    }

    fn check(&self) -> Result<(), SettingError> {
        settings::check("buckets", self.buckets, &BUCKETS)?;
        settings::check("vectors_limit", self.vectors_limit, &vectors::LIMITS)?;
        if self.vectors.is_none() && self.vectors_limit.is_some() {
            return Err(SettingError::new("vectors_limit", "limits word vectors, and there are none; add vectors = \"FILE\""));
        }
        Ok(())
    }

    fn fit<'a>(&self, rows: Rows<'a>, _: OnBadRow) -> Result<Fitting<'a>, Problem> {
        let mut counts: HashMap<char, usize> = HashMap::new();
        let mut found: HashMap<u32, usize> = HashMap::new();
        for (_, words) in present(rows, read::words)? {
            for character in words.iter().flat_map(|word| word.chars()) {
                *counts.entry(character).or_insert(0) += 1;
            }
            for feature in words.iter().flat_map(|word| features(word)) {
                *found.entry(feature).or_insert(0) += 1;
            }
        }
        let mut known: Vec<u32> = found.into_iter().filter(|(_, count)| *count > 1).map(|(feature, _)| feature).collect();
        known.sort_unstable();
        let vectors = self.vectors.as_deref().map(|path| VectorsSchema::read(&from_text(path), self.vectors_limit)).transpose()?;
        let pretrained = self.pretrained.as_deref().map(|path| PretrainedSchema::read(&from_text(path))).transpose()?;
        let buckets = self.buckets.unwrap_or(DEFAULT_BUCKETS);
        Ok(TokensSchema { buckets, characters: vocabulary(counts), known, vectors, pretrained }.into())
    }

    fn paths(&mut self) -> Vec<&mut String> {
        self.vectors.iter_mut().chain(&mut self.pretrained).collect()
    }

    fn has_words(&self) -> bool {
        true
    }

    fn pretrained(&self) -> Option<&str> {
        self.pretrained.as_deref()
    }

    fn features(&self) -> Option<&'static str> {
        let of_features = [("vectors", self.vectors.is_some()), ("buckets", self.buckets.is_some())];
        of_features.into_iter().find(|(_, is_given)| *is_given).map(|(key, _)| key)
    }

    fn has_comparable_cells(&self) -> bool {
        false
    }

    fn audit(&self) -> Option<OwnAudit> {
        Some(OwnAudit { name: "sentences", title: "Sentences", figures: audit::sentences })
    }
}

impl FittedInput for TokensSchema {
    fn check(&self) -> Result<(), SettingError> {
        settings::check("buckets", [self.buckets], &BUCKETS)?;
        match &self.pretrained {
            Some(pretrained) => pretrained.check(),
            None => Ok(()),
        }
    }

    fn describe(&self) -> String {
        if let Some(pretrained) = &self.pretrained {
            return format!("{} word pieces of a pretrained encoder", pretrained.pieces.pieces().len());
        }
        let vectors = self.vectors.as_ref().map(|vectors| format!(", {} word vectors of {} numbers", vectors.words, vectors.width));
        format!("{} buckets, {} characters{}", self.buckets, self.characters.len(), vectors.unwrap_or_default())
    }

    fn reads(&self) -> Reads<'_> {
        Reads::Cells(self)
    }

    fn has_words(&self) -> bool {
        true
    }

    fn files(&self, place: usize) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let pieces = self.pretrained.iter().map(|pretrained| Ok(pretrained.file(place)));
        pieces.chain(self.vectors.iter().map(|vectors| vectors.file(place))).collect()
    }

    fn load(&mut self, folder: &Path, place: usize) -> Result<(), Error> {
        if let Some(vectors) = &mut self.vectors {
            vectors.load(folder, place)?;
        }
        if let Some(pretrained) = &mut self.pretrained {
            pretrained.load(folder, place)?;
        }
        Ok(())
    }
}

impl ReadsCells for TokensSchema {
    fn encode(&self, rows: Rows<'_>, report: &mut InputReport) -> Result<InputStore, Misfit> {
        let words = |&row: &usize| read::words(rows.column.cell(row)).map_err(|problem| Misfit { row, problem });
        let sentences = parallel::each(rows.rows, words).into_iter().collect::<Result<Vec<_>, Misfit>>()?;
        let present = sentences.iter().map(Option::is_some).collect();
        let vectors = self.vectors.as_ref().map(|vectors| &*vectors.table);
        let pieces = self.pretrained.as_ref().map(|pretrained| (&*pretrained.pieces, pretrained.most_pieces()));
        let values = tokens::encode(&sentences, Lookups { characters: &self.characters, known: &self.known, vectors, pieces });
        let mut cut = Note::new(["word has", "words have"], "more pieces than are read; the first and the last ones are");
        cut.count = values.cut;
        report.note(cut);
        report.coverage = vectors.filter(|_| report.read).map(|_| Coverage::of(&values.vectors));
        Ok(InputStore::in_memory(present, values, InputValues::Tokens))
    }
}

impl BatchValues for TokenValues {
    fn words(&self) -> Option<&TokenValues> {
        Some(self)
    }
}
