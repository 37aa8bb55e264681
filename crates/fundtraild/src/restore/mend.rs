//! What stands beside the entries and is wrong in what is put back: a backup is of the ledger as
//! it was, with whatever was wrong in it.
//!
//! What follows from the entries is written anew from them. Drafts and refused submissions are
//! no part of what was recorded, and nobody can say what they should be: where one of them is
//! wrong, its table is emptied. Whatever else is wrong is left, and keeps the ledger from being
//! put back.

use fundtrail_model::Fault;
use fundtrail_model::port::{Batch, Commit as _, Read, Table};
use fundtrail_node::fsck::{self, Code, Known, NotRebuilt, Report};
use fundtrail_store::{Store, Writer};

use crate::Complaint;

/// What a rebuilding may put right.
const FOLLOWING: [Code; 3] = [Code::RowMissing, Code::RowDiffers, Code::RowUnexpected];
const DRAFTS: [Code; 4] = [
    Code::DraftForm,
    Code::DraftSignature,
    Code::DraftDisclosure,
    Code::DraftRows,
];
const REFUSALS: [Code; 2] = [Code::RefusalForm, Code::RefusalMissing];

/// What was done about what was wrong.
#[derive(Default)]
pub(super) struct Mended {
    /// Rows written anew from the entries, and removed because they do not follow from them.
    pub(super) rows: u64,
    /// Whether the drafts were dropped, all of them.
    pub(super) drafts: bool,
    /// Whether the refused submissions were.
    pub(super) refusals: bool,
}

/// Checks the ledger, and puts right what can be. Gives what is wrong still.
pub(super) fn mend(
    store: &Store,
    writer: &mut Writer,
    with: Known<'_>,
) -> Result<(Report, Mended), Complaint> {
    let faulty = |fault: Fault| Complaint(fault.to_string());
    let check = || store.read(|read| fsck::check(read, with));
    let (mut report, mut done) = (check(), Mended::default());
    if has(&report, &FOLLOWING) {
        match store.read(|read| fsck::rebuild(read, with, writer)) {
            Ok(rebuilt) => done.rows = rebuilt.written + rebuilt.removed,
            Err(NotRebuilt::Fault(fault)) => return Err(faulty(fault)),
            // The report says what is wrong with the entries.
            Err(_) => return Ok((report, done)),
        }
        // The signatures of drafts are compared with keys that may have been wrong.
        report = check();
    }
    done.drafts = has(&report, &DRAFTS);
    done.refusals = has(&report, &REFUSALS);
    let tables = [
        (done.drafts, Table::Drafts),
        (done.refusals, Table::Refusals),
    ];
    let tables = tables.iter().filter(|(is_wrong, _)| *is_wrong);
    let tables: Vec<Table> = tables.map(|(_, table)| *table).collect();
    if !tables.is_empty() {
        let batch = store.read(|read| emptying(read, &tables)).map_err(faulty)?;
        writer.commit(&batch).map_err(faulty)?;
        report = check();
    }
    Ok((report, done))
}

/// What empties tables, off the disk too.
pub(super) fn emptying(read: &dyn Read, tables: &[Table]) -> Result<Batch, Fault> {
    let mut batch = Batch::default();
    for table in tables {
        for (key, _) in read.range(*table, &[], &[0xff; 300], usize::MAX)? {
            batch.delete(*table, key);
        }
        batch.erase(*table);
    }
    Ok(batch)
}

fn has(report: &Report, codes: &[Code]) -> bool {
    codes.iter().any(|code| report.counts.contains_key(code))
}
