//! Erasing for good: what was removed from a table of particulars, or replaced where a batch
//! says so, leaves the disk, not only the answers.
//!
//! RocksDB keeps a removed row in three places: in the write-ahead log, in files that a
//! compaction has not reached, and in those that a reader still has open. So all tables are
//! flushed, which ends the log; the tables that held it are rewritten down to their last
//! level; and files nobody needs are deleted at once.
//!
//! Invariants: a commit that erases leaves a mark in the same write, and the mark goes when
//! the bytes are gone, so that a crash in between is made up for at the next opening.
//! Absent: overwriting. What a disk keeps of a deleted file is the disk's matter, and so
//! are backups.

use std::collections::BTreeSet;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use fundtrail_model::port::{Batch, Fault, Table};
use rocksdb::{BottommostLevelCompaction, CompactOptions, DB, Error, FlushOptions, WriteBatch};

use crate::error::fault;
use crate::options;

/// Key in [`Table::Meta`]: an erasure was committed, and its bytes may still be there.
const MARK: &[u8] = b"erasing";

/// Tables with disclosures in them. What is removed from the first may stand in an old version
/// of a row of the other.
pub(crate) const SEALED: [Table; 2] = [Table::Disclosures, Table::Drafts];

/// How long readers of an older state are waited for. They keep what it held.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(5);

const DOING: &str = "erase what was removed";

/// The tables of which a batch takes something that has to leave the disk.
pub(crate) fn erased(batch: &Batch) -> BTreeSet<Table> {
    let mut erased = batch.erased().clone();
    if batch
        .iter()
        .any(|(table, _, value)| table == Table::Disclosures && value.is_none())
    {
        erased.extend(SEALED);
    }
    erased
}

/// Says in the same write that bytes are to be erased.
pub(crate) fn mark(db: &DB, writes: &mut WriteBatch) {
    if let Some(meta) = db.cf_handle(Table::Meta.name()) {
        writes.put_cf(meta, MARK, b"");
    }
}

/// Whether an erasure was left half done.
///
/// # Errors
/// RocksDB's, if the mark cannot be read.
pub(crate) fn is_marked(db: &DB) -> Result<bool, Error> {
    match db.cf_handle(Table::Meta.name()) {
        Some(meta) => Ok(db.get_cf_opt(meta, MARK, &options::reading())?.is_some()),
        None => Ok(false),
    }
}

/// Takes what was removed from these tables off the disk. False if somebody was still reading an older state
/// when `patience` ran out: the mark stays, for the next time.
///
/// # Errors
/// [`Fault`] if a table cannot be rewritten.
pub(crate) fn finish(
    db: &DB,
    tables: &BTreeSet<Table>,
    removed: Removed,
    patience: Patience,
) -> Result<bool, Fault> {
    let failed = |error: Error| fault(DOING, &error);
    if !readers_left(db, removed, patience).map_err(failed)? {
        return Ok(false);
    }
    rewrite(db, tables)?;
    purge(db).map_err(failed)?;
    if let Some(meta) = db.cf_handle(Table::Meta.name()) {
        db.delete_cf_opt(meta, MARK, &options::writing())
            .map_err(failed)?;
    }
    Ok(true)
}

/// RocksDB's number of the write that removed something; higher ones will do.
pub(crate) type Removed = u64;

/// Whether readers of an older state are waited for.
#[derive(Clone, Copy)]
pub(crate) enum Patience {
    /// For a while.
    Some,
    /// Not at all.
    None,
}

fn readers_left(db: &DB, removed: Removed, patience: Patience) -> Result<bool, Error> {
    let until = match patience {
        Patience::Some => Instant::now() + PATIENCE,
        Patience::None => Instant::now(),
    };
    loop {
        // 0 where nobody reads.
        let oldest = db.property_int_value("rocksdb.oldest-snapshot-sequence")?;
        if oldest.is_none_or(|oldest| oldest == 0 || oldest >= removed) {
            return Ok(true);
        }
        if Instant::now() >= until {
            return Ok(false);
        }
        sleep(PAUSE);
    }
}

fn rewrite(db: &DB, tables: &BTreeSet<Table>) -> Result<(), Fault> {
    let failed = |error: Error| fault(DOING, &error);
    let mut flush = FlushOptions::default();
    flush.set_wait(true);
    for family in Table::ALL
        .iter()
        .filter_map(|table| db.cf_handle(table.name()))
    {
        db.flush_cf_opt(family, &flush).map_err(failed)?;
    }
    let before = files(db, tables).map_err(failed)?;
    let mut compact = CompactOptions::default();
    compact.set_exclusive_manual_compaction(true);
    compact.set_bottommost_level_compaction(BottommostLevelCompaction::Force);
    for family in tables.iter().filter_map(|table| db.cf_handle(table.name())) {
        db.compact_range_cf_opt(family, None::<&[u8]>, None::<&[u8]>, &compact);
    }
    // RocksDB's interface does not say whether a compaction failed.
    let after = files(db, tables).map_err(failed)?;
    if after.is_disjoint(&before) {
        Ok(())
    } else {
        Err(Fault(format!(
            "storage: cannot {DOING}: a table was not rewritten; is the disk full?"
        )))
    }
}

/// The files of these tables.
fn files(db: &DB, tables: &BTreeSet<Table>) -> Result<BTreeSet<String>, Error> {
    let sealed = |family: &str| tables.iter().any(|table| table.name() == family);
    let files = db.live_files()?.into_iter();
    Ok(files
        .filter(|file| sealed(&file.column_family_name))
        .map(|file| file.name)
        .collect())
}

/// Deletes the files that nobody needs, and waits for those that another thread deletes.
fn purge(db: &DB) -> Result<(), Error> {
    db.disable_file_deletions()?;
    db.enable_file_deletions()?;
    let until = Instant::now() + PATIENCE;
    while ended_logs(db.path()) > 0 && Instant::now() < until {
        sleep(PAUSE);
    }
    Ok(())
}

/// Write-ahead logs besides the newest.
fn ended_logs(path: &Path) -> usize {
    let Ok(files) = std::fs::read_dir(path) else {
        return 0;
    };
    let logs = files.filter_map(Result::ok).filter(|file| {
        Path::new(&file.file_name())
            .extension()
            .is_some_and(|extension| extension == "log")
    });
    logs.count().saturating_sub(1)
}
