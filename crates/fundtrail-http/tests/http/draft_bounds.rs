//! What a draft is bounded by, and what signing cannot spoil.

use std::sync::Arc;

use fundtrail_model::envelope::SIGNATURES_MAX;
use fundtrail_model::key::SigningKey;
use fundtrail_regulation::state::Role;
use serde_json::{Value, json};

use crate::client::Server;
use crate::drafts::*;
use crate::fixture::{key, office, regulator};
use crate::support::{Mode, open};

#[test]
fn a_party_has_at_most_a_thousand_open_drafts() {
    let server = Server::founded();
    let (_, body, _) = enrolment_draft(1, &[&office()]);
    // As if 999 of the office's, and 9,999 in all, were there.
    for (key, count) in [(&b"\0pOFF"[..], 999_u64), (b"\0n", 9_998)] {
        let table = fundtrail_model::port::Table::Drafts;
        server.put_row(table, key.to_vec(), count.to_be_bytes().to_vec());
    }
    let post =
        |number| server.post_with("/v1/drafts", &enrolment_draft(number, &[&office()]).1, None);
    taken(&server.post_with("/v1/drafts", &body, None), 201);
    post(2).problem(503, "BUSY", "/v1/drafts");
    // The same again is no further one.
    taken(&server.post_with("/v1/drafts", &body, None), 200);
    // Others may, until there are too many in all.
    let others = |number| server.post("/v1/drafts", &enrolment_draft(number, &[]).1);
    taken(&others(3), 201);
    others(4).problem(503, "BUSY", "/v1/drafts");
    // One that is withdrawn makes room.
    let reply = server.ask("DELETE", "/v1/drafts/enrol-1", Some(&office()));
    assert_eq!(reply.status, 200);
    taken(&post(2), 201);
    others(4).problem(503, "BUSY", "/v1/drafts");
}

#[test]
fn signatures_beyond_the_most_an_envelope_carries_are_not_kept() {
    let server = Server::founded();
    let keys: Vec<SigningKey> = (100..=100 + SIGNATURES_MAX as u8).map(key).collect();
    for key in &keys {
        server.put(&key_of("OFF", Role::Office, None, key));
    }
    let (id, body, own) = enrolment_draft(1, &[]);
    let bytes = payload(&body);
    taken(&server.post("/v1/drafts", &body), 201);
    for key in &keys[..SIGNATURES_MAX] {
        taken(&sign(&server, &id, key, &bytes), 200);
    }
    let path = format!("/v1/drafts/{id}/signatures");
    sign(&server, &id, &own, &bytes).problem(400, "TOO_MANY_SIGNATURES", &path);
    assert_eq!(size(&server), 1);
}

/// Whoever signs without being needed cannot spoil a draft: their signature is left out.
#[test]
fn superfluous_signatures_are_not_submitted() {
    let server = Server::founded();
    let second = key(20);
    server.put(&key_of("OFF", Role::Office, None, &second));
    let (id, body, own) = enrolment_draft(1, &[&office(), &second, &regulator()]);
    taken(&server.post("/v1/drafts", &body), 201);
    taken(&sign(&server, &id, &own, &payload(&body)), 201);
    let entry = server.get("/v1/entries/1").json();
    let entry: Value = serde_json::from_str(entry["entry"].as_str().unwrap()).unwrap();
    let keys: Vec<&str> = entry["envelope"]["signatures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["keyid"].as_str().unwrap())
        .collect();
    assert_eq!(keys.len(), 3);
    assert!(!keys.contains(&second.public().id().to_string().as_str()));
}

#[test]
fn a_failing_disk_keeps_no_draft_and_stops_the_node() {
    let server = Server::founded();
    server.lever.set(Mode::Fail);
    let (_, body, _) = enrolment_draft(1, &[&office()]);
    server
        .post("/v1/drafts", &body)
        .problem(500, "FAULT", "/v1/drafts");
    assert!(server.node.wait_for_end().is_err());
    let (node, _) = open(&server.storage);
    server.app.replace(Arc::new(node));
    assert_eq!(server.get("/v1/drafts").json()["items"], json!([]));
}
