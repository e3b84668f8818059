//! Sentences as data: tokens, word pieces, the CoNLL formats, spans, frames, trees and lemmas.
//!
//! - [`tokens`] splits a text into words and turns each word into what an encoder reads: hashed features, characters, a place in a
//!   table of word vectors, word pieces.
//! - [`conll`] reads files of sentences and writes them.
//! - [`spans`], [`frames`], [`trees`] and [`lemmas`] read the labels that annotators give the words of a sentence.
//! - [`bags`] turns a text into bags of hashed features, for models of whole texts.
//!
//! The crate knows nothing of tables, configurations or models: it takes words and labels as texts and returns numbers, or the other
//! way round.
//!
//! ```
//! use banyan_text::spans::{Label, read};
//! use banyan_text::tokens::split;
//!
//! assert_eq!(split("It's 5 km to New York."), ["It", "'s", "5", "km", "to", "New", "York", "."]);
//!
//! let labels = Label::parse_all(&["O", "O", "O", "O", "O", "B-LOC", "I-LOC", "O"])?;
//! let [span] = read(&labels)[..] else { panic!("one span") };
//! assert_eq!((span.begin, span.end, span.kind), (5, 7, "LOC"));
//! # Ok::<(), String>(())
//! ```

pub mod bags;
mod characters;
pub mod conll;
pub mod encoding;
mod error;
pub mod frames;
pub mod hash;
pub mod lemmas;
mod quote;
mod ragged;
pub mod spans;
pub mod tokens;
pub mod trees;
mod visible;

pub use error::{Error, Hint, LabelError, Place};
pub use quote::quote;
pub use ragged::Ragged;
pub use visible::{visible, visible_but};

/// The label of a token that has none.
pub const UNKNOWN_TAG: u32 = u32::MAX;
