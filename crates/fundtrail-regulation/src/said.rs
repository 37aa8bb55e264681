//! What an entry of the ledger said: a record tells how things stand, and this tells which
//! entry made them so.
//!
//! Absent on purpose: signatures and proofs. Whoever asks has a ledger that it trusts.

use alloc::format;
use alloc::vec::Vec;

use fundtrail_model::port::Table;
use fundtrail_model::{Day, Entry, Fault, Id, Transaction};

use crate::kinds::Body;
use crate::state::{View, pair_key};

/// What was signed in an entry.
#[derive(Debug)]
pub struct Said {
    /// The entry.
    pub entry: u64,
    /// Id of its transaction.
    pub transaction: Id,
    /// Its business date.
    pub date: Day,
    /// What it says.
    pub body: Body,
}

/// What an entry says; none where the storage does not have it.
///
/// # Errors
/// [`Fault`] when the storage fails or holds something else there.
pub fn said(view: View<'_>, entry: u64) -> Result<Option<Said>, Fault> {
    let Some(bytes) = view.read().get(Table::Entries, &entry.to_be_bytes())? else {
        return Ok(None);
    };
    let unreadable = |malformed| Fault(format!("entry {entry}: {malformed}"));
    let envelope = Entry::parse(&bytes).map_err(unreadable)?.envelope;
    let transaction = Transaction::parse(&envelope.payload).map_err(unreadable)?;
    let body = Body::parse(&transaction).map_err(unreadable)?;
    Ok(Some(Said {
        entry,
        transaction: transaction.id,
        date: transaction.date,
        body,
    }))
}

/// The entries that touched an object, in their order.
///
/// # Errors
/// As [`said`].
pub fn entries_of(view: View<'_>, object: &str) -> Result<Vec<u64>, Fault> {
    let rows = view.rows(Table::Revisions, &pair_key(object.as_bytes(), b""))?;
    rows.into_iter()
        .map(|(_, index)| {
            let index = index.try_into().map(u64::from_be_bytes);
            index.map_err(|_| Fault(format!("revisions of {object}: not an index")))
        })
        .collect()
}

/// The newest entry that touched an object and says what is wanted.
///
/// # Errors
/// As [`said`].
pub fn newest(
    view: View<'_>,
    object: &str,
    wanted: impl Fn(&Body) -> bool,
) -> Result<Option<Said>, Fault> {
    for entry in entries_of(view, object)?.into_iter().rev() {
        if let Some(found) = said(view, entry)?.filter(|found| wanted(&found.body)) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The first entry that touched an object and says what is wanted.
///
/// # Errors
/// As [`said`].
pub fn first(
    view: View<'_>,
    object: &str,
    wanted: impl Fn(&Body) -> bool,
) -> Result<Option<Said>, Fault> {
    for entry in entries_of(view, object)? {
        if let Some(found) = said(view, entry)?.filter(|found| wanted(&found.body)) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
