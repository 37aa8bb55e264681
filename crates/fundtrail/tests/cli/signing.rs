//! `fundtrail sign`.

use fundtrail_model::disclosure::{Disclosure, digest};
use fundtrail_model::key::SigningKey;
use fundtrail_model::{Submission, Transaction};
use serde_json::json;

use crate::support::{Desk, arguments, transaction};

fn submission(bytes: &[u8]) -> Submission {
    Submission::parse(bytes).unwrap()
}

/// Asserts that exactly these keys signed, and that every signature verifies.
#[track_caller]
fn assert_signed(submission: &Submission, numbers: &[u8]) {
    let message = submission.envelope.signed_bytes();
    let keys = numbers
        .iter()
        .map(|number| SigningKey::from_seed(&[*number; 32]).public());
    let ids: Vec<_> = submission
        .envelope
        .signatures
        .iter()
        .map(|one| one.key_id)
        .collect();
    assert_eq!(ids, keys.clone().map(|key| key.id()).collect::<Vec<_>>());
    for (signature, key) in submission.envelope.signatures.iter().zip(keys) {
        assert!(key.verify(&message, &signature.bytes));
    }
}

#[test]
fn the_exact_bytes_are_signed() {
    let desk = Desk::new();
    let (one, two) = (desk.key(1), desk.key(2));
    let payload = desk.transaction("t.json");
    let called = desk.call(["sign", "--key", &one, "--key", &two, "t.json"]);
    assert!(
        called.stderr.contains("key_revoke T-1 of 2022-08-29"),
        "{}",
        called.stderr
    );
    let signed = submission(called.ends(0).as_bytes());
    assert_eq!(signed.envelope.payload, payload);
    assert_signed(&signed, &[1, 2]);
}

#[test]
fn signatures_are_added_to_what_others_signed() {
    let desk = Desk::new();
    let payload = desk.transaction("t.json");
    let keys = [desk.key(1), desk.key(2), desk.key(3)];
    desk.call(["sign", "--key", &keys[0], "t.json", "--out", "1.json"])
        .ends(0);
    desk.call([
        "sign", "--key", &keys[1], "--key", &keys[2], "1.json", "--out", "2.json",
    ])
    .ends(0);
    let signed = submission(&desk.read("2.json"));
    assert_eq!(signed.envelope.payload, payload);
    assert_signed(&signed, &[1, 2, 3]);
    // Signing again changes nothing, and a submission may be signed in place.
    desk.call(["sign", "--key", &keys[1], "2.json", "--out", "2.json"])
        .ends(0);
    assert_eq!(submission(&desk.read("2.json")), signed);
}

#[test]
fn sealed_particulars_travel_as_disclosures() {
    let desk = Desk::new();
    let key = desk.key(1);
    let body = json!({
        "account": "main", "purpose": "main", "bank": "BANK-A",
    });
    desk.write("t.json", transaction("account_open", &body));
    desk.write("number", "6222020602000012345\n");
    let signed = |value: &str| {
        let seal = format!("account_number={value}");
        let called = desk.call(["sign", "--key", &key, "--seal", &seal, "t.json"]);
        assert!(!called.stderr.contains("6222"), "{}", called.stderr);
        submission(called.ends(0).as_bytes())
    };
    let (first, second) = (signed("6222020602000012345"), signed("@number"));
    for signed in [&first, &second] {
        assert_signed(signed, &[1]);
        let [text] = signed.disclosures.as_slice() else {
            panic!("one disclosure")
        };
        let disclosure = Disclosure::parse(text).unwrap();
        assert_eq!(
            (disclosure.name(), disclosure.value()),
            ("account_number", "6222020602000012345")
        );
        let transaction = Transaction::parse(&signed.envelope.payload).unwrap();
        assert_eq!(transaction.sealed["account_number"], digest(text));
        assert!(!String::from_utf8_lossy(&signed.envelope.payload).contains("6222"));
    }
    assert_ne!(first.disclosures, second.disclosures, "salts are random");
}

#[test]
fn sealing_what_others_signed_or_twice_is_no_use() {
    let desk = Desk::new();
    let key = desk.key(1);
    desk.transaction("t.json");
    desk.call(["sign", "--key", &key, "t.json", "--out", "1.json"])
        .ends(0);
    desk.call(["sign", "--key", &key, "--seal", "name=x", "1.json"])
        .ends(2);
    desk.call([
        "sign", "--key", &key, "--seal", "a=x", "--seal", "a=y", "t.json",
    ])
    .ends(2);
    desk.call(["sign", "--key", &key, "--seal", "nothing", "t.json"])
        .ends(2);
}

#[test]
fn what_is_malformed_is_not_signed() {
    let desk = Desk::new();
    let key = desk.key(1);
    let revoke = |key: &str| json!({ "key": key });
    for (bytes, code) in [
        (b"{}".to_vec(), "MISSING_MEMBER"),
        (b"not json".to_vec(), "NOT_JSON"),
        (transaction("nonsense", &json!({})), "UNKNOWN_KIND"),
        (transaction("key_revoke", &revoke("short")), "DIGEST_FORM"),
        (
            transaction(
                "account_open",
                &json!({ "account": "a", "purpose": "main", "bank": "B" }),
            ),
            "SEALED_MISSING",
        ),
    ] {
        desk.write("t.json", bytes);
        let called = desk.call(["sign", "--key", &key, "t.json", "--out", "out.json"]);
        assert!(called.stderr.contains(code), "{code}: {}", called.stderr);
        called.ends(1);
        assert!(!desk.path("out.json").exists());
    }
    desk.call(arguments("sign t.json")).ends(2);
    desk.call(arguments("sign --key none.pem t.json")).ends(2);
}
