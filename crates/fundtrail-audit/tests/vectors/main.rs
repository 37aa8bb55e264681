//! Runs the frozen vectors of statements and seals: every case, its code, and the entry it
//! names; and that the kernel makes the same documents from the frozen ledger.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod change;
mod documents;

use std::collections::BTreeSet;
use std::path::PathBuf;

use fundtrail_audit::{ProvedSeal, ProvedStatement, Unproven, verify_seal, verify_statement};
use fundtrail_model::LogPolicy;
use fundtrail_model::note::VerifierKey;
use serde_json::{Value, json};

/// The text of a file of the vectors.
fn read(file: &str) -> String {
    let place = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
    std::fs::read_to_string(place.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn read_json(file: &str) -> Value {
    serde_json::from_str(&read(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn statements() {
    run("statements.json", |bytes, policy| {
        verify_statement(bytes, policy).map(|proved| shown_statement(&proved))
    });
}

#[test]
fn seals() {
    run("seals.json", |bytes, policy| {
        verify_seal(bytes, policy).map(|proved| shown_seal(&proved))
    });
}

fn shown_statement(proved: &ProvedStatement) -> Value {
    json!({
        "revisions": proved.revisions,
        "newest_entry": proved.newest_entry,
        "balance": proved.balance,
        "seal": proved.seal.as_ref().map(|seal| &seal.period),
        "size": proved.size,
    })
}

fn shown_seal(proved: &ProvedSeal) -> Value {
    json!({ "index": proved.index, "present": proved.present })
}

/// Runs every case of a file and lists those that came out otherwise.
fn run(file: &str, verify: impl Fn(&[u8], &LogPolicy) -> Result<Value, Unproven>) {
    let head = read_json(file);
    let cases = head["cases"].as_array().unwrap();
    let mut names = BTreeSet::new();
    let (mut refused, mut wrong) = (0, Vec::new());
    for case in cases {
        let name = case["name"].as_str().unwrap();
        assert!(names.insert(name), "{file}: {name}: stands twice");
        let key = case.get("key").unwrap_or(&head["key"]).as_str().unwrap();
        let policy = LogPolicy::of_log(VerifierKey::parse(key).unwrap()).unwrap();
        let (came, entry) = match verify(&change::document(case), &policy) {
            Ok(found) => (json!({ "ok": found }), None),
            Err(unproven) => {
                refused += 1;
                assert!(unproven.detail.len() > 10, "{file}: {name}: {unproven}");
                (json!(unproven.code), unproven.entry)
            }
        };
        let named = case.get("entry").and_then(Value::as_u64);
        if case["expect"] != came || entry != named {
            let expected = &case["expect"];
            wrong.push(format!(
                "{file}: {name}: expected {expected} at {named:?}, came {came} at {entry:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    // Most of what a verifier is for is to refuse.
    assert!(refused * 4 >= cases.len() * 3, "only {refused} are refused");
}
