//! From tables and media files to typed columns to batches with masks.
//!
//! A table is a CSV, TSV, JSON Lines, Parquet or Arrow file, or a file of sentences in a CoNLL format; its cells hold numbers, words,
//! lists, or the paths of image and audio files below the table's folder. This crate turns its rows into what a model learns from, and
//! knows nothing of models. It does so in five steps, each a module that can be used alone:
//!
//! 1. [`table`] reads a file and keeps its types. Each row knows its line, so that an error can say
//!    `train.csv, line 17, column "age"`. Several tables with different columns become one.
//! 2. [`infer`] says what each column looks like and why; [`audit`] says what is wrong with the data. Both only look.
//! 3. [`split`] cuts rows into training, validation and test: shuffled, stratified over several tasks at once, by groups,
//!    by time, or by a hash that stays when rows are added.
//! 4. [`schema::Schema::fit`] learns from the *training rows only*: vocabularies, means, sizes, classes. It is kept with a
//!    run as JSON.
//! 5. [`dataset::Dataset::encode`] applies a schema to rows: each file is decoded once, in parallel, so that what cannot be read
//!    is known from the beginning, and kept as far as there is room; [`dataset::Dataset::batch`] gathers rows into a
//!    [`batch::Batch`], and decodes again what was not kept.
//!
//! Sentences are lists of words, or texts that [`tokens`] splits into words; their labels are lists of the same length, and [`spans`]
//! reads labels of several words together. [`lemmas`] derives base forms from the words.
//!
//! # Everything has a mask
//!
//! A row with an empty cell keeps its other inputs and labels: batches say for every row which inputs are *present* and which
//! labels are *known*. A table that lacks a column altogether, as when it has labels of one task only, is the same case, and so is
//! a word without a label in a sentence that has others. A file that cannot be read is never replaced: it stops the encoding, counts
//! as missing, or leaves its row out, as [`config::OnBadRow`] says, and the [`dataset::Report`] counts and names it. Only a path that
//! leaves the folder of media files is always an error: tables may come from strangers.
//!
//! ```
//! use banyan_data::config::OnBadRow;
//! use banyan_data::labels::{TargetConfig, TaskKind};
//! use banyan_data::dataset::{Dataset, EncodeOptions};
//! use banyan_data::infer::infer_inputs;
//! use banyan_data::inputs::InputConfig;
//! use banyan_data::schema::Schema;
//! use banyan_data::table::{ReadOptions, Table};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("fruit.csv");
//! std::fs::write(&path, "weight,color,kind\n150,green,apple\n120,green,banana\n,red,apple\n140,,banana\n155,red,apple\n")?;
//! let table = Table::read(&path, &ReadOptions::default())?;
//!
//! let mut inputs = Vec::new();
//! for guess in infer_inputs(&table, &["kind".to_owned()]) {
//!     println!("{}: {:?}, {}", guess.column, guess.kind, guess.reason);
//!     if let Some(kind) = guess.kind {
//!         inputs.push((guess.column, InputConfig::from(kind)));
//!     }
//! }
//! let kind = TargetConfig::new(TaskKind::Binary, "kind");
//! let rows: Vec<usize> = (0..table.rows()).collect();
//! let schema = Schema::fit(&table, &rows, &inputs, &[("kind".to_owned(), kind)], OnBadRow::Missing)?;
//!
//! let (dataset, report) = Dataset::encode(&table, &rows, &schema, EncodeOptions::default())?;
//! let batch = dataset.batch(&[2, 3])?;
//! assert_eq!(batch.inputs[0].present, [false, true]);
//! assert_eq!(batch.inputs[1].present, [true, false]);
//! assert_eq!(schema.targets[0].classes(), ["apple", "banana"]);
//! assert!(report.warnings().is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! # Limits
//!
//! Columns stay in memory, a text as its hashed features. Decoded files do as far as a [`dataset::MediaMemory`] allows: an image
//! takes its pixels once, in bytes; a recording its log-mel energies; the labels on an image a byte a cell. A file that changes after it was
//! encoded is not noticed unless it can no longer be read. Images of more than 64 megapixels are refused, and recordings are cut at ten minutes.

pub mod atomic;
pub mod audit;
pub mod augment;
pub mod batch;
mod by_value;
pub mod cache;
pub mod config;
mod coverage;
pub mod dataset;
pub mod date;
mod error;
mod files;
pub mod fingerprint;
mod fit;
mod formats;
pub mod infer;
pub mod inputs;
pub mod labels;
mod mapped;
mod moments;
pub mod number_format;
pub mod output;
pub mod path_text;
pub mod pictures;
pub mod pipe;
pub mod progress;
mod random;
mod read;
mod report;
mod rows;
mod saved;
pub mod schema;
mod sentences;
mod settings;
pub mod split;
mod standardize;
mod suggest;
pub mod table;
pub mod tokens;
pub mod value;
pub mod values;
mod vocabulary;

pub use banyan_text::{frames, lemmas, spans};
pub use error::{Error, Hint, Place, Position};
pub use settings::SettingError;
