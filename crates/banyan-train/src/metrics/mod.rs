//! Metrics over predictions with masks, a family in a file, each of which can be used alone: [`classes::ClassCounts`],
//! [`numeric::Errors`], [`calibration::Calibration`], [`ranking::Ranking`], [`tokens::SpanCounts`], [`tokens::TreeCounts`] and
//! [`frames::FrameCounts`] accumulate row by row, [`coco::CocoMetrics`] and [`pixels::PixelConfusion`] image by image. A metric that has no
//! value (no row, one class only, a prediction that is not a number) is `None` and becomes JSON's `null`; no metric is ever NaN.
//! [`evaluation`](crate::evaluation) puts them together by the kind of task.

pub mod calibration;
pub mod classes;
pub mod coco;
pub mod frames;
pub mod numeric;
pub mod pixels;
pub mod ranking;
pub mod tokens;

mod metric;
#[cfg(test)]
pub(crate) mod one_row;

pub(crate) use metric::plain_score;
pub use metric::{Direction, LOSS, Metric, TaskMetrics};
