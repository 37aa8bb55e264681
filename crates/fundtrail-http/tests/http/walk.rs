//! Every path of the router and every sort of reader: who gets an answer, and who does not.
//!
//! What is expected is written by hand from the data protection table of the reference:
//! policy, head of the tree, keys of institutions and totals are public; a partner reads
//! its own; manager, office, leading group, the public bodies and the regulator read all;
//! an auditor what it is engaged for. Nothing here is computed from the node's own table.

use std::collections::BTreeSet;

use crate::roles::{Reader, Site};

/// Who gets an answer.
enum May {
    /// Anybody.
    Everybody,
    /// Whoever has a key that stands.
    Enrolled,
    /// Whoever has a right to read anything.
    Someone,
    /// Whoever reads the whole ledger.
    Whole,
    /// Who runs the ledger: manager and office.
    Keeping,
    /// And these besides.
    And(&'static [&'static str]),
    /// Who supervises the others: manager, office, group, regulator.
    Supervising,
    /// Who may see names: manager, office, group, engaged auditors, and these besides.
    Names(&'static [&'static str]),
}

use May::{And, Enrolled, Everybody, Keeping, Names, Someone, Supervising, Whole};

const WHOLE: &[&str] = &[
    "manager",
    "office",
    "group",
    "finance",
    "government",
    "market-supervision",
    "regulator",
    "cpa-whole",
];
/// They read something, and not everything.
const SOME: &[&str] = &[
    "bank-a",
    "bank-b",
    "bank-c",
    "insurer",
    "guarantor",
    "cpa-of-a",
];
/// They have a key and no right.
const NOTHING: &[&str] = &["past-manager", "cpa-over", "cpa-never"];
/// Who may see names without being concerned.
const NAMES: &[&str] = &["manager", "office", "group", "cpa-whole"];

const A: &[&str] = &["bank-a", "cpa-of-a"];
const B: &[&str] = &["bank-b"];
const B_AND_G: &[&str] = &["bank-b", "guarantor"];
const NOBODY: &[&str] = &[];

/// Method, path as the router has it, path as it is asked, the status where there is an
/// answer, and who gets it.
#[rustfmt::skip]
const ROWS: &[(&str, &str, &str, u16, May)] = &[
    // An envelope of nothing: form is checked before anything is looked at.
    ("POST", "/v1/transactions", "/v1/transactions", 400, Everybody),
    ("POST", "/v1/transactions/check", "/v1/transactions/check", 400, Everybody),
    ("POST", "/v1/transactions/batch", "/v1/transactions/batch", 200, Everybody),
    // A payment of bank-b out of an account that bank-a keeps, and the claim of a guarantor.
    ("GET", "/v1/transactions/{id}", "/v1/transactions/pay-b1-b-wrong", 200, And(B)),
    ("GET", "/v1/transactions/{id}", "/v1/transactions/none", 404, And(NOBODY)),
    ("GET", "/v1/transactions/{id}/particulars", "/v1/transactions/pay-b1-b-wrong/particulars", 200, Names(B)),
    ("GET", "/v1/transactions/{id}/particulars", "/v1/transactions/none/particulars", 404, Whole),
    ("GET", "/v1/entries", "/v1/entries", 200, Whole),
    ("GET", "/v1/entries/{index}", "/v1/entries/0", 200, Whole),
    ("GET", "/v1/entries/{index}", "/v1/entries/100000", 404, Whole),
    ("GET", "/v1/proofs/inclusion", "/v1/proofs/inclusion?index=3", 200, Enrolled),
    ("GET", "/v1/proofs/consistency", "/v1/proofs/consistency?from=3", 200, Everybody),
    ("GET", "/v1/statements/{object}", "/v1/statements/loan:A1", 200, And(A)),
    ("GET", "/v1/statements/{object}", "/v1/statements/loan:B1", 200, And(B)),
    ("GET", "/v1/statements/{object}", "/v1/statements/claim:K-B1-G", 200, And(B_AND_G)),
    ("GET", "/v1/statements/{object}", "/v1/statements/party:insurer", 200, And(&["insurer"])),
    ("GET", "/v1/statements/{object}", "/v1/statements/account:at-b", 200, And(B)),
    ("GET", "/v1/statements/{object}", "/v1/statements/order:O-B3", 200, And(B)),
    ("GET", "/v1/statements/{object}", "/v1/statements/fund", 200, Whole),
    ("GET", "/v1/statements/{object}", "/v1/statements/loan:NONE", 200, Whole),
    ("GET", "/v1/seals", "/v1/seals", 200, Enrolled),
    ("GET", "/v1/seals/next", "/v1/seals/next?period=2024", 200, Enrolled),
    ("GET", "/v1/seals/{period}", "/v1/seals/2023?object=loan:A1", 200, And(A)),
    ("GET", "/v1/seals/{period}", "/v1/seals/2023?object=loan:B1", 200, And(B)),
    ("GET", "/v1/seals/{period}", "/v1/seals/2023?object=loan:NONE", 200, Whole),
    ("GET", "/v1/fund", "/v1/fund", 200, Everybody),
    ("GET", "/v1/fund/months", "/v1/fund/months", 200, Everybody),
    ("GET", "/v1/reports", "/v1/reports", 200, Whole),
    ("GET", "/v1/reports/{period}", "/v1/reports/2022Q3", 200, Whole),
    ("GET", "/v1/reports/{period}", "/v1/reports/1999", 404, Whole),
    ("GET", "/v1/accounts", "/v1/accounts", 200, Someone),
    ("GET", "/v1/accounts/{id}", "/v1/accounts/main", 200, And(A)),
    ("GET", "/v1/accounts/{id}", "/v1/accounts/at-b", 200, And(B)),
    ("GET", "/v1/accounts/{id}", "/v1/accounts/none", 404, Whole),
    ("GET", "/v1/partners", "/v1/partners", 200, Someone),
    ("GET", "/v1/partners/{id}", "/v1/partners/bank-a", 200, And(A)),
    ("GET", "/v1/partners/{id}", "/v1/partners/bank-b", 200, And(B)),
    ("GET", "/v1/partners/{id}", "/v1/partners/guarantor", 200, And(&["guarantor"])),
    ("GET", "/v1/partners/{id}", "/v1/partners/none", 404, Whole),
    ("GET", "/v1/borrowers", "/v1/borrowers", 200, Someone),
    ("GET", "/v1/borrowers/{id}", "/v1/borrowers/{E1}", 200, And(A)),
    ("GET", "/v1/borrowers/{id}", "/v1/borrowers/{E6}", 200, And(B)),
    ("GET", "/v1/borrowers/{id}", "/v1/borrowers/{none}", 404, Whole),
    ("GET", "/v1/loans", "/v1/loans", 200, Someone),
    ("GET", "/v1/loans/{id}", "/v1/loans/A1", 200, And(A)),
    ("GET", "/v1/loans/{id}", "/v1/loans/B1", 200, And(B)),
    ("GET", "/v1/loans/{id}", "/v1/loans/none", 404, Whole),
    ("GET", "/v1/claims", "/v1/claims", 200, Someone),
    ("GET", "/v1/claims/{id}", "/v1/claims/K-A1", 200, And(A)),
    ("GET", "/v1/claims/{id}", "/v1/claims/K-B1-B", 200, And(B)),
    ("GET", "/v1/claims/{id}", "/v1/claims/K-B1-G", 200, And(B_AND_G)),
    ("GET", "/v1/claims/{id}", "/v1/claims/none", 404, Whole),
    ("GET", "/v1/recoveries", "/v1/recoveries", 200, Someone),
    ("GET", "/v1/recoveries/{id}", "/v1/recoveries/R-A1-1", 200, And(A)),
    ("GET", "/v1/recoveries/{id}", "/v1/recoveries/none", 404, Whole),
    ("GET", "/v1/alerts", "/v1/alerts", 200, Someone),
    ("GET", "/v1/alerts/{id}", "/v1/alerts/{of-a}", 200, And(A)),
    ("GET", "/v1/alerts/{id}", "/v1/alerts/{of-b}", 200, And(B)),
    ("GET", "/v1/alerts/{id}", "/v1/alerts/100000", 404, Whole),
    ("GET", "/v1/obligations", "/v1/obligations", 200, Someone),
    ("GET", "/v1/reconciliation", "/v1/reconciliation", 200, Someone),
    ("GET", "/v1/refusals", "/v1/refusals", 200, Supervising),
    // The node of these tests has no directory for backups.
    ("POST", "/v1/backups", "/v1/backups", 409, Keeping),
    // A stream would not end: one who is let in is told that it has no such beginning.
    ("GET", "/v1/events", "/v1/events?from=x", 400, Someone),
    ("GET", "/v1/reader", "/v1/reader", 200, Enrolled),
    ("GET", "/v1/keys", "/v1/keys", 200, Everybody),
    ("GET", "/v1/keys/{id}", "/v1/keys/00000000000000000000000000000000", 404, Everybody),
    ("GET", "/v1/policy", "/v1/policy", 200, Everybody),
    ("GET", "/v1/policy/{version}", "/v1/policy/1", 200, Everybody),
    ("GET", "/v1/rules", "/v1/rules", 200, Everybody),
    ("GET", "/v1/witnesses", "/v1/witnesses", 200, Everybody),
    ("POST", "/v1/tags", "/v1/tags", 400, Someone),
    // Who posts a draft shows a token, or a signature under it.
    ("POST", "/v1/drafts", "/v1/drafts", 400, Everybody),
    ("GET", "/v1/drafts", "/v1/drafts", 200, Enrolled),
    ("GET", "/v1/drafts/{id}", "/v1/drafts/none", 404, Whole),
    ("POST", "/v1/drafts/{id}/signatures", "/v1/drafts/none/signatures", 400, Enrolled),
    ("DELETE", "/v1/drafts/{id}", "/v1/drafts/none", 404, Whole),
    ("POST", "/v1/dry-runs", "/v1/dry-runs", 400, Enrolled),
    ("GET", "/checkpoint", "/checkpoint", 200, Everybody),
    ("GET", "/tile/{*position}", "/tile/0/000.p/7", 200, Everybody),
    ("GET", "/tile/{*position}", "/tile/entries/000.p/7", 200, Whole),
    ("GET", "/tile/{*position}", "/tile/%65ntries/000.p/7", 404, Whole),
    ("GET", "/healthz", "/healthz", 200, Everybody),
    ("GET", "/readyz", "/readyz", 200, Everybody),
    ("GET", "/metrics", "/metrics", 200, Whole),
    ("GET", "/openapi.json", "/openapi.json", 200, Everybody),
    ("GET", "/docs", "/docs", 200, Everybody),
];

impl May {
    fn includes(&self, reader: &str) -> bool {
        let is_in = |list: &[&str]| list.contains(&reader);
        match self {
            Everybody => true,
            Enrolled => is_in(WHOLE) || is_in(SOME) || is_in(NOTHING),
            Someone => is_in(WHOLE) || is_in(SOME),
            Whole => is_in(WHOLE),
            Supervising => is_in(&["manager", "office", "group", "regulator"]),
            Keeping => is_in(&["manager", "office"]),
            And(also) => is_in(WHOLE) || is_in(also),
            Names(also) => is_in(NAMES) || is_in(also),
        }
    }
}

/// Method and path of every route: those of the description, which is made from the same
/// list as the router, with the tiles as the one route they are.
fn routes(site: &Site) -> BTreeSet<(String, String)> {
    let document = site.server.get("/openapi.json").json();
    let paths = document["paths"].as_object().unwrap();
    let mut routes = BTreeSet::new();
    for (path, item) in paths {
        let route = match path.strip_prefix("/tile/") {
            Some(_) => "/tile/{*position}",
            None => path,
        };
        for method in item.as_object().unwrap().keys() {
            routes.insert((method.to_uppercase(), route.to_owned()));
        }
    }
    routes
}

/// The path as it is asked: names of this ledger in place of those in braces.
fn asked(site: &Site, path: &str) -> String {
    let alert = |object: &str| {
        let path = format!("/v1/alerts?object={object}");
        site.server.get(&path).json()["items"][0]["number"].to_string()
    };
    let borrower = |loan: &str| {
        let loan = site.server.get(&format!("/v1/loans/{loan}")).json();
        loan["borrower"].as_str().unwrap().to_owned()
    };
    match path {
        path if path.contains("{E1}") => path.replace("{E1}", &borrower("A1")),
        path if path.contains("{E6}") => path.replace("{E6}", &borrower("B1")),
        path if path.contains("{none}") => path.replace("{none}", &"0".repeat(64)),
        path if path.contains("{of-a}") => path.replace("{of-a}", &alert("party:bank-a")),
        path if path.contains("{of-b}") => path.replace("{of-b}", &alert("party:bank-b")),
        path => path.to_owned(),
    }
}

/// What is not as expected about an answer; nothing if it is.
fn complaint(
    site: &Site,
    row: &(&str, &str, &str, u16, May),
    path: &str,
    reader: &Reader,
) -> Option<String> {
    let (method, _, _, status, may) = row;
    let reply = site.server.ask_with(method, path, reader.token.as_deref());
    let expected = match reader.denied {
        Some(code) => (401, code),
        None if may.includes(reader.name) => (*status, ""),
        None if reader.token.is_none() => (401, "UNAUTHENTICATED"),
        None => (403, "FORBIDDEN"),
    };
    let what = || {
        let (name, text) = (reader.name, reply.text_or_none());
        format!(
            "{method} {path} as {name}: {expected:?}: {} {text}",
            reply.status
        )
    };
    if reply.status != expected.0 {
        return Some(what());
    }
    let is_denied = !expected.1.is_empty();
    if is_denied {
        let instance = path.split('?').next().unwrap();
        reply.problem(expected.0, expected.1, instance);
        assert_eq!(reply.header("cache-control"), "no-store", "{}", what());
    }
    let challenge = reply.header("www-authenticate").starts_with("Bearer");
    assert_eq!(challenge, is_denied && expected.0 == 401, "{}", what());
    None
}

#[test]
fn every_route_answers_whom_it_may_and_nobody_else() {
    let mut site = Site::new();
    site.play("2024-04-01 period_seal period=2023 size=now:size root=now:root => recorded");
    let routes = routes(&site);
    assert!(routes.len() > 40, "{routes:?}");
    let is_a_row = |route: &(String, String)| {
        ROWS.iter()
            .any(|row| (row.0, row.1) == (route.0.as_str(), route.1.as_str()))
    };
    let forgotten: Vec<_> = routes.iter().filter(|route| !is_a_row(route)).collect();
    assert!(forgotten.is_empty(), "no expectation for {forgotten:?}");
    let readers = site.readers();
    let mut wrong = Vec::new();
    for row in ROWS {
        let route = (row.0.to_owned(), row.1.to_owned());
        assert!(routes.contains(&route), "there is no {route:?}");
        let path = asked(&site, row.2);
        let all = readers.iter();
        wrong.extend(all.filter_map(|reader| complaint(&site, row, &path, reader)));
    }
    assert!(wrong.is_empty(), "{:#?}", wrong);
}

#[test]
fn a_key_that_is_revoked_or_replaced_reads_nothing_from_the_next_request_on() {
    let mut site = Site::new();
    let status = |site: &Site, name: &str| {
        let key = fundtrail_scenario::key(name);
        site.server.ask("GET", "/v1/loans", Some(&key))
    };
    for (name, line) in [
        (
            "bank-b/maker",
            "2024-04-01 key_revoke key=keyid:bank-b/maker by=bank-b/checker => recorded",
        ),
        (
            "bank-c/maker",
            "2024-04-01 key_rotate key=keyid:bank-c/maker public_key=key:bank-c/new => recorded",
        ),
    ] {
        assert_eq!(status(&site, name).status, 200, "{name}");
        site.play(line);
        status(&site, name).problem(401, "TOKEN_KEY_REVOKED", "/v1/loans");
    }
    let own = status(&site, "bank-c/new").json();
    assert_eq!(own["items"].as_array().unwrap().len(), 6);
    assert_eq!(status(&site, "bank-b/checker").status, 200);
}
