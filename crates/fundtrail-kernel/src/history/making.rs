//! Making the history of a ledger that was recorded before there was one.

use fundtrail_model::Fault;
use fundtrail_model::port::{Batch, Commit, Read, Table};

use super::{FORM, MADE};
use crate::proofs::entry;
use crate::replay::{Finding, Replay};

/// Entries whose rows are written together.
const PIECE: u64 = 512;

/// Whether what is stored has a history, or no entry yet: the first one begins it.
///
/// # Errors
/// [`Fault`] when the storage cannot be read.
pub fn is_made(read: &dyn Read) -> Result<bool, Fault> {
    if read.get(Table::Meta, MADE)?.as_deref() == Some(FORM) {
        return Ok(true);
    }
    Ok(entry(read, 0)?.is_none())
}

/// Makes the history of the first `size` entries by replaying them. It is known as made with
/// the last row; after a crash it is made again, and the same rows come out. Signatures,
/// which were verified when the entries were recorded, are not verified again.
///
/// # Errors
/// [`Fault`] when the storage fails; [`Finding`] where an entry is not what this program
/// would record.
pub fn make(
    read: &dyn Read,
    size: u64,
    store: &mut dyn Commit,
) -> Result<Result<(), Finding>, Fault> {
    let mut replay = Replay::new(None)?.leaving_signatures().keeping_history();
    for index in 0..size {
        let missing = || Fault(alloc::format!("entry {index} is missing"));
        let bytes = entry(read, index)?.ok_or_else(missing)?;
        if let Err(finding) = replay.next(&bytes)? {
            return Ok(Err(finding));
        }
        if index % PIECE == PIECE - 1 {
            store.commit(&unmarked(replay.take_history()))?;
        }
    }
    let mut last = unmarked(replay.take_history());
    last.put(Table::Meta, MADE, FORM);
    store.commit(&last)?;
    Ok(Ok(()))
}

/// Rows that do not say yet that all are there.
fn unmarked(history: Batch) -> Batch {
    let mut rows = Batch::default();
    for (table, key, value) in history.iter() {
        if let (true, Some(value)) = (table != Table::Meta, value) {
            rows.put(table, key, value);
        }
    }
    rows
}
