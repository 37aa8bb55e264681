//! What stands beside the log and can be held against it: the facts about the storage, and the
//! disclosures.

use fundtrail_kernel::proofs::PUBLISHED_BEFORE;
use fundtrail_model::disclosure::{DisclosureDigest, digest};
use fundtrail_model::port::{Read, Table};

use crate::halt::RESTORED;

use super::Known;
use super::derived::Derived;
use super::entries::Log;
use super::finding::{Code, Findings};
use super::key::difference;
use super::table::Rows;

/// Key of the schema's version, which the storage writes.
const SCHEMA: &[u8] = b"schema";
/// Key of the storage's own mark of an erasure that is not finished; start finishes it.
const ERASING: &[u8] = b"erasing";

/// Checks the facts about the storage. Gives the number of rows.
pub(super) fn check_meta(
    read: &dyn Read,
    log: &Log,
    derived: &Derived,
    known: Known<'_>,
    findings: &mut Findings,
) -> u64 {
    let mut rows = Rows::new(read, Table::Meta);
    let mut wanted = wanted(derived, known);
    let could_derive = derived.history().is_some();
    while let Some((key, value)) = rows.next_or_named(findings) {
        let row = Some((Table::Meta, key.as_slice()));
        let place = wanted.iter().position(|(own, _)| *own == key);
        match place.map(|place| wanted.swap_remove(place)) {
            Some((_, expected)) if expected == value => {}
            Some((_, expected)) => {
                findings.add(Code::RowDiffers, row, difference(&expected, &value));
            }
            None if key == PUBLISHED_BEFORE => check_floor(read, log, &value, findings),
            None if key == RESTORED => check_restored(log, &value, findings),
            None if key == ERASING && value.is_empty() => {}
            // What it should say is not known.
            None if key == HISTORY && !could_derive => {}
            None => findings.add(Code::RowUnexpected, row, "is not known to this program"),
        }
    }
    for (key, _) in wanted {
        let row = Some((Table::Meta, key.as_slice()));
        findings.add(Code::RowMissing, row, "is not there");
    }
    rows.count
}

/// Key under which the history's form stands.
const HISTORY: &[u8] = b"history";

/// The rows that can be known.
fn wanted(derived: &Derived, known: Known<'_>) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut wanted = Vec::new();
    if let Some(schema) = known.schema {
        wanted.push((SCHEMA.to_vec(), schema.to_string().into_bytes()));
    }
    let history = derived.history().map(|history| history.iter());
    for (table, key, value) in history.into_iter().flatten() {
        if table == Table::Meta {
            wanted.push((key.to_vec(), value.to_vec()));
        }
    }
    wanted
}

/// The size that was published before witnesses were asked for: one that has a checkpoint.
fn check_floor(read: &dyn Read, log: &Log, value: &[u8], findings: &mut Findings) {
    let row = Some((Table::Meta, PUBLISHED_BEFORE));
    let Ok(size) = <[u8; 8]>::try_from(value).map(u64::from_be_bytes) else {
        findings.add(Code::RowDiffers, row, "is not a size");
        return;
    };
    let is_there = read
        .get(Table::Checkpoints, value)
        .is_ok_and(|found| found.is_some());
    if size > log.size || (size > 0 && !is_there) {
        let detail = format!("says {size}, and there is no checkpoint of that size");
        findings.add(Code::RowDiffers, row, detail);
    }
}

/// The size of a ledger that was put back and does not say so yet.
fn check_restored(log: &Log, value: &[u8], findings: &mut Findings) {
    let size = <[u8; 8]>::try_from(value).map(u64::from_be_bytes);
    if !size.is_ok_and(|size| size <= log.size) {
        let detail = "is not the size of a ledger that was put back";
        findings.add(Code::RowDiffers, Some((Table::Meta, RESTORED)), detail);
    }
}

/// Checks that exactly what was disclosed and not erased is there. Gives the number of rows.
pub(super) fn check_disclosures(
    read: &dyn Read,
    derived: &Derived,
    findings: &mut Findings,
) -> u64 {
    let mut wanted = match derived.disclosed() {
        None => None,
        Some(Ok(wanted)) => Some(wanted),
        Some(Err(fault)) => {
            findings.add(Code::Unreadable, Some((Table::Erased, b"")), fault.0);
            None
        }
    };
    let mut rows = Rows::new(read, Table::Disclosures);
    while let Some((key, value)) = rows.next_or_named(findings) {
        let row = Some((Table::Disclosures, key.as_slice()));
        let named = std::str::from_utf8(&key).ok();
        let Some(named) = named.and_then(DisclosureDigest::parse) else {
            findings.add(Code::DisclosureUnexpected, row, "its key is not a digest");
            continue;
        };
        let own = std::str::from_utf8(&value).map(digest);
        if own != Ok(named) {
            let found = own.map_or_else(|_| "no text".into(), |own| format!("what has {own}"));
            let detail = format!("expected what has this digest, found {found}");
            findings.add(Code::DisclosureDigest, row, detail);
        }
        if wanted.as_mut().is_some_and(|wanted| !wanted.remove(&named)) {
            let detail = "is there; no entry seals it, or it was erased";
            findings.add(Code::DisclosureUnexpected, row, detail);
        }
    }
    for missing in wanted.into_iter().flatten() {
        let key = missing.to_string();
        let row = Some((Table::Disclosures, key.as_bytes()));
        findings.add(
            Code::DisclosureMissing,
            row,
            "is not there, and was not erased",
        );
    }
    rows.count
}
