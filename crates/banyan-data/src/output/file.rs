//! Where results go: a file that the user names, which may be a link, a pipe or a device, and must not be what was read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::atomic;
use crate::error::Error;

/// Links that lead from one to the next before they are taken for a circle, as systems do.
const MOST_LINKS: usize = 40;

/// A file that is read, or that belongs to what is read, and must not be written over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file, or a folder whose files are all meant.
    pub path: PathBuf,
    /// What it is, for messages: `the table to predict`.
    pub what: String,
}

impl Source {
    /// A file or folder.
    pub fn new(path: impl Into<PathBuf>, what: impl Into<String>) -> Self {
        Self { path: path.into(), what: what.into() }
    }
}

/// Checks before any work that results can be written to a file and destroy nothing that they are made from: by whatever name, link or
/// hard link the file goes.
///
/// ```
/// use banyan_data::output::{Source, check_output};
///
/// let folder = tempfile::tempdir()?;
/// let table = folder.path().join("in.csv");
/// std::fs::write(&table, "a\n1\n")?;
/// let sources = [Source::new(&table, "the table to predict")];
/// assert!(check_output(&table, &sources).unwrap_err().to_string().contains("is the table to predict"));
/// check_output(&folder.path().join("out.csv"), &sources)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// One of the sources, a folder, a file in a folder that is not there, and a file that must not be written.
pub fn check_output(path: &Path, sources: &[Source]) -> Result<(), Error> {
    let wrong = |cause: String| Error::File { action: "write", path: path.display().to_string(), cause };
    let target = match target(path).map_err(|cause| wrong(cause.to_string()))? {
        Target::Stream => return Ok(()),
        Target::File(target) => target,
    };
    if let Some(source) = sources.iter().find(|source| is_within(&target, &source.path)) {
        return Err(Error::OutputIsSource { path: path.display().to_string(), what: source.what.clone() });
    }
    if target.is_dir() {
        return Err(wrong("it is a folder; name a file in it".to_owned()));
    }
    let folder = folder_of(&target);
    if !folder.is_dir() {
        return Err(wrong(format!("the folder {} does not exist; make it first", folder.display())));
    }
    if target.exists() {
        // Opened only, neither emptied nor written.
        OpenOptions::new().append(true).open(&target).map_err(|cause| wrong(cause.to_string()))?;
    }
    Ok(())
}

/// Writes a file so that it is there whole or not at all. A link is followed: the file that it leads to is replaced. A pipe or a device
/// is written to as it is.
///
/// # Errors
/// What the system says, and whatever `write` says; a file that was there before is then there still.
pub fn write_file(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    match target(path)? {
        Target::File(target) => atomic::replace_with(&target, |file| buffered(file.try_clone()?, write)),
        Target::Stream => buffered(open_stream(path)?, write),
    }
}

/// As [`write_file`], where no file of this name may be there yet, not even one that comes up meanwhile.
///
/// # Errors
/// [`AlreadyExists`](io::ErrorKind::AlreadyExists) where one is; and as [`write_file`].
pub fn write_new_file(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    match target(path)? {
        Target::File(target) => atomic::create_with(&target, |file| buffered(file.try_clone()?, write)),
        Target::Stream => Err(io::ErrorKind::AlreadyExists.into()),
    }
}

fn buffered(file: File, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    let mut writer = BufWriter::new(file);
    write(&mut writer).and_then(|()| writer.flush())
}

/// Whether a path leads to a pipe, a device or an output of the program itself, which cannot be replaced.
pub fn is_stream(path: &Path) -> bool {
    matches!(target(path), Ok(Target::Stream))
}

enum Target {
    /// A file, or nothing yet; no link.
    File(PathBuf),
    /// What cannot be replaced, and is written to.
    Stream,
}

fn target(path: &Path) -> io::Result<Target> {
    let is_special = fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir());
    if cfg!(unix) && (is_special || is_own_output(path)) {
        return Ok(Target::Stream);
    }
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(next) => path = path.parent().unwrap_or(Path::new("")).join(next),
            Err(_) => return Ok(Target::File(path)),
        }
    }
    Err(io::Error::other("its links lead in a circle"))
}

/// Whether a path is one of the program's own outputs, which may be a file that the shell opened: it is written on, not replaced.
fn is_own_output(path: &Path) -> bool {
    let is_listed = |folder: &Path| folder == Path::new("/dev/fd") || (folder.starts_with("/proc") && folder.ends_with("fd"));
    ["/dev/stdout", "/dev/stderr"].iter().any(|own| path == Path::new(own)) || path.parent().is_some_and(is_listed)
}

fn open_stream(path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    if path == Path::new("/dev/stdout") {
        use std::os::fd::AsFd;
        // Opened by its name, a file behind it would be written from its start.
        return Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?));
    }
    OpenOptions::new().append(true).open(path)
}

/// Whether a file is another, or lies in it.
fn is_within(path: &Path, other: &Path) -> bool {
    let (path, other) = (whole(path), whole(other));
    path.starts_with(&other) || is_same_file(&path, &other)
}

/// A path without links, also of a file that is not there yet.
fn whole(path: &Path) -> PathBuf {
    let parent = || Some(folder_of(path).canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(parent).unwrap_or_else(|| path.to_owned())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Whether two names are of one file.
#[cfg(unix)]
fn is_same_file(left: &Path, right: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let of = |path: &Path| fs::metadata(path).ok().map(|found| (found.dev(), found.ino()));
    of(left).is_some_and(|left| of(right) == Some(left))
}

#[cfg(not(unix))]
fn is_same_file(left: &Path, right: &Path) -> bool {
    left == right
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn streams_are_told_from_files() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        std::os::unix::fs::symlink("b", folder.path().join("a")).expect("links can be made");
        std::os::unix::fs::symlink("a", folder.path().join("b")).expect("links can be made");
        for path in ["/dev/null", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
            assert!(is_stream(Path::new(path)), "{path}");
        }
        for path in ["/dev/shm/out.csv", "out.csv", "/dev", "/"] {
            assert!(!is_stream(Path::new(path)), "{path}");
        }
        assert_eq!(target(&folder.path().join("a")).err().map(|error| error.to_string()).as_deref(), Some("its links lead in a circle"));
        assert!(check_output(&folder.path().join("a"), &[]).is_err());
    }
}
