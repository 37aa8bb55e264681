//! What must hold of a ledger whatever happened to its machine: that its entries, replayed,
//! give every row of it, and that its receipts verify.

use std::collections::BTreeMap;
use std::path::Path;

use fundtrail_kernel::replay::Replay;
use fundtrail_merkle::Hash;
use fundtrail_model::LogPolicy;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::note::VerifierKey;
use fundtrail_model::port::{Batch, Commit, Read, Row, Table};
use fundtrail_model::receipt::Receipt;
use fundtrail_store::Store;
use fundtrail_tests::ORIGIN;

/// What no entry says: it is compared with nothing, or in a way of its own.
const BESIDE: [Table; 6] = [
    Table::Meta,
    Table::Checkpoints,
    Table::Witnessed,
    Table::Disclosures,
    Table::Drafts,
    Table::Refusals,
];

/// Past every key.
const END: [u8; 512] = [0xff; 512];

/// What is in the closed ledger.
pub(crate) struct Held {
    /// The transactions recorded, in their order.
    pub(crate) ids: Vec<String>,
    /// How many refused submissions are kept.
    pub(crate) refusals: usize,
}

/// Verifies a receipt with nothing but the log's key; gives the index of its entry.
pub(crate) fn verify(receipt: &str, log_key: &str) -> Result<u64, String> {
    let policy = VerifierKey::parse(log_key)
        .map_err(|error| error.to_string())
        .and_then(|key| LogPolicy::of_log(key).map_err(|error| error.to_string()))?;
    let receipt = Receipt::parse(receipt.as_bytes()).map_err(|error| error.to_string())?;
    receipt
        .verify_self_contained(&policy)
        .map_err(|error| error.to_string())?;
    Ok(receipt.index())
}

/// Opens the ledger in `data` of which no node runs, replays its entries into nothing, and
/// compares: state, ids, history, tree nodes and every checkpoint.
pub(crate) fn replay(data: &Path, log_key: &str) -> Result<Held, String> {
    let store = Store::open(&data.join("ledger")).map_err(|error| error.to_string())?;
    let key = VerifierKey::parse(log_key).map_err(|error| error.to_string())?;
    store.read(|read| compare(read, &key))
}

fn compare(read: &dyn Read, key: &VerifierKey) -> Result<Held, String> {
    let mut replay = Replay::new(Some(ORIGIN))
        .map_err(|fault| fault.0)?
        .keeping_history();
    let mut roots = BTreeMap::new();
    let mut ids = Vec::new();
    for (key, bytes) in rows(read, Table::Entries)? {
        if key != replay.size().to_be_bytes() {
            return Err(format!("entry {} is not there", replay.size()));
        }
        let entry = replay
            .next(&bytes)
            .map_err(|fault| fault.0)?
            .map_err(|finding| format!("{finding:?}"))?;
        let payload: serde_json::Value =
            serde_json::from_slice(&entry.envelope.payload).map_err(|error| error.to_string())?;
        ids.push(payload["id"].as_str().unwrap_or_default().to_owned());
        roots.insert(replay.size(), replay.root());
    }
    let history = replay.take_history();
    for table in Table::ALL.iter().filter(|table| !BESIDE.contains(table)) {
        let wanted = match table {
            Table::Versions | Table::Days => of_batch(&history, *table),
            _ => rows(replay.state(), *table)?,
        };
        let found = rows(read, *table)?;
        if found != wanted {
            let (found, wanted) = (found.len(), wanted.len());
            return Err(format!(
                "table {}: {found} rows, and not the {wanted} that the entries give",
                table.name()
            ));
        }
    }
    checkpoints(read, key, &roots)?;
    if read
        .get(Table::Meta, b"erasing")
        .map_err(|fault| fault.0)?
        .is_some()
    {
        return Err("an erasure is not finished".into());
    }
    Ok(Held {
        ids,
        refusals: rows(read, Table::Refusals)?.len(),
    })
}

/// Each is signed, over what the entries up to it give; the newest is over all.
fn checkpoints(
    read: &dyn Read,
    key: &VerifierKey,
    roots: &BTreeMap<u64, Hash>,
) -> Result<(), String> {
    let mut newest = 0;
    for (size, note) in rows(read, Table::Checkpoints)? {
        let (checkpoint, _) =
            Checkpoint::open(&note, ORIGIN, key).map_err(|error| error.to_string())?;
        newest = checkpoint.size();
        if size != newest.to_be_bytes() || roots.get(&newest) != Some(&checkpoint.root()) {
            return Err(format!(
                "the checkpoint of size {newest} is of another tree"
            ));
        }
    }
    let size = roots.len() as u64;
    if newest == size {
        Ok(())
    } else {
        Err(format!(
            "{size} entries, and the newest checkpoint is of {newest}"
        ))
    }
}

fn rows(read: &dyn Read, table: Table) -> Result<Vec<Row>, String> {
    read.range(table, &[], &END, usize::MAX)
        .map_err(|fault| fault.0)
}

fn of_batch(batch: &Batch, table: Table) -> Vec<Row> {
    batch
        .pending_range(table, &[], &END)
        .filter_map(|(key, value)| Some((key.to_vec(), value?.to_vec())))
        .collect()
}

/// Takes a row away that the entries give.
pub(crate) fn falsify(data: &Path) {
    let store = Store::open(&data.join("ledger")).unwrap();
    let mut batch = Batch::default();
    batch.delete(Table::Books, "account:at-b");
    store.writer().unwrap().commit(&batch).unwrap();
}
