//! What can go wrong: [`OpenError`] before the storage is open, a [`Fault`] after.
//!
//! RocksDB reports an error as one line of text. Here, and only here, it is read.
//! Absent: retries. Whoever gets an error decides; for a commit that is to stop.

use std::io;
use std::path::{Path, PathBuf};

use fundtrail_model::port::Fault;
use rocksdb::ErrorKind;

use crate::open::SCHEMA_VERSION;

/// The storage cannot be opened. Each variant asks something else of the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The lock is held, by another process or by another `Store` of this one.
    #[error(
        "{}: another node has it open; stop that one first, or choose another directory",
        path.display()
    )]
    Locked {
        /// The directory.
        path: PathBuf,
    },
    /// There is no database, or one in which nothing was written yet, where one is to be read.
    #[error("{}: there is no ledger; name the directory that holds one", path.display())]
    Nothing {
        /// The directory.
        path: PathBuf,
    },
    /// There is no database, but there are files.
    #[error(
        "{}: holds `{found}` but no database; choose an empty directory, \
         or restore a backup if this was a ledger (its file CURRENT is gone)",
        path.display()
    )]
    Foreign {
        /// The directory.
        path: PathBuf,
        /// One of the files that should not be there.
        found: String,
    },
    /// There is a column family that this program does not know.
    #[error(
        "{}: has a table `{table}` that this program does not know; \
         it is another program's database, or a newer program's: use that one",
        path.display()
    )]
    UnknownTable {
        /// The directory.
        path: PathBuf,
        /// The column family's name.
        table: String,
    },
    /// Rows were written, but a column family of this schema is not there.
    #[error(
        "{}: lacks the table `{table}`; it was written by another version of this program, \
         or damaged: use that version, or restore a backup",
        path.display()
    )]
    MissingTable {
        /// The directory.
        path: PathBuf,
        /// The table's name.
        table: &'static str,
    },
    /// Rows were written, but no schema version.
    #[error(
        "{}: has rows but no schema version, so this program did not make it, \
         or it is damaged: restore a backup, or choose another directory",
        path.display()
    )]
    NoSchema {
        /// The directory.
        path: PathBuf,
    },
    /// The schema version is not this program's.
    #[error(
        "{}: has schema version {found}, and this program works with version \
         {SCHEMA_VERSION} only: run the program that matches, or take an export with it \
         (`fundtrail export`) and put the entries into a new directory with this one \
         (`fundtraild restore --entries`)",
        path.display()
    )]
    OtherSchema {
        /// The directory.
        path: PathBuf,
        /// The version as recorded.
        found: String,
    },
    /// There are table files but no write-ahead log.
    #[error(
        "{}: its write-ahead log (a file like 000004.log) is gone, and with it the newest \
         batches: put the file back, or restore a backup into another directory",
        path.display()
    )]
    LostLog {
        /// The directory.
        path: PathBuf,
    },
    /// RocksDB found its own files inconsistent, or one of them missing.
    #[error(
        "{}: is damaged ({detail}); keep the directory as it is, do not repair it in place, \
         and restore a backup into another one",
        path.display()
    )]
    Corrupted {
        /// The directory.
        path: PathBuf,
        /// RocksDB's words.
        detail: String,
    },
    /// The operating system refuses: permissions, a full disk, a missing mount.
    #[error("{}: cannot be opened: {detail}", path.display())]
    Inaccessible {
        /// The directory.
        path: PathBuf,
        /// The operating system's or RocksDB's words.
        detail: String,
    },
}

impl OpenError {
    /// Sorts RocksDB's error into the variants. It has no kind of its own for a held
    /// lock, so its words decide: see `LockFile` in RocksDB's `env/fs_posix.cc`.
    pub(crate) fn from_rocksdb(path: &Path, error: rocksdb::Error) -> OpenError {
        let path = path.into();
        let kind = error.kind();
        let detail = error.into_string();
        if detail.contains("lock hold by current process") || detail.contains("While lock file") {
            OpenError::Locked { path }
        } else if kind == ErrorKind::Corruption || detail.contains("No such file or directory") {
            OpenError::Corrupted { path, detail }
        } else {
            OpenError::Inaccessible { path, detail }
        }
    }

    /// The operating system said no.
    pub(crate) fn from_io(path: &Path, error: &io::Error) -> OpenError {
        OpenError::Inaccessible {
            path: path.into(),
            detail: error.to_string(),
        }
    }
}

/// A fault of the machine: what the storage was doing, and what RocksDB or the operating
/// system said.
pub(crate) fn fault(doing: impl std::fmt::Display, error: &dyn std::error::Error) -> Fault {
    Fault(format!("storage: cannot {doing}: {error}"))
}
