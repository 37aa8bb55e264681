//! One submission at a time: every verdict has its status, code and document.

use fundtrail_http::Limits;
use fundtrail_model::LogPolicy;
use fundtrail_model::receipt::Receipt;
use fundtrail_node::Config;
use serde_json::{Value, json};

use crate::client::{Reply, Server};
use crate::fixture::*;
use crate::support::Mode;

const PATH: &str = "/v1/transactions";
const CHECK: &str = "/v1/transactions/check";

/// The index of a receipt that verifies by itself.
#[track_caller]
fn proved(receipt: &[u8]) -> u64 {
    let receipt = Receipt::parse(receipt).unwrap();
    let policy = LogPolicy::of_log(log_signer().verifier().clone()).unwrap();
    receipt.verify_self_contained(&policy).unwrap();
    receipt.index()
}

#[test]
fn a_recorded_transaction_is_answered_with_its_receipt() {
    let server = Server::empty();
    let reply = server.submit(&genesis());
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (201, "text/plain; charset=utf-8")
    );
    assert_eq!(reply.header("location"), "/v1/entries/0");
    assert_eq!(proved(&reply.body), 0);
    assert!(reply.text().starts_with("c2sp.org/tlog-proof@v1\nextra "));
}

#[test]
fn a_repeat_is_answered_with_the_same_bytes() {
    let server = Server::founded();
    let first = server.submit(&enrol(1));
    assert_eq!(server.submit(&enrol(2)).status, 201);
    let again = server.submit(&enrol(1));
    assert_eq!((first.status, again.status), (201, 200));
    assert_eq!(first.body, again.body);
    assert_eq!(server.node.metrics().size(), 3);
}

#[test]
fn json_is_given_to_who_asks_for_it() {
    let server = Server::founded();
    let json = |reply: &Reply| -> Value { serde_json::from_slice(&reply.body).unwrap() };
    let reply = server.post_as(PATH, &enrol(1), "application/json");
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (201, "application/json")
    );
    let document = json(&reply);
    assert_eq!(
        (&document["verdict"], &document["index"]),
        (&json!("recorded"), &json!(1))
    );
    assert_eq!(document["effects"]["revisions"][0]["object"], "party:REG");
    let receipt = document["receipt"].as_str().unwrap();
    assert_eq!(proved(receipt.as_bytes()), 1);

    let again = server.post_as(PATH, &enrol(1), "application/json");
    assert_eq!(again.status, 200);
    let repeated = json(&again);
    assert_eq!(repeated["verdict"], "repeated");
    assert_eq!(repeated["effects"], document["effects"]);
    assert_eq!(repeated["receipt"], receipt);
}

#[test]
fn what_is_malformed_has_its_own_code() {
    let server = Server::founded();
    let (id, body, key) = enrolment(1);
    let submission = |kind: &str, body: &Value| submission(&id, kind, TODAY, body, &[&key]);
    let deep = "[".repeat(1000) + &"]".repeat(1000);
    let unsigned = json!({
        "payload": "e30=",
        "payloadType": "application/vnd.fundtrail.transaction+json",
        "signatures": [],
    });
    let elsewhere = json!({
        "ledger": "elsewhere", "id": "x", "kind": "terminate", "date": TODAY, "body": {},
    });
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("NOT_JSON", b"{".to_vec()),
        ("NOT_JSON", Vec::new()),
        ("NOT_UTF8", b"\"\xff\"".to_vec()),
        ("TOO_DEEP", deep.into_bytes()),
        (
            "DUPLICATE_MEMBER",
            br#"{"payload":"","payload":""}"#.to_vec(),
        ),
        ("FLOAT", br#"{"payload":1.5}"#.to_vec()),
        ("MISSING_MEMBER", b"{}".to_vec()),
        ("UNSIGNED", unsigned.to_string().into_bytes()),
        (
            "WRONG_LEDGER",
            sign(elsewhere.to_string().into_bytes(), &[&key]),
        ),
        ("UNKNOWN_KIND", submission("no_kind", &body)),
        ("MISSING_MEMBER", submission("key_enrol", &json!({}))),
        (
            "UNKNOWN_MEMBER",
            submission("terminate", &json!({ "surplus": 1 })),
        ),
    ];
    for (code, bytes) in cases {
        for path in [PATH, CHECK] {
            server.post(path, &bytes).problem(400, code, path);
        }
    }
    assert_eq!(server.node.metrics().size(), 1);
}

#[test]
fn what_is_too_large_is_413() {
    let server = Server::founded();
    // As a body, and as a part of one.
    let body = vec![b' '; 128 * 1024 + 1];
    let payload = json!({
        "ledger": ORIGIN, "id": "x", "kind": "terminate", "date": TODAY,
        "body": { "text": "x".repeat(40_000) },
    });
    let payload = sign(payload.to_string().into_bytes(), &[&office()]);
    for path in [PATH, CHECK] {
        let problem = server.post(path, &body).problem(413, "TOO_LARGE", path);
        assert_eq!(problem["detail"], "the body is at most 131072 bytes");
        server.post(path, &payload).problem(413, "TOO_LARGE", path);
    }
}

#[test]
fn a_refusal_says_which_rule_and_on_which_figures() {
    let server = Server::founded();
    let (id, body, key) = enrolment(1);
    let later = submission(
        &id,
        "key_enrol",
        "2022-03-02",
        &body,
        &[&office(), &regulator(), &key],
    );
    for path in [PATH, CHECK] {
        let problem = server.post(path, &later).problem(422, "REFUSED", path);
        let refusal = &problem["refusals"][0];
        assert_eq!(
            (&refusal["code"], &refusal["article"]),
            (&json!("DATE_IN_FUTURE"), &json!(0))
        );
        assert_eq!(
            refusal["figures"],
            json!({ "date": "2022-03-02", "today": TODAY })
        );
        assert!(
            refusal["title"]["zh"]
                .as_str()
                .unwrap()
                .contains("业务日期")
        );
        assert!(
            refusal["message"]["zh"]
                .as_str()
                .unwrap()
                .contains("：date: 2022-03-02")
        );
        let english = refusal["message"]["en"].as_str().unwrap();
        assert!(
            english.ends_with(": date: 2022-03-02, today: 2022-03-01"),
            "{english}"
        );
        assert!(problem["detail"].as_str().unwrap().contains(english));
        assert!(refusal["rule"].is_string());
    }
    // An article, where there is one.
    let stranger = submission(
        "claim",
        "terminate",
        TODAY,
        &json!({ "decision": "0".repeat(64) }),
        &[&office()],
    );
    let problem = server.submit(&stranger).problem(422, "REFUSED", PATH);
    assert!(!problem["refusals"].as_array().unwrap().is_empty());
}

#[test]
fn an_id_that_is_taken_is_409() {
    let server = Server::founded();
    let (_, body, key) = enrolment(1);
    let other = submission(
        "genesis",
        "key_enrol",
        TODAY,
        &body,
        &[&office(), &regulator(), &key],
    );
    for path in [PATH, CHECK] {
        let problem = server.post(path, &other).problem(409, "CONFLICT", path);
        assert_eq!(problem["index"], 0);
    }
}

#[test]
fn a_dry_run_says_what_would_be_and_records_nothing() {
    let server = Server::founded();
    let would = server.post(CHECK, &enrol(1)).json();
    assert_eq!(
        (&would["verdict"], &would["index"]),
        (&json!("recorded"), &json!(1))
    );
    assert_eq!(would.get("receipt"), None);
    assert_eq!(server.node.metrics().size(), 1);
    let did = server.post_as(PATH, &enrol(1), "application/json");
    let did: Value = serde_json::from_slice(&did.body).unwrap();
    assert_eq!(did["effects"], would["effects"]);
    assert_eq!(server.post(CHECK, &enrol(1)).json()["verdict"], "repeated");
}

#[test]
fn a_full_queue_is_503_and_nothing_is_lost() {
    let server = Server::with(
        Config {
            queue_max: 1,
            ..config()
        },
        Limits::default(),
    );
    assert_eq!(server.submit(&genesis()).status, 201);
    std::thread::scope(|scope| {
        let pause = server.lever.hold();
        let server = &server;
        let held = scope.spawn(move || server.submit(&enrol(1)));
        server.lever.await_begun(2);
        let queued = scope.spawn(move || server.submit(&enrol(2)));
        while server.node.metrics().queued() < 1 {
            std::thread::yield_now();
        }
        let busy = server.submit(&enrol(3));
        busy.problem(503, "BUSY", PATH);
        assert_eq!(busy.header("retry-after"), "1");
        // Reading and dry runs do not wait for the sequencer.
        assert_eq!(server.get("/v1/entries/0").status, 200);
        assert_eq!(server.post(CHECK, &enrol(3)).status, 200);
        drop(pause);
        assert_eq!(held.join().unwrap().status, 201);
        assert_eq!(queued.join().unwrap().status, 201);
    });
    assert_eq!(server.submit(&enrol(3)).status, 201);
}

#[test]
fn a_failed_commit_is_500_and_the_node_is_not_ready() {
    let server = Server::founded();
    assert_eq!(server.get("/readyz").status, 200);
    server.lever.set(Mode::Fail);
    let problem = server.submit(&enrol(1)).problem(500, "FAULT", PATH);
    assert!(
        !problem["detail"].as_str().unwrap().contains("disk"),
        "the operator's business"
    );
    assert!(server.node.failed().is_some());
    server
        .submit(&enrol(2))
        .problem(503, "STORAGE_FAILED", PATH);
    let ready = server.get("/readyz");
    ready.problem(503, "STORAGE_FAILED", "/readyz");
}

#[test]
fn a_stopping_node_is_busy() {
    let server = Server::founded();
    server.node.shut_down().unwrap();
    server.submit(&enrol(1)).problem(503, "BUSY", PATH);
}
