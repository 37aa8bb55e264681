//! Statements: complete, provable under one checkpoint, and parts of them.

use fundtrail_audit::{ProvedStatement, Unproven, verify_statement};
use fundtrail_model::LogPolicy;
use serde_json::{Value, json};

use crate::client::{Reply, Server};
use crate::fixture::*;
use crate::reading::ledger;

pub(crate) fn policy() -> LogPolicy {
    LogPolicy::of_log(log_signer().verifier().clone()).unwrap()
}

fn verified(reply: &Reply) -> Result<ProvedStatement, Unproven> {
    assert_eq!(reply.status, 200, "{}", reply.text());
    verify_statement(&reply.body, &policy())
}

#[test]
fn a_statement_is_complete_and_proved_as_it_comes() {
    let server = ledger(6);
    let proved = verified(&server.get("/v1/statements/party:REG")).unwrap();
    assert_eq!(proved.object, "party:REG");
    assert_eq!(
        (proved.revisions, proved.newest_entry, proved.size),
        (6, Some(5), 6)
    );
    assert_eq!((&proved.balance, &proved.seal), (&None, &None));
    assert_eq!(proved.lines[5].kind, "key_enrol");
    let encoded = server.get("/v1/statements/party%3AREG");
    assert_eq!(verified(&encoded).unwrap(), proved);

    // Of an earlier size, from the state of a later one.
    for size in 1..=6 {
        let reply = server.get(&format!("/v1/statements/party:REG?size={size}"));
        let proved = verified(&reply).unwrap();
        assert_eq!((proved.size, proved.revisions), (size, size));
        let reply = server.get(&format!(
            "/v1/statements/party:REG?size={size}&complete=true"
        ));
        assert_eq!(verified(&reply).unwrap(), proved);
    }
    // A key that a later entry brings is not there yet.
    let key = enrolment(5).2.public().id();
    let path = format!("/v1/statements/key:{key}");
    assert_eq!(verified(&server.get(&path)).unwrap().revisions, 1);
    let before = verified(&server.get(&format!("{path}?size=5"))).unwrap();
    assert_eq!((before.revisions, before.newest_entry), (0, None));
}

#[test]
fn what_no_entry_touches_is_proved_to_be_absent() {
    let server = ledger(3);
    for object in ["party:NOBODY", "%20", "x", "ledger%00", "%E5%B8%82"] {
        let reply = server.get(&format!("/v1/statements/{object}"));
        let proved = verified(&reply).unwrap();
        assert_eq!((proved.revisions, proved.newest_entry), (0, None));
        // The same document says nothing of another object.
        let mut other: Value = serde_json::from_slice(&reply.body).unwrap();
        other["object"] = json!("ledger");
        let refused = verify_statement(other.to_string().as_bytes(), &policy());
        assert_eq!(refused.unwrap_err().code, "TRUNCATED");
    }
}

#[test]
fn what_a_node_leaves_out_is_missed() {
    let server = ledger(6);
    let whole = server.get("/v1/statements/party:REG").json();
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut document = whole.clone();
        change(&mut document);
        let refused = verify_statement(document.to_string().as_bytes(), &policy());
        let Unproven { code, entry, .. } = refused.unwrap_err();
        (code, entry)
    };
    let drop = |at: usize| {
        move |document: &mut Value| {
            document["items"].as_array_mut().unwrap().remove(at);
        }
    };
    assert_eq!(refused(&drop(0)), ("GAP", Some(1)));
    assert_eq!(refused(&drop(3)), ("GAP", Some(4)));
    assert_eq!(refused(&drop(5)), ("TRUNCATED", Some(5)));
    let cut = |document: &mut Value| {
        drop(5)(document);
        document["revisions"] = json!(5);
        document["newest_entry"] = json!(4);
    };
    assert_eq!(refused(&cut), ("TRUNCATED", Some(5)));
    let open = |document: &mut Value| document["completeness"] = Value::Null;
    assert_eq!(refused(&open), ("OPEN_END", None));
    // Without completeness nothing is claimed, and nothing is proved.
    let partial = server.get("/v1/statements/party:REG?complete=false");
    assert_eq!(verified(&partial).unwrap_err().code, "OPEN_END");
    assert_eq!(partial.json()["items"], whole["items"]);
}

#[test]
fn a_part_begins_where_it_is_asked_to() {
    let server = ledger(6);
    let whole = server.get("/v1/statements/party:REG?size=6").json();
    let part = server.get("/v1/statements/party:REG?size=6&from=4").json();
    assert_eq!(
        part["items"].as_array().unwrap()[..],
        whole["items"].as_array().unwrap()[3..]
    );
    assert_eq!(
        (&part["revisions"], &part["completeness"]),
        (&json!(6), &json!(null))
    );
    let beyond = server.get("/v1/statements/party:REG?from=7").json();
    assert!(beyond["items"].as_array().unwrap().is_empty());
    let huge = server.get("/v1/statements/party:REG?from=18446744073709551615");
    assert_eq!(huge.status, 200);
}

#[test]
fn statements_that_cannot_be_are_refused() {
    let server = ledger(4);
    let path = "/v1/statements/party:REG";
    for query in ["size=5", "size=0", "size=18446744073709551615"] {
        let reply = server.get(&format!("{path}?{query}"));
        reply.problem(404, "NOT_FOUND", path);
    }
    for query in [
        "size=-1",
        "size=a",
        "size=02",
        "complete=yes",
        "limit=1",
        "size=4&size=4",
    ] {
        let reply = server.get(&format!("{path}?{query}"));
        reply.problem(400, "PARAMETER", path);
    }
    let empty = Server::empty();
    empty.get(path).problem(404, "NOT_FOUND", path);
}
