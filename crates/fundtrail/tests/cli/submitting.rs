//! `fundtrail submit`, against a node that says what it is told to.

use serde_json::{Value, json};

use crate::ledger::{Ledger, log_key, other_log_key};
use crate::server::{Asked, Server};
use crate::support::Desk;

fn json_of(document: &Value) -> Vec<u8> {
    document.to_string().into_bytes()
}

/// A submission in a file: the one that the ledger of the tests has as entry 2.
fn submission(desk: &Desk) -> Vec<u8> {
    let line = Ledger::new().lines(2, 1);
    let entry: Value = serde_json::from_slice(&line).unwrap();
    let bytes = json_of(&json!({ "envelope": entry["envelope"], "disclosures": [] }));
    desk.write("s.json", &bytes);
    bytes
}

fn recorded(receipt: &str) -> Vec<u8> {
    json_of(&json!({ "verdict": "recorded", "index": 2, "effects": {}, "receipt": receipt }))
}

#[test]
fn a_recorded_submission_leaves_its_receipt() {
    let desk = Desk::new();
    let bytes = submission(&desk);
    let receipt = Ledger::new().receipt(2);
    let said = recorded(&receipt);
    let server = Server::new(move |_| (201, "", said.clone()));
    let arguments = [
        "submit",
        "--node",
        &server.url,
        "s.json",
        "--receipt-dir",
        "receipts",
        "--log-key",
        &log_key(),
    ];
    let text = desk.call(arguments).ends(0);
    assert_eq!(text, "s.json: recorded: entry 2\n");
    assert_eq!(
        server.asked(),
        [Asked {
            line: "POST /v1/transactions".into(),
            body: bytes
        }]
    );
    assert_eq!(desk.read("receipts/T-2.tlog-proof"), receipt.as_bytes());
    desk.call([
        "receipt",
        "verify",
        "receipts/T-2.tlog-proof",
        "--log-key",
        &log_key(),
    ])
    .ends(0);
}

#[test]
fn a_receipt_that_does_not_verify_is_not_kept() {
    let desk = Desk::new();
    submission(&desk);
    for (receipt, key) in [(2, other_log_key()), (1, log_key())] {
        let said = recorded(&Ledger::new().receipt(receipt));
        let server = Server::new(move |_| (201, "", said.clone()));
        let arguments = [
            "submit",
            "--node",
            &server.url,
            "s.json",
            "--receipt-dir",
            "receipts",
            "--log-key",
            &key,
        ];
        let called = desk.call(arguments);
        assert!(
            called.stderr.contains("the node's receipt"),
            "{}",
            called.stderr
        );
        called.ends(2);
        assert!(!desk.path("receipts/T-2.tlog-proof").exists());
    }
}

#[test]
fn a_dry_run_asks_for_the_verdict_only() {
    let desk = Desk::new();
    submission(&desk);
    let said = json_of(&json!({ "verdict": "recorded", "index": 7, "effects": {} }));
    let server = Server::new(move |_| (200, "", said.clone()));
    let text = desk
        .call(["submit", "--node", &server.url, "--check", "s.json"])
        .ends(0);
    assert_eq!(text, "s.json: would be recorded: entry 7\n");
    assert_eq!(server.asked()[0].line, "POST /v1/transactions/check");
}

#[test]
fn one_refusal_among_several_ends_in_one() {
    let desk = Desk::new();
    submission(&desk);
    let refusal = json!({
        "code": "SIG_MISSING", "article": 7, "title": { "zh": "缺少签名", "en": "A signature is missing" },
        "figures": { "missing": "office" },
    });
    let refused = json_of(&json!({ "code": "REFUSED", "refusals": [refusal] }));
    let mut answers = vec![(200, recorded("r")), (422, refused)];
    let server = Server::new(move |_| {
        let (status, body) = answers.pop().unwrap();
        (status, "", body)
    });
    let called = desk.call([
        "submit",
        "--node",
        &server.url,
        "--lang",
        "zh",
        "s.json",
        "s.json",
    ]);
    let text = called.ends(1);
    for part in [
        "不予受理",
        "SIG_MISSING",
        "缺少签名",
        "missing: office",
        "已记录",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_busy_node_is_asked_again_and_a_fault_is_no_answer() {
    let desk = Desk::new();
    submission(&desk);
    let mut left = 2;
    let busy = Server::new(move |_| {
        left -= 1;
        match left {
            1 => (503, "Retry-After: 0\r\n", b"{\"code\":\"BUSY\"}".to_vec()),
            _ => (201, "", recorded("r")),
        }
    });
    desk.call(["submit", "--node", &busy.url, "s.json"]).ends(0);
    assert_eq!(busy.asked().len(), 2);

    let broken = Server::new(|_| (500, "", b"{\"code\":\"FAULT\",\"detail\":\"d\"}".to_vec()));
    desk.call(["submit", "--node", &broken.url, "s.json"])
        .ends(2);
    assert_eq!(broken.asked().len(), 1);
}

#[test]
fn a_redirect_is_not_followed() {
    let desk = Desk::new();
    submission(&desk);
    let server = Server::new(|_| (307, "Location: http://127.0.0.1:1/\r\n", Vec::new()));
    let called = desk.call(["submit", "--node", &server.url, "s.json"]);
    called.ends(2);
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_tag_is_asked_of_the_node() {
    let desk = Desk::new();
    let tag = "ab".repeat(32);
    let said = json_of(&json!({ "borrower": tag }));
    let server = Server::new(move |_| (200, "", said.clone()));
    let text = desk
        .call(["tag", "--node", &server.url, "91150203MA0N000164"])
        .ends(0);
    assert_eq!(text.trim_end(), tag);
    let asked = server.asked();
    assert_eq!(asked[0].line, "POST /v1/tags");
    assert_eq!(asked[0].body, br#"{"credit_code":"91150203MA0N000164"}"#);
}
