//! Obligations, reconciliation and refusals: figures, filters, pages, and whose they are.

use serde_json::{Value, json};

use crate::client::{Reply, Server};
use crate::fixture::*;
use crate::roles::Site;

fn items(reply: &Reply) -> Vec<Value> {
    let page = reply.json();
    assert_eq!(page["next"], Value::Null, "{page}");
    page["items"].as_array().unwrap().clone()
}

fn members(reply: &Reply, member: &str) -> Vec<Value> {
    items(reply).iter().map(|one| one[member].clone()).collect()
}

/// 100,000.00 received 2024-04-01 on C1: 30,000.00. April 2 and 3 (2), 7–12 (8; the 7th is a
/// Sunday that works), 15–19 (13), 22 and 23 (15).
const RECOVERY: &str = "2024-04-02 recovery_report recovery=R-C1-1 loan=C1 collector=bank-c received_on=2024-04-01 amount=100000.00 => recorded";

#[test]
fn obligations_are_seen_on_a_day_by_whom_they_concern() {
    let mut site = Site::new();
    site.play(&format!("include setup/defaults.scn\n{RECOVERY}"));
    let bank = |name: &str| fundtrail_scenario::key(name);
    let path = "/v1/obligations?kind=recovery_return&as_of=2024-05-01";
    let found = items(&site.server.get(path));
    assert_eq!(found.len(), 1);
    let one = &found[0];
    let expected = [
        ("kind", json!("recovery_return")),
        ("article", json!(16)),
        ("object", json!("recovery:R-C1-1")),
        ("owed_by", json!({ "role": "bank", "party": "bank-c" })),
        ("amount", json!("30000.00")),
        ("since", json!("2024-04-01")),
        ("due", json!("2024-04-23")),
        ("no_due_date", Value::Null),
        ("days_late", json!(8)),
        ("answered_by", json!("recovery_return")),
        ("as_of", json!("2024-05-01")),
    ];
    for (member, value) in expected {
        assert_eq!(one[member], value, "{member}");
    }
    // The same figures as the recovery's own record, which has them from the same place.
    let own = site
        .server
        .get("/v1/recoveries/R-C1-1?as_of=2024-05-01")
        .json();
    assert_eq!(
        (&own["owed"], &own["days_late"]),
        (&one["amount"], &one["days_late"])
    );
    // Due 2022 and 2023 with nothing repaid and no notice: A5 on November 30, A8 on July 31;
    // A7 and A4 only in December.
    let risks = "/v1/obligations?kind=risk_notice&party=bank-a&as_of=2023-12-01";
    let loans = [json!("loan:A5"), json!("loan:A8")];
    assert_eq!(members(&site.server.get(risks), "object"), loans);
    assert_eq!(
        members(&site.server.get(risks), "due"),
        [Value::Null, Value::Null]
    );
    assert_eq!(
        members(&site.server.get(risks), "days_late"),
        [Value::Null, Value::Null]
    );
    // Each sees its own.
    for (name, seen) in [("bank-c/maker", 1), ("bank-a/maker", 0)] {
        let reply = site.server.ask("GET", path, Some(&bank(name)));
        assert_eq!(items(&reply).len(), seen, "{name}");
    }
    let reply = site.server.ask("GET", risks, Some(&bank("bank-b/maker")));
    assert_eq!(items(&reply), [json!(null); 0]);
    let all = items(
        &site
            .server
            .get("/v1/obligations?limit=1000&as_of=2024-05-01"),
    );
    let party = |of: &Value| of["object"] == "party:bank-b" || of["owed_by"]["party"] == "bank-b";
    let wanted: Vec<&Value> = all.iter().filter(|one| party(one)).collect();
    let filtered = items(
        &site
            .server
            .get("/v1/obligations?limit=1000&as_of=2024-05-01&party=bank-b"),
    );
    assert!(!wanted.is_empty() && wanted.len() < all.len());
    assert_eq!(filtered.iter().collect::<Vec<_>>(), wanted);
}

#[test]
fn a_list_that_is_computed_has_pages_that_fit_together() {
    let site = Site::new();
    let whole = items(
        &site
            .server
            .get("/v1/obligations?limit=1000&as_of=2024-05-01"),
    );
    let key = fundtrail_scenario::key("bank-b/maker");
    for (reader, whole) in [
        (None, whole),
        (
            Some(&key),
            items(&site.server.ask(
                "GET",
                "/v1/obligations?limit=1000&as_of=2024-05-01",
                Some(&key),
            )),
        ),
    ] {
        assert!(whole.len() > 7, "{}", whole.len());
        let mut path = "/v1/obligations?limit=3&as_of=2024-05-01".to_owned();
        let mut seen = Vec::new();
        loop {
            let reply = match reader {
                None => site.server.get(&path),
                Some(key) => site.server.ask("GET", &path, Some(key)),
            };
            let page = reply.json();
            let found = page["items"].as_array().unwrap().clone();
            assert!(found.len() <= 3);
            seen.extend(found);
            let Some(next) = page["next"].as_str() else {
                break;
            };
            path = format!("/v1/obligations?limit=3&as_of=2024-05-01&cursor={next}");
        }
        assert_eq!(seen, whole);
    }
    for bad in [
        "kind=debt",
        "as_of=2024-02-30",
        "cursor=!",
        "limit=0",
        "on=2024-01-01",
    ] {
        site.server.get(&format!("/v1/obligations?{bad}")).problem(
            400,
            "PARAMETER",
            "/v1/obligations",
        );
    }
}

// The bank stated 3,003,500.01 for the end of March 2022, the ledger has 3,003,500.00; the
// corrected statement agrees.
#[test]
fn statements_stand_beside_the_ledger() {
    let site = Site::new();
    let found = items(&site.server.get("/v1/reconciliation"));
    let said: Vec<[&Value; 5]> = found
        .iter()
        .map(|one| ["account", "on", "stated", "ledger", "difference"].map(|name| &one[name]))
        .collect();
    let expected = [
        ["at-a", "2022-03-31", "3003500.01", "3003500.00", "-0.01"],
        ["at-a", "2022-03-31", "3003500.00", "3003500.00", "0.00"],
        ["main", "2022-03-31", "4002625.00", "4002625.00", "0.00"],
    ];
    assert_eq!(said, expected);
    assert_eq!(found[0]["cleared_by"], found[1]["entry"]);
    assert_eq!(
        (&found[1]["alert"], &found[2]["cleared_by"]),
        (&Value::Null, &Value::Null)
    );
    for (query, count) in [
        ("account=at-a", 2),
        ("account=at-b", 0),
        ("from=2022-03-31&until=2022-03-31", 3),
        ("from=2022-04-01", 0),
        ("until=2022-03-30", 0),
    ] {
        let path = format!("/v1/reconciliation?{query}");
        assert_eq!(items(&site.server.get(&path)).len(), count, "{query}");
    }
    // bank-a keeps both accounts.
    for (name, count) in [("bank-a/maker", 3), ("bank-b/maker", 0)] {
        let key = fundtrail_scenario::key(name);
        let reply = site.server.ask("GET", "/v1/reconciliation", Some(&key));
        assert_eq!(items(&reply).len(), count, "{name}");
    }
    site.server.get("/v1/reconciliation?from=March").problem(
        400,
        "PARAMETER",
        "/v1/reconciliation",
    );
}

/// Lacks the signatures of the party and of the new key.
fn lacking(number: u32) -> Vec<u8> {
    let (id, body, _) = enrolment(number);
    submission(&id, "key_enrol", TODAY, &body, &[&office()])
}

#[test]
fn refusals_are_for_those_who_supervise() {
    let server = Server::founded();
    let ask = |query: &str| server.ask("GET", &format!("/v1/refusals{query}"), Some(&office()));
    assert!(items(&ask("")).is_empty());
    for number in 1..=3 {
        assert_eq!(server.submit(&lacking(number)).status, 422);
    }
    assert_eq!(
        server.post("/v1/transactions/check", &lacking(4)).status,
        422
    );
    let (id, body, key) = enrolment(5);
    let stranger = submission(&id, "key_enrol", TODAY, &body, &[&key]);
    assert_eq!(server.submit(&stranger).status, 422);

    let found = items(&ask(""));
    assert_eq!(
        members(&ask(""), "transaction"),
        ["enrol-1", "enrol-2", "enrol-3"]
    );
    let one = &found[0];
    assert_eq!(
        (&one["number"], &one["kind"]),
        (&json!(1), &json!("key_enrol"))
    );
    assert_eq!(one["parties"], json!(["OFF"]));
    assert_eq!(one["keys"], json!([office().public().id()]));
    assert_eq!(one["refusals"][0]["code"], "SIG_MISSING");
    assert!(
        one["refusals"][0]["figures"]["missing"].is_string(),
        "{one}"
    );
    assert_eq!(one["payload_sha256"].as_str().unwrap().len(), 64);
    for (query, count) in [
        ("?kind=key_enrol", 3),
        ("?kind=loan_enrol", 0),
        ("?code=SIG_MISSING", 3),
        ("?code=FEE_CAP", 0),
        ("?party=OFF", 3),
        ("?party=REG", 0),
        ("?transaction=enrol-2", 1),
    ] {
        assert_eq!(items(&ask(query)).len(), count, "{query}");
    }
    let page = ask("?limit=2").json();
    let next = page["next"].as_str().unwrap();
    let rest = items(&ask(&format!("?limit=2&cursor={next}")));
    assert_eq!(rest, found[2..]);

    let path = "/v1/refusals";
    assert_eq!(items(&server.ask("GET", path, Some(&regulator()))).len(), 3);
    server
        .ask("GET", path, None)
        .problem(401, "UNAUTHENTICATED", path);
    // The finance bureau reads the whole ledger, but does not supervise.
    server.get(path).problem(403, "FORBIDDEN", path);
    ask("?name=x").problem(400, "PARAMETER", path);
}
