//! What entries say was erased is erased again: a backup from before has it still.

use std::collections::{BTreeMap, BTreeSet};

use fundtrail_model::disclosure::{DisclosureDigest, digest};
use fundtrail_model::port::{Batch, Commit as _, Read, Table};
use fundtrail_model::{Entry, Fault, Id, Transaction};
use fundtrail_regulation::Body;
use fundtrail_store::{Store, Writer};

use crate::Complaint;

/// How many rows are read at a time.
const PIECE: usize = 1024;

/// What was taken from the disclosures.
#[derive(Default)]
pub(super) struct Taken {
    /// What no entry seals any more.
    pub(super) erased: u64,
    /// What is not what its digest is of.
    pub(super) spoilt: u64,
}

/// Takes from the disclosures whatever the entries do not seal any more, and whatever is not
/// what they seal, off the disk too.
pub(super) fn repeat(store: &Store, writer: &mut Writer) -> Result<Taken, Complaint> {
    let orders = store.read(|read| orders(read));
    let damaged = |fault: Fault| Complaint(format!("RESTORE_DAMAGED: {fault}"));
    let (batch, taken) = orders.map_err(damaged)?;
    if taken.erased + taken.spoilt > 0 {
        writer
            .commit(&batch)
            .map_err(|fault| Complaint(fault.to_string()))?;
    }
    Ok(taken)
}

fn orders(read: &dyn Read) -> Result<(Batch, Taken), Fault> {
    let sealed = sealed(read)?;
    let (mut batch, mut taken) = (Batch::default(), Taken::default());
    let mut from = Vec::new();
    loop {
        let rows = read.range(Table::Disclosures, &from, &[0xff; 300], PIECE)?;
        let Some((last, _)) = rows.last() else {
            return Ok((batch, taken));
        };
        from.clone_from(last);
        from.push(0);
        for (key, value) in rows {
            let named = std::str::from_utf8(&key).ok();
            let named = named.and_then(DisclosureDigest::parse);
            let own = std::str::from_utf8(&value).ok().map(digest);
            if !named.is_some_and(|named| sealed.contains(&named)) {
                taken.erased += 1;
            } else if named != own {
                taken.spoilt += 1;
            } else {
                continue;
            }
            batch.delete(Table::Disclosures, key);
        }
    }
}

/// The digests that entries seal, without those that were erased afterwards. What a later
/// entry brings again is the later one's: an order takes a particular once, as the ledger does.
fn sealed(read: &dyn Read) -> Result<BTreeSet<DisclosureDigest>, Fault> {
    let mut sealed = BTreeSet::new();
    // What no order was about yet, by transaction.
    let mut left: BTreeMap<Id, BTreeMap<String, DisclosureDigest>> = BTreeMap::new();
    let mut index = 0_u64;
    while let Some(bytes) = read.get(Table::Entries, &index.to_be_bytes())? {
        let unreadable = |what: String| Fault(format!("entry {index}: {what}"));
        let entry = Entry::parse(&bytes).map_err(|error| unreadable(error.to_string()))?;
        let transaction = Transaction::parse(&entry.envelope.payload)
            .map_err(|error| unreadable(error.to_string()))?;
        if let Ok(Body::ParticularsErase(order)) = Body::parse(&transaction)
            && let Some(left) = left.get_mut(&order.of)
        {
            left.retain(|name, digest| {
                let is_meant = order.particulars.is_empty() || order.particulars.contains(name);
                if is_meant {
                    sealed.remove(digest);
                }
                !is_meant
            });
        }
        if !transaction.sealed.is_empty() {
            sealed.extend(transaction.sealed.values().copied());
            left.insert(transaction.id, transaction.sealed);
        }
        index += 1;
    }
    Ok(sealed)
}
