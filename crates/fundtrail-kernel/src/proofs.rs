//! Proofs from one consistent state: each is bound to one published checkpoint.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use fundtrail_merkle::{Hash, NodeId, Nodes, ProofError};
use fundtrail_model::Fault;
use fundtrail_model::port::{Read, Table, past_prefix};
use fundtrail_model::receipt::Receipt;
use fundtrail_regulation::state::pair_key;

/// The tree's nodes as stored.
pub struct StoredNodes<'a>(pub &'a dyn Read);

impl Nodes for StoredNodes<'_> {
    type Error = Fault;

    fn node(&self, id: NodeId) -> Result<Hash, Fault> {
        let bytes = self.0.get(Table::Nodes, &id.key())?;
        bytes
            .as_deref()
            .and_then(Hash::from_slice)
            .ok_or_else(|| Fault(format!("tree node {}/{} is missing", id.level, id.index)))
    }
}

/// What was asked for is not there, or the machine failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProofFault {
    /// No entry, no published checkpoint, or no such pair of sizes.
    NotThere(String),
    /// The machine failed.
    Fault(Fault),
}

impl From<Fault> for ProofFault {
    fn from(fault: Fault) -> ProofFault {
        ProofFault::Fault(fault)
    }
}

impl From<ProofError<Fault>> for ProofFault {
    fn from(error: ProofError<Fault>) -> ProofFault {
        match error {
            ProofError::Nodes(fault) => ProofFault::Fault(fault),
            other => ProofFault::NotThere(format!("{other}")),
        }
    }
}

/// A checkpoint as stored: a tree size and the signed note over it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The tree size.
    pub size: u64,
    /// The note, verbatim.
    pub note: String,
}

/// The last entry and its index.
///
/// # Errors
/// [`Fault`] when the storage cannot be read. So for all that follow.
pub fn last_entry(read: &dyn Read) -> Result<Option<(u64, Vec<u8>)>, Fault> {
    let last = read
        .range_back(Table::Entries, &[], &[0xff; 9], 1)?
        .into_iter()
        .next();
    Ok(last.and_then(|(key, bytes)| Some((u64::from_be_bytes(key.try_into().ok()?), bytes))))
}

/// The exact bytes of an entry.
///
/// # Errors
/// [`Fault`] when the storage cannot be read.
pub fn entry(read: &dyn Read, index: u64) -> Result<Option<Vec<u8>>, Fault> {
    read.get(Table::Entries, &index.to_be_bytes())
}

/// The index of a transaction's entry.
///
/// # Errors
/// [`Fault`] when the storage cannot be read.
pub fn index_of(read: &dyn Read, transaction: &str) -> Result<Option<u64>, Fault> {
    let row = read.get(Table::Ids, transaction.as_bytes())?;
    Ok(row
        .and_then(|row| row.first_chunk().copied())
        .map(u64::from_be_bytes))
}

/// The newest checkpoint that the log signed, whether witnesses cosigned it or not.
///
/// # Errors
/// [`Fault`] when the storage cannot be read.
pub fn latest_checkpoint(read: &dyn Read) -> Result<Option<Published>, Fault> {
    stored(read.range_back(Table::Checkpoints, &[], &[0xff; 9], 1)?)
}

/// The newest checkpoint that a quorum of witnesses cosigned.
///
/// # Errors
/// [`Fault`] when the storage cannot be read.
pub fn latest_witnessed(read: &dyn Read) -> Result<Option<Published>, Fault> {
    stored(read.range_back(Table::Witnessed, &[], &[0xff; 9], 1)?)
}

/// Key in [`Table::Meta`]: the size (u64) that was published when a quorum of witnesses was
/// asked for first. It stays published until they cosigned a larger one.
pub const PUBLISHED_BEFORE: &[u8] = b"published_before";

/// The published checkpoint: what the log shows to everybody, and what proofs are bound to
/// where no size is given. Without witnesses it is the newest of all. Where a quorum is asked
/// for (`witnessed_only`), it is the newest they cosigned, and until then what was published
/// before anybody asked, if anything: it never shrinks.
///
/// # Errors
/// [`Fault`] when the storage cannot be read.
pub fn published(read: &dyn Read, witnessed_only: bool) -> Result<Option<Published>, Fault> {
    if !witnessed_only {
        let newest = latest_checkpoint(read)?;
        return newest.map_or(Ok(None), |newest| checkpoint_of(read, newest.size));
    }
    let before = read.get(Table::Meta, PUBLISHED_BEFORE)?;
    let before = before
        .and_then(|size| size.try_into().ok())
        .map_or(0, u64::from_be_bytes);
    match latest_witnessed(read)? {
        Some(witnessed) if witnessed.size >= before => Ok(Some(witnessed)),
        _ => checkpoint_of(read, before),
    }
}

/// The checkpoint of exactly that size, with the lines of its witnesses if a quorum
/// cosigned it.
///
/// # Errors
/// [`Fault`] when the storage cannot be read.
pub fn checkpoint_of(read: &dyn Read, size: u64) -> Result<Option<Published>, Fault> {
    let key = size.to_be_bytes();
    let note = match read.get(Table::Witnessed, &key)? {
        Some(witnessed) => Some(witnessed),
        None => read.get(Table::Checkpoints, &key)?,
    };
    stored(note.map(|note| (key.to_vec(), note)).into_iter().collect())
}

/// The checkpoint that an entry's receipt is bound to: the first witnessed one that covers
/// it, and as long as there is none, the first of all.
///
/// # Errors
/// [`Fault`] when the storage cannot be read.
pub fn first_checkpoint_over(read: &dyn Read, index: u64) -> Result<Option<Published>, Fault> {
    let from = index.saturating_add(1).to_be_bytes();
    let first = |table| stored(read.range(table, &from, &[0xff; 9], 1)?);
    match first(Table::Witnessed)? {
        Some(witnessed) => Ok(Some(witnessed)),
        None => first(Table::Checkpoints),
    }
}

fn stored(rows: Vec<(Vec<u8>, Vec<u8>)>) -> Result<Option<Published>, Fault> {
    let Some((key, note)) = rows.into_iter().next() else {
        return Ok(None);
    };
    let size = key
        .try_into()
        .map(u64::from_be_bytes)
        .map_err(|_| Fault("checkpoint key".into()))?;
    let note =
        String::from_utf8(note).map_err(|_| Fault(format!("checkpoint {size}: not text")))?;
    Ok(Some(Published { size, note }))
}

/// The receipt of an entry, bound to the [`first_checkpoint_over`] it. It changes when a
/// quorum of witnesses cosigns, and with each line that one of them adds to that
/// checkpoint later; otherwise it is the same for ever.
///
/// # Errors
/// [`ProofFault`].
pub fn receipt(read: &dyn Read, index: u64) -> Result<Receipt, ProofFault> {
    let missing = || ProofFault::NotThere(format!("there is no entry {index}"));
    let bytes = entry(read, index)?.ok_or_else(missing)?;
    let checkpoint = first_checkpoint_over(read, index)?.ok_or_else(missing)?;
    let proof = fundtrail_merkle::inclusion_proof(index, checkpoint.size, &StoredNodes(read))?;
    Receipt::new(Some(bytes), index, proof, checkpoint.note)
        .map_err(|error| ProofFault::Fault(Fault(format!("receipt of entry {index}: {error}"))))
}

/// An inclusion proof in the tree of one published checkpoint.
///
/// # Errors
/// [`ProofFault`].
pub fn inclusion(
    read: &dyn Read,
    index: u64,
    size: u64,
) -> Result<(Vec<Hash>, Published), ProofFault> {
    let checkpoint = checkpoint_of(read, size)?.ok_or_else(|| {
        ProofFault::NotThere(format!("no checkpoint was published for size {size}"))
    })?;
    let proof = fundtrail_merkle::inclusion_proof(index, size, &StoredNodes(read))?;
    Ok((proof, checkpoint))
}

/// A consistency proof between the trees of two published checkpoints.
///
/// # Errors
/// [`ProofFault`].
pub fn consistency(
    read: &dyn Read,
    from: u64,
    to: u64,
) -> Result<(Vec<Hash>, Published), ProofFault> {
    let unpublished =
        |size| ProofFault::NotThere(format!("no checkpoint was published for size {size}"));
    if from > 0 {
        checkpoint_of(read, from)?.ok_or_else(|| unpublished(from))?;
    }
    let checkpoint = checkpoint_of(read, to)?.ok_or_else(|| unpublished(to))?;
    let proof = fundtrail_merkle::consistency_proof(from, to, &StoredNodes(read))?;
    Ok((proof, checkpoint))
}

/// Indices of the entries that touch an object, oldest first, from its revision `from` on.
///
/// # Errors
/// [`Fault`] when the storage cannot be read.
pub fn revisions(
    read: &dyn Read,
    object: &str,
    from: u64,
    limit: usize,
) -> Result<Vec<(u64, u64)>, Fault> {
    let prefix = pair_key(object.as_bytes(), b"");
    let mut start = prefix.clone();
    start.extend_from_slice(&from.to_be_bytes());
    let rows = read.range(Table::Revisions, &start, &past_prefix(&prefix), limit)?;
    let number = |bytes: &[u8]| bytes.first_chunk().map(|bytes| u64::from_be_bytes(*bytes));
    Ok(rows
        .iter()
        .filter_map(|(key, value)| Some((number(key.get(prefix.len()..)?)?, number(value)?)))
        .collect())
}
