//! One registry: a method's name, summary, paper and typed options, from which checks, documents and schemas are made.
//!
//! # Overview
//!
//! A fusion, a balancing method or an optimizer is chosen in a configuration by its name, and tuned by its options. What names and
//! options there are must be known to the check of that configuration, to the sentence that corrects a misspelled one, to the listing
//! on the command line, to the documentation and to the schema that an editor completes from. Here it is written once, beside the
//! code of the method, and everything else is made from it:
//!
//! - a [`Method`] has a name, a summary, a paper and [`OptionSpec`]s, each with its kind, range and default;
//! - a [`Registry`] is the table of all methods of one kind, each beside what builds it (any type that is [`Described`]);
//! - a [`Choice`] is what somebody asked for: a name and some [`Value`]s;
//! - [`Registry::check`] makes [`Settings`] of it, complete and in range, or an [`Error`] that names the option, the value, what it
//!   may be, and the nearest name;
//! - [`listing`] prints groups of methods as a text, as Markdown or as JSON; `Registry::json_schema` makes the schema.
//!
//! # Example
//!
//! A registry of two methods, and what building one looks like:
//!
//! ```
//! use banyan_method::{Choice, Described, Error, Method, OptionSpec, Range, Registry, Settings};
//!
//! #[derive(Clone)]
//! struct Schedule {
//!     method: Method,
//!     /// The learning rate after a share of all steps, as a factor.
//!     build: fn(&Settings) -> Box<dyn Fn(f64) -> f64>,
//! }
//!
//! impl Described for Schedule {
//!     fn method(&self) -> &Method {
//!         &self.method
//!     }
//! }
//!
//! const POWER: Schedule = Schedule {
//!     method: Method::new("power", "falls to zero as a power of the steps left")
//!         .options(&[OptionSpec::number("exponent", "1 is a straight line", 1.0, Range::ANY.above(0.0))]),
//!     build: |settings| {
//!         let exponent = settings.number("exponent");
//!         Box::new(move |done| (1.0 - done).powf(exponent))
//!     },
//! };
//! const CONSTANT: Schedule =
//!     Schedule { method: Method::new("constant", "stays as it is"), build: |_| Box::new(|_| 1.0) };
//!
//! static SCHEDULES: Registry<Schedule> =
//!     Registry::new("schedules", "schedule", "Change the learning rate over a training.", &[POWER, CONSTANT]);
//!
//! let (schedule, settings) = SCHEDULES.check(&Choice::named("power").with("exponent", 2), 1)?;
//! assert_eq!((schedule.build)(&settings)(0.5), 0.25);
//!
//! let refused = |choice: Choice| SCHEDULES.check(&choice, 1).err().unwrap().to_string();
//! assert_eq!(refused(Choice::named("powr")), "there is no schedule named \"powr\"; did you mean \"power\"?");
//! assert_eq!(
//!     refused(Choice::named("power").with("exponent", 0)),
//!     "option \"exponent\" of \"power\" must be a number above 0, not 0"
//! );
//! # Ok::<(), Error>(())
//! ```
//!
//! # Why like this
//!
//! The options are data rather than structs with derived parsers because half of what is made from them is made without any method at
//! hand: a listing, a schema, a page. Values come as a small type of its own, so that the crates that hold methods know no file format;
//! with the feature `json`, serde reads and writes it. The crate knows nothing about what the methods do.

mod choice;
mod error;
pub mod listing;
mod method;
mod nearest;
mod option;
mod range;
mod registry;
#[cfg(feature = "json")]
mod schema;
#[cfg(feature = "json")]
mod serialize;
mod settings;
mod value;

pub use choice::Choice;
pub use error::Error;
pub use method::{Described, Method, Remark};
pub use nearest::{enumerate, nearest, suggest};
pub use option::{DefaultValue, OptionKind, OptionSpec};
pub use range::{Range, rounding};
pub use registry::Registry;
pub use settings::Settings;
pub use value::Value;
