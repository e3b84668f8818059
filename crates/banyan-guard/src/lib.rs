//! Files of others, read by decoders of others: a damaged or a hostile one is a sentence, and never the end of the program.
//!
//! ```
//! use banyan_guard::{Packing, check_memory, contained};
//!
//! assert_eq!(contained(|| [1, 2][1]), Some(2));
//! let damaged = [1, 2].len() + 5;
//! assert_eq!(contained(|| [1, 2][damaged]), None);
//!
//! assert!(check_memory(1 << 60).is_err());
//! assert_eq!(Packing::of(b"\x1f\x8b\x08"), Some(Packing::Gzip));
//! assert_eq!(Packing::of(b"name,age"), None);
//! ```

mod contained;
mod memory;
mod packing;

pub use contained::contained;
pub use memory::{check_memory, return_memory};
pub use packing::Packing;
