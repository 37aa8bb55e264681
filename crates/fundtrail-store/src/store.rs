//! The open storage: many readers, one writer, backups while it runs.
//!
//! Invariants: at most one [`Writer`] exists at a time; a commit is synced before it
//! returns; after a failed one nothing more is written. Absent: threads. Reads and
//! commits run on the caller's.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use fundtrail_model::port::{Batch, Commit, Fault, Read, Table};
use rocksdb::checkpoint::Checkpoint;
use rocksdb::{DB, WriteBatch, WriteOptions};

use crate::erase::{self, Patience, Removed};
use crate::error::{OpenError, fault};
use crate::view::{View, family};
use crate::{open, options};

/// An open storage. Clones are cheap and share it; the last one to go closes it.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

/// The right to commit. Dropping it gives the right back to [`Store::writer`].
pub struct Writer {
    shared: Arc<Shared>,
    options: WriteOptions,
}

struct Shared {
    db: DB,
    has_writer: AtomicBool,
    failed: OnceLock<Fault>,
    owes: Mutex<Owed>,
}

/// What was removed and is on the disk still, because somebody reads an older state.
#[derive(Default)]
struct Owed {
    /// From these tables; none where nothing is owed.
    tables: BTreeSet<Table>,
    removed: Removed,
}

impl Store {
    /// Opens the storage in the directory `path`, or makes it if there is none.
    ///
    /// # Errors
    /// [`OpenError`], which says what is wrong and what to do. No row was changed.
    pub fn open(path: &Path) -> Result<Store, OpenError> {
        let db = open::open(path)?;
        let shared = Shared {
            db,
            has_writer: AtomicBool::new(false),
            failed: OnceLock::new(),
            owes: Mutex::default(),
        };
        Ok(Store {
            shared: Arc::new(shared),
        })
    }

    /// The right to commit; `None` while somebody else has it.
    pub fn writer(&self) -> Option<Writer> {
        let was_taken = self.shared.has_writer.swap(true, Ordering::AcqRel);
        (!was_taken).then(|| Writer {
            shared: Arc::clone(&self.shared),
            options: options::writing(),
        })
    }

    /// Calls `f` with the state as of the newest commit. What is committed meanwhile is
    /// not seen, however long `f` takes. Works from any thread, any number at a time.
    ///
    /// While `f` runs, RocksDB keeps the old versions of rows: leave before waiting for
    /// something slow.
    pub fn read<T>(&self, f: impl FnOnce(&dyn Read) -> T) -> T {
        f(&View::new(&self.shared.db))
    }

    /// Writes a complete copy of the newest state to the directory `path`, which must not
    /// exist, though its parent must. Readers and the writer go on meanwhile.
    ///
    /// On the same file system the copy shares immutable files with the original by hard
    /// links: it is quick, and safe from the program but not from the disk. Move it away.
    ///
    /// # Errors
    /// [`Fault`] when the copy cannot be made. `path` then does not exist, or must not be
    /// relied on.
    pub fn checkpoint_to(&self, path: &Path) -> Result<(), Fault> {
        let doing = format!("write a backup to {}", path.display());
        Checkpoint::new(&self.shared.db)
            .and_then(|checkpoint| checkpoint.create_checkpoint(path))
            .map_err(|error| fault(&doing, &error))?;
        // RocksDB syncs what is in the copy; its name in the parent is left to us.
        std::path::absolute(path)
            .and_then(|path| File::open(path.parent().unwrap_or(&path)))
            .and_then(|parent| parent.sync_all())
            .map_err(|error| fault(&doing, &error))
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("path", &self.shared.db.path())
            .finish_non_exhaustive()
    }
}

impl Writer {
    fn write(&self, batch: &Batch) -> Result<(), Fault> {
        let db = &self.shared.db;
        let mut writes = WriteBatch::default();
        for (table, key, value) in batch.iter() {
            let family = family(db, table)?;
            match value {
                Some(value) => writes.put_cf(family, key, value),
                None => writes.delete_cf(family, key),
            }
        }
        let erased = erase::erased(batch);
        if !erased.is_empty() {
            erase::mark(db, &mut writes);
        }
        db.write_opt(writes, &self.options)
            .map_err(|error| fault("commit a batch", &error))?;
        self.erase(erased)
    }

    /// Takes what was removed from these tables off the disk, now or, where somebody reads an
    /// older state, after a later commit. Only an erasure that the ledger ordered waits a
    /// while for readers: drafts end all the time.
    fn erase(&self, now: BTreeSet<Table>) -> Result<(), Fault> {
        let Shared { db, owes, .. } = &*self.shared;
        let mut owes = owes.lock().unwrap_or_else(PoisonError::into_inner);
        let patience = if now.contains(&Table::Disclosures) {
            Patience::Some
        } else {
            Patience::None
        };
        if !now.is_empty() {
            owes.removed = db.latest_sequence_number();
            owes.tables.extend(now);
        }
        if !owes.tables.is_empty() && erase::finish(db, &owes.tables, owes.removed, patience)? {
            owes.tables.clear();
        }
        Ok(())
    }
}

impl Commit for Writer {
    fn commit(&mut self, batch: &Batch) -> Result<(), Fault> {
        // After a failed sync the kernel may have dropped the dirty pages: the next sync
        // can succeed without them. Only a fresh open tells what is on the disk.
        if let Some(Fault(first)) = self.shared.failed.get() {
            return Err(Fault(format!(
                "{first} (since then nothing is written; start again)"
            )));
        }
        // Nothing to write, but perhaps something that is owed.
        let done = if batch.is_empty() {
            self.erase(BTreeSet::new())
        } else {
            self.write(batch)
        };
        done.inspect_err(|fault| {
            self.shared.failed.get_or_init(|| fault.clone());
        })
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("path", &self.shared.db.path())
            .finish_non_exhaustive()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.has_writer.store(false, Ordering::Release);
    }
}
