//! What a draft seals is kept while it is open, and no longer; and what cannot be read of one
//! stands in nobody's way.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fundtrail_http::Limits;
use fundtrail_model::Moment;
use fundtrail_model::port::{Read as _, Table};
use fundtrail_node::Config;
use fundtrail_scenario::Draft;
use serde_json::{Value, json};

use crate::client::Server;
use crate::drafts::{draft, enrolment_draft, get, payload, sign, taken};
use crate::fixture::*;

const NAME: &str = "包头市某某科技有限公司";

/// The admission of a bank, whose name is sealed: nobody signed yet.
fn admission(id: &str) -> Vec<u8> {
    let digest = "0".repeat(64);
    let body = json!({
        "partner": "bank-x", "role": "bank", "from": TODAY, "agreement": digest, "review": digest,
        "decision": digest, "experience": true, "operating_rules": true,
        "credit_management": true, "risk_control": true,
    });
    let sealed = [("name", NAME), ("credit_code", "91150200MA0P10013R")];
    let draft = Draft {
        ledger: ORIGIN.into(),
        id: id.into(),
        kind: "partner_admit".into(),
        date: TODAY.into(),
        body,
        sealed: sealed
            .map(|(name, value)| (name.into(), value.into()))
            .into(),
        signers: Vec::new(),
    };
    draft.submission().unwrap().to_json().into_bytes()
}

/// The row of a draft.
fn row(server: &Server, id: &str) -> Option<Value> {
    let state = server.storage.state();
    let row = state.get(Table::Drafts, id.as_bytes()).unwrap();
    row.map(|bytes| serde_json::from_slice(&bytes).unwrap())
}

fn disclosures(server: &Server, id: &str) -> usize {
    row(server, id).unwrap()["disclosures"]
        .as_array()
        .unwrap()
        .len()
}

/// Posts it and checks that it is kept, and that nothing had to be erased for that.
fn post(server: &Server, id: &str) {
    let shown = taken(&server.post("/v1/drafts", &admission(id)), 201);
    assert_eq!(shown["disclosures"].as_array().unwrap().len(), 2);
    assert_eq!(disclosures(server, id), 2);
    assert_eq!(server.lever.erased(), BTreeSet::new());
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_a_withdrawn_draft_sealed_is_erased() {
    let server = Server::founded();
    post(&server, "admit-1");
    let path = "/v1/drafts/admit-1";
    let shown = server.ask("DELETE", path, Some(&office()));
    shown.problem(403, "FORBIDDEN", path);
    assert_eq!(disclosures(&server, "admit-1"), 2);
    let token = server.bearer();
    let token = token.strip_prefix("Bearer ").unwrap();
    assert_eq!(server.ask_with("DELETE", path, Some(token)).status, 200);
    assert_eq!(disclosures(&server, "admit-1"), 0);
    assert_eq!(server.lever.erased(), BTreeSet::from([Table::Drafts]));
    // One that sealed nothing costs nothing.
    taken(&server.post("/v1/drafts", &enrolment_draft(1, &[]).1), 201);
    let reply = server.ask_with("DELETE", "/v1/drafts/enrol-1", Some(token));
    assert_eq!(reply.status, 200);
    assert_eq!(server.lever.erased(), BTreeSet::new());
}

/// Nobody asks for anything: the node looks by itself.
#[test]
fn what_an_expired_draft_sealed_is_erased() {
    let clock = clock();
    let config = Config {
        clock: Arc::clone(&clock) as Arc<_>,
        sweep_every: Duration::from_millis(5),
        ..config()
    };
    let server = Server::with(config, Limits::default());
    assert_eq!(server.submit(&genesis()).status, 201);
    post(&server, "admit-1");
    clock.set(Moment::parse("2022-03-31T09:59:59+08:00").unwrap());
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(disclosures(&server, "admit-1"), 2);
    clock.set(Moment::parse("2022-03-31T10:00:00+08:00").unwrap());
    until("it is not swept", || disclosures(&server, "admit-1") == 0);
    assert_eq!(server.lever.erased(), BTreeSet::from([Table::Drafts]));
    assert_eq!(get(&server, "admit-1")["state"], "expired");
    clock.set(Moment::parse("2022-04-30T10:00:01+08:00").unwrap());
    until("it is not removed", || row(&server, "admit-1").is_none());
}

#[test]
fn what_a_draft_sealed_goes_when_its_id_is_recorded() {
    let server = Server::founded();
    post(&server, "enrol-1");
    assert_eq!(server.submit(&enrol(1)).status, 201);
    assert_eq!(disclosures(&server, "enrol-1"), 0);
    assert_eq!(server.lever.erased(), BTreeSet::from([Table::Drafts]));
    let shown = get(&server, "enrol-1");
    assert_eq!(
        (&shown["state"], &shown["entry"]),
        (&json!("refused"), &json!(1))
    );
    // Nor is it kept afterwards.
    let reply = server.post("/v1/drafts", &admission("enrol-1"));
    assert_eq!(reply.problem(409, "CONFLICT", "/v1/drafts")["index"], 1);
    assert_eq!(disclosures(&server, "enrol-1"), 0);

    // The draft itself, recorded without it: it has ended so, and is counted no more.
    let (id, body, own) = enrolment_draft(2, &[&office()]);
    taken(&server.post("/v1/drafts", &body), 201);
    let bytes = payload(&body);
    assert_eq!(server.submit(&sign_all(bytes, &own)).status, 201);
    assert_eq!(
        row(&server, &id).unwrap()["ended"]["how"],
        json!({ "submitted": 2 })
    );
    let open = server.storage.state().get(Table::Drafts, b"\0n").unwrap();
    assert_eq!(open, None);
}

fn sign_all(bytes: Vec<u8>, own: &fundtrail_model::key::SigningKey) -> Vec<u8> {
    crate::fixture::sign(bytes, &[&office(), &regulator(), own])
}

#[test]
fn a_draft_that_cannot_be_read_stands_in_nobodys_way() {
    let clock = clock();
    let config = Config {
        clock: Arc::clone(&clock) as Arc<_>,
        sweep_every: Duration::from_millis(5),
        ..config()
    };
    let server = Server::with(config, Limits::default());
    assert_eq!(server.submit(&genesis()).status, 201);
    for id in ["a-nonsense", "b-older", "c-kind"] {
        post(&server, id);
    }
    taken(&server.post("/v1/drafts", &enrolment_draft(1, &[]).1), 201);
    let put = |id: &str, bytes: Vec<u8>| server.put_row(Table::Drafts, id.into(), bytes);
    put("a-nonsense", b"{".to_vec());
    let mut older = row(&server, "b-older").unwrap();
    older["signatures"] = json!("none");
    put("b-older", older.to_string().into_bytes());
    let mut kind = row(&server, "c-kind").unwrap();
    let unknown = draft("c-kind", "key_enroll", &json!({}), &[]);
    let unknown: Value = serde_json::from_slice(&unknown).unwrap();
    kind["payload"] = unknown["envelope"]["payload"].clone();
    put("c-kind", kind.to_string().into_bytes());

    let list = server.get("/v1/drafts").json();
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 4, "{list}");
    for (item, id) in items.iter().zip(["a-nonsense", "b-older", "c-kind"]) {
        let lost = json!({ "id": id, "state": "unreadable", "code": "DRAFT_UNREADABLE" });
        assert_eq!(item, &lost);
        let path = format!("/v1/drafts/{id}");
        server.get(&path).problem(500, "DRAFT_UNREADABLE", &path);
        // Whose it was cannot be told: others are not even told that it is there.
        let stranger = server.ask("GET", &path, None);
        stranger.problem(401, "UNAUTHENTICATED", &path);
    }
    assert_eq!(items[3]["id"], "enrol-1");
    let open = server.get("/v1/drafts?state=open").json();
    assert_eq!(open["items"].as_array().unwrap().len(), 1);
    // Others are posted and signed as ever.
    let (id, body, own) = enrolment_draft(2, &[]);
    taken(&server.post("/v1/drafts", &body), 201);
    taken(&sign(&server, &id, &own, &payload(&body)), 200);
    // An entry with its id is recorded, and it goes; so does one whose time is over.
    server.lever.erased();
    clock.set(Moment::parse("2022-03-31T10:00:00+08:00").unwrap());
    until("they stay", || {
        row_is_gone(&server, "a-nonsense") && row_is_gone(&server, "b-older")
    });
    assert_eq!(server.lever.erased(), BTreeSet::from([Table::Drafts]));
    taken(&server.post("/v1/drafts", &enrolment_draft(3, &[]).1), 201);
}

fn row_is_gone(server: &Server, id: &str) -> bool {
    let state = server.storage.state();
    state.get(Table::Drafts, id.as_bytes()).unwrap().is_none()
}
