//! What an overview of the fund is made of: ratios against the lines of Art. 13, the newest
//! audit report, the newest refusals, the time of what is published.

use fundtrail_model::port::Table;
use fundtrail_model::{Day, DocumentDigest, Id};
use fundtrail_regulation::state::{Filing, FilingKind};
use serde_json::{Value, json};

use crate::client::Server;
use crate::fixture::*;
use crate::records::{put, put_policy};
use crate::roles::Site;

/// A bank that lent 1,000,000.00 for intellectual property, of which so much was compensated.
fn put_bank(server: &Server, id: &str, roles: &[&str], compensated: &str) {
    let record = json!({
        "party": id, "roles": roles, "admissions": [{
            "role": roles[0], "from": "2022-01-01", "agreement": "0".repeat(64), "revoked_on": null,
        }], "fraud": false, "disbursed": "5000000.00", "disbursed_ip": "1000000.00",
        "compensated": compensated, "returned": "20000.00", "approved_unpaid": "0.00",
        "warn_reached_on": null, "suspend_reached_on": null, "warnings": [], "suspensions": [],
    });
    put(server, Table::Parties, id, &record);
}

#[test]
fn a_ratio_is_held_against_both_lines_and_never_rounded() {
    let server = Server::founded();
    put_bank(&server, "B1", &["bank"], "29999.99");
    let path = "/v1/partners/B1";
    assert_eq!(
        server.get(path).json()["ratio"],
        Value::Null,
        "no policy yet"
    );
    put_policy(&server, 1, "2021-12-23");
    // Art. 13: from 3% on a warning, from 5% on a notice to suspend, both inclusive. Gross
    // compensation over the intellectual property part, as the policy reads it (A12, A13).
    for (compensated, warned, suspended) in [
        ("0.00", false, false),
        ("29999.99", false, false),
        ("30000.00", true, false),
        ("49999.99", true, false),
        ("50000.00", true, true),
        ("9000000.00", true, true),
    ] {
        put_bank(&server, "B1", &["bank"], compensated);
        let ratio = server.get(path).json()["ratio"].clone();
        let expected = json!({
            "compensated": compensated, "disbursed": "1000000.00",
            "warn_bp": 300, "suspend_bp": 500,
            "warn_reached": warned, "suspend_reached": suspended, "policy": 1,
        });
        assert_eq!(ratio, expected, "{compensated}");
        let listed = server.get("/v1/partners").json();
        assert_eq!(listed["items"][0]["ratio"], expected);
    }
    put_bank(&server, "I1", &["insurer"], "50000.00");
    assert_eq!(server.get("/v1/partners/I1").json()["ratio"], Value::Null);
    server
        .ask("GET", path, None)
        .problem(401, "UNAUTHENTICATED", path);
}

#[test]
fn a_bank_is_shown_its_own_ratio_only() {
    let site = Site::new();
    let bank = fundtrail_scenario::key("bank-a/maker");
    let listed = site.server.ask("GET", "/v1/partners", Some(&bank)).json();
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["party"], "bank-a");
    assert_eq!(items[0]["ratio"]["compensated"], items[0]["compensated"]);
    let other = "/v1/partners/bank-b";
    site.server
        .ask("GET", other, Some(&bank))
        .problem(403, "FORBIDDEN", other);
}

#[test]
fn the_newest_audit_report_is_public() {
    let server = Server::founded();
    let audit = |server: &Server| server.ask("GET", "/v1/fund", None).json()["last_audit"].clone();
    assert_eq!(audit(&server), Value::Null);
    let filing = |kind, id: &str, entry, on: &str| {
        server.put(&Filing {
            kind,
            id: id.into(),
            party: Id::parse("CPA"),
            partners: Vec::new(),
            from: None,
            until: Day::parse(on),
            digest: DocumentDigest::parse(&"ab".repeat(32)),
            entry,
        });
    };
    filing(FilingKind::Engagement, "z", 40, "2022-12-31");
    filing(FilingKind::Report, "y", 41, "2022-12-31");
    assert_eq!(audit(&server), Value::Null, "other papers are none");
    filing(FilingKind::AuditReport, "b", 10, "2022-03-01");
    filing(FilingKind::AuditReport, "a", 30, "2022-02-01");
    filing(FilingKind::AuditReport, "c", 20, "2022-02-28");
    let expected = json!({
        "auditor": "CPA", "on": "2022-02-01", "digest": "ab".repeat(32), "entry": 30,
    });
    assert_eq!(audit(&server), expected, "the one that was recorded last");
}

#[test]
fn the_newest_refusals_are_those_of_the_highest_numbers() {
    let server = Server::founded();
    let path = "/v1/refusals";
    let ask = |query: &str| server.ask("GET", &format!("{path}{query}"), Some(&office()));
    let numbers = |query: &str| -> Vec<u64> {
        let page = ask(query).json();
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .map(|one| one["number"].as_u64().unwrap())
            .collect()
    };
    assert_eq!(numbers("?last=5"), [0; 0]);
    for number in 1..=4 {
        let (id, body, _) = enrolment(number);
        let lacking = submission(&id, "key_enrol", TODAY, &body, &[&office()]);
        assert_eq!(server.submit(&lacking).status, 422);
    }
    assert_eq!(numbers("?last=2"), [3, 4]);
    assert_eq!(numbers("?last=1000"), [1, 2, 3, 4]);
    assert_eq!(numbers("?last=2&transaction=enrol-4"), [4]);
    assert_eq!(numbers("?last=2&transaction=enrol-1"), [0; 0]);
    for malformed in [
        "?last=0",
        "?last=1001",
        "?last=-1",
        "?last=x",
        "?last=2&last=2",
    ] {
        ask(malformed).problem(400, "PARAMETER", path);
    }
}

#[test]
fn what_is_published_has_the_time_of_its_newest_entry() {
    let server = Server::founded();
    let listed = server.ask("GET", "/v1/witnesses", None).json();
    assert_eq!(listed["published"], 1);
    let entry: Value = serde_json::from_str(
        server.get("/v1/entries/0").json()["entry"]
            .as_str()
            .unwrap(),
    )
    .unwrap();
    assert_eq!(listed["recorded"], entry["recorded"]);
    let empty = Server::empty();
    assert_eq!(
        empty.ask("GET", "/v1/witnesses", None).json()["recorded"],
        Value::Null
    );
}
