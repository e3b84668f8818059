//! The folder of what is kept to be used again.

use std::env;
use std::path::PathBuf;

/// The folder of the cache: that of the environment variable `BANYAN_CACHE`, or `banyan` in the user's folder of caches (`XDG_CACHE_HOME`, or
/// `.cache` in the home folder), or in the folder of temporary files where there is none.
pub fn folder() -> PathBuf {
    let of = |variable: &str| env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let of_user = || of("XDG_CACHE_HOME").or_else(|| Some(of("HOME")?.join(".cache")));
    of("BANYAN_CACHE").unwrap_or_else(|| of_user().unwrap_or_else(env::temp_dir).join("banyan"))
}
