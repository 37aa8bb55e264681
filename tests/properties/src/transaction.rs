//! Transactions, up to the verdict of a live ledger on them.

use std::sync::Arc;

use fundtrail_kernel::{Admitted, Verdict};
use fundtrail_model::entry::ENTRY_BYTES_MAX;
use fundtrail_model::envelope::Signature;
use fundtrail_model::transaction::SEALED_MAX;
use fundtrail_model::{Amount, Entry, Envelope, Findings, Transaction};
use fundtrail_regulation::Body;
use fundtrail_regulation::particulars::{check_findings, check_names};
use fundtrail_scenario::{Signers, key};

use crate::envelope::assert_malformed;
use crate::grounds::{grounds, sure};

/// What reads as a transaction is written and read the same; and whatever it says, once whoever
/// it needs has signed it, the ledger has a verdict: recorded, refused or malformed, never a
/// fault. What would be recorded adds up, and is an entry in its one form.
pub fn transaction(bytes: &[u8]) {
    let transaction = match Transaction::parse(bytes) {
        Ok(transaction) => transaction,
        Err(malformed) => return assert_malformed(&malformed),
    };
    assert!(transaction.sealed.len() <= SEALED_MAX);
    let written = sure(serde_json::to_vec(&transaction));
    match Transaction::parse(&written) {
        Ok(again) => assert_eq!(sure(serde_json::to_vec(&again)), written),
        Err(malformed) => assert!(written.len() > bytes.len(), "{malformed}"),
    }
    let body = match Body::parse(&transaction) {
        Ok(body) => body,
        Err(malformed) => return assert_malformed(&malformed),
    };
    assert_eq!(body.kind().name(), transaction.kind);
    // A transaction for another ledger is not asked about.
    if transaction.ledger == grounds().origin() && check_names(&transaction, &body).is_ok() {
        verdict(bytes, transaction, body);
    }
}

fn verdict(bytes: &[u8], transaction: Transaction, body: Body) {
    let grounds = grounds();
    let (shadow, clock) = (grounds.run.shadow(), grounds.now());
    let everybody = Signers::default();
    let ring = grounds.run.ring();
    let names = sure(ring.serving(&transaction, &body, &everybody, shadow, clock));
    // The signatures themselves are taken as verified: making them is not what is tried here.
    let verified: Vec<_> = names.iter().map(|name| key(name).public().id()).collect();
    let signature = |key_id| Signature {
        key_id,
        bytes: [0; 64],
    };
    let findings = Findings::default();
    if check_findings(&transaction, &body, &findings).is_some() {
        return;
    }
    let admitted = Admitted {
        envelope: Envelope {
            payload: bytes.to_vec(),
            signatures: verified.iter().copied().map(signature).collect(),
        },
        transaction,
        body: Arc::new(body),
        findings,
        refusals: Vec::new(),
        kept: Vec::new(),
        verified,
    };
    let staged = match grounds
        .kernel
        .stage(shadow.memory(), clock, vec![admitted.clone()])
    {
        Ok(staged) => staged,
        Err(fault) => panic!("a fault from what was signed: {fault}"),
    };
    let again = sure(grounds.kernel.stage(shadow.memory(), clock, vec![admitted]));
    assert_eq!(staged.verdicts, again.verdicts, "two verdicts on one thing");
    assert!(staged.root() == again.root() && staged.entries == again.entries);
    for verdict in &staged.verdicts {
        match verdict {
            Verdict::Recorded { index, effects } => {
                let entry = staged
                    .entries
                    .first()
                    .map(|bytes| sure(Entry::parse(bytes)));
                let entry = entry.unwrap_or_else(|| panic!("recorded, and no entry"));
                assert!(entry.index == *index && entry.effects == *effects);
                let total: Amount = effects.postings.iter().map(|posting| posting.amount).sum();
                assert!(total.is_zero(), "the postings add up to {total}");
                assert!(
                    staged
                        .entries
                        .iter()
                        .all(|bytes| bytes.len() <= ENTRY_BYTES_MAX)
                );
            }
            Verdict::Refused(refusals) => {
                assert!(!refusals.is_empty());
                for refusal in refusals {
                    assert!(!refusal.in_chinese().is_empty() && !refusal.in_english().is_empty());
                }
                assert!(staged.entries.is_empty());
            }
            Verdict::Malformed(malformed) => assert_malformed(malformed),
            Verdict::Repeated { .. } | Verdict::Conflict { .. } => {
                assert!(staged.entries.is_empty());
            }
        }
    }
}
