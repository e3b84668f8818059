//! Predictions as the columns of a table.

use crate::error::TrainError;
use crate::lemmas;
use banyan_data::schema::{Schema, TargetDetails, TargetSchema};
use banyan_data::table::Table;
use banyan_data::tokens;
use banyan_model::{FOUND, GIVEN, Prediction};
use banyan_text::Ragged;
use banyan_text::frames::{Argument, Frame, Frames};
use banyan_text::spans::{Span, spans_of};

/// A label is predicted from this probability on.
const THRESHOLD: f32 = 0.5;

/// What a model predicts for the rows of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    /// Rows.
    pub rows: usize,
    /// For each row its place in the table that was read: rows that could not be used are left out.
    pub table_rows: Vec<usize>,
    /// For each task its answer, and for classes and labels the probability of each.
    pub columns: Vec<PredictionColumn>,
}

/// One column of predictions.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictionColumn {
    /// `task`, or `task=class` for a probability.
    pub name: String,
    /// The values, row after row.
    pub values: PredictionValues,
}

/// The values of one column of predictions.
#[derive(Debug, Clone, PartialEq)]
pub enum PredictionValues {
    /// Numbers or probabilities.
    Numbers(Vec<f64>),
    /// Classes.
    Texts(Vec<String>),
    /// Sets of labels.
    Lists(Vec<Vec<String>>),
    /// Predicates and their roles.
    Frames(Vec<Frames>),
}

impl Predictions {
    /// Of rows of a table, whose words lemmas are made of.
    ///
    /// # Errors
    /// Words that cannot be read.
    pub(crate) fn new(
        schema: &Schema,
        predictions: &[Option<Prediction>],
        table: &Table,
        table_rows: Vec<usize>,
    ) -> Result<Self, TrainError> {
        let mut all = Vec::new();
        for (target, prediction) in schema.targets.iter().zip(predictions) {
            match (&target.details, prediction) {
                (_, None) => {}
                (TargetDetails::Lemmas { on, scripts, .. }, Some(Prediction::Tags(tags))) => {
                    let words = words_of(schema, on, table, &table_rows)?.map_or_else(|| vec![Vec::new(); tags.len()], |(_, words)| words);
                    all.push(PredictionColumn {
                        name: target.column.clone(),
                        values: PredictionValues::Lists(lemmas::of_words(scripts, tags, &words)),
                    });
                }
                (_, Some(prediction)) => all.extend(columns(target, prediction)),
            }
        }
        Ok(Self { rows: table_rows.len(), columns: all, table_rows })
    }

    /// Puts the words first that tags were predicted for: those of the first input that a predicted task labels.
    pub(crate) fn with_words(mut self, schema: &Schema, predictions: &[Option<Prediction>], table: &Table) -> Result<Self, TrainError> {
        let predicted = schema.targets.iter().zip(predictions).filter(|(_, prediction)| prediction.is_some());
        let Some(on) = predicted.filter_map(|(target, _)| target.on()).next() else { return Ok(self) };
        if let Some((name, words)) = words_of(schema, on, table, &self.table_rows)? {
            self.columns.insert(0, PredictionColumn { name, values: PredictionValues::Lists(words) });
        }
        Ok(self)
    }
}

/// A column's name, and the words of each row.
type Words = (String, Vec<Vec<String>>);

/// The column of an input's words, and those of some rows, if the table has it.
fn words_of(schema: &Schema, on: &str, table: &Table, rows: &[usize]) -> Result<Option<Words>, TrainError> {
    let column = schema.inputs.iter().find(|input| input.name == on).and_then(|input| table.find(&input.column));
    let Some(column) = column else { return Ok(None) };
    let words = rows.iter().map(|&row| {
        let unread = |problem| TrainError::Unfit(format!("{}: {problem}", table.place(row, Some(&column.name))));
        tokens::words(column.cell(row)).map(Option::unwrap_or_default).map_err(unread)
    });
    Ok(Some((column.name.clone(), words.collect::<Result<_, _>>()?)))
}

fn columns(target: &TargetSchema, prediction: &Prediction) -> Vec<PredictionColumn> {
    let name = &target.name;
    let (classes, values) = match prediction {
        Prediction::Numbers(values) => {
            let values = PredictionValues::Numbers(values.clone());
            return vec![PredictionColumn { name: name.clone(), values }];
        }
        Prediction::Probabilities { classes, values } => (*classes, values),
        Prediction::Tags(tags) => {
            let names = tag_names(target);
            let row = |row: usize| tags.list(row).iter().map(|&tag| names[tag as usize].clone()).collect();
            let values = PredictionValues::Lists((0..tags.len()).map(row).collect());
            return vec![PredictionColumn { name: name.clone(), values }];
        }
        Prediction::Trees { heads, relations } => return tree_columns(target, heads, relations),
        Prediction::Frames(frames) => {
            let values = PredictionValues::Frames(frames_of(target, frames));
            return vec![PredictionColumn { name: target.column.clone(), values }];
        }
    };
    // A binary task has one number, the probability of its second class.
    let probabilities: Vec<Vec<f32>> = match &target.details {
        TargetDetails::Binary { .. } => values.iter().map(|&p| vec![1.0 - p, p]).collect(),
        _ => values.chunks(classes).map(<[f32]>::to_vec).collect(),
    };
    let names = target.classes();
    let answer = match &target.details {
        TargetDetails::Multilabel { .. } => {
            let labels = |row: &Vec<f32>| names.iter().zip(row).filter(|(_, p)| **p >= THRESHOLD).map(|(label, _)| label.clone()).collect();
            PredictionValues::Lists(probabilities.iter().map(labels).collect())
        }
        _ => PredictionValues::Texts(probabilities.iter().map(|row| names[most_probable(row)].clone()).collect()),
    };
    let mut columns = vec![PredictionColumn { name: name.clone(), values: answer }];
    for (class, class_name) in names.iter().enumerate() {
        let values = PredictionValues::Numbers(probabilities.iter().map(|row| f64::from(row[class])).collect());
        columns.push(PredictionColumn { name: format!("{name}={class_name}"), values });
    }
    columns
}

/// Heads and relations, under the names of the columns that the labels had.
fn tree_columns(target: &TargetSchema, heads: &Ragged, relations: &Ragged) -> Vec<PredictionColumn> {
    let TargetDetails::Dependencies { relation, relations: names, .. } = &target.details else { return Vec::new() };
    let lists = |all: &Ragged, word: &dyn Fn(u32) -> String| {
        PredictionValues::Lists((0..all.len()).map(|row| all.list(row).iter().map(|&value| word(value)).collect()).collect())
    };
    vec![
        PredictionColumn { name: target.column.clone(), values: lists(heads, &|head| head.to_string()) },
        PredictionColumn { name: relation.clone(), values: lists(relations, &|relation| names[relation as usize].clone()) },
    ]
}

/// The frames of each row, of the predicates that are given, or where none are said those that the model finds.
fn frames_of(target: &TargetSchema, predicted: &banyan_model::Frames) -> Vec<Frames> {
    let TargetDetails::Srl { roles, senses, .. } = &target.details else { return Vec::new() };
    let argument = |span: Span| Argument { role: roles[span.kind].clone(), begin: span.begin, end: span.end };
    let of_row = |row: usize| {
        let origin = if predicted.given[row] { GIVEN } else { FOUND };
        let frame = |(token, sense, frame): (u32, u32, usize)| Frame {
            predicate: token as usize,
            sense: senses.get(sense as usize).cloned().unwrap_or_default(),
            arguments: Some(spans_of(predicted.roles.list(frame)).into_iter().map(argument).collect()),
        };
        Frames { words: predicted.words[row] as usize, frames: predicted.of_row(row, origin).map(frame).collect() }
    };
    (0..predicted.predicates.len()).map(of_row).collect()
}

/// What each tag is called: a label, or for spans `B-`, `I-` (as IOB2 has it, which every tool reads) and `O`.
fn tag_names(target: &TargetSchema) -> Vec<String> {
    match &target.details {
        TargetDetails::Spans { types, .. } => {
            let of_type = |kind: &String| ["B", "I", "I", "B"].map(|part| format!("{part}-{kind}"));
            std::iter::once("O".to_owned()).chain(types.iter().flat_map(of_type)).collect()
        }
        _ => target.classes().to_vec(),
    }
}

fn most_probable(probabilities: &[f32]) -> usize {
    (0..probabilities.len()).rev().max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b])).unwrap_or(0)
}
