//! Entries that are looked for. Counted by hand from `tests/scenarios/two-years.scn`: eight
//! payments, one of them taken back; K-A1 was submitted, verified, approved and paid.

use serde_json::Value;

use crate::client::Reply;
use crate::roles::Site;

fn entries(reply: &Reply) -> Vec<Value> {
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (200, "application/x-ndjson")
    );
    let lines = reply.text().lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn entries_are_found_by_kind_date_object_and_party() {
    let site = Site::new();
    for (query, found) in [
        ("kind=compensation_pay", 8),
        ("kind=compensation_pay&since=2022-12-01&until=2022-12-31", 3),
        ("kind=compensation_pay&since=2022-12-12&until=2022-12-12", 3),
        ("kind=compensation_pay&until=2022-12-11", 1),
        ("kind=reversal", 1),
        ("kind=terminate&since=2024-03-16", 0),
        ("object=claim:K-A1", 4),
        ("object=claim:K-A1&kind=claim_verify", 1),
        ("object=claim:K-A1&since=2022-09-08", 2),
        ("object=claim:NONE", 0),
        ("kind=compensation_pay&party=bank-a", 3),
        // With what was paid to the guarantor on a loan of the bank, and not by its account.
        ("kind=compensation_pay&party=bank-b", 4),
        ("kind=compensation_pay&party=guarantor", 1),
        ("kind=claim_submit&party=nobody", 0),
        ("kind=compensation_pay&from=100000", 0),
    ] {
        let reply = site.server.get(&format!("/v1/entries?{query}"));
        assert_eq!(entries(&reply).len(), found, "{query}");
        assert_eq!(reply.header("link"), "", "{query}");
    }
    // The lines are the very bytes.
    let found = entries(&site.server.get("/v1/entries?object=claim:K-A1"));
    let index = found[0]["index"].as_u64().unwrap();
    let same = site
        .server
        .get(&format!("/v1/entries?from={index}&limit=1"));
    assert_eq!(entries(&same)[0], found[0]);
}

#[test]
fn what_is_found_comes_in_pages() {
    let site = Site::new();
    for query in [
        "kind=compensation_pay",
        "object=account:at-a",
        "party=bank-c&since=2022-06-01",
    ] {
        let whole = entries(&site.server.get(&format!("/v1/entries?{query}")));
        assert!(whole.len() > 3, "{query}: {}", whole.len());
        let mut path = format!("/v1/entries?{query}&limit=3");
        let mut seen = Vec::new();
        loop {
            let reply = site.server.get(&path);
            let page = entries(&reply);
            assert!(page.len() <= 3);
            seen.extend(page);
            let link = reply.header("link");
            if link.is_empty() {
                break;
            }
            path = link
                .trim_start_matches('<')
                .split('>')
                .next()
                .unwrap()
                .to_owned();
        }
        assert_eq!(seen, whole, "{query}");
    }
}

#[test]
fn what_says_nothing_is_refused() {
    let site = Site::new();
    for bad in [
        "kind=payment",
        "kind=",
        "since=2022-13-01",
        "until=today",
        "party=",
        "party=a%20b",
        "object=",
        "object=a%20b",
        "object=loan:L1%3Erel",
        "kind=transfer&kind=transfer",
        "date=2022-01-01",
        "limit=0&kind=transfer",
    ] {
        let path = format!("/v1/entries?{bad}");
        site.server
            .get(&path)
            .problem(400, "PARAMETER", "/v1/entries");
    }
    let long = format!("/v1/entries?object={}", "a".repeat(201));
    site.server
        .get(&long)
        .problem(400, "PARAMETER", "/v1/entries");
    let bank = fundtrail_scenario::key("bank-a/maker");
    let path = "/v1/entries?party=bank-a";
    site.server
        .ask("GET", path, Some(&bank))
        .problem(403, "FORBIDDEN", "/v1/entries");
}
