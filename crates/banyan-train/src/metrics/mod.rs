//! What a model is worth: metrics over predictions with masks.
//!
//! A [`Scorer`](crate::tasks::Scorer) sees the labels and predictions of some rows after the other and keeps counts, not rows;
//! [`evaluate`] does so for rows at hand. Rows whose label is not known count nowhere. A metric that has no
//! value (no row, one class only, a prediction that is not a number) is `None` and becomes JSON's
//! `null`; no metric is ever NaN. Which metrics a kind of task has stands in its file in [`tasks`](crate::tasks).
//!
//! | kind | metrics | first |
//! |---|---|---|
//! | classification | accuracy, macro_f1, auroc, average_precision, ece, loss | accuracy |
//! | binary | accuracy, macro_f1, auroc, average_precision, ece, loss | auroc |
//! | multilabel | accuracy, macro_f1, auroc, average_precision, loss | average_precision |
//! | ordinal | accuracy, mae, macro_f1, loss | mae |
//! | regression | mae, rmse, r2, loss | rmse |
//! | count | deviance, mae, d2, loss | deviance |
//! | tagging | token_accuracy, macro_f1, loss | token_accuracy |
//! | spans | span_f1, span_precision, span_recall, loss | span_f1 |
//! | dependencies | uas, las, loss | las |
//! | srl | span_f1, span_precision, span_recall, predicate_f1, sense_accuracy, end_to_end_f1, loss | span_f1 |
//! | lemmas | lemma_accuracy, loss | lemma_accuracy |
//!
//! Each family is one file and can be used alone: [`classes::ClassCounts`], [`numeric::Errors`],
//! [`calibration::Calibration`], [`ranking::Ranking`], [`tokens::SpanCounts`], [`tokens::TreeCounts`] and [`frames::FrameCounts`]
//! accumulate row by row.
//!
//! ```
//! use banyan_data::labels::Binary;
//! use banyan_data::schema::TargetSchema;
//! use banyan_data::values::Values;
//! use banyan_train::metrics::evaluate;
//!
//! let details = Binary { classes: vec!["no".to_owned(), "yes".to_owned()], counts: vec![3, 1] }.into();
//! let target = TargetSchema { name: "paid".to_owned(), column: "paid".to_owned(), details };
//! let probabilities = Values::numbers(1, vec![0.9, 0.2, 0.7, 0.4]);
//! let labels = Values::indices(vec![1, 0, 0, 0]);
//! // The last row's label is missing: it counts nowhere.
//! let known = [true, true, true, false];
//! let metrics = evaluate(&target, &labels, &known, &probabilities, Some(0.4));
//! assert_eq!(metrics.rows, 3);
//! assert_eq!(metrics.get("auroc"), Some(1.0));
//! assert_eq!(metrics.get("accuracy"), Some(2.0 / 3.0));
//! ```

pub mod calibration;
pub mod classes;
pub mod frames;
pub mod numeric;
pub mod ranking;
pub mod tokens;

mod evaluation;
mod metric;
#[cfg(test)]
pub(crate) mod one_row;

pub(crate) use evaluation::TaskScorer;
pub use evaluation::{Evaluation, TaskMetrics, evaluate};
pub(crate) use metric::plain_score;
pub use metric::{Direction, LOSS, Metric, direction, metric_names, primary, score, weighted_score};
