//! Paths in tables are relative to the table's folder and stay below it.
//!
//! A service that encodes rows from strangers must not read `/etc/passwd` because a cell says so: absolute
//! paths, `..` and symbolic links that lead out are refused, whatever `on_bad_row` says.

use std::path::{Component, Path, PathBuf};

/// Where a path of a table leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// To a file below the folder.
    File(PathBuf),
    /// To nothing: there is no such file.
    Absent,
    /// Out of the folder.
    Outside,
}

/// Looks up `path`, as a cell writes it, below `folder`.
pub fn resolve(folder: &Path, path: &str) -> Resolved {
    let relative = Path::new(path);
    let stays = relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    // A drive letter or a backslash is harmless to this system's rules and not to another's.
    let foreign = path.contains("..\\") || path.starts_with('\\') || path.get(1..2) == Some(":");
    if !stays || foreign {
        return Resolved::Outside;
    }
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    match (folder.canonicalize(), folder.join(relative).canonicalize()) {
        (Ok(root), Ok(file)) if file.starts_with(&root) => Resolved::File(file),
        (Ok(_), Ok(_)) => Resolved::Outside,
        _ => Resolved::Absent,
    }
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
