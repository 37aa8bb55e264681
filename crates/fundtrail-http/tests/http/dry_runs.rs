//! Dry runs of drafts: what posting would make, and nothing kept.

use serde_json::json;

use crate::client::Server;
use crate::drafts::{draft, enrolment_draft, payload, size, taken};
use crate::fixture::*;

const PATH: &str = "/v1/dry-runs";

#[test]
fn a_draft_is_looked_at_and_not_kept() {
    let server = Server::founded();
    let (id, body, own) = enrolment_draft(1, &[]);
    let shown = taken(&server.post(PATH, &body), 200);
    assert_eq!(shown["id"], id.as_str());
    assert_eq!(shown["text"].as_str().unwrap().as_bytes(), payload(&body));
    assert_eq!(
        shown["verdict"],
        json!({
            "passes": true, "refusals": [], "malformed": null,
            // A key moves no money and owes nothing.
            "prospect": { "amount": null, "figures": {}, "postings": [], "alerts": [], "owed": [] },
        })
    );
    let missing = shown["missing"].as_array().unwrap();
    assert_eq!(missing.len(), 3, "{shown}");
    assert_eq!(missing[0]["key"], own.public().id().to_string());
    // Nothing is there, and as often as one likes.
    taken(&server.post(PATH, &body), 200);
    assert_eq!(server.get("/v1/drafts").json()["items"], json!([]));
    let path = format!("/v1/drafts/{id}");
    server.get(&path).problem(404, "NOT_FOUND", &path);
    assert_eq!(size(&server), 1);
    // It is what posting says.
    let posted = taken(&server.post("/v1/drafts", &body), 201);
    for name in ["kind", "body", "payload", "missing", "verdict", "party"] {
        assert_eq!(posted[name], shown[name], "{name}");
    }
}

#[test]
fn a_refusal_names_its_rule_before_anybody_signs() {
    let server = Server::founded();
    let unknown = json!({ "key": "00".repeat(16) });
    let shown = taken(
        &server.post(PATH, &draft("x", "key_revoke", &unknown, &[])),
        200,
    );
    assert_eq!(shown["verdict"]["passes"], false);
    let refusals = shown["verdict"]["refusals"].as_array().unwrap();
    assert!(!refusals.is_empty(), "{shown}");
    for refusal in refusals {
        assert!(
            refusal["code"].is_string() && refusal["article"].is_u64(),
            "{refusal}"
        );
        assert_ne!(refusal["message"]["zh"], "");
        assert_ne!(
            refusal["code"], "SIG_ROLE",
            "a missing signer is no refusal"
        );
    }
}

#[test]
fn what_is_no_draft_and_who_shows_no_token_is_refused() {
    let server = Server::founded();
    let (_, body, _) = enrolment_draft(1, &[]);
    server
        .post_with(PATH, &body, None)
        .problem(401, "UNAUTHENTICATED", PATH);
    // A signature under it is no token.
    let (_, signed, _) = enrolment_draft(1, &[&office()]);
    server
        .post_with(PATH, &signed, None)
        .problem(401, "UNAUTHENTICATED", PATH);
    server.post(PATH, b"{").problem(400, "NOT_JSON", PATH);
    server
        .post(PATH, &draft("x", "invented", &json!({}), &[]))
        .problem(400, "UNKNOWN_KIND", PATH);
    let (_, strange, _) = enrolment_draft(1, &[&key(7)]);
    server
        .post(PATH, &strange)
        .problem(422, "KEY_UNKNOWN", PATH);
    assert_eq!(size(&server), 1);
}
