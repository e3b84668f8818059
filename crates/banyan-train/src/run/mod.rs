//! A run: the folder that one training makes.
//!
//! | path | what | written |
//! |---|---|---|
//! | `config.toml` | the configuration with every default | once, when the run begins |
//! | `vocabulary/` | what the preprocessing learned | once, when the run begins |
//! | `data.json` | [`RunData`]: the content of the tables and the rows of each split | once, when the run begins |
//! | `metrics.jsonl` | a [`LogRecord`] a line | appended to |
//! | `checkpoint/N/` | what a resumed training needs, generation `N` | every few seconds |
//! | `model.safetensors` | the best weights so far | when there are better ones |
//! | `summary.json` | a [`Summary`] | at the end |
//! | `errors.json` | [`RunErrors`](crate::error_analysis::RunErrors): confusions and examples | at the end |
//! | `report.html` | the page of [`crate::report`] | at the end |
//! | `.lock` | held while a training writes into the folder | |
//!
//! # What a kill leaves
//!
//! A process killed between any two system calls, and a machine that loses power, leave a folder in which every file is
//! either its last good version or absent (if it never had one), and the newest complete checkpoint can be read. It rests
//! on three rules:
//!
//! 1. **A file** is written under a name of its own (`.model.safetensors.new`), synced, renamed over the old one, and then the
//!    folder is synced. A rename is atomic: a reader finds the old file or the new one.
//! 2. **A checkpoint** is a folder. Generation 7 is written as `checkpoint/7.new/`: its parts, each synced; a `manifest.json` with
//!    the length and the checksum of every part, synced; the folder itself, synced. Then it is renamed to `checkpoint/7/`, and
//!    `checkpoint/` is synced. Only then are older generations removed, each first renamed to `6.old` so that a half-removed one
//!    is never taken for a checkpoint. No pointer is needed: the highest plain number is the checkpoint.
//! 3. **`metrics.jsonl`** is synced before a checkpoint, whose manifest records its length. A resumed run cuts the file back to that
//!    length and writes again what followed, so that no line is doubled or torn.
//!
//! What is left of a write that was cut short (`.new`, `.old`) is removed when the run is resumed.
//!
//! Links are not followed: what a run has as a file or folder and finds as something else is refused, so that a folder from somebody else
//! leads a training nowhere.
//!
//! The lock is the operating system's (`File::try_lock`): it goes with the process, so that a killed training blocks nobody.
//!
//! ```
//! use banyan_train::run::{LogRecord, Part, RunWriter, StepRecord};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("first");
//! let mut run = RunWriter::create(&path)?;
//! run.write_config("[data]\ntrain = \"t.csv\"\n")?;
//! run.log(&LogRecord::Step(StepRecord { step: 1, ..StepRecord::default() }))?;
//! run.save_checkpoint(&[Part { name: "state.json", bytes: b"{}" }])?;
//! run.log(&LogRecord::Step(StepRecord { step: 2, ..StepRecord::default() }))?;
//! drop(run); // killed here
//!
//! let (run, checkpoint) = RunWriter::resume(&path)?;
//! let checkpoint = checkpoint.expect("one was saved");
//! assert_eq!(checkpoint.part("state.json")?, b"{}");
//! assert_eq!(run.folder().log()?.len(), 1); // step 2 comes again
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod atomic;
mod checkpoint;
mod data;
mod disk;
mod error;
mod folder;
mod inspect;
mod lock;
mod log;
mod metrics_file;
mod row_ranges;
mod summary;
mod writer;

pub use banyan_data::atomic::{BasicDisk, StandardDisk};
pub use checkpoint::{Checkpoint, Part};
pub use data::{RunData, SplitRows, TableFile};
pub use disk::{Disk, EntryKind};
pub use error::RunError;
pub use folder::RunFolder;
pub use log::{DataSummary, EvaluationRecord, InputSummary, LogRecord, StartRecord, StepRecord, TaskSummary};
pub use row_ranges::RowRanges;
pub use summary::{SplitEvaluation, StopReason, Summary};
pub use writer::RunWriter;
