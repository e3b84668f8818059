//! Writing a file so that it is there whole or not at all.
//!
//! The new content goes into a file beside the old one, is synced, and is renamed over it. A rename is atomic: a reader, and a
//! machine whose power comes back, find the old file or the new one. That the new *name* outlasts a loss of power is the folder's
//! business, which is to be synced then: whoever promises that does so afterwards.
//!
//! The file beside it has a name that nobody can guess and must not be there before, not even as a link: in a folder that others may write
//! to, they can neither lead the bytes elsewhere nor read what the replaced file kept from them. The replaced file's permissions stay.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Bytes of a file's name that its temporary name repeats. Systems allow 255 in all.
const LONGEST_NAME: usize = 100;

/// The steps that replacing a file is made of, so that a test can stand in for a disk that fails between them.
pub trait BasicDisk {
    /// Creates a file, or empties one, and writes these bytes.
    ///
    /// # Errors
    /// What the system says; the file may then hold a part of the bytes.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Creates a file, where there must be nothing yet, and writes these bytes. It gets the permissions of the file that it is to replace,
    /// where that is there. Without an implementation of its own it is [`write`](Self::write), for disks that only a test knows.
    ///
    /// # Errors
    /// What the system says; the file may then hold a part of the bytes.
    fn write_new(&self, path: &Path, bytes: &[u8], replaced: &Path) -> io::Result<()> {
        let _ = replaced;
        self.write(path, bytes)
    }

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

    fn write_new(&self, path: &Path, bytes: &[u8], replaced: &Path) -> io::Result<()> {
        create_new(path, replaced)?.write_all(bytes)
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        // Windows syncs what is open for writing only; elsewhere a file that keeps the permissions of a read-only one is synced as well.
        OpenOptions::new().write(true).open(path).or_else(|_| File::open(path))?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}

/// Replaces a file, or makes one, with these bytes. A link of that name is replaced itself, and what it leads to stays as it is.
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
    let fresh = temporary(path);
    let replaced = disk.write_new(&fresh, bytes, path).and_then(|()| disk.sync_file(&fresh)).and_then(|()| disk.rename(&fresh, path));
    match &replaced {
        // A file that was there before is somebody else's.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        // Half a file is of no use and takes the room that is wanted; that it cannot be removed either is the smaller error.
        Err(_) => drop(disk.remove_file(&fresh)),
        Ok(()) => {}
    }
    replaced
}

/// As [`replace`] on the machine's own disk, with content that `write` puts into the file that it is given.
///
/// # Errors
/// As [`replace`], and whatever `write` says.
pub fn replace_with(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    finish(path, write, |fresh| fs::rename(fresh, path))
}

/// As [`replace_with`], where there must be nothing of this name yet: of two that make one file at the same time, one does.
///
/// # Errors
/// [`AlreadyExists`](io::ErrorKind::AlreadyExists) where there is something of this name, which then stays as it is; and as [`replace_with`].
pub fn create_with(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    finish(path, write, |fresh| match fs::hard_link(fresh, path) {
        Ok(()) => {
            // A second name that cannot be removed is the smaller error.
            let _ = fs::remove_file(fresh);
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // Not every file system has hard links: there an empty file takes the name first, and only one can make that.
        Err(_) => {
            OpenOptions::new().write(true).create_new(true).open(path)?;
            fs::rename(fresh, path)
        }
    })
}

/// Writes a file beside `path`, which `publish` gives its name; it is removed where either fails, or panics.
fn finish(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>, publish: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let fresh = temporary(path);
    let mut file = create_new(&fresh, path)?;
    let unfinished = Unfinished(&fresh);
    write(&mut file)?;
    file.sync_all()?;
    drop(file);
    publish(&fresh)?;
    std::mem::forget(unfinished);
    Ok(())
}

/// A file that is removed unless it is finished.
struct Unfinished<'a>(&'a Path);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        // That it cannot be removed is the smaller error.
        let _ = fs::remove_file(self.0);
    }
}

/// Whether a path is what an interrupted [`replace`] leaves.
pub fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') && name.ends_with(".new")
}

/// `.NAME.0123456789abcdef.new` beside `NAME`: no reader looks for it, nobody can guess it, and [`is_temporary`] knows it.
fn temporary(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = &name[..name.floor_char_boundary(LONGEST_NAME)];
    // The keys of a hash map come from the system's randomness, and no two are equal.
    let random = RandomState::new().build_hasher().finish();
    path.with_file_name(OsString::from(format!(".{name}.{random:016x}.new")))
}

/// Creates a file, where there must be nothing yet, with the permissions of another, where that is there.
fn create_new(path: &Path, model: &Path) -> io::Result<File> {
    let permissions = fs::symlink_metadata(model).ok().filter(fs::Metadata::is_file).map(|model| model.permissions());
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    let permissions = permissions.map(|permissions| {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        // From the start: what nobody else may read must not be readable for a moment. The system takes bits away (umask), which come back below.
        let mode = permissions.mode() & 0o777;
        options.mode(mode);
        fs::Permissions::from_mode(mode)
    });
    let file = options.open(path)?;
    if let Some(permissions) = permissions {
        // Some file systems have no permissions; the content counts.
        let _ = file.set_permissions(permissions);
    }
    Ok(file)
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
        // What is random in a name is left out.
        let plain = |step: String| step.split_once(".txt.").map_or(step.clone(), |(start, _)| format!("{start}.txt.#.new"));
        (error, disk.steps.into_inner().into_iter().map(plain).collect(), files.collect())
    }

    #[test]
    fn the_new_content_is_synced_before_it_takes_the_name() {
        let (error, steps, files) = replaced("");
        assert_eq!((error, files), (None, vec![("a.txt".to_owned(), "new text".to_owned())]));
        assert_eq!(steps, ["write .a.txt.#.new", "sync .a.txt.#.new", "rename .a.txt.#.new"]);
    }

    #[test]
    fn a_step_that_fails_leaves_the_old_file_alone() {
        for (at, refused) in ["write", "sync", "rename"].into_iter().enumerate() {
            let (error, steps, files) = replaced(refused);
            assert_eq!((error.as_deref(), files), (Some(refused), vec![("a.txt".to_owned(), "old text".to_owned())]));
            assert_eq!((steps.len(), steps.last().map(String::as_str)), (at + 2, Some("remove .a.txt.#.new")));
        }
    }

    #[test]
    fn what_is_left_of_a_replacement_is_known() {
        assert!(is_temporary(&temporary(Path::new("runs/a/model.safetensors"))));
        let [first, second] = [(); 2].map(|()| temporary(Path::new("runs/a/x.csv")));
        assert!(first != second && first.starts_with("runs/a"), "{} {}", first.display(), second.display());
        assert!(!is_temporary(Path::new(".new/x.csv")) && !is_temporary(Path::new("x.new")));
    }
    #[test]
    fn a_name_of_any_length_can_be_replaced() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        for name in ["x".repeat(255), "ü".repeat(127)] {
            let path = folder.path().join(&name);
            replace(&StandardDisk, &path, b"new").expect("it can be written");
            assert_eq!(fs::read(&path).expect("it is there"), b"new");
        }
    }

    #[test]
    fn a_writer_that_fails_or_panics_leaves_the_old_file_alone() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let path = folder.path().join("a.txt");
        fs::write(&path, "old").expect("it can be written");
        let failed = replace_with(&path, |file| file.write_all(b"half").and(Err(io::Error::other("full"))));
        assert_eq!(failed.expect_err("the writer failed").to_string(), "full");
        let panicked = std::panic::catch_unwind(|| replace_with(&path, |_| panic!("a fault of a writer")));
        assert!(panicked.is_err());
        assert_eq!(fs::read(&path).expect("it is there"), b"old");
        assert_eq!(fs::read_dir(folder.path()).expect("it can be listed").count(), 1);
    }

    #[test]
    fn of_many_that_create_one_file_one_does() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let path = folder.path().join("a.txt");
        let create = |name: usize| create_with(&path, |file| file.write_all(name.to_string().as_bytes())).map_err(|error| error.kind());
        let results: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|name| scope.spawn(move || create(name))).collect();
            threads.into_iter().map(|thread| thread.join().expect("it ends")).collect()
        });
        let winners: Vec<String> = (0..8).filter(|name| results[*name].is_ok()).map(|name| name.to_string()).collect();
        assert_eq!(winners, [fs::read_to_string(&path).expect("it is there")]);
        assert!(results.iter().flat_map(|result| result.err()).all(|kind| kind == io::ErrorKind::AlreadyExists), "{results:?}");
        assert_eq!(fs::read_dir(folder.path()).expect("it can be listed").count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay_and_links_are_not_followed() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().expect("a folder for the test");
        let (path, victim) = (folder.path().join("a.txt"), folder.path().join("victim"));
        for mode in [0o600, 0o666, 0o444] {
            fs::write(&path, "old").expect("it can be written");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("they can be set");
            replace(&StandardDisk, &path, b"new").expect("it can be replaced");
            let kept = fs::metadata(&path).expect("it is there").permissions().mode() & 0o777;
            assert_eq!(kept, mode, "{kept:o}");
            fs::remove_file(&path).expect("it can be removed");
        }
        fs::write(&victim, "theirs").expect("it can be written");
        symlink(&victim, &path).expect("links can be made");
        replace(&StandardDisk, &path, b"new").expect("it can be replaced");
        assert!(create_new(&victim, &path).is_err() && create_new(&folder.path().join("a.txt"), &path).is_err());
        assert_eq!((fs::read(&victim).expect("it is there"), fs::read(&path).expect("it is there")), (b"theirs".to_vec(), b"new".to_vec()));
    }
}
