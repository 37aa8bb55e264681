//! Signing again the checkpoints that the log signed after its commits, where entries came back
//! without them.
//!
//! Only where the entries are whole and the newest checkpoint, which the log signed, is over
//! exactly them: every earlier checkpoint is of a tree that this one grew out of. The text is
//! the one that the node signed then, and Ed25519 gives the same signature for it, so each row
//! is byte for byte what the node wrote. Where two commits were recorded in one moment, nothing
//! tells them apart, and the checkpoint between them stays away.

use fundtrail_model::Fault;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::note::NoteSigner;
use fundtrail_model::port::{Batch, Commit, Read, Table};

use super::Known;
use super::entries::Log;
use super::finding::Findings;
use super::notes::ends_a_commit;
use super::rebuild::{NotRebuilt, is_vouched_for};

/// Checkpoints written together.
const PIECE: usize = 4096;

/// Writes the checkpoint of every commit that is known of and has none. Gives how many.
///
/// # Errors
/// [`NotRebuilt`]. Nothing was written then, unless the storage failed.
pub fn resign(
    read: &dyn Read,
    known: Known<'_>,
    signer: &NoteSigner,
    commit: &mut dyn Commit,
) -> Result<u64, NotRebuilt> {
    let mut findings = Findings::default();
    let log = Log::follow(read, known, &mut findings);
    let (found, _) = findings.into_parts();
    if let Some(first) = found.into_iter().next() {
        return Err(NotRebuilt::Entries(Box::new(first)));
    }
    if !is_vouched_for(read, &log, known) {
        return Err(NotRebuilt::Checkpoint);
    }
    let (mut batch, mut written) = (Batch::default(), 0);
    for size in (1..=log.size).filter(|size| ends_a_commit(&log, *size)) {
        let key = size.to_be_bytes();
        if read.get(Table::Checkpoints, &key)?.is_some() {
            continue;
        }
        let root = log.root_of(size).ok_or(NotRebuilt::Checkpoint)?;
        let signed = Checkpoint::new(signer.name(), size, root)
            .and_then(|checkpoint| checkpoint.sign(signer))
            .map_err(|error| Fault(format!("the checkpoint cannot be signed: {error}")))?;
        batch.put(Table::Checkpoints, key, signed.to_text());
        written += 1;
        if written % PIECE == 0 {
            commit.commit(&std::mem::take(&mut batch))?;
        }
    }
    if !batch.is_empty() {
        commit.commit(&batch)?;
    }
    Ok(written as u64)
}
