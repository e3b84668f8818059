//! Paths in tables lead to files below one folder: the table's own, or another one that the configuration names.
//!
//! A service that encodes rows from strangers must not read `/etc/passwd` because a cell says so: absolute
//! paths that lie elsewhere, `..` and symbolic links that lead out are refused, whatever `on_bad_row` says.

use std::path::{Component, Path, PathBuf};

/// Where a path of a table leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// To a file below the folder.
    File(PathBuf),
    /// To nothing: there is no such file.
    Absent,
    /// To nothing: no file can have such a name. It holds a NUL character, or is longer than the system allows.
    Impossible,
    /// Out of the folder.
    Outside,
}

/// Looks up `path`, as a cell writes it, below `folder`. An absolute path must begin with the folder.
pub fn resolve(folder: &Path, path: &str) -> Resolved {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Some(relative) = relative_to(folder, Path::new(path)) else { return Resolved::Outside };
    let stays = relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    // A drive letter or a backslash is harmless to this system's rules and not to another's.
    let foreign = path.contains("..\\") || path.starts_with('\\') || path.get(1..2) == Some(":");
    if !stays || foreign {
        return Resolved::Outside;
    }
    match (folder.canonicalize(), folder.join(relative).canonicalize()) {
        (Ok(root), Ok(file)) if file.starts_with(&root) => Resolved::File(file),
        (Ok(_), Ok(_)) => Resolved::Outside,
        (Ok(_), Err(cause)) if matches!(cause.kind(), std::io::ErrorKind::InvalidInput | std::io::ErrorKind::InvalidFilename) => {
            Resolved::Impossible
        }
        _ => Resolved::Absent,
    }
}

/// A path as it is seen from a folder; nothing where it is absolute and does not begin with the folder.
fn relative_to<'a>(folder: &Path, path: &'a Path) -> Option<&'a Path> {
    if path.is_relative() {
        return Some(path);
    }
    let spellings = [std::path::absolute(folder).ok(), folder.canonicalize().ok()];
    spellings.into_iter().flatten().find_map(|folder| path.strip_prefix(folder).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_below_the_folder() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("data");
        std::fs::create_dir_all(folder.join("images")).unwrap();
        std::fs::write(folder.join("images/a.png"), b"x").unwrap();
        std::fs::write(root.path().join("secret"), b"x").unwrap();
        assert!(matches!(resolve(&folder, "images/a.png"), Resolved::File(_)));
        assert!(matches!(resolve(&folder, "./images/a.png"), Resolved::File(_)));
        assert_eq!(resolve(&folder, "images/b.png"), Resolved::Absent);
        for path in ["../secret", "images/../../secret", "/etc/passwd", "C:\\secret", "..\\secret", "images/../a.png"] {
            assert_eq!(resolve(&folder, path), Resolved::Outside, "{path}");
        }
    }

    #[test]
    fn absolute_paths_below_the_folder_are_as_good_as_relative_ones() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("data");
        std::fs::create_dir(&folder).unwrap();
        for place in ["data/a.png", "secret"] {
            std::fs::write(root.path().join(place), b"x").unwrap();
        }
        let at = |path: &str| resolve(&folder, root.path().join(path).to_str().unwrap());
        assert!(matches!(at("data/a.png"), Resolved::File(_)));
        assert_eq!(at("data/b.png"), Resolved::Absent);
        for path in ["secret", "database/a.png", "data/../secret", "data/./../data/a.png"] {
            assert_eq!(at(path), Resolved::Outside, "{path}");
        }
    }

    #[test]
    fn names_that_no_file_can_have() {
        let root = tempfile::tempdir().unwrap();
        for path in ["a\0.png".to_owned(), "x".repeat(5000), format!("{}/a.png", "y".repeat(300))] {
            assert_eq!(resolve(root.path(), &path), Resolved::Impossible, "{path:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn symbolic_links_must_not_leave() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("data");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(root.path().join("secret.png"), b"x").unwrap();
        std::fs::write(folder.join("a.png"), b"x").unwrap();
        std::os::unix::fs::symlink(root.path().join("secret.png"), folder.join("out.png")).unwrap();
        std::os::unix::fs::symlink(folder.join("a.png"), folder.join("in.png")).unwrap();
        assert_eq!(resolve(&folder, "out.png"), Resolved::Outside);
        assert!(matches!(resolve(&folder, "in.png"), Resolved::File(_)));
        // The folder itself may be reached through a link.
        std::os::unix::fs::symlink(&folder, root.path().join("link")).unwrap();
        assert!(matches!(resolve(&root.path().join("link"), "a.png"), Resolved::File(_)));
    }
}
