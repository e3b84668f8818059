//! What a model is worth: metrics over predictions with masks.
//!
//! [`evaluate`] takes what a head predicted, what is true and which rows have the label, and returns
//! every metric of the task's kind. Rows whose label is not known count nowhere. A metric that has no
//! value (no row, one class only, a prediction that is not a number) is `None` and becomes JSON's
//! `null`; no metric is ever NaN.
//!
//! | kind | metrics | first |
//! |---|---|---|
//! | classification | accuracy, macro_f1, auroc, average_precision, ece, loss | accuracy |
//! | binary | accuracy, macro_f1, auroc, average_precision, ece, loss | auroc |
//! | multilabel | accuracy, macro_f1, auroc, average_precision, loss | average_precision |
//! | ordinal | accuracy, mae, macro_f1, loss | mae |
//! | regression | mae, rmse, r2, loss | rmse |
//! | tagging | token_accuracy, macro_f1, loss | token_accuracy |
//! | spans | span_f1, span_precision, span_recall, loss | span_f1 |
//! | dependencies | uas, las, loss | las |
//! | srl | span_f1, span_precision, span_recall, predicate_f1, sense_accuracy, end_to_end_f1, loss | span_f1 |
//! | lemmas | lemma_accuracy, loss | lemma_accuracy |
//!
//! Each family is one file and can be used alone: [`classes::ClassCounts`], [`numeric::Errors`] and
//! [`calibration::Calibration`] accumulate row by row; [`ranking`] needs all rows at once.
//!
//! ```
//! use banyan_data::config::TaskKind;
//! use banyan_train::metrics::{Predictions, Truth, evaluate};
//!
//! let probabilities = Predictions::Probabilities { classes: 1, values: &[0.9, 0.2, 0.7, 0.4] };
//! let truth = Truth::Classes(&[1, 0, 0, 0]);
//! // The last row's label is missing: it counts nowhere.
//! let known = [true, true, true, false];
//! let metrics = evaluate(TaskKind::Binary, probabilities, truth, &known, Some(0.4));
//! assert_eq!(metrics.rows, 3);
//! assert_eq!(metrics.get("auroc"), Some(1.0));
//! assert_eq!(metrics.get("accuracy"), Some(2.0 / 3.0));
//! ```

pub mod calibration;
pub mod classes;
pub mod frames;

mod lemmas;
pub mod numeric;
pub mod ranking;
pub mod tokens;

mod evaluation;
mod input;
mod kinds;
mod score;

pub use evaluation::{Evaluation, TaskMetrics};
pub use input::{Predictions, Truth};
pub use kinds::{evaluate, metric_names};
pub use score::{Direction, Scoring, direction, primary, score, weighted_score};
