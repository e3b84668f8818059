//! Writing a file so that it is there whole or not at all.
//!
//! The new content goes into a file beside the old one, is synced, and is renamed over it. A rename is atomic: a reader, and a
//! machine whose power comes back, find the old file or the new one. That the new *name* outlasts a loss of power is the folder's
//! business, which is to be synced then: whoever promises that does so afterwards.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The steps that replacing a file is made of, so that a test can stand in for a disk that fails between them.
pub trait BasicDisk {
    /// Creates a file, or empties one, and writes these bytes.
    ///
    /// # Errors
    /// What the system says; the file may then hold a part of the bytes.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Waits until a file's content is on the medium.
    ///
    /// # Errors
    /// What the system says.
    fn sync_file(&self, path: &Path) -> io::Result<()>;

    /// Gives a file or a folder another name; a file that has that name is replaced.
    ///
    /// # Errors
    /// What the system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// What the system says.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
}

/// The machine's own disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct StandardDisk;

impl BasicDisk for StandardDisk {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        File::create(path)?.write_all(bytes)
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        OpenOptions::new().write(true).open(path)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}

/// Replaces a file, or makes one, with these bytes.
///
/// ```
/// use banyan_data::atomic::{StandardDisk, replace};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("page.html");
/// replace(&StandardDisk, &path, b"<p>first</p>")?;
/// replace(&StandardDisk, &path, b"<p>second</p>")?;
/// assert_eq!(std::fs::read(&path)?, b"<p>second</p>");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// What the system says of the first step that failed; what was there before is then there still.
pub fn replace(disk: &dyn BasicDisk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_with(disk, path, |fresh| disk.write(fresh, bytes))
}

/// As [`replace`], with content that `write` puts into the file that it is given the path of.
///
/// # Errors
/// As [`replace`], and whatever `write` says.
pub fn replace_with(disk: &dyn BasicDisk, path: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let fresh = temporary(path);
    let replaced = write(&fresh).and_then(|()| disk.sync_file(&fresh)).and_then(|()| disk.rename(&fresh, path));
    if replaced.is_err() {
        // Half a file is of no use and takes the room that is wanted; that it cannot be removed either is the smaller error.
        let _ = disk.remove_file(&fresh);
    }
    replaced
}

/// Whether a path is what an interrupted [`replace`] leaves.
pub fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') && name.ends_with(".new")
}

/// `.NAME.new` beside `NAME`: no reader looks for it, and [`is_temporary`] knows it.
fn temporary(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".new");
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    /// Writes down the steps, and refuses the one of this name after having done half of it.
    struct Scribe {
        refused: &'static str,
        steps: RefCell<Vec<String>>,
    }

    impl Scribe {
        fn step(&self, name: &'static str, path: &Path) -> io::Result<()> {
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            self.steps.borrow_mut().push(format!("{name} {file}"));
            if name == self.refused { Err(io::Error::other(name)) } else { Ok(()) }
        }
    }

    impl BasicDisk for Scribe {
        fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
            let step = self.step("write", path);
            StandardDisk.write(path, if step.is_ok() { bytes } else { &bytes[..bytes.len() / 2] })?;
            step
        }

        fn sync_file(&self, path: &Path) -> io::Result<()> {
            self.step("sync", path)
        }

        fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
            self.step("rename", from)?;
            StandardDisk.rename(from, to)
        }

        fn remove_file(&self, path: &Path) -> io::Result<()> {
            self.step("remove", path)?;
            StandardDisk.remove_file(path)
        }
    }

    /// What a replacement said, its steps, and the folder's files after it.
    fn replaced(refused: &'static str) -> (Option<String>, Vec<String>, Vec<(String, String)>) {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let path = folder.path().join("a.txt");
        fs::write(&path, "old text").expect("it can be written");
        let disk = Scribe { refused, steps: RefCell::default() };
        let error = replace(&disk, &path, b"new text").err().map(|error| error.to_string());
        let entries = fs::read_dir(folder.path()).expect("it can be listed").map(|entry| entry.expect("it can be read").path());
        let files = entries.map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).expect("it can be read"))
        });
        (error, disk.steps.into_inner(), files.collect())
    }

    #[test]
    fn the_new_content_is_synced_before_it_takes_the_name() {
        let (error, steps, files) = replaced("");
        assert_eq!((error, files), (None, vec![("a.txt".to_owned(), "new text".to_owned())]));
        assert_eq!(steps, ["write .a.txt.new", "sync .a.txt.new", "rename .a.txt.new"]);
    }

    #[test]
    fn a_step_that_fails_leaves_the_old_file_alone() {
        for (at, refused) in ["write", "sync", "rename"].into_iter().enumerate() {
            let (error, steps, files) = replaced(refused);
            assert_eq!((error.as_deref(), files), (Some(refused), vec![("a.txt".to_owned(), "old text".to_owned())]));
            assert_eq!((steps.len(), steps.last().map(String::as_str)), (at + 2, Some("remove .a.txt.new")));
        }
    }

    #[test]
    fn what_is_left_of_a_replacement_is_known() {
        assert!(is_temporary(&temporary(Path::new("runs/a/model.safetensors"))));
        assert_eq!(temporary(Path::new("runs/a/x.csv")), Path::new("runs/a/.x.csv.new"));
        assert!(!is_temporary(Path::new(".new/x.csv")) && !is_temporary(Path::new("x.new")));
    }
}
