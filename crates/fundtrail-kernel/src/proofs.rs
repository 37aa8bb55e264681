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

/// A published checkpoint: a tree size and the signed note over it.
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

/// The newest published checkpoint.
///
/// # Errors
/// [`Fault`] when the storage cannot be read.
pub fn latest_checkpoint(read: &dyn Read) -> Result<Option<Published>, Fault> {
    published(read.range_back(Table::Checkpoints, &[], &[0xff; 9], 1)?)
}

/// The published checkpoint of exactly that size.
///
/// # Errors
/// [`Fault`] when the storage cannot be read.
pub fn checkpoint_of(read: &dyn Read, size: u64) -> Result<Option<Published>, Fault> {
    let note = read.get(Table::Checkpoints, &size.to_be_bytes())?;
    published(
        note.map(|note| (size.to_be_bytes().to_vec(), note))
            .into_iter()
            .collect(),
    )
}

/// The first published checkpoint that covers an entry: the one its receipt is bound to.
///
/// # Errors
/// [`Fault`] when the storage cannot be read.
pub fn first_checkpoint_over(read: &dyn Read, index: u64) -> Result<Option<Published>, Fault> {
    let from = index.saturating_add(1).to_be_bytes();
    published(read.range(Table::Checkpoints, &from, &[0xff; 9], 1)?)
}

fn published(rows: Vec<(Vec<u8>, Vec<u8>)>) -> Result<Option<Published>, Fault> {
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

/// The receipt of an entry: always the same, because it is bound to the first checkpoint
/// that covers it.
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
