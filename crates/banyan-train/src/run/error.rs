//! What can go wrong with a run's folder.

use std::io;
use std::path::{Path, PathBuf};

use super::EntryKind;

/// A run that cannot be written or read. Its text is one sentence with the cause and the hint.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The system refused.
    #[error("{}", sentence(.doing, .path, .cause))]
    System {
        /// What was tried: `write`, `read`, …
        doing: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// There is a run in the folder where a new one was to begin.
    #[error("{path} holds a run already; continue it with --resume, or choose another folder with --out")]
    Exists {
        /// The folder.
        path: String,
    },
    /// There is something else in the folder where a new run was to begin.
    #[error("{path} is not empty and holds no run; choose another folder with --out, so that nothing in it is overwritten")]
    Occupied {
        /// The folder.
        path: String,
    },
    /// A table, or another file that the run is to be made from, lies in the folder where it was to begin.
    #[error("{path} lies in the folder of the run, whose files could overwrite it; choose another folder with --out")]
    AroundSource {
        /// The table or file.
        path: String,
    },
    /// A file was named where a run was to be opened.
    #[error("{path} is a file, and a run is a folder: name the one that \"banyan train\" made, such as runs/NAME-1")]
    NoFolder {
        /// The file.
        path: String,
    },
    /// There is no run in the folder.
    #[error("there is no run in {path}: it has no config.toml with a checkpoint/ or a model.safetensors beside it")]
    Absent {
        /// The folder.
        path: String,
    },
    /// Another process trains into the folder.
    #[error("another training{process} is writing into {path}; wait until it ends, or stop it")]
    Locked {
        /// The folder.
        path: String,
        /// ` (process 1234)` where it is known.
        process: String,
    },
    /// Another process trains into the folder that was meant for a new run.
    #[error("another training{process} is writing into {path}; choose another folder with --out")]
    Taken {
        /// The folder.
        path: String,
        /// ` (process 1234)` where it is known.
        process: String,
    },
    /// Another process made a run in the folder that was meant for a new one, and has ended.
    #[error("another training has made a run in {path} in the meantime; choose another folder with --out")]
    Overtaken {
        /// The folder.
        path: String,
    },
    /// The disk is full before there is a run that could be continued.
    #[error("the disk is full: could not {doing} {path}, and no run has begun; free some space and train again")]
    NoRoom {
        /// What was tried.
        doing: &'static str,
        /// With which file or folder.
        path: String,
    },
    /// Something else stands where a run has a file or a folder.
    #[error(
        "{path} is {found} where a run has {wanted}; it is neither read nor changed: put {wanted} of the run's own in its place, or remove it"
    )]
    Foreign {
        /// The name.
        path: String,
        /// What stands there.
        found: EntryKind,
        /// What a run has there.
        wanted: EntryKind,
    },
    /// A file is not what was written.
    #[error("{path} is damaged: {cause}; {hint}")]
    Damaged {
        /// The file.
        path: String,
        /// In what way.
        cause: String,
        /// What to do.
        hint: &'static str,
    },
}

impl RunError {
    /// For `map_err`: what was tried with which path.
    pub(super) fn system(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |cause| Self::System { doing, path, cause }
    }
}

impl RunError {
    /// As it is for a run that has not begun: where the disk is full, there is nothing to continue.
    pub(super) fn before_the_run(self) -> Self {
        match self {
            Self::System { doing, path, cause } if is_full(&cause) => Self::NoRoom { doing, path: path.display().to_string() },
            other => other,
        }
    }
}

fn is_full(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
}

fn sentence(doing: &str, path: &Path, cause: &io::Error) -> String {
    let path = path.display();
    match cause.kind() {
        _ if is_full(cause) => format!(
            "the disk is full: could not {doing} {path}; what was saved before is whole: free some space and continue with --resume"
        ),
        io::ErrorKind::PermissionDenied => {
            format!("could not {doing} {path}: this user may not; change its permissions, or choose another folder with --out")
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            format!("could not {doing} {path}: the disk can only be read; choose another folder with --out")
        }
        io::ErrorKind::NotADirectory => {
            format!("could not {doing} {path}: a part of this path is a file, not a folder; choose another folder with --out")
        }
        _ => format!("could not {doing} {path}: {cause}"),
    }
}
