//! One entry as read from its bytes, before anything is compared with anything.
//!
//! Needs no order, so any number are read side by side.

use fundtrail_kernel::admission::open_envelope;
use fundtrail_merkle::Hash;
use fundtrail_model::{Entry, Transaction};
use fundtrail_regulation::Body;

/// The bytes of an entry, its leaf hash, and what it says.
pub(crate) struct Reading<'a> {
    /// The exact bytes.
    pub(crate) bytes: &'a [u8],
    /// Their leaf hash.
    pub(crate) leaf: Hash,
    /// What they say, or why they say nothing.
    pub(crate) opened: Result<Opened, String>,
}

/// A well-formed entry with its transaction and body.
pub(crate) struct Opened {
    /// The entry.
    pub(crate) entry: Entry,
    /// What was signed.
    pub(crate) transaction: Transaction,
    /// What it says.
    pub(crate) body: Body,
}

impl<'a> Reading<'a> {
    /// Reads the bytes of an entry of the ledger `origin`.
    pub(crate) fn of(bytes: &'a [u8], origin: &str) -> Reading<'a> {
        Reading {
            bytes,
            leaf: Hash::leaf(bytes),
            opened: open(bytes, origin),
        }
    }
}

fn open(bytes: &[u8], origin: &str) -> Result<Opened, String> {
    let entry = Entry::parse(bytes).map_err(|malformed| malformed.to_string())?;
    let (transaction, body) =
        open_envelope(&entry.envelope, origin).map_err(|malformed| malformed.to_string())?;
    Ok(Opened {
        entry,
        transaction,
        body,
    })
}
