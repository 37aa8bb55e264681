//! `fundtrail receipt fetch`, against a node that says what it is told to.

use fundtrail_model::checkpoint::cosign;
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::{Note, SignatureType, VerifierKey};
use fundtrail_model::receipt::Receipt;
use serde_json::json;

use crate::ledger::{Ledger, log_key, other_log_key};
use crate::server::{Said, Server};
use crate::support::{Called, Desk};

fn witness() -> SigningKey {
    SigningKey::from_seed(&[77; 32])
}

/// A policy that wants one witness.
fn policy(log: &str) -> String {
    let public = witness().public();
    let key = VerifierKey::new("w.example", SignatureType::Cosignature, public).unwrap();
    format!("log {log}\nwitness w {key}\nquorum w\n")
}

fn said(receipt: &str) -> Said {
    let document = json!({ "index": 2, "entry": "", "receipt": receipt });
    (200, "", document.to_string().into_bytes())
}

/// The receipt of entry 2 with the witness's line under its checkpoint.
fn cosigned() -> String {
    let receipt = Receipt::parse(Ledger::new().receipt(2).as_bytes()).unwrap();
    let mut note = Note::parse(receipt.checkpoint().as_bytes()).unwrap();
    let line = cosign(&witness(), "w.example", 1_760_000_000, note.text()).unwrap();
    note.add(line).unwrap();
    let extra = receipt.extra().map(<[u8]>::to_vec);
    let proof = receipt.proof().to_vec();
    Receipt::new(extra, receipt.index(), proof, note.to_text())
        .unwrap()
        .to_text()
}

fn fetch(desk: &Desk, url: &str, id: &str, rest: &[&str]) -> Called {
    let words = ["receipt", "fetch", id, "--node", url, "--out", "r"];
    desk.call(words.iter().chain(rest))
}

#[test]
fn a_receipt_is_waited_for_until_the_witnesses_cosigned() {
    let desk = Desk::new();
    desk.write("p", policy(&log_key()));
    let (plain, whole) = (Ledger::new().receipt(2), cosigned());
    let mut answers = [said(&plain), said(&plain), said(&whole)].into_iter();
    let server = Server::new(move |_| answers.next().unwrap());
    let called = fetch(
        &desk,
        &server.url,
        "T-2",
        &["--policy", "p", "--wait", "30"],
    );
    assert_eq!(
        called.ends(0),
        "r: entry 2 is in the ledger fund.example/baotou; 1 witness cosigned\n"
    );
    assert_eq!(desk.read("r"), cosigned().as_bytes());
    let asked = server.asked();
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[0].line, "GET /v1/transactions/T-2");
    desk.call(["receipt", "verify", "r", "--policy", "p"])
        .ends(0);
}

#[test]
fn without_waiting_a_receipt_that_lacks_witnesses_is_not_taken() {
    let desk = Desk::new();
    desk.write("p", policy(&log_key()));
    let server = Server::new(|_| said(&Ledger::new().receipt(2)));
    for rest in [&["--policy", "p"][..], &["--policy", "p", "--wait", "1"]] {
        let called = fetch(&desk, &server.url, "T-2", rest);
        assert!(
            called.stderr.contains("CHECKPOINT_QUORUM"),
            "{}",
            called.stderr
        );
        called.ends(1);
        assert!(!desk.path("r").exists());
    }
}

#[test]
fn what_does_not_verify_is_not_waited_for() {
    let desk = Desk::new();
    desk.write("p", policy(&log_key()));
    desk.write("other", policy(&other_log_key()));
    let cases: [(&str, &str, String, &str); 3] = [
        ("other", "T-2", cosigned(), "NOTE_"),
        ("p", "T-1", cosigned(), "it is the receipt of T-2"),
        (
            "p",
            "T-2",
            cosigned().replace("index 2", "index 1"),
            "RECEIPT_PROOF",
        ),
    ];
    for (policy, id, receipt, words) in cases {
        let server = Server::new(move |_| said(&receipt));
        let called = fetch(
            &desk,
            &server.url,
            id,
            &["--policy", policy, "--wait", "60"],
        );
        assert!(called.stderr.contains(words), "{}", called.stderr);
        called.ends(1);
        assert_eq!(server.asked().len(), 1, "{words}");
        assert!(!desk.path("r").exists());
    }
}

#[test]
fn without_a_policy_nothing_is_verified_and_that_is_said() {
    let desk = Desk::new();
    let server = Server::new(|_| said(&Ledger::new().receipt(2)));
    let text = fetch(&desk, &server.url, "T-2", &[]).ends(0);
    assert_eq!(text, "r: receipt of entry 2, not verified\n");
    assert_eq!(desk.read("r"), Ledger::new().receipt(2).as_bytes());
    fetch(&desk, &server.url, "T-2", &["--wait", "5"]).ends(2);
}

#[test]
fn a_node_without_an_answer_is_none() {
    let desk = Desk::new();
    let missing = Server::new(|_| (404, "", b"{}".to_vec()));
    fetch(&desk, &missing.url, "T-9", &[]).ends(1);
    let broken = Server::new(|_| (500, "", b"{}".to_vec()));
    fetch(&desk, &broken.url, "T-2", &[]).ends(2);
    let strange = Server::new(|_| (200, "", b"[]".to_vec()));
    fetch(&desk, &strange.url, "T-2", &[]).ends(2);
    fetch(&desk, &strange.url, "no/id", &[]).ends(2);
    let nonsense = Server::new(|_| said("nonsense"));
    fetch(&desk, &nonsense.url, "T-2", &[]).ends(1);
    assert!(!desk.path("r").exists());
}
