//! `fundtrail receipt verify`.

use serde_json::Value;

use crate::ledger::{Ledger, log_key, other_log_key};
use crate::support::Desk;

#[test]
fn a_receipt_verifies_offline_and_says_what_it_proves() {
    let desk = Desk::new();
    desk.write("r", Ledger::new().receipt(2));
    desk.write("log.vkey", log_key() + "\n");
    for key in [log_key().as_str(), "log.vkey"] {
        let text = desk
            .call(["receipt", "verify", "r", "--log-key", key])
            .ends(0);
        for part in [
            "entry 2 is in the ledger fund.example/baotou",
            "3 entries, root ",
            "key_enrol",
            "T-2",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
    let json = desk
        .call(["receipt", "verify", "r", "--log-key", "log.vkey", "--json"])
        .ends(0);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["verified"], true);
    assert_eq!(json["entry"]["index"], 2);
    assert_eq!(
        json["entry"]["effects"]["revisions"][0]["object"],
        "party:BANK-11"
    );
}

#[test]
fn a_tampered_receipt_does_not_verify() {
    let desk = Desk::new();
    let receipt = Ledger::new().receipt(2);
    desk.write("r", receipt.replace("index 2", "index 1"));
    let called = desk.call(["receipt", "verify", "r", "--log-key", &log_key()]);
    assert!(called.stderr.contains("RECEIPT_PROOF"), "{}", called.stderr);
    called.ends(1);
    desk.write("r", &receipt);
    let json = desk
        .call([
            "receipt",
            "verify",
            "r",
            "--json",
            "--log-key",
            &other_log_key(),
        ])
        .ends(1);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["verified"], &json["code"]),
        (&false.into(), &"NOTE_UNTRUSTED".into())
    );
}

#[test]
fn without_a_key_or_a_file_there_is_no_answer() {
    let desk = Desk::new();
    desk.write("r", Ledger::new().receipt(2));
    desk.call(["receipt", "verify", "r"]).ends(2);
    desk.call(["receipt", "verify", "r", "--log-key", "nonsense"])
        .ends(2);
    desk.call(["receipt", "verify", "none", "--log-key", &log_key()])
        .ends(2);
}
