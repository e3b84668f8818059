//! The kinds of input, one file each.
//!
//! The file of a kind holds everything that this crate knows about it: its settings, with their ranges and defaults; the rules by which a
//! column is recognized; what is learned from the training rows; how cells become numbers and a batch is gathered from them; how training
//! varies them; and what an audit says about them. To add a kind, write its file and its line in the table below. What reads it is an
//! encoder of `banyan_model`.

mod audio;
mod category;
mod config;
mod date;
mod dense;
mod file;
mod fitting;
mod image;
mod number;
mod problem;
mod set;
mod stored;
mod table;
mod text;
mod tokens;
mod vector;
mod vocabulary;

pub use audio::{AudioSchema, AudioSettings, AudioValues};
pub use category::{CategorySchema, CategorySettings};
pub use config::InputConfig;
pub use date::{DATE_TIME_WIDTH, DATE_WIDTH, DateSchema, DateSettings};
pub use dense::DenseValues;
pub use image::{ImageSchema, ImageSettings, ImageValues};
pub use number::{NumberSchema, NumberSettings};
pub use set::{SetSchema, SetSettings};
pub use text::{TextSchema, TextSettings, TextValues};
pub use tokens::{PretrainedSchema, TokensSchema, TokensSettings, VectorsSchema};
pub use vector::{VectorSchema, VectorSettings};

pub(crate) use audio::AUDIO_ENDINGS;
pub(crate) use file::OpenedFiles;
pub(crate) use fitting::Fitting;
pub(crate) use image::IMAGE_ENDINGS;
pub(crate) use problem::{Misfit, Problem};
pub(crate) use stored::{InputStore, StoredValues};

use crate::audit::part::OwnAudit;
use crate::augment::OnImage;
use crate::augment::composition::Composition;
use crate::augment::transform::Transform;
use crate::config::OnBadRow;
use crate::dataset::memory::MediaMemory;
use crate::error::{Error, Place};
use crate::files::Files;
use crate::infer::rule::Rule;
use crate::labels::canvas::Canvas;
use crate::random::Stream;
use crate::report::InputReport;
use crate::rows::Rows;
use crate::settings::{self, SettingError};
use banyan_media::Origin;
use banyan_text::Ragged;
use banyan_text::tokens::TokenValues;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize};
use std::any::Any;
use std::fmt::Debug;
use std::path::Path;

/// Hashes what a file holds; or what is wrong with it, as the end of a sentence that begins with its name.
pub(crate) type HashFile = fn(Origin<'_>) -> Result<u64, String>;

/// What a kind of input does before anything is learned. It is implemented by the kind's settings.
pub(crate) trait Input {
    /// The rules by which a column is recognized as one.
    fn rules() -> Vec<Rule>
    where
        Self: Sized;

    /// The first setting that is out of its range.
    fn check(&self) -> Result<(), SettingError>;

    /// Learns from the training rows of a column; where they are files, their sizes first.
    fn fit<'a>(&self, rows: Rows<'a>, bad: OnBadRow) -> Result<Fitting<'a>, Problem>;

    /// The settings that are paths, relative to the folder of the configuration.
    fn paths(&mut self) -> Vec<&mut String> {
        Vec::new()
    }

    /// Whether tasks may label its words.
    fn has_words(&self) -> bool {
        false
    }

    /// The folder of a pretrained encoder that is to read it.
    fn pretrained(&self) -> Option<&str> {
        None
    }

    /// The first setting that is for encoders of hashed features only.
    fn features(&self) -> Option<&'static str> {
        None
    }

    /// Whether two rows with the same cell are the same to a model, so that few cells may tell a label.
    fn has_comparable_cells(&self) -> bool {
        true
    }

    /// Height and width in pixels that images are resized to, where the configuration says it.
    fn size(&self) -> Option<[usize; 2]> {
        None
    }

    /// For cells that are files: a hash of what a file holds, or what is wrong with it as the end of a sentence that begins with its name.
    fn file_content(&self) -> Option<HashFile> {
        None
    }

    /// What is worth counting in such a column before anything is learned of it.
    fn audit(&self) -> Option<OwnAudit> {
        None
    }
}

/// What a kind of input does with what was learned of one. It is implemented by the kind's schema.
pub(crate) trait FittedInput: Any + Debug {
    /// What was learned, in a few words.
    fn describe(&self) -> String;

    /// How cells become numbers.
    fn reads(&self) -> Reads<'_>;

    /// The first number that cannot have been learned: what is read back from a file sizes a model and is computed with.
    fn check(&self) -> Result<(), SettingError>;

    /// Whether tasks may label its words.
    fn has_words(&self) -> bool {
        false
    }

    /// What its images are laid on, for an input of images.
    fn canvas(&self) -> Option<Canvas> {
        None
    }

    /// For cells that are files: the same, of files that have about a `factor`th of what these have.
    fn shrunk(&self, _factor: usize) -> Option<InputDetails> {
        None
    }

    /// The names and contents of files for what is too large for JSON; `place` tells the inputs of a schema apart.
    fn files(&self, _place: usize) -> Result<Vec<(String, Vec<u8>)>, Error> {
        Ok(Vec::new())
    }

    /// Reads what [`files`](Self::files) gave from a folder.
    fn load(&mut self, _folder: &Path, _place: usize) -> Result<(), Error> {
        Ok(())
    }
}

/// How cells become numbers.
pub(crate) enum Reads<'a> {
    /// The values are in the table.
    Cells(&'a dyn ReadsCells),
    /// The cells are files: their paths, or their bytes.
    Files(&'a dyn ReadsFiles),
}

/// An input whose values are in the table.
pub(crate) trait ReadsCells: Sync {
    /// Encodes some rows. A missing cell is not present, and its numbers are zeros or an empty list.
    fn encode(&self, rows: Rows<'_>, report: &mut InputReport) -> Result<InputStore, Misfit>;
}

/// An input whose cells are files: their paths, or their bytes.
pub(crate) trait ReadsFiles: Sync {
    /// Decodes files, and keeps those that `memory` has room for; `place` names the cell of a row of the table.
    fn open(&self, files: &Files, memory: Option<&MediaMemory>, place: &(dyn Fn(usize) -> Place + Sync)) -> OpenedFiles;
}

/// What can be done with the values of an input in a batch. It is implemented by the kind's values.
pub(crate) trait BatchValues {
    /// Varies the values for training; `random` gives the random numbers of a row of the batch. Where that moves rows under labels that may lie
    /// on them, it gives how each was moved; otherwise nothing.
    fn augment(&mut self, _random: &dyn Fn(usize) -> Stream, _on_image: Option<&OnImage<'_>>) -> Vec<Transform> {
        Vec::new()
    }

    /// Puts the images of rows together of those of the whole batch, where a composition says how.
    fn compose(&mut self, _compositions: &[Option<Composition>]) {}

    /// Makes every row as long as a row can be, of zeros.
    fn fill_rows(&mut self) {}

    /// The words that tasks may label.
    fn words(&self) -> Option<&TokenValues> {
        None
    }
}

table::kinds! {
    /// A number.
    Number "number": NumberSettings, NumberSchema, Vec<f32>;
    /// One value of a vocabulary.
    Category "category": CategorySettings, CategorySchema, Vec<u32>;
    /// Any number of values of a vocabulary.
    Set "set": SetSettings, SetSchema, Ragged;
    /// A date, with or without a time of day.
    Date "date": DateSettings, DateSchema, DenseValues;
    /// A list of numbers of one length.
    Vector "vector": VectorSettings, VectorSchema, DenseValues;
    /// A text.
    Text "text": TextSettings, TextSchema, TextValues;
    /// A sentence as words.
    Tokens "tokens": TokensSettings, TokensSchema, TokenValues;
    /// An image: the path of its file, or the bytes of it.
    Image "image": ImageSettings, ImageSchema, ImageValues;
    /// A recording: the path of its file, or the bytes of it.
    Audio "audio": AudioSettings, AudioSchema, AudioValues;
}
