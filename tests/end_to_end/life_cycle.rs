//! Two years of the fund on a real node: every verdict, then receipts, audit and restart.

use std::fs;

use fundtrail_model::LogPolicy;
use fundtrail_model::note::VerifierKey;
use fundtrail_model::receipt::Receipt;
use fundtrail_tests::{READY, Scratch};
use serde_json::Value;

#[test]
fn two_years_are_recorded_proved_and_audited() {
    let mut scratch = Scratch::start();
    let run = scratch.play("two-years.scn");
    let size = run.shadow().size();
    assert!(size >= 150, "{size} entries");

    let key = scratch.node.log_key().unwrap();
    let policy = LogPolicy::of_log(VerifierKey::parse(&key).unwrap()).unwrap();
    for index in 0..size {
        let (status, text) = scratch
            .client()
            .get(&format!("/v1/entries/{index}"), "text/plain")
            .unwrap();
        assert_eq!(status, 200);
        let receipt = Receipt::parse(text.as_bytes()).unwrap();
        receipt.verify_self_contained(&policy).unwrap();
    }

    let url = scratch.node.url.clone();
    let (code, text) =
        scratch.fundtrail(&["audit", "--node", &url, "--log-key", &key, "--save", "copy"]);
    assert_eq!(code, 0, "{text}");
    fs::copy(
        scratch.folder().join("copy/checkpoint"),
        scratch.folder().join("kept"),
    )
    .unwrap();

    // The node comes back with the same ledger, and a copy on disk is enough for the auditor.
    let before = state(&scratch);
    scratch.restart();
    assert_eq!(state(&scratch), before);
    let (code, text) = scratch.fundtrail(&[
        "audit",
        "--dir",
        "copy",
        "--log-key",
        &key,
        "--kept",
        "kept",
    ]);
    assert_eq!(code, 0, "{text}");
}

/// What the node says of the fund and of everything in it.
fn state(scratch: &Scratch) -> Vec<Value> {
    [
        "/v1/fund",
        "/v1/accounts",
        "/v1/partners",
        "/v1/loans",
        "/v1/claims",
        "/v1/recoveries",
        "/v1/alerts",
    ]
    .into_iter()
    .map(|path| {
        let (status, text) = scratch.client().get(path, "application/json").unwrap();
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    })
    .collect()
}

#[test]
fn a_node_that_is_told_to_stop_ends_well() {
    let mut scratch = Scratch::start();
    scratch.play(READY);
    assert!(scratch.node.stop().unwrap().success());
}

#[test]
fn a_second_node_on_the_same_ledger_is_refused() {
    let scratch = Scratch::start();
    let second = fundtrail_demo::Node::start(
        &fundtrail_tests::binary("fundtraild"),
        &scratch.node.data,
        "127.0.0.1:0",
    );
    let words = second
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default();
    assert!(words.contains("another"), "{words}");
}

#[test]
fn without_roles_a_node_binds_to_the_loopback_only() {
    let scratch = Scratch::start();
    let open = fundtrail_demo::Node::start(
        &fundtrail_tests::binary("fundtraild"),
        &scratch.node.data,
        "0.0.0.0:0",
    );
    let words = open
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default();
    assert!(words.contains("loopback"), "{words}");
}
