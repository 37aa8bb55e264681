//! Writing anew what follows from the entries.
//!
//! Only once all entries are whole, their tree is that of the newest checkpoint and of every
//! checkpoint that witnesses cosigned, and all of them replay. Rows that are right are left
//! alone. A crash in between leaves rows that are right and rows that are not: do it again.

use fundtrail_model::Fault;
use fundtrail_model::port::{Batch, Commit, Read, Table};

use super::derived::{Derived, FOLLOWING};
use super::entries::Log;
use super::finding::{Finding, Findings};
use super::table::{Step, differences};
use super::{Known, notes};

/// Rows written together.
const PIECE: u64 = 4096;

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Rows that were not there or were not right.
    pub written: u64,
    /// Rows that should not have been there.
    pub removed: u64,
}

/// Why nothing was written anew.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotRebuilt {
    /// An entry is not what it was, or does not replay.
    #[error(
        "REBUILD_ENTRIES: the entries themselves are not whole, so nothing is derived from them: {0}"
    )]
    Entries(Box<Finding>),
    /// The entries are not those that the newest checkpoint is over.
    #[error(
        "REBUILD_CHECKPOINT: no checkpoint that the log signed vouches for exactly these entries, \
         or a witness vouches for others, so nothing is derived from them"
    )]
    Checkpoint,
    /// The storage failed. What was written until then is right.
    #[error("REBUILD_FAULT: {0}")]
    Fault(#[from] Fault),
}

/// Writes every table that follows from the entries anew, where it is not what it should be.
///
/// # Errors
/// [`NotRebuilt`]. Nothing was written then, unless the storage failed.
pub fn rebuild(
    read: &dyn Read,
    known: Known<'_>,
    commit: &mut dyn Commit,
) -> Result<Rebuilt, NotRebuilt> {
    let mut findings = Findings::default();
    let log = Log::follow(read, known, &mut findings);
    let derived = Derived::replay(read, &log, known, &mut findings);
    let (found, _) = findings.into_parts();
    if let Some(first) = found.into_iter().next() {
        return Err(NotRebuilt::Entries(Box::new(first)));
    }
    let (Some(state), Some(history), Some(nodes)) =
        (derived.state(), derived.history(), log.nodes())
    else {
        return Err(NotRebuilt::Checkpoint);
    };
    if !is_vouched_for(read, &log, known) {
        return Err(NotRebuilt::Checkpoint);
    }
    let mut writing = Writing {
        commit,
        batch: Batch::default(),
        waiting: 0,
        done: Rebuilt::default(),
    };
    for table in FOLLOWING {
        let from: &dyn Read = match table {
            Table::Nodes => nodes,
            Table::Versions | Table::Days => history,
            _ => state,
        };
        writing.table(read, *table, from)?;
    }
    for (table, key, value) in history.iter() {
        if table == Table::Meta && read.get(table, key)?.as_deref() != Some(value) {
            writing.put(table, key.to_vec(), value.to_vec())?;
        }
    }
    writing.flush()?;
    Ok(writing.done)
}

/// Whether the newest checkpoint is of exactly these entries, and no witness saw others.
pub(super) fn is_vouched_for(read: &dyn Read, log: &Log, known: Known<'_>) -> bool {
    let own = log
        .newest
        .is_some_and(|(size, root)| size == log.size && log.root() == Some(root));
    let mut findings = Findings::default();
    notes::check_witnessed(
        read,
        log,
        Known {
            policy: None,
            ..known
        },
        &mut findings,
    );
    let (found, more) = findings.into_parts();
    own && more == 0 && !found.iter().any(notes::is_of_another_tree)
}

struct Writing<'a> {
    commit: &'a mut dyn Commit,
    batch: Batch,
    waiting: u64,
    done: Rebuilt,
}

impl Writing<'_> {
    fn table(&mut self, read: &dyn Read, table: Table, from: &dyn Read) -> Result<(), Fault> {
        let mut failed = Ok(());
        let (_, outcome) = differences(read, table, from, |step| {
            if failed.is_ok() {
                failed = match step {
                    Step::Missing((key, value)) => self.put(table, key, value),
                    Step::Differs { key, expected, .. } => self.put(table, key, expected),
                    Step::Unexpected((key, _)) => self.remove(table, key),
                };
            }
        });
        failed.and(outcome)
    }

    fn put(&mut self, table: Table, key: Vec<u8>, value: Vec<u8>) -> Result<(), Fault> {
        self.batch.put(table, key, value);
        self.done.written += 1;
        self.wait()
    }

    fn remove(&mut self, table: Table, key: Vec<u8>) -> Result<(), Fault> {
        self.batch.delete(table, key);
        self.done.removed += 1;
        self.wait()
    }

    fn wait(&mut self) -> Result<(), Fault> {
        self.waiting += 1;
        if self.waiting >= PIECE {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<(), Fault> {
        let batch = std::mem::take(&mut self.batch);
        self.waiting = 0;
        if batch.is_empty() {
            Ok(())
        } else {
            self.commit.commit(&batch)
        }
    }
}
