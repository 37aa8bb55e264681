//! Keys, signatures, envelopes, and submissions before a ledger.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fundtrail_kernel::replay::Replay;
use fundtrail_kernel::{Memory, Rejection};
use fundtrail_model::envelope::pre_authentication;
use fundtrail_model::transaction::TRANSACTION_TYPE;
use fundtrail_model::{PublicKey, Submission};
use serde_json::{Value, json};

use crate::site::{self, ORIGIN};
use crate::support::{Case, outcome, read, run, verdict};

pub(crate) const FILES: &[&str] = &[
    "keys.json",
    "pae.json",
    "signatures.json",
    "submissions.json",
    "admissions.json",
];

/// The state after the frozen ledger.
static LEDGER: LazyLock<Memory> = LazyLock::new(|| {
    let mut replay = Replay::new(Some(ORIGIN)).expect("an empty memory");
    for line in read("ledger/entries.jsonl").lines() {
        replay
            .next(line.as_bytes())
            .expect("no fault")
            .expect("nothing to find");
    }
    replay.state().clone()
});

#[test]
fn keys() {
    run("keys.json", |_, case| {
        let key = PublicKey::parse(case.text("public_key")).map_err(|error| error.code());
        outcome(key.map(|key| json!({ "keyid": key.id(), "raw": hex::encode(key.raw()) })))
    });
}

#[test]
fn pae() {
    run("pae.json", |_, case| {
        let bytes = pre_authentication(case.text("payload_type"), case.text("payload").as_bytes());
        outcome(Ok(hex::encode(bytes)))
    });
}

#[test]
fn signatures() {
    run("signatures.json", |_, case| {
        let key = PublicKey::parse(case.text("public_key")).expect("a key");
        let message = pre_authentication(TRANSACTION_TYPE, case.text("payload").as_bytes());
        let signature = STANDARD.decode(case.text("sig")).expect("base64");
        let signature = signature.as_slice().try_into().expect("64 bytes");
        let holds = key.verify(&message, signature);
        verdict(if holds {
            Ok(())
        } else {
            Err("SIGNATURE_INVALID")
        })
    });
}

#[test]
fn submissions() {
    run("submissions.json", |_, case| {
        let submission = Submission::parse(&case.bytes());
        outcome(
            submission
                .as_ref()
                .map_err(|found| found.code.as_str())
                .map(|submission| {
                    let envelope = &submission.envelope;
                    let keys: Vec<Value> = envelope
                        .signatures
                        .iter()
                        .map(|signature| json!(signature.key_id))
                        .collect();
                    json!({
                        "payload_sha256": hex::encode(envelope.payload_digest()),
                        "keyids": keys,
                        "disclosures": submission.disclosures.len(),
                    })
                }),
        )
    });
}

#[test]
fn admissions() {
    let empty = Memory::default();
    run("admissions.json", |_, case| {
        let memory = match case.text("before") {
            "nothing" => &empty,
            "ledger" => &*LEDGER,
            other => panic!("no such state: {other}"),
        };
        admit(case, memory)
    });
}

fn admit(case: &Case<'_>, memory: &Memory) -> Value {
    let submission = match Submission::parse(&case.bytes()) {
        Ok(submission) => submission,
        Err(found) => return json!(found.code.as_str()),
    };
    match site::desk().admit(submission, memory) {
        Ok(admitted) => {
            let refusals: Vec<&str> = admitted.refusals.iter().map(|one| one.code).collect();
            outcome(Ok(json!({
                "verified": admitted.verified,
                "tags": admitted.findings.tags,
                "alerts": admitted.findings.alerts,
                "refusals": refusals,
            })))
        }
        Err(Rejection::Malformed(found)) => json!(found.code.as_str()),
        Err(Rejection::Fault(fault)) => panic!("{fault}"),
    }
}
