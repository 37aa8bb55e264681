//! Keys from seeds, and transactions signed with them: enough of a ledger to submit to.
//!
//! Shared with the tests of the HTTP crate.

use fundtrail_kernel::Verdict;
use fundtrail_model::Moment;
use fundtrail_model::envelope::{Envelope, Signature, Submission};
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::NoteSigner;
use fundtrail_model::tag::TagKey;
use fundtrail_node::{Answer, Config, FixedClock};
use serde_json::{Value, json};
use std::sync::Arc;

/// The ledger of these tests.
pub(crate) const ORIGIN: &str = "ledger.example/baotou";
/// The business date of what is submitted.
pub(crate) const TODAY: &str = "2022-03-01";

/// The log's key.
pub(crate) fn log_signer() -> NoteSigner {
    NoteSigner::new(ORIGIN, SigningKey::from_seed(&[0xa1; 32])).unwrap()
}

/// The key for tags.
pub(crate) fn tag_key() -> TagKey {
    TagKey::new(&[0xb2; 32])
}

/// A clock that stands at ten in the morning of [`TODAY`].
pub(crate) fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::at(
        Moment::parse("2022-03-01T10:00:00+08:00").unwrap(),
    ))
}

/// A node's configuration with the keys and the clock from here.
pub(crate) fn config() -> Config {
    Config::new(log_signer(), tag_key(), clock())
}

/// A party's key.
pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

/// The key of the leading group's office, which enrols others.
pub(crate) fn office() -> SigningKey {
    key(1)
}

/// The key of the regulator, which agrees to further ones of its own.
pub(crate) fn regulator() -> SigningKey {
    key(2)
}

/// An envelope over a transaction, as a sender posts it.
pub(crate) fn submission(
    id: &str,
    kind: &str,
    date: &str,
    body: &Value,
    keys: &[&SigningKey],
) -> Vec<u8> {
    let transaction =
        json!({ "ledger": ORIGIN, "id": id, "kind": kind, "date": date, "body": body });
    sign(transaction.to_string().into_bytes(), keys)
}

/// An envelope over any payload.
pub(crate) fn sign(payload: Vec<u8>, keys: &[&SigningKey]) -> Vec<u8> {
    let mut envelope = Envelope {
        payload,
        signatures: Vec::new(),
    };
    let message = envelope.signed_bytes();
    envelope.signatures = keys
        .iter()
        .map(|key| Signature {
            key_id: key.public().id(),
            bytes: key.sign(&message),
        })
        .collect();
    Submission {
        envelope,
        disclosures: Vec::new(),
    }
    .to_json()
    .into_bytes()
}

/// Founds the ledger with a key of the office and one of the regulator.
pub(crate) fn genesis() -> Vec<u8> {
    let body = json!({
        "log_key": log_signer().verifier().to_string(),
        "tag_key": tag_key().commitment(),
        "keys": [
            { "party": "OFF", "role": "office", "public_key": office().public() },
            { "party": "REG", "role": "regulator", "public_key": regulator().public() },
        ],
    });
    submission(
        "genesis",
        "genesis",
        TODAY,
        &body,
        &[&office(), &regulator()],
    )
}

/// The body that enrols a further key for the regulator, whose number is part of its id.
pub(crate) fn enrolment(number: u32) -> (String, Value, SigningKey) {
    let mut seed = [9; 32];
    seed[..4].copy_from_slice(&number.to_be_bytes());
    let key = SigningKey::from_seed(&seed);
    let body = json!({ "party": "REG", "role": "regulator", "public_key": key.public() });
    (format!("enrol-{number}"), body, key)
}

/// Enrols a further key for the regulator.
pub(crate) fn enrol(number: u32) -> Vec<u8> {
    let (id, body, key) = enrolment(number);
    submission(
        &id,
        "key_enrol",
        TODAY,
        &body,
        &[&office(), &regulator(), &key],
    )
}

/// The index at which something was recorded.
#[track_caller]
pub(crate) fn recorded(answer: Answer) -> u64 {
    match answer {
        Answer::Decided(Verdict::Recorded { index, .. }) => index,
        other => panic!("not recorded: {other:?}"),
    }
}
