//! The training loop, checkpoints, metrics, evaluation, prediction, logs and reports.
//!
//! # Overview
//!
//! [`train`] takes a [`Config`](config::Config) and makes a run: it reads the tables, learns vocabularies and scales
//! from the training rows, builds the model, and takes steps until the epochs are done, the score has stopped rising, or the time
//! is up. An [`Observer`] is notified of what happens. [`LoadedRun`] opens a run to evaluate it or to predict with it.
//!
//! ```no_run
//! use banyan_train::{LoadedRun, Silent, TrainOptions, config::Config, train};
//! use std::{path::Path, sync::atomic::AtomicBool};
//!
//! let config = Config::load(Path::new("digits.toml"), &["training.epochs=5".to_owned()])?;
//! let options = TrainOptions { out: "runs/digits".into(), ..TrainOptions::default() };
//! let summary = train(&config, Path::new("."), &options, &mut Silent, &AtomicBool::new(false))?;
//! println!("{} steps, best after epoch {}", summary.steps, summary.best_epoch);
//!
//! let mut run = LoadedRun::open(Path::new("runs/digits"))?;
//! let (evaluation, _) = run.evaluate(None, Some(&["image".to_owned()]), None)?;
//! println!("from the image alone: {:?}", evaluation.tasks["digit"].get("accuracy"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A program that has a model of its own, without tables or a configuration, makes its steps with [`TrainStep`], as the
//! trainer does.
//!
//! # The same bits
//!
//! A run is a function of its configuration and its data. Which rows a step takes, what dropout drops and how an image is
//! moved depend on the seed, the step and the row; sums run in an order that does not depend on the number of threads; and a
//! checkpoint holds the exact state. So a training that was killed and resumed ends with the same weights, to the last bit, as one
//! that was left alone.

mod augmentations;
mod balance_state;
mod check;
mod chunks;
mod colors;
mod columns;
pub mod config;
mod cost;
mod error;
pub mod error_analysis;
pub mod evaluation;
pub mod exports;
mod feed;
mod kept;
mod loaded;
mod memory;
mod methods;
pub mod metrics;
mod observer;
mod outputs;
mod pipeline;
mod predictions;
mod prepare;
mod pretrained;
mod registry;
mod remembered;
pub mod report;
mod restored;
pub mod run;
mod sampler;
mod sources;
mod state;
mod stepper;
pub mod tasks;
mod train_step;
mod trainer;

pub use augmentations::{AUGMENTATIONS, AugmentationMethod};
pub use check::{Beginning, Checked, check};
pub use cost::PartCost;
pub use error::TrainError;
pub use loaded::LoadedRun;
pub use methods::{check_choices, groups};
pub use observer::{Event, Observer, Silent};
pub use pipeline::with_absolute_paths;
pub use predictions::Predictions;
pub use train_step::{GradientNorm, Inspect, StepError, StepResult, TrainState, TrainStep};
pub use trainer::{Resume, TrainOptions, train};
