//! Backups: a whole copy of the storage in a folder of its own, that says what it holds.
//!
//! ```text
//! BACKUP/
//!   manifest.sha256   SHA-256 of the manifest in hex, as `sha256sum` writes it
//!   manifest.json     what the backup is of, and every other file with its size and SHA-256
//!   checkpoint        the signed note of the newest checkpoint in it
//!   data/             RocksDB's own copy of itself
//! ```
//!
//! Invariants: a backup is written under a name that begins with `.unfinished-`, synced, and
//! renamed last, so that half of one is never taken for a whole one; nothing is copied out of
//! a backup but what its manifest lists, with the bytes it lists; nothing is written over.
//! Absent: keys, which are not in the storage.

mod folder;
mod manifest;

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use fundtrail_model::Moment;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::note::Note;
use fundtrail_model::port::{Fault, Table};

use crate::{ReadOnly, Store};
pub use manifest::{Listed, Manifest};

/// What folders begin with that are not whole.
pub const UNFINISHED: &str = ".unfinished-";

const MANIFEST: &str = "manifest.json";
const DIGEST: &str = "manifest.sha256";
const CHECKPOINT: &str = "checkpoint";
const DATA: &str = "data";

/// Why there is no backup, or nothing was put back from one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// A ledger without entries.
    #[error("BACKUP_EMPTY: there is no entry yet, and nothing to back up")]
    Empty,
    /// It is not a whole backup.
    #[error("BACKUP_NOT_WHOLE: {}: {what}; take another backup", path.display())]
    NotWhole {
        /// The backup.
        path: PathBuf,
        /// What is missing.
        what: String,
    },
    /// Its bytes are not those that were written.
    #[error("BACKUP_CHANGED: {}: {what}; take another backup", path.display())]
    Changed {
        /// The backup.
        path: PathBuf,
        /// What differs.
        what: String,
    },
    /// Something is there already where the ledger is to be put back.
    #[error("DATA_EXISTS: {}: is there already; nothing is put back over anything", path.display())]
    Exists {
        /// What is there.
        path: PathBuf,
    },
    /// The operating system said no.
    #[error("BACKUP_IO: {}: {what}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Its words.
        what: String,
    },
    /// The storage said no.
    #[error("{0}")]
    Fault(#[from] Fault),
}

/// A backup that was found whole, but for the bytes of its data, which are compared as they
/// are copied.
#[derive(Debug)]
pub struct Backup {
    path: PathBuf,
    manifest: Manifest,
    checkpoint: String,
}

impl Store {
    /// Makes a backup of the newest state in a folder of its own in `directory`, which is made
    /// where it is not there. Gives the folder and its manifest. Readers and the writer go on
    /// meanwhile: everything that was durable before is in it.
    ///
    /// One at a time for one directory: what an earlier one left unfinished there is removed.
    ///
    /// # Errors
    /// [`BackupError`]. No folder with a name of a backup was made.
    pub fn back_up(
        &self,
        directory: &Path,
        made: Moment,
    ) -> Result<(PathBuf, Manifest), BackupError> {
        folder::make_all(directory)?;
        folder::clear(directory)?;
        let unfinished = directory.join(format!("{UNFINISHED}{}", compact(made)));
        folder::make(&unfinished)?;
        let written = self.fill(&unfinished, made).and_then(|manifest| {
            let name = format!("{}-{}", compact(made), manifest.size);
            let whole = directory.join(name);
            if whole.exists() {
                return Err(BackupError::Exists { path: whole });
            }
            fs::rename(&unfinished, &whole).map_err(|error| io_error(&whole, &error))?;
            folder::sync(directory)?;
            Ok((whole, manifest))
        });
        if written.is_err() {
            // What cannot be removed now is removed before the next one.
            let _ = fs::remove_dir_all(&unfinished);
        }
        written
    }

    fn fill(&self, folder: &Path, made: Moment) -> Result<Manifest, BackupError> {
        let data = folder.join(DATA);
        self.checkpoint_to(&data)?;
        let (origin, size, root, schema, note) = newest(&data)?;
        write(&folder.join(CHECKPOINT), note.as_bytes())?;
        let mut files = vec![folder::listed(folder, CHECKPOINT)?];
        for name in folder::names(&data)? {
            files.push(folder::listed(folder, &format!("{DATA}/{name}"))?);
        }
        folder::sync(&data)?;
        let manifest = Manifest {
            backup: manifest::VERSION,
            origin,
            size,
            root,
            schema,
            made,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            files,
        };
        let text = manifest.to_json()?;
        write(&folder.join(MANIFEST), text.as_bytes())?;
        let digest = folder::digest(text.as_bytes());
        write(
            &folder.join(DIGEST),
            format!("{digest}  {MANIFEST}\n").as_bytes(),
        )?;
        folder::sync(folder)?;
        Ok(manifest)
    }
}

impl Backup {
    /// Opens a backup: its manifest is the one that was written, every file it lists is there
    /// with its size, and no other.
    ///
    /// # Errors
    /// [`BackupError`]. So for all that follow.
    pub fn open(path: &Path) -> Result<Backup, BackupError> {
        let not_whole = |what: String| BackupError::NotWhole {
            path: path.into(),
            what,
        };
        let changed = |what: &str| BackupError::Changed {
            path: path.into(),
            what: what.into(),
        };
        let is_unfinished = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with(UNFINISHED));
        if is_unfinished {
            return Err(not_whole("the backup was never finished".into()));
        }
        let read = |name: &str| {
            fs::read(path.join(name)).map_err(|error| not_whole(format!("{name}: {error}")))
        };
        let (text, digest) = (read(MANIFEST)?, read(DIGEST)?);
        if digest != format!("{}  {MANIFEST}\n", folder::digest(&text)).as_bytes() {
            return Err(changed("the manifest is not what its digest says"));
        }
        let manifest = Manifest::parse(&text).map_err(|what| changed(&what))?;
        folder::compare(path, &manifest.files)?;
        let checkpoint = String::from_utf8(read(CHECKPOINT)?)
            .map_err(|_| changed("the checkpoint is not a text"))?;
        Ok(Backup {
            path: path.into(),
            manifest,
            checkpoint,
        })
    }

    /// What it is of, and its files.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The signed note of the newest checkpoint in it. Whether it verifies, and is of the data,
    /// is for whoever knows the log's key to say.
    pub fn checkpoint(&self) -> &str {
        &self.checkpoint
    }

    /// Copies the data into the directory `data`, which must not be there, and compares every
    /// byte with the manifest while it does. Durable when it returns.
    pub fn copy_to(&self, data: &Path) -> Result<(), BackupError> {
        if data.symlink_metadata().is_ok() {
            return Err(BackupError::Exists { path: data.into() });
        }
        // The note is compared too: it is what the data is held against.
        folder::verify(&self.path, &self.manifest.files, CHECKPOINT)?;
        folder::make(data)?;
        for listed in &self.manifest.files {
            if let Some(name) = listed.name.strip_prefix("data/") {
                folder::copy(&self.path, listed, &data.join(name))?;
            }
        }
        folder::sync(data)?;
        folder::sync_parent(data)
    }
}

/// Origin, size, root, schema and note of the newest checkpoint of a copy.
fn newest(data: &Path) -> Result<(String, u64, String, u32, String), BackupError> {
    let copy = ReadOnly::open(data).map_err(|error| Fault(format!("a backup: {error}")))?;
    let row = copy.read(|read| read.range_back(Table::Checkpoints, &[], &[0xff; 9], 1))?;
    let (_, note) = row.into_iter().next().ok_or(BackupError::Empty)?;
    let unreadable = |what: String| Fault(format!("the newest checkpoint: {what}"));
    let text = String::from_utf8(note).map_err(|error| unreadable(error.to_string()))?;
    let note = Note::parse(text.as_bytes()).map_err(|error| unreadable(error.to_string()))?;
    let checkpoint =
        Checkpoint::parse(note.text()).map_err(|error| unreadable(error.to_string()))?;
    let (origin, root) = (checkpoint.origin().to_owned(), checkpoint.root().to_hex());
    Ok((origin, checkpoint.size(), root, crate::SCHEMA_VERSION, text))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), BackupError> {
    let write = || {
        let mut file = File::create_new(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| io_error(path, &error))
}

fn io_error(path: &Path, error: &io::Error) -> BackupError {
    BackupError::Io {
        path: path.into(),
        what: error.to_string(),
    }
}

/// A moment as a part of a name: `20220110T021100.000Z`.
fn compact(moment: Moment) -> String {
    moment.to_string().replace(['-', ':'], "")
}
