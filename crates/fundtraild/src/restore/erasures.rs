//! What entries say was erased is erased again: a backup from before has it still.

use std::collections::BTreeSet;

use fundtrail_model::port::{Batch, Commit as _, Read, Table};
use fundtrail_model::{Entry, Fault, Transaction};
use fundtrail_regulation::Body;
use fundtrail_regulation::kinds::original;
use fundtrail_regulation::state::View;
use fundtrail_store::{Store, Writer};

use crate::Complaint;

/// How many rows are read at a time.
const PIECE: usize = 1024;

/// Takes from the disclosures whatever the entries do not seal any more, off the disk too.
/// Gives how many there were.
pub(super) fn repeat(store: &Store, writer: &mut Writer) -> Result<u64, Complaint> {
    let orders = store.read(|read| orders(read));
    let damaged = |fault: Fault| Complaint(format!("RESTORE_DAMAGED: {fault}"));
    let (batch, count) = orders.map_err(damaged)?;
    if count > 0 {
        writer
            .commit(&batch)
            .map_err(|fault| Complaint(fault.to_string()))?;
    }
    Ok(count)
}

fn orders(read: &dyn Read) -> Result<(Batch, u64), Fault> {
    let sealed = sealed(read)?;
    let (mut batch, mut count) = (Batch::default(), 0);
    let mut from = Vec::new();
    loop {
        let rows = read.range(Table::Disclosures, &from, &[0xff; 300], PIECE)?;
        let Some((last, _)) = rows.last() else {
            return Ok((batch, count));
        };
        from.clone_from(last);
        from.push(0);
        for (key, _) in rows {
            if !sealed.contains(&key) {
                batch.delete(Table::Disclosures, key);
                count += 1;
            }
        }
    }
}

/// The digests that entries seal, without those that were erased afterwards. What a later
/// entry brings again is the later one's.
fn sealed(read: &dyn Read) -> Result<BTreeSet<Vec<u8>>, Fault> {
    let view = View::new(read);
    let mut sealed = BTreeSet::new();
    let mut index = 0_u64;
    while let Some(bytes) = read.get(Table::Entries, &index.to_be_bytes())? {
        let unreadable = |what: String| Fault(format!("entry {index}: {what}"));
        let entry = Entry::parse(&bytes).map_err(|error| unreadable(error.to_string()))?;
        let transaction = Transaction::parse(&entry.envelope.payload)
            .map_err(|error| unreadable(error.to_string()))?;
        let digests = transaction.sealed.values();
        sealed.extend(digests.map(|digest| digest.to_string().into_bytes()));
        if let Ok(Body::ParticularsErase(order)) = Body::parse(&transaction)
            && let Some(original) = original(view, &order.of)?
        {
            for (name, digest) in &original.transaction.sealed {
                if order.particulars.is_empty() || order.particulars.contains(name) {
                    sealed.remove(digest.to_string().as_bytes());
                }
            }
        }
        index += 1;
    }
    Ok(sealed)
}
