//! `lemmas`: for each word its lemma, encoded by the script that makes it: see [`banyan_text::lemmas`].

use std::borrow::Cow;
use std::collections::HashMap;

use banyan_text::lemmas::{Script, Scripts, TokenLemma};
use banyan_text::{Ragged, UNKNOWN_TAG};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::settings::Settings;
use super::words::known_tags;
use super::{AuditedLabels, AuditedRow, Candidate, Encoded, InferredTask, Label, LabelKind, LabelSchema, Refusal, Source, Strata, Subject};
use super::{TargetConfig, Task, TaskKind};
use crate::error::Error;
use crate::infer::sentences;
use crate::report::{Note, TargetReport};
use crate::sentences::LemmaColumns;
use crate::settings::{SettingError, check_classes_learned};
use crate::value::quote;
use crate::values::{Array, Nested, Values};

/// Scripts kept, the most frequent first. A treebank has some hundreds.
const MOST: usize = 4000;

/// For each word its lemma, which one of several scripts makes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lemmas {
    /// The input whose words they are.
    pub on: String,
    /// The scripts as [`Script`] writes them, most frequent first.
    pub scripts: Vec<String>,
    /// Training words of each.
    pub counts: Vec<usize>,
    /// Training rows with any lemma.
    pub rows: usize,
}

/// Lemmas, as labels.
#[derive(Debug, Clone, Copy)]
pub struct LemmaValues<'a> {
    /// For each row the script of each word, to be learned; [`UNKNOWN_TAG`] where there is none. A row without lemmas has an empty list.
    pub scripts: &'a Ragged,
    /// For each word every script that makes its lemma; [`UNKNOWN_TAG`] alone where the lemma is not known.
    makers: &'a Nested,
}

impl<'a> LemmaValues<'a> {
    /// Of the values of a task.
    ///
    /// # Panics
    /// For the values of another kind of task.
    pub fn of(values: &'a Values) -> Self {
        Self { scripts: values.lists_at(0), makers: values.nested_at(1) }
    }

    /// As the values of a task: for each row, for each word what is known of its lemma, and nothing for a row without any.
    pub fn values<R: AsRef<[Option<TokenLemma>]>>(rows: impl IntoIterator<Item = R>) -> Values {
        let (mut scripts, mut makers) = (Ragged::default(), Nested::default());
        for row in rows {
            let words = row.as_ref();
            scripts.push(words.iter().map(|word| word.as_ref().and_then(|word| word.script).unwrap_or(UNKNOWN_TAG)));
            makers.push(words.iter().map(|word| word.as_ref().map_or(vec![UNKNOWN_TAG], |word| word.makers.clone())));
        }
        Values::new(vec![Array::Lists(scripts), Array::Nested(makers)])
    }

    /// For each word of a row the scripts that would be right, which may be none; nothing where the lemma is not known.
    pub fn makers(self, row: usize) -> impl Iterator<Item = Option<&'a [u32]>> {
        self.makers.row(row).map(|makers| Some(makers).filter(|makers| *makers != [UNKNOWN_TAG]))
    }
}

/// The settings of lemmas of words.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LemmasSettings {
    /// The input, of the type `tokens`, whose words are labeled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
}

impl Settings for LemmasSettings {
    fn on(&self) -> Option<&str> {
        self.on.as_deref()
    }
}

/// The kind's entry in the table.
pub(super) const KIND: Kind = Kind;

pub(super) struct Kind;

impl LabelKind for Kind {
    fn name(&self) -> &'static str {
        "lemmas"
    }

    fn subject(&self) -> Subject {
        Subject::Words
    }

    fn asked_at(&self) -> u8 {
        2
    }

    fn infer(&self, candidate: &Candidate<'_>) -> Result<Option<InferredTask>, Refusal> {
        let Some(words) = candidate.words() else { return Ok(None) };
        let reason = sentences::are_lemmas(candidate.table, candidate.column, words);
        Ok(reason.map(|reason| InferredTask::new(TaskKind::Lemmas, reason, Vec::new()).on(words)))
    }

    fn fit(&self, task: &Task<'_>) -> Result<LabelSchema, Error> {
        let (on, words) = task.column_of_words()?;
        let columns = LemmaColumns { table: task.table, words, lemmas: task.column };
        let (mut found, mut rows): (HashMap<Script, usize>, usize) = (HashMap::new(), 0);
        for &row in task.rows {
            let pairs = columns.read(row)?;
            rows += usize::from(pairs.iter().any(|(_, lemma)| lemma.is_some()));
            for (word, lemma) in pairs.iter().filter_map(|(word, lemma)| Some((word, lemma.as_ref()?))) {
                *found.entry(Script::between(word, lemma)).or_default() += 1;
            }
        }
        let known: usize = found.values().sum();
        if known == 0 {
            return Err(task.no_labels());
        }
        if let (1, Some(only)) = (found.len(), found.keys().next()) {
            let problem = format!("all {known} training lemmas are made in one way, {}", quote(&only.to_string()));
            return Err(task.error(problem, "there is nothing to learn; leave the task out"));
        }
        if found.len() == known && known > 2 {
            let hint = "column and task do not fit: these do not look like lemmas of the words";
            return Err(task.error(format!("each of the {known} training lemmas is made in a way of its own"), hint));
        }
        let mut scripts: Vec<(String, usize, bool)> =
            found.into_iter().map(|(script, count)| (script.to_string(), count, script.fewest() == 1)).collect();
        scripts.sort_by(|(left, left_count, _), (right, right_count, _)| right_count.cmp(left_count).then_with(|| left.cmp(right)));
        scripts.truncate(MOST);
        // Of the shortest word, too, a lemma can be made.
        if scripts.iter().all(|(_, _, applies_to_all)| !applies_to_all) {
            scripts.push((Script::unchanged().to_string(), 0, true));
        }
        let counts = scripts.iter().map(|(_, count, _)| *count).collect();
        let scripts = scripts.into_iter().map(|(script, _, _)| script).collect();
        Ok(Lemmas { on: on.to_owned(), scripts, counts, rows }.into())
    }

    fn audit(&self, row: &AuditedRow<'_>) -> AuditedLabels {
        let columns = row.words.map(|words| LemmaColumns { table: row.table, words, lemmas: row.column });
        let pairs = columns.and_then(|columns| columns.read(row.row).ok()).unwrap_or_default();
        let script = |(word, lemma): (Cow<'_, str>, Option<Cow<'_, str>>)| Some(Script::between(&word, &lemma?).to_string());
        AuditedLabels::of_tokens(pairs.into_iter().filter_map(script).collect())
    }

    fn strata(&self, _: &TargetConfig) -> Strata {
        Strata::None
    }
}

impl Label for Lemmas {
    fn check(&self) -> Result<(), SettingError> {
        check_classes_learned("scripts", &self.scripts, 1)
    }

    fn classes(&self) -> &[String] {
        &self.scripts
    }

    fn counts(&self) -> &[usize] {
        &self.counts
    }

    fn known_rows(&self) -> usize {
        self.rows
    }

    fn on(&self) -> Option<&str> {
        Some(&self.on)
    }

    fn encode(&self, source: &Source<'_>, report: &mut TargetReport) -> Result<Encoded, Error> {
        let Some((words, lemmas)) = source.words.as_ref().zip(source.table.find(source.column)) else {
            return Ok(Encoded { known: vec![false; source.rows.len()], values: self.unknown(source.rows.len()).into() });
        };
        let columns = LemmaColumns { table: source.table, words: words.column, lemmas };
        let scripts = Scripts::new(&self.scripts);
        // Most words come again.
        let mut made: HashMap<(Cow<'_, str>, Cow<'_, str>), TokenLemma> = HashMap::new();
        let (mut all, mut unmade) = (Vec::with_capacity(source.rows.len()), 0);
        for (&row, &count) in source.rows.iter().zip(&words.counts) {
            let pairs = if count > 0 {
                columns.read(row)?
            } else {
                report.wordless += usize::from(columns.has_labels(row)?);
                Vec::new()
            };
            let mut known = Vec::with_capacity(pairs.len());
            for (word, lemma) in pairs {
                known.push(lemma.map(|lemma| {
                    let made = made.entry((word, lemma)).or_insert_with_key(|(word, lemma)| TokenLemma {
                        script: scripts.find(word, lemma),
                        makers: scripts.makers(word, lemma),
                    });
                    made.clone()
                }));
            }
            unmade += known.iter().flatten().filter(|word| word.makers.is_empty()).count();
            all.push(if known.iter().any(Option::is_some) { known } else { Vec::new() });
        }
        let mut examples: Vec<String> =
            made.iter().filter(|(_, word)| word.makers.is_empty()).map(|((word, lemma), _)| format!("{lemma} of {word}")).collect();
        examples.sort_unstable();
        if unmade > 0 {
            let mut note = Note::new(["lemma is", "lemmas are"], "made as none was in training and can only be predicted wrong");
            note.count = unmade;
            examples.iter().for_each(|example| note.name(example));
            report.note(note);
        }
        Ok(Encoded { known: all.iter().map(|row| !row.is_empty()).collect(), values: LemmaValues::values(all).into() })
    }

    fn unknown(&self, rows: usize) -> Values {
        Values::new(vec![Array::Lists(Ragged::of_empty_lists(rows)), Array::Nested(Nested::of_empty_rows(rows))])
    }

    fn count(&self, values: &Values, _: &[bool], row: usize) -> usize {
        known_tags(LemmaValues::of(values).scripts.list(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_words() {
        let word = |script, makers: &[u32]| Some(TokenLemma { script, makers: makers.to_vec() });
        let rows = [vec![word(Some(2), &[2, 3]), None], Vec::new(), vec![word(None, &[]), word(Some(0), &[0])]];
        let picked = LemmaValues::values(rows).select(&[2, 0, 1]);
        let lemmas = LemmaValues::of(&picked);
        assert_eq!((picked.len(), lemmas.scripts.list(0), lemmas.scripts.list(1)), (3, &[UNKNOWN_TAG, 0][..], &[2, UNKNOWN_TAG][..]));
        let makers = |row| lemmas.makers(row).collect::<Vec<_>>();
        assert_eq!(makers(0), [Some(&[][..]), Some(&[0][..])]);
        assert_eq!(makers(1), [Some(&[2, 3][..]), None]);
        assert!(makers(2).is_empty());
    }
}
