//! When sealed particulars may be erased: there must be something to erase.

use alloc::vec::Vec;

use fundtrail_model::Figures;

use super::{Body, Case, Kind, PASS, Rule, Stage, Verdict, refuse, refuse_if, rule, says};
use crate::kinds::original;

pub(super) const RULES: &[Rule] = &[
    rule(
        "PARTICULAR_UNKNOWN",
        "L-24",
        0,
        Stage::Reference,
        says(
            "该交易未封存此项信息",
            "The transaction seals no such particular",
        ),
        &[Kind::ParticularsErase],
        particular_unknown,
    ),
    rule(
        "PARTICULARS_ERASED",
        "L-16",
        0,
        Stage::Law,
        says(
            "所列封存信息已全部删除",
            "All of these particulars are erased already",
        ),
        &[Kind::ParticularsErase],
        particulars_erased,
    ),
];

/// An order that names anything else is a mistake, and what was meant would stay.
fn particular_unknown(case: &Case<'_>) -> Verdict {
    let Body::ParticularsErase(erasure) = case.body else {
        return PASS;
    };
    let Some(original) = original(case.view, &erasure.of)? else {
        return PASS;
    };
    let sealed = &original.transaction.sealed;
    let meant = erasure.meant(&original);
    let known = !meant.is_empty() && meant.iter().all(|name| sealed.contains_key(*name));
    refuse_if(!known, || {
        let names: Vec<&str> = sealed.keys().map(|name| name.as_str()).collect();
        Figures::none()
            .with("transaction", &erasure.of)
            .with("seals", names.join(" "))
    })
}

/// An order that finds some of them erased erases the others.
fn particulars_erased(case: &Case<'_>) -> Verdict {
    let Body::ParticularsErase(erasure) = case.body else {
        return PASS;
    };
    let Some(original) = original(case.view, &erasure.of)? else {
        return PASS;
    };
    let erased = erasure.erased(case)?.particulars;
    let mut last = 0;
    for name in erasure.meant(&original) {
        match erased.get(name) {
            Some(entry) => last = last.max(*entry),
            None => return PASS,
        }
    }
    refuse(
        Figures::none()
            .with("transaction", &erasure.of)
            .with("erased_by", last),
    )
}
