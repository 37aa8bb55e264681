//! Drafts: each readable and of this ledger, its signatures and disclosures over its own bytes,
//! and the rows by which drafts are counted and found.
//!
//! When a draft was posted, by whom, and when each signature came is in no signature, so
//! whether it is what was said cannot be known.

use std::collections::BTreeMap;

use fundtrail_kernel::admission::{open_envelope, verify};
use fundtrail_model::disclosure::digest;
use fundtrail_model::port::{Read, Table};
use fundtrail_model::{Fault, Id};
use fundtrail_regulation::state::{Key, View};

use crate::drafts::{Draft, KEYS, OF_PARTY, OPEN, TIMES, decode, of_party, place};

use super::Known;
use super::finding::{Code, Findings};
use super::table::Rows;

/// What the rows of drafts say about them.
#[derive(Default)]
struct Beside {
    /// Counts of open drafts, by the key of their row.
    counts: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Times, by draft.
    times: BTreeMap<Vec<u8>, Vec<[u8; 8]>>,
}

/// Checks every draft and the rows beside them. Gives the number of rows.
pub(super) fn check(read: &dyn Read, known: Known<'_>, findings: &mut Findings) -> u64 {
    let mut rows = Rows::new(read, Table::Drafts);
    let mut beside = Beside::default();
    let mut drafts = Vec::new();
    while let Some((key, value)) = rows.next_or_named(findings) {
        if key.as_slice() < KEYS.0 {
            beside.take(key, value, findings);
            continue;
        }
        let row = Some((Table::Drafts, key.as_slice()));
        match read_one(&key, &value) {
            Ok(draft) => {
                for (code, what) in judge(read, &draft, known) {
                    findings.add(code, row, what);
                }
                drafts.push(draft);
            }
            Err(what) => findings.add(Code::DraftForm, row, what),
        }
    }
    beside.compare(&drafts, findings);
    rows.count
}

fn read_one(key: &[u8], value: &[u8]) -> Result<Draft, String> {
    let draft = decode(value).map_err(|fault| fault.0)?;
    if key != draft.id.as_bytes() {
        return Err("says another id".into());
    }
    let again = serde_json::to_vec(&draft).map_err(|error| error.to_string())?;
    if again != value {
        return Err("is not written as this program writes it".into());
    }
    Ok(draft)
}

/// What is wrong with a draft that can be read.
fn judge(read: &dyn Read, draft: &Draft, known: Known<'_>) -> Vec<(Code, String)> {
    let form = |what: String| vec![(Code::DraftForm, what)];
    let submission = match draft.submission(|_| true) {
        Ok(submission) => submission,
        Err(fault) => return form(fault.0),
    };
    let envelope = submission.envelope;
    let (transaction, body) = match open_envelope(&envelope, &known.desk.origin) {
        Ok(opened) => opened,
        Err(malformed) => return form(malformed.to_string()),
    };
    if transaction.id != draft.id {
        return form("its transaction has another id".into());
    }
    let mut wrong = Vec::new();
    let message = envelope.signed_bytes();
    let brought = body.introduces(0);
    for signature in &envelope.signatures {
        let id = signature.key_id;
        let own = brought.iter().find(|key| key.key_id == id).cloned();
        let what = match (key(read, &id.to_string()), own) {
            (Err(fault), _) => Some(fault.0),
            (Ok(Some(key)), _) | (Ok(None), Some(key)) => {
                verify(&key.public_key, &message, signature)
                    .err()
                    .map(|bad| bad.to_string())
            }
            (Ok(None), None) => Some(format!("no key {id} is enrolled")),
        };
        wrong.extend(what.map(|what| (Code::DraftSignature, what)));
    }
    for text in &draft.disclosures {
        let digest = digest(text);
        if !transaction.sealed.values().any(|sealed| *sealed == digest) {
            let what = format!("discloses what has {digest}, which it does not seal");
            wrong.push((Code::DraftDisclosure, what));
        }
    }
    let open = draft.ended.is_none();
    if open && draft.disclosures.len() < transaction.sealed.len() {
        let what = "does not disclose all that it seals".to_string();
        wrong.push((Code::DraftDisclosure, what));
    }
    if !open && !draft.disclosures.is_empty() {
        let what = "has ended and discloses something still".to_string();
        wrong.push((Code::DraftDisclosure, what));
    }
    wrong
}

fn key(read: &dyn Read, id: &str) -> Result<Option<Key>, Fault> {
    View::new(read).get(id.as_bytes())
}

impl Beside {
    /// A row that is no draft.
    fn take(&mut self, key: Vec<u8>, value: Vec<u8>, findings: &mut Findings) {
        if key == OPEN || key.starts_with(OF_PARTY) {
            self.counts.insert(key, value);
            return;
        }
        let time = key.strip_prefix(TIMES).and_then(<[u8]>::split_first_chunk);
        let named = time.filter(|(_, id)| {
            let id = std::str::from_utf8(id).ok();
            value.is_empty() && id.and_then(Id::parse).is_some()
        });
        match named {
            Some((time, id)) => self.times.entry(id.to_vec()).or_default().push(*time),
            None => {
                let row = Some((Table::Drafts, key.as_slice()));
                findings.add(Code::DraftRows, row, "is no row of this table");
            }
        }
    }

    /// Compares with what the drafts say.
    fn compare(mut self, drafts: &[Draft], findings: &mut Findings) {
        let mut counts: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        for draft in drafts {
            if draft.ended.is_none() {
                *counts.entry(OPEN.to_vec()).or_default() += 1;
                *counts.entry(of_party(&draft.party)).or_default() += 1;
            }
            if !self.is_timed(draft) {
                let row = Some((Table::Drafts, draft.id.as_bytes()));
                let detail = "there is no row of the time at which it is over";
                findings.add(Code::DraftRows, row, detail);
            }
        }
        for (key, count) in counts {
            let found = self.counts.remove(&key);
            let found = found.and_then(|value| value.try_into().ok());
            if found.map(u64::from_be_bytes) != Some(count) {
                let row = Some((Table::Drafts, key.as_slice()));
                let detail = format!("does not say {count}, the number of open drafts");
                findings.add(Code::DraftRows, row, detail);
            }
        }
        for key in self.counts.keys() {
            let row = Some((Table::Drafts, key.as_slice()));
            findings.add(Code::DraftRows, row, "counts open drafts; there are none");
        }
    }

    /// An open draft is found when it expires, one that has ended some time after its end. Other
    /// rows of times are left over, and go when they are met.
    fn is_timed(&self, draft: &Draft) -> bool {
        let times = self.times.get(draft.id.as_bytes());
        let mut times = times.into_iter().flatten();
        match &draft.ended {
            None => times.any(|time| *time == place(draft.expires)),
            Some(ended) => times.any(|time| *time > place(ended.at)),
        }
    }
}
