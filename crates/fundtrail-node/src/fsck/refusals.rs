//! Refused submissions: each readable, under its number, and none missing between two.
//!
//! What they say is in no entry, so whether it is what was said cannot be known.

use fundtrail_model::port::{Read, Table};
use fundtrail_regulation::state::encode;

use crate::refusals::RefusedSubmission;

use super::finding::{Code, Findings};
use super::table::Rows;

/// Checks every refused submission. Gives the number of rows.
pub(super) fn check(read: &dyn Read, findings: &mut Findings) -> u64 {
    let mut rows = Rows::new(read, Table::Refusals);
    let mut last: Option<u64> = None;
    while let Some((key, value)) = rows.next_or_named(findings) {
        let row = Some((Table::Refusals, key.as_slice()));
        let Ok(number) = <[u8; 8]>::try_from(key.as_slice()).map(u64::from_be_bytes) else {
            findings.add(Code::RefusalForm, row, "its key is not a number");
            continue;
        };
        if let Some(what) = unreadable(number, &value) {
            findings.add(Code::RefusalForm, row, what);
        }
        if let Some(last) = last.filter(|last| last.saturating_add(1) != number) {
            let detail = format!("the one before it is {last}");
            findings.add(Code::RefusalMissing, row, detail);
        }
        last = Some(number);
    }
    rows.count
}

/// What keeps a row from being a refused submission as they are written.
fn unreadable(number: u64, value: &[u8]) -> Option<String> {
    let record: RefusedSubmission = match serde_json::from_slice(value) {
        Ok(record) => record,
        Err(error) => return Some(format!("is not readable: {error}")),
    };
    let digest = &record.payload_sha256;
    if record.number != number {
        return Some(format!("says that it is number {}", record.number));
    }
    if digest.len() != 64 || digest.bytes().any(|byte| !is_hex(byte)) {
        return Some("its digest is not 64 hex digits".into());
    }
    if record.keys.len() != record.parties.len() || record.keys.is_empty() {
        return Some("it has not a party for each key".into());
    }
    if record.refusals.is_empty() {
        return Some("no rule objected".into());
    }
    match encode(&record) {
        Ok(again) if again == value => None,
        _ => Some("is not written as this program writes it".into()),
    }
}

fn is_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}
