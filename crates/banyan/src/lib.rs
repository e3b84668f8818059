//! One network, many kinds of input, many tasks.
//!
//! # Overview
//!
//! Banyan trains one model `f(x_1 … x_M) → (y_1 … y_T)` on several kinds of input (numbers, categories, texts, images, audio) and
//! several tasks at once. Every input has an encoder, every task a head, and they meet in shared layers. A row may lack
//! any of its inputs and any of its labels; a prediction may use any subset of the inputs and ask for any subset of the tasks.
//!
//! This crate re-exports the libraries under one name and holds the command `banyan`, which is thin: everything it does can be done
//! from a program.
//!
//! | module | its one job |
//! |---|---|
//! | [`engine`] | tensors on pooled buffers, fused ops, one backward pass for many tasks |
//! | [`balance`] | from losses or gradients of the tasks to weights; usable without the rest |
//! | [`method`] | what is chosen by name: options, checks, listings |
//! | [`text`] | tokens, sentence formats, spans, frames, trees, lemmas |
//! | [`nn`] | layers, initializers, optimizers, schedules |
//! | [`data`] | from tables and media to typed columns to batches with masks |
//! | [`model`] | encoders, fusion, sharing, heads, losses |
//! | [`train`] | the loop, checkpoints, metrics, evaluation, prediction, reports |
//!
//! Each may be used without those below it in the table.
//!
//! # From a table to predictions
//!
//! ```
//! use banyan::train::{LoadedRun, Silent, TrainOptions, config::Config};
//! use std::sync::atomic::AtomicBool;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! // Two tasks; the last label of one and the fourth of the other are missing, which loses no row.
//! let mut table = "size,color,price,large\n".to_owned();
//! for i in 0..40 {
//!     let (size, color) = (i % 10, ["red", "blue"][i % 2]);
//!     let price = if i == 39 { String::new() } else { (3 * size + 1).to_string() };
//!     let large = if i == 3 { "" } else if size > 4 { "yes" } else { "no" };
//!     table += &format!("{size},{color},{price},{large}\n");
//! }
//! std::fs::write(folder.path().join("things.csv"), table)?;
//!
//! let text = r#"
//!     [data]
//!     train = "things.csv"
//!     [inputs.size]
//!     type = "number"
//!     [inputs.color]
//!     type = "category"
//!     [tasks.price]
//!     type = "regression"
//!     [tasks.large]
//!     type = "binary"
//!     [model]
//!     width = 16
//!     [training]
//!     epochs = 2
//!     balance = "upgrad"
//! "#;
//! let config = Config::parse("things.toml", text, &[])?;
//! let options = TrainOptions { out: folder.path().join("run"), ..TrainOptions::default() };
//! let summary = banyan::train::train(&config, folder.path(), &options, &mut Silent, &AtomicBool::new(false))?;
//! assert_eq!(summary.epochs, 2);
//!
//! let mut run = LoadedRun::open(&options.out)?;
//! let size_alone = ["size".to_owned()];
//! let (predictions, _) = run.predict(&folder.path().join("things.csv"), Some(&size_alone), None)?;
//! assert_eq!(predictions.rows, 40);
//! let names: Vec<&str> = predictions.columns.iter().map(|column| column.name.as_str()).collect();
//! assert_eq!(names, ["price", "large", "large=no", "large=yes"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Why one model
//!
//! What helps one task often helps another: a shared layer learns from all labels, and is computed once for all tasks. But tasks
//! also pull shared layers in different directions. Banyan measures that at every logged step (the cosines between the tasks'
//! gradients), and its [`balance`] methods resolve it; the [`engine`]'s backward pass is made for them. The documentation of each
//! crate says how and why.
//!
//! # Limits
//!
//! Models are small and medium-sized and run on the CPU, in single precision or with matrix products in bf16. Tokens can be read by
//! a pretrained BERT model; texts are read as hashed n-grams, and images and audio by convolutions trained from scratch.
//!
//! # Features
//!
//! `command` (on by default) builds the command. The library alone needs `default-features = false`.

pub use banyan_balance as balance;
pub use banyan_data as data;
pub use banyan_engine as engine;
pub use banyan_method as method;
pub use banyan_model as model;
pub use banyan_nn as nn;
pub use banyan_text as text;
pub use banyan_train as train;
