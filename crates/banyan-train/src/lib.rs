//! The training loop, checkpoints, metrics, evaluation, prediction, logs and reports.
