//! One page about one run: what came of it, how it went, where the tasks pulled apart, and from what it was made.
//!
//! [`ReportData::read`] takes everything from the run's folder; a run that is still going, or was killed, gives a page of what there
//! is so far. [`html`] writes one file without scripts and without anything from elsewhere: its charts are inline SVG, and
//! its colors follow the reader's choice of light or dark. Whatever comes from the data (names of tasks, of classes, of
//! files, the configuration) is escaped.
//!
//! ```
//! use banyan_train::report::{ReportData, html};
//! use banyan_train::run::{LogRecord, RunWriter, StepRecord};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("first");
//! let mut run = RunWriter::create(&path)?;
//! run.write_config("[data]\ntrain = \"t.csv\"\n")?;
//! for step in 1..=10 {
//!     let losses = [("<digit>".to_owned(), 1.0 / step as f64)].into_iter().collect();
//!     run.log(&LogRecord::Step(StepRecord { step, losses, ..StepRecord::default() }))?;
//! }
//! let page = html(&ReportData::read(run.folder())?);
//! assert!(page.contains("&lt;digit&gt;") && !page.contains("<digit>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod charts;
mod conflict;
mod data;
mod errors;
mod escape;
pub(crate) mod examples;
mod gallery;
pub(crate) mod matrix;
mod number;
pub(crate) mod on_images;
mod page;
mod results;
mod svg;
pub(crate) mod tables;

pub use data::ReportData;
pub use page::html;
