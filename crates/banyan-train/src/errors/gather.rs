//! From predictions and labels to what is told of them.

use banyan_data::batch::TargetValues;
use banyan_data::dataset::Dataset;
use banyan_data::schema::{Schema, TargetSchema};
use banyan_model::Prediction;
use banyan_text::spans::Span;
use banyan_text::{Ragged, UNKNOWN_TAG};
use indexmap::IndexMap;

use super::confusion::{Excerpt, Pairs};
use super::roles::role_errors;
use super::trees::tree_errors;
use super::{Examples, NamedSpan, RunErrors, SpanExample, TaskErrors, shortened, span_errors};
use crate::metrics::classes::{is_predicted, most_probable};
use crate::metrics::tokens::known_spans;
use banyan_data::config::TaskKind;

/// For each input of tokens the words of each row of a data set.
pub(crate) type Words = IndexMap<String, Vec<Vec<String>>>;

/// The errors of all tasks on the rows of a split.
pub(crate) fn gather(split: &str, data: &Dataset, schema: &Schema, predictions: &[Option<Prediction>], words: &Words) -> RunErrors {
    let all: Vec<usize> = (0..data.len()).collect();
    let mut tasks = IndexMap::new();
    for (task, labels) in data.targets(&all).into_iter().enumerate() {
        let target = &schema.targets[task];
        let rows: Vec<usize> = all.iter().copied().filter(|&row| data.known_mask(task)[row]).collect();
        let words = target.on().and_then(|on| words.get(on)).map_or(&[][..], Vec::as_slice);
        let Some(prediction) = predictions[task].as_ref().filter(|_| !rows.is_empty()) else { continue };
        if let Some(errors) = of_task(target, prediction, &labels.values, &rows, words) {
            tasks.insert(target.name.clone(), errors);
        }
    }
    RunErrors { split: split.to_owned(), tasks }
}

/// The errors of one task; none for kinds that there is nothing to tell of.
fn of_task(
    target: &TargetSchema,
    prediction: &Prediction,
    truth: &TargetValues,
    rows: &[usize],
    words: &[Vec<String>],
) -> Option<TaskErrors> {
    let names = target.classes();
    match (target.kind(), prediction, truth) {
        (
            TaskKind::Binary | TaskKind::Classification | TaskKind::Ordinal,
            Prediction::Probabilities { classes, values },
            TargetValues::Class(truth),
        ) => {
            let mut pairs = Pairs::default();
            for &row in rows {
                let own = &values[row * classes..(row + 1) * classes];
                let own = if *classes == 1 { usize::from(is_predicted(own[0])) } else { most_probable(own) };
                pairs.add(truth[row] as usize, own, || None);
            }
            Some(TaskErrors::Classes(pairs.finish(names)))
        }
        (TaskKind::Tagging, Prediction::Tags(predicted), TargetValues::Tags(truth)) => Some(tags(names, predicted, truth, rows, words)),
        (TaskKind::Spans, Prediction::Tags(predicted), TargetValues::Tags(truth)) => {
            let named = |spans: Vec<Span>| {
                let named = |span: Span| NamedSpan { begin: span.begin, end: span.end, kind: names[span.kind].clone() };
                spans.into_iter().map(named).collect::<Vec<_>>()
            };
            let example = |&row: &usize| {
                let (truth, predicted) = known_spans(truth.list(row), predicted.list(row));
                let words = words.get(row).cloned().unwrap_or_default();
                SpanExample { words, truth: named(truth), predicted: named(predicted), ..SpanExample::default() }
            };
            Some(TaskErrors::Spans(span_errors(rows.iter().map(example))))
        }
        (
            TaskKind::Dependencies,
            Prediction::Trees { heads, relations },
            TargetValues::Trees { heads: true_heads, relations: true_relations },
        ) => {
            let rows = rows.iter().copied();
            Some(TaskErrors::Trees(tree_errors([heads, relations], [true_heads, true_relations], names, rows, words)))
        }
        (TaskKind::Srl, Prediction::Frames(predicted), TargetValues::Frames(truth)) => {
            Some(TaskErrors::Roles(role_errors(predicted, truth, names, rows, words)))
        }
        _ => None,
    }
}

fn tags(names: &[String], predicted: &Ragged, truth: &Ragged, rows: &[usize], words: &[Vec<String>]) -> TaskErrors {
    let (mut pairs, mut examples) = (Pairs::default(), Examples::default());
    for &row in rows {
        let own_words = words.get(row).map_or(&[][..], Vec::as_slice);
        let mut example = SpanExample { words: own_words.iter().map(|word| shortened(word)).collect(), ..SpanExample::default() };
        let labels = truth.list(row).iter().zip(predicted.list(row)).enumerate();
        for (token, (&truth, &own)) in labels.filter(|(_, (truth, _))| **truth != UNKNOWN_TAG) {
            pairs.add(truth as usize, own as usize, || Excerpt::new(own_words, token));
            let span = |tag: u32| NamedSpan { begin: token, end: token + 1, kind: names[tag as usize].clone() };
            // Where every token has a label, those that are right would hide those that are not.
            if truth != own {
                example.truth.push(span(truth));
                example.predicted.push(span(own));
            }
        }
        examples.add(example);
    }
    TaskErrors::Tags { confusion: pairs.finish(names), examples: examples.finish() }
}
