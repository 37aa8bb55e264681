//! Entries from an export: those that a backup lacks, or all of them.
//!
//! Their bytes are taken as they are, and the log signs the checkpoint over them that it signed
//! before, and no other. Whether they are the log's is for the check to say, which comes after;
//! then the checkpoints in between are signed again.

use std::fs;
use std::path::Path;

use fundtrail_model::Fault;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::note::NoteSigner;
use fundtrail_model::port::{Batch, Commit as _, Read, Table};
use fundtrail_store::{Store, Writer};

use super::mend::emptying;
use crate::Complaint;

const CHECKPOINT: &str = "checkpoint";
const ENTRIES: &str = "entries.ndjson";

/// Entries written together.
const PIECE: usize = 1024;

/// Adds to a storage the entries of the export in `path` that it does not have. Those that it
/// has must be the same. What was kept beside the log is of before, and is dropped.
pub(super) fn add(
    path: &Path,
    store: &Store,
    writer: &mut Writer,
    signer: &NoteSigner,
) -> Result<(), Complaint> {
    let read = |name: &str| {
        let path = path.join(name);
        fs::read(&path).map_err(|error| Complaint(format!("{}: {error}", path.display())))
    };
    let wrong = |what: String| Complaint(format!("ENTRIES_WRONG: {}: {what}", path.display()));
    let (note, lines) = (read(CHECKPOINT)?, read(ENTRIES)?);
    let key = signer.verifier();
    let (checkpoint, _) = Checkpoint::open(&note, key.name(), key)
        .map_err(|error| wrong(format!("the checkpoint is not one of this log: {error}")))?;
    let text = lines.strip_suffix(b"\n").unwrap_or(&lines);
    let all = text.split(|byte| *byte == b'\n');
    let size = usize::try_from(checkpoint.size()).unwrap_or(usize::MAX);
    let entries: Vec<&[u8]> = all.take(size).collect();
    if entries.len() != size {
        let found = entries.len();
        return Err(wrong(format!(
            "there are {found} entries, and its checkpoint is of {size}"
        )));
    }
    let faulty = |fault: Fault| Complaint(fault.to_string());
    let has = store
        .read(|read| compare(read, &entries))
        .map_err(faulty)?
        .map_err(wrong)?;
    if has == size {
        return Ok(());
    }
    let mut commit = |batch: &Batch| writer.commit(batch).map_err(faulty);
    let of_before = [Table::Drafts, Table::Refusals];
    let dropped = store.read(|read| emptying(read, &of_before));
    commit(&dropped.map_err(faulty)?)?;
    let mut index = has as u64;
    for piece in entries.get(has..).unwrap_or_default().chunks(PIECE) {
        let mut batch = Batch::default();
        for entry in piece {
            batch.put(Table::Entries, index.to_be_bytes(), *entry);
            index += 1;
        }
        commit(&batch)?;
    }
    let signed = checkpoint
        .sign(signer)
        .map_err(|error| wrong(error.to_string()))?;
    let mut batch = Batch::default();
    let key = checkpoint.size().to_be_bytes();
    batch.put(Table::Checkpoints, key, signed.to_text());
    commit(&batch)
}

/// How many of the entries are there, if those that are there are the same.
fn compare(read: &dyn Read, entries: &[&[u8]]) -> Result<Result<usize, String>, Fault> {
    let mut index = 0_usize;
    while let Some(bytes) = read.get(Table::Entries, &(index as u64).to_be_bytes())? {
        match entries.get(index) {
            Some(entry) if *entry == bytes.as_slice() => index += 1,
            Some(_) => return Ok(Err(format!("entry {index} is not the backup's"))),
            None => return Ok(Err("the backup has more entries".into())),
        }
    }
    Ok(Ok(index))
}
