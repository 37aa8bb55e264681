//! Period seals: what the next one must contain, and what is not there. Seals that parties
//! signed are for the end-to-end tests.

use fundtrail_audit::{compute_seal, verify_seal};
use fundtrail_model::DocumentDigest;
use fundtrail_regulation::period::Period;
use fundtrail_regulation::state::PeriodSeal;
use serde_json::json;

use crate::client::Server;
use crate::reading::ledger;
use crate::statements::policy;

/// What the next seal must contain, computed from the entries alone.
fn computed(server: &Server) -> (u64, String, u64) {
    let lines = server.get("/v1/entries?from=0&limit=1000");
    let entries: Vec<Vec<u8>> = lines.text().lines().map(|line| line.into()).collect();
    let tree = compute_seal(&entries).unwrap();
    (
        entries.len() as u64,
        tree.root().unwrap().to_hex(),
        tree.leaves(),
    )
}

#[test]
fn the_next_seal_follows_from_the_entries() {
    for entries in [1, 2, 5] {
        let server = ledger(entries);
        let (size, root, leaves) = computed(&server);
        let expected = json!({ "period": "2022Q1", "size": size, "root": root, "leaves": leaves });
        for _ in 0..2 {
            let next = server.get("/v1/seals/next?period=2022Q1").json();
            assert_eq!(next, expected);
        }
    }
}

#[test]
fn a_period_is_written_in_one_way() {
    let server = ledger(2);
    let next = "/v1/seals/next";
    for query in [
        "",
        "period=",
        "period=2022q1",
        "period=2022Q5",
        "period=x",
        "object=x",
    ] {
        let reply = server.get(&format!("{next}?{query}"));
        reply.problem(400, "PARAMETER", next);
    }
    let path = "/v1/seals/2022";
    server.get(path).problem(400, "PARAMETER", path);
    let reply = server.get(&format!("{path}?object=ledger"));
    reply.problem(404, "NOT_FOUND", path);
    let reply = server.get("/v1/seals/2022-00?object=ledger");
    reply.problem(400, "PARAMETER", "/v1/seals/2022-00");
    let reply = server.get(&format!("{path}?object=ledger&size=x"));
    reply.problem(400, "PARAMETER", path);
    let list = server.get("/v1/seals").json();
    assert_eq!(list, json!({ "size": 2, "items": [], "next": null }));
}

fn put(server: &Server, root: &str, entry: u64) {
    server.put(&PeriodSeal {
        period: "2022".into(),
        until: Period::parse("2022").unwrap().last_day(),
        size: entry,
        root: DocumentDigest::parse(root).unwrap(),
        entry,
    });
}

/// State that no entry gave: the document is served, and convinces nobody.
#[test]
fn a_seal_that_no_entry_made_is_not_believed() {
    let server = ledger(4);
    let (_, root, _) = computed(&server);
    put(&server, &root, 4);
    let path = "/v1/seals/2022";
    // Its entry is in no tree yet.
    let reply = server.get(&format!("{path}?object=ledger"));
    reply.problem(404, "NOT_FOUND", path);
    assert_eq!(server.submit(&crate::fixture::enrol(4)).status, 201);
    let reply = server.get(&format!("{path}?object=ledger"));
    assert_eq!(reply.json()["present"]["index"], 5);
    let refused = verify_seal(&reply.body, &policy()).unwrap_err();
    assert_eq!((refused.code, refused.entry), ("SEAL", Some(4)));
    assert_eq!(server.get("/v1/seals").json()["items"][0]["entry"], 4);
}

#[test]
fn a_seal_whose_root_does_not_follow_is_a_fault() {
    let server = ledger(5);
    put(&server, &"ab".repeat(32), 4);
    for path in ["/v1/seals/2022?object=ledger", "/v1/statements/ledger"] {
        let instance = path.split('?').next().unwrap();
        server.get(path).problem(500, "FAULT", instance);
    }
    let partial = server.get("/v1/statements/ledger?complete=false");
    assert_eq!(partial.json()["revisions"], 1);
}
