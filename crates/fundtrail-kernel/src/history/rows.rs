//! The rows of the history: which tables have one, and how a version is named.
//!
//! A version's key is the table's number, the row's key with each zero byte followed by
//! 0xff, two zero bytes, and the entry's index inverted. So versions sort by table, then as
//! the rows do, then newest first. Its value is 1 and the row's value, or 0 for a removal.

use alloc::vec::Vec;

use fundtrail_model::Fault;
use fundtrail_model::port::Table;

/// How the rows of a table are read at an earlier height.
pub(super) enum Sort {
    /// They change: each value is kept under the table's number.
    Kept(u8),
    /// They are added and never change; a value begins with the index of its entry.
    Added,
    /// The entries themselves.
    Entries,
    /// They are no part of the state, and read as they are.
    Beside,
}

/// How a table is read. The numbers are stored: never use one again.
pub(super) const fn sort(table: Table) -> Sort {
    use Sort::{Added, Beside, Entries, Kept};
    match table {
        Table::Entries => Entries,
        Table::Ids | Table::Revisions => Added,
        Table::Meta
        | Table::Nodes
        | Table::Checkpoints
        | Table::Witnessed
        | Table::Disclosures
        | Table::Drafts
        | Table::Refusals
        | Table::Versions
        | Table::Days => Beside,
        Table::Fund => Kept(1),
        Table::Policies => Kept(2),
        Table::Calendars => Kept(3),
        Table::Keys => Kept(4),
        Table::Parties => Kept(5),
        Table::Accounts => Kept(6),
        Table::Books => Kept(7),
        Table::Movements => Kept(8),
        Table::Interest => Kept(9),
        Table::Borrowers => Kept(10),
        Table::Loans => Kept(11),
        Table::BankLoans => Kept(12),
        Table::Tags => Kept(13),
        Table::Claims => Kept(14),
        Table::Queue => Kept(15),
        Table::Recoveries => Kept(16),
        Table::Orders => Kept(17),
        Table::Filings => Kept(18),
        Table::Fees => Kept(19),
        Table::Alerts => Kept(20),
        Table::Heads => Kept(21),
        Table::Seals => Kept(22),
        Table::Reversed => Kept(23),
        Table::Erased => Kept(24),
    }
}

/// Length of the inverted index at a version's end.
const INDEX_BYTES: usize = 8;

/// A version's value: what the row was, or that there was none.
pub(super) fn value(row: Option<&[u8]>) -> Vec<u8> {
    match row {
        Some(row) => [&[1], row].concat(),
        None => [0].into(),
    }
}

/// What a version says the row was.
pub(super) fn row(value: &[u8]) -> Result<Option<&[u8]>, Fault> {
    match value {
        [0] => Ok(None),
        [1, row @ ..] => Ok(Some(row)),
        _ => Err(unreadable()),
    }
}

/// The key of a version.
pub(super) fn key(table: u8, row: &[u8], index: u64) -> Vec<u8> {
    let mut key = name(table, row);
    key.extend_from_slice(&(!index).to_be_bytes());
    key
}

/// What the versions of one row share.
pub(super) fn name(table: u8, row: &[u8]) -> Vec<u8> {
    let mut name = bound(table, row);
    name.extend_from_slice(&[0, 0]);
    name
}

/// The first key that a version of a row at or above `row` can have. No version of a row
/// below has one at or above it.
pub(super) fn bound(table: u8, row: &[u8]) -> Vec<u8> {
    let mut bound = Vec::with_capacity(row.len() + INDEX_BYTES + 4);
    bound.push(table);
    for byte in row {
        bound.push(*byte);
        if *byte == 0 {
            bound.push(0xff);
        }
    }
    bound
}

/// The key past every version of one name.
pub(super) fn past(name: &[u8]) -> Vec<u8> {
    let mut past = name.to_vec();
    if let Some(last) = past.last_mut() {
        *last = 1;
    }
    past
}

/// The name in a version's key, and its entry's index.
pub(super) fn split(key: &[u8]) -> Result<(&[u8], u64), Fault> {
    let (name, index) = key.split_last_chunk().ok_or_else(unreadable)?;
    Ok((name, !u64::from_be_bytes(*index)))
}

/// The table, row and entry that a version's key names, if it is one.
pub(super) fn version(key: &[u8]) -> Option<(Table, Vec<u8>, u64)> {
    let (name, index) = split(key).ok()?;
    let number = *name.first()?;
    let mut all = Table::ALL.iter().copied();
    let table = all.find(|table| matches!(sort(*table), Sort::Kept(own) if own == number))?;
    Some((table, row_key(name).ok()?, index))
}

/// The row's key in a name.
pub(super) fn row_key(name: &[u8]) -> Result<Vec<u8>, Fault> {
    let escaped = name.get(1..).and_then(|rest| rest.strip_suffix(&[0, 0]));
    let mut bytes = escaped.ok_or_else(unreadable)?.iter();
    let mut row = Vec::with_capacity(name.len());
    while let Some(byte) = bytes.next() {
        row.push(*byte);
        if *byte == 0 && bytes.next() != Some(&0xff) {
            return Err(unreadable());
        }
    }
    Ok(row)
}

fn unreadable() -> Fault {
    Fault("table versions: an unreadable row".into())
}
