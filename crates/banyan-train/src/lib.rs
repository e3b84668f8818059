//! The training loop, checkpoints, metrics, evaluation, prediction, logs and reports.
pub mod config;
pub mod metrics;
pub mod report;
pub mod run;
