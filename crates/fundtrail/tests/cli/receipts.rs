//! `fundtrail receipt verify`.

use fundtrail_model::checkpoint::cosign;
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::{Note, SignatureType, VerifierKey};
use fundtrail_model::receipt::Receipt;
use serde_json::{Value, json};

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

/// The witness of that number.
fn witness(number: u8) -> (SigningKey, VerifierKey) {
    let key = SigningKey::from_seed(&[number; 32]);
    let name = format!("witness.example/{number}");
    let verifier = VerifierKey::new(&name, SignatureType::Cosignature, key.public()).unwrap();
    (key, verifier)
}

/// A receipt whose checkpoint these witnesses cosigned, at 2022-08-29T02:00:00Z.
fn cosigned(receipt: &str, numbers: &[u8]) -> String {
    let receipt = Receipt::parse(receipt.as_bytes()).unwrap();
    let mut note = Note::parse(receipt.checkpoint().as_bytes()).unwrap();
    for number in numbers {
        let (key, verifier) = witness(*number);
        let line = cosign(&key, verifier.name(), 1_661_738_400, note.text()).unwrap();
        note.add(line).unwrap();
    }
    let (extra, proof) = (receipt.extra().unwrap().to_vec(), receipt.proof().to_vec());
    let made = Receipt::new(Some(extra), receipt.index(), proof, note.to_text());
    made.unwrap().to_text()
}

#[test]
fn a_policy_asks_for_its_quorum_and_names_who_cosigned() {
    let desk = Desk::new();
    let receipt = Ledger::new().receipt(2);
    let (one, two) = (witness(91).1, witness(92).1);
    let lines = format!("log {}\nwitness one {one}\nwitness two {two}\n", log_key());
    desk.write("both", format!("{lines}group g all one two\nquorum g\n"));
    desk.write("either", format!("{lines}group g any one two\nquorum g\n"));
    let verify = |policy: &str, numbers: &[u8]| {
        desk.write("r", cosigned(&receipt, numbers));
        desk.call(["receipt", "verify", "r", "--policy", policy, "--json"])
    };
    let text = verify("either", &[92]).ends(0);
    let found: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        found["entry"]["cosigned"],
        json!([{ "witness": "two", "time": 1_661_738_400 }])
    );
    let text = desk.call(["receipt", "verify", "r", "--policy", "either"]);
    let text = text.ends(0);
    let line = "cosigned   by two at 2022-08-29T02:00:00.000Z";
    assert!(text.contains(line), "{text}");
    verify("both", &[91, 92]).ends(0);
    // Signed by the log alone, by too few, by strangers: the log's key alone is content.
    for (policy, numbers) in [("either", &[][..]), ("both", &[91]), ("either", &[93])] {
        let text = verify(policy, numbers).ends(1);
        let found: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(found["code"], "CHECKPOINT_QUORUM", "{text}");
        desk.call(["receipt", "verify", "r", "--log-key", &log_key()])
            .ends(0);
    }
}

#[test]
fn a_policy_that_is_none_gives_no_answer() {
    let desk = Desk::new();
    desk.write("r", Ledger::new().receipt(2));
    desk.write("p", format!("log {}\nquorum w\n", log_key()));
    let called = desk.call(["receipt", "verify", "r", "--policy", "p"]);
    let why = "p: POLICY_FILE_UNDEFINED: line 2: ";
    assert!(called.stderr.contains(why), "{}", called.stderr);
    called.ends(2);
    let two = ["--policy", "p", "--log-key", &log_key()];
    desk.call(["receipt", "verify", "r"].into_iter().chain(two))
        .ends(2);
    desk.call(["receipt", "verify", "r", "--policy", "none"])
        .ends(2);
}
