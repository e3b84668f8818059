//! The folder of what is kept to be used again.

use std::env;
use std::fmt::Display;
use std::path::PathBuf;

/// The folder of the cache: that of the environment variable `BANYAN_CACHE`, or `banyan` in the user's folder of caches (`XDG_CACHE_HOME`, or
/// `.cache` in the home folder), or in the folder of temporary files where there is none.
pub fn folder() -> PathBuf {
    let of = |variable: &str| env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let of_user = || of("XDG_CACHE_HOME").or_else(|| Some(of("HOME")?.join(".cache")));
    of("BANYAN_CACHE").unwrap_or_else(|| of_user().unwrap_or_else(env::temp_dir).join("banyan"))
}

/// Why nothing can be kept in the cache, and what to do about it; `what` says what was to be kept there, and why.
pub(crate) fn unwritable(cause: &dyn Display, what: &str) -> String {
    format!("{cause}; {what}: name another folder by BANYAN_CACHE, or raise data.memory")
}
