//! Lemmas: the forms under which a dictionary has words, made from the words by scripts.
//!
//! Most lemmas share a stretch of characters with their word and differ from it at the ends: `tries` and `try`, `going` and `go`. A
//! [`Script`] says what to take off and to add at either end and what letters to write the rest in; where nothing is shared (`is` and `be`),
//! it is the lemma itself. A language needs few of them, so that a model learns lemmas as labels: it chooses a script for each token, and the
//! script makes the lemma, also of words that training never had (Straka, CoNLL 2018).
//!
//! ```
//! use banyan_text::lemmas::Script;
//!
//! let script = Script::between("Tries", "try");
//! assert_eq!(script.to_string(), "lower *-3+y");
//! assert_eq!(script.apply("flies").as_deref(), Some("fly"));
//! assert_eq!(script.apply("as"), None, "nothing would be left of it");
//! assert_eq!(Script::parse("lower *-3+y"), Some(script));
//! ```

mod casing;
mod pairs;
mod script;
mod scripts;
mod tags;

pub use casing::Casing;
pub use pairs::{Pair, pairs};
pub use script::{Edit, Script};
pub use scripts::Scripts;
pub use tags::{LemmaTags, TokenLemma};
