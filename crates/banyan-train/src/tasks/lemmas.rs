//! `lemmas`: the dictionary form of each word.

use banyan_data::labels::TaskKind;
use banyan_data::labels::{self, LemmaValues};
use banyan_data::output::{OutputColumn, OutputValues};
use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;
use banyan_text::lemmas::Scripts;

use super::{Beside, Rows, Scorer, Task};
use crate::metrics::Metric;

/// The lemma of each word.
pub(super) struct Lemmas;

const METRICS: [Metric; 1] = [Metric::higher("lemma_accuracy")];

impl Task for Lemmas {
    fn kind(&self) -> TaskKind {
        TaskKind::Lemmas
    }

    fn metrics(&self) -> &'static [Metric] {
        &METRICS
    }

    fn primary(&self) -> Metric {
        METRICS[0]
    }

    fn scorer(&self, _: &TargetSchema) -> Box<dyn Scorer> {
        Box::new(LemmaScorer::default())
    }

    /// What the predicted scripts make of the words.
    fn columns(&self, target: &TargetSchema, predictions: &Values, beside: Beside<'_>) -> Vec<OutputColumn> {
        let scripts = Scripts::new(&target.labels::<labels::Lemmas>().scripts);
        let predicted = predictions.lists_at(0);
        let row = |row: usize| {
            let words = beside.words.and_then(|words| words.get(row)).map_or(&[][..], Vec::as_slice);
            predicted.list(row).iter().zip(words).map(|(&script, word)| scripts.lemma(script, word)).collect()
        };
        vec![OutputColumn { name: target.column.clone(), values: OutputValues::Lists((0..predicted.len()).map(row).collect()) }]
    }
}

/// The share of tokens whose lemma is made by the predicted script, as the scorer of the CoNLL 2018 shared task counts them for given
/// tokens. Those whose lemma is not known, which that scorer takes for right, count nowhere; those whose lemma nothing makes are wrong.
#[derive(Default)]
struct LemmaScorer {
    known: usize,
    right: usize,
}

impl Scorer for LemmaScorer {
    fn update(&mut self, rows: Rows<'_>) {
        let (truth, predicted) = (LemmaValues::of(rows.labels), rows.predictions.lists_at(0));
        for row in rows.known() {
            for (makers, script) in truth.makers(row).zip(predicted.list(row)) {
                let Some(makers) = makers else { continue };
                self.known += 1;
                self.right += usize::from(makers.contains(script));
            }
        }
    }

    fn finish(&self) -> Vec<(&'static str, Option<f64>)> {
        vec![("lemma_accuracy", (self.known > 0).then(|| self.right as f64 / self.known as f64))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use banyan_text::Ragged;
    use banyan_text::lemmas::TokenLemma;

    fn target(scripts: &[&str]) -> TargetSchema {
        let scripts: Vec<String> = scripts.iter().map(|&script| script.to_owned()).collect();
        let counts = vec![1; scripts.len()];
        let details = labels::Lemmas { on: "words".to_owned(), scripts, counts, rows: 1 }.into();
        TargetSchema { name: "lemma".to_owned(), column: "lemmas".to_owned(), details }
    }

    fn lists(lists: &[&[u32]]) -> Values {
        let mut all = Ragged::default();
        lists.iter().for_each(|list| all.push(list.iter().copied()));
        Values::lists(all)
    }

    #[test]
    fn a_lemma_is_right_however_it_is_made() {
        let token = |makers: &[u32]| Some(TokenLemma { script: makers.first().copied(), makers: makers.to_vec() });
        let labels = LemmaValues::values([&[token(&[0, 3]), token(&[1]), token(&[]), None][..], &[]]);
        let predictions = lists(&[&[3, 0, 0, 0], &[0]]);
        let mut scorer = LemmaScorer::default();
        scorer.update(Rows { labels: &labels, known: &[true, true], predictions: &predictions, words: None });
        assert_eq!(scorer.finish(), [("lemma_accuracy", Some(1.0 / 3.0))]);
        let mut scorer = LemmaScorer::default();
        scorer.update(Rows { labels: &labels, known: &[false, true], predictions: &predictions, words: None });
        assert_eq!(scorer.finish(), [("lemma_accuracy", None)]);
    }

    #[test]
    fn words_get_their_lemmas_and_gaps_none() {
        let target = target(&["lower *", "=be", "lower *-3+y"]);
        let words = [["Is", "Flies", "", "as"].map(str::to_owned).to_vec(), Vec::new()];
        let columns = Lemmas.columns(&target, &lists(&[&[1, 2, 0, 2], &[]]), Beside { words: Some(&words), ..Beside::default() });
        let lemmas = ["be", "fly", "", "as"].map(str::to_owned).to_vec();
        assert_eq!(columns[0].values, OutputValues::Lists(vec![lemmas, Vec::new()]));
    }
}
