//! Predicates and the spans of words that play their roles: who did what to whom, when and where (PropBank; Palmer, Gildea and Kingsbury,
//! Computational Linguistics 2005).
//!
//! # In files
//!
//! A row's frames are written in one of two ways:
//!
//! - **Two columns of labels**, as in the CoNLL tasks of 2005 and 2012: one has for each word the sense of the predicate that it is (`kill.01`,
//!   or anything, `Y` for instance, where senses are not known), and `_` for words that are none; the other has for each word its label of each
//!   predicate in turn, `B-ARG0|O|I-ARGM-TMP`, in one of the schemes of [`spans`](crate::spans). A row with `?` for a predicate is not
//!   annotated at all.
//! - **A list of objects** in JSON Lines: `{"predicate": 3, "sense": "kill.01", "args": [{"role": "ARG0", "start": 0, "end": 2}]}` with places from 0
//!   and `end` after the last word. An argument known by its head only has `"head": 1` for both: a span of one word. Without `args` the
//!   predicate is known and its arguments are not. Other keys are not read.
//!
//! The span of the predicate itself, which some files call `V`, says nothing and is left out.

mod check;
mod labels;
mod objects;
mod write;

pub use check::arrange;
pub use labels::{add_roles, are_annotated, from_senses, roles_of_labels};
pub use objects::{parse, roles_of_objects};

/// What files call the span of the predicate itself.
pub const VERB: &str = "V";

/// What the column of the predicates is called where nothing else is said.
pub const PREDICATE: &str = "predicate";

/// A span of words and the role that it plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// The role, `ARG0` for instance.
    pub role: String,
    /// Its first word, from 0.
    pub begin: usize,
    /// The word after its last.
    pub end: usize,
}

/// A predicate and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The word, from 0.
    pub predicate: usize,
    /// Its sense; empty where it is not known.
    pub sense: String,
    /// Its arguments from left to right, none of which overlap; none where they are not known.
    pub arguments: Option<Vec<Argument>>,
}

/// The frames of a sentence, in the order of their predicates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frames {
    /// The number of the sentence's words.
    pub words: usize,
    /// The frames.
    pub frames: Vec<Frame>,
}
