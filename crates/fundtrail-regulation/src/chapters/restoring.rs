//! What the record of a restored ledger must say: what was put back is what comes before it.

use fundtrail_model::Figures;

use super::{Body, Case, Kind, PASS, Rule, Stage, Verdict, refuse_if, rule, says};
use crate::kinds::LedgerRestore;

pub(super) const RULES: &[Rule] = &[
    rule(
        "RESTORE_SIZE",
        "L-25",
        0,
        Stage::Law,
        says(
            "所述恢复的记录数不是此前的记录数",
            "The ledger does not have as many entries as it says were put back",
        ),
        &[Kind::LedgerRestore],
        restore_size,
    ),
    rule(
        "RESTORE_ROOT",
        "L-26",
        0,
        Stage::Law,
        says(
            "所述根与此前各条记录的根不符",
            "The stated root is not that of the entries before it",
        ),
        &[Kind::LedgerRestore],
        restore_root,
    ),
];

/// Anything recorded in between would have come before anybody knew of the restoring.
fn restore_size(case: &Case<'_>) -> Verdict {
    let Body::LedgerRestore(restore) = case.body else {
        return PASS;
    };
    refuse_if(restore.size != case.index, || {
        Figures::none()
            .with("size", restore.size)
            .with("height", case.index)
    })
}

fn restore_root(case: &Case<'_>) -> Verdict {
    let Body::LedgerRestore(restore) = case.body else {
        return PASS;
    };
    if restore.size != case.index {
        return PASS;
    }
    let root = LedgerRestore::root_before(case)?.to_hex();
    refuse_if(root != restore.root.as_str(), || {
        Figures::none()
            .with("stated", restore.root.as_str())
            .with("expected", root.as_str())
    })
}
