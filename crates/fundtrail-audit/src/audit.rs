//! An audit: one pass over the entries, a few hundred at a time.
//!
//! Reading and signatures, the dear parts, are spread over the processors; the chain, the
//! tree and the replay take the entries in their order. An entry is read twice, once for
//! either question: the replay takes nothing from the checks that it is compared with,
//! except that signatures were verified.

use std::collections::BTreeMap;

use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::note::VerifierKey;
use fundtrail_model::{LogPolicy, Moment};
use rayon::prelude::*;

use crate::conformity::Conformity;
use crate::export::Export;
use crate::finding::Check;
use crate::integrity::Integrity;
use crate::invariants::Status;
use crate::reading::Reading;
use crate::report::{BookTotal, Conforming, Counts, Head, Intact, Report, Verdict};
use crate::since::Kept;

/// Entries taken at a time.
const CHUNK: usize = 256;

/// How far an audit has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Entries done.
    pub done: u64,
    /// Entries in all.
    pub total: u64,
}

/// Audits a ledger: every signature, the chain, the tree, the checkpoint, every rule and
/// the invariants.
///
/// The checkpoint must be one that `policy` accepts. `kept` is what the auditor kept from an
/// earlier time, which only has to be signed by the log: only with one can it be excluded
/// that entries were removed from the end.
pub fn audit(
    export: &Export,
    policy: &LogPolicy,
    kept: Option<&Kept>,
    progress: &mut dyn FnMut(Progress),
) -> Report {
    let total = export.entries.len() as u64;
    let log_key = log_key(policy, &export.checkpoint);
    let opened = policy.open(&export.checkpoint);
    let mut integrity = Integrity::new(log_key, opened, kept);
    let mut counts = Counts::default();
    let mut conformity = match Conformity::new(log_key.name()) {
        Ok(conformity) => conformity,
        Err(fault) => unreachable!("an empty memory can be read: {fault}"),
    };
    for chunk in export.entries.chunks(CHUNK) {
        let readings: Vec<Reading<'_>> = chunk
            .par_iter()
            .map(|bytes| Reading::of(bytes, log_key.name()))
            .collect();
        integrity.take(&readings);
        conformity.take(&readings, integrity.first_bad);
        readings
            .iter()
            .for_each(|reading| count(&mut counts, reading));
        progress(Progress {
            done: integrity.size(),
            total,
        });
    }
    integrity.finish();
    counts.signatures = integrity.signatures;
    counts.keys = integrity.keys() as u64;
    report(log_key, integrity, conformity, counts)
}

/// The key of the log that signed the checkpoint; of the policy's first log, if none did.
fn log_key<'a>(policy: &'a LogPolicy, checkpoint: &[u8]) -> &'a VerifierKey {
    let keys = || policy.logs().iter().map(|log| &log.key);
    let signed = |key: &&VerifierKey| Checkpoint::open(checkpoint, key.name(), key).is_ok();
    let Some(key) = keys().find(signed).or(keys().next()) else {
        unreachable!("a policy names at least one log")
    };
    key
}

fn report(
    log_key: &VerifierKey,
    mut integrity: Integrity<'_>,
    mut conformity: Conformity,
    counts: Counts,
) -> Report {
    if let Some(finding) = conformity.unreadable.take() {
        integrity.findings.push(finding);
    }
    let chain = match integrity.first_bad {
        Some(_) => Status::Broken,
        None if integrity.findings.has(Check::Replay) => Status::Broken,
        None => Status::Holds,
    };
    let invariants = conformity.invariants(chain);
    let judged = conformity.judged();
    let intact = if integrity.findings.is_empty() {
        Verdict::Holds
    } else {
        Verdict::Broken
    };
    let conforming = match conformity.findings.is_empty() {
        false => Verdict::Broken,
        true if judged == counts.entries => Verdict::Holds,
        true => Verdict::Undecided,
    };
    let head = Head {
        size: integrity.size(),
        root: integrity.root(),
    };
    let books = conformity.books.balances().iter();
    Report {
        origin: log_key.name().into(),
        log_key: log_key.to_string(),
        computed: head,
        checkpoint: integrity.checkpoint,
        cosigned: integrity.cosigned,
        since: integrity.since,
        counts: Counts {
            postings: conformity.books.postings,
            ..counts
        },
        integrity: Intact {
            verdict: intact,
            findings: integrity.findings,
        },
        conformity: Conforming {
            verdict: conforming,
            judged,
            findings: conformity.findings,
            invariants,
        },
        books: books
            .map(|(book, balance)| BookTotal {
                book: book.clone(),
                balance: *balance,
            })
            .collect(),
    }
}

fn count(counts: &mut Counts, reading: &Reading<'_>) {
    counts.entries += 1;
    counts.bytes += reading.bytes.len() as u64;
    let Ok(opened) = &reading.opened else { return };
    let kinds: &mut BTreeMap<&'static str, u64> = &mut counts.kinds;
    *kinds.entry(opened.body.kind().name()).or_default() += 1;
    counts.alerts += opened.entry.effects.alerts.len() as u64;
    let recorded: Moment = opened.entry.recorded;
    counts.first_recorded.get_or_insert(recorded);
    counts.last_recorded = Some(recorded);
}
