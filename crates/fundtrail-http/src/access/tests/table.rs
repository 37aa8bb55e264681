//! Every route and every sort of reader: let in, or not.
//!
//! What is expected is written here once more, from the data protection table: the routes
//! that are public, and those that need the whole ledger; everything else needs a role.

use std::collections::BTreeSet;

use fundtrail_regulation::state::Role;

use super::ledger::{enrolled, id};
use crate::access::{Known, Need, Partners, Reader, Scope, TABLE, need};

/// Open to everybody.
const PUBLIC: &[&str] = &[
    "POST /v1/transactions",
    "POST /v1/transactions/check",
    "POST /v1/transactions/batch",
    "GET /v1/proofs/consistency",
    "GET /v1/fund",
    "GET /v1/fund/months",
    "GET /v1/keys",
    "GET /v1/keys/{id}",
    "GET /v1/policy",
    "GET /v1/policy/{version}",
    "GET /v1/rules",
    "GET /v1/witnesses",
    "GET /checkpoint",
    "GET /tile/{*position}",
    "GET /healthz",
    "GET /readyz",
    "GET /openapi.json",
    "GET /docs",
    "POST /v1/drafts",
];

/// Everybody's entries at once, and figures of the machine.
const WHOLE: &[&str] = &[
    "GET /v1/entries",
    "GET /tile/entries/{*position}",
    "GET /metrics",
    "POST /v1/backups",
    "GET /v1/refusals",
    "GET /v1/reports",
    "GET /v1/reports/{period}",
];

/// Any key that stands: hashes, and drafts that wait for it.
const ENROLLED: &[&str] = &[
    "GET /v1/proofs/inclusion",
    "GET /v1/seals",
    "GET /v1/seals/next",
    "GET /v1/reader",
    "GET /v1/drafts",
    "GET /v1/drafts/{id}",
    "POST /v1/drafts/{id}/signatures",
    "DELETE /v1/drafts/{id}",
    "POST /v1/dry-runs",
];

fn known(role: Role, scope: Scope) -> Reader {
    Reader::Known(Known {
        key: enrolled(1, "P", role).key_id,
        party: id("P"),
        role,
        scope,
    })
}

fn engaged(partners: Partners) -> Scope {
    Scope::Engaged { partners }
}

#[test]
fn every_route_lets_in_whom_it_should() {
    let whole = [
        Role::Government,
        Role::Finance,
        Role::MarketSupervision,
        Role::GroupMember,
        Role::Office,
        Role::Manager,
        Role::Regulator,
    ];
    let some = BTreeSet::from([id("Q")]);
    // Reader; whether it is enrolled, has a scope, reads the whole ledger.
    let mut readers = vec![
        (Reader::Public, [false, false, false]),
        (known(Role::Auditor, Scope::Nothing), [true, false, false]),
        (known(Role::Manager, Scope::Nothing), [true, false, false]),
        (
            known(Role::Auditor, engaged(Partners::Only(some))),
            [true, true, false],
        ),
        (
            known(Role::Auditor, engaged(Partners::All)),
            [true, true, true],
        ),
    ];
    readers.extend(whole.map(|role| (known(role, Scope::Whole), [true, true, true])));
    readers.extend(
        [Role::Bank, Role::Insurer, Role::Guarantor]
            .map(|role| (known(role, Scope::Own(id("P"))), [true, true, false])),
    );
    for (method, path, need) in TABLE {
        let line = format!("{method} {path}");
        let line = line.as_str();
        for (reader, [is_enrolled, has_scope, is_whole]) in &readers {
            let expected = if PUBLIC.contains(&line) {
                true
            } else if WHOLE.contains(&line) {
                *is_whole
            } else if ENROLLED.contains(&line) {
                *is_enrolled
            } else {
                *has_scope
            };
            let code = match need.admits(reader) {
                Ok(()) => "",
                Err(denied) => denied.code(),
            };
            let refusal = match reader {
                Reader::Public => "UNAUTHENTICATED",
                Reader::Known(_) => "FORBIDDEN",
            };
            assert_eq!(
                code,
                if expected { "" } else { refusal },
                "{line} {reader:?}"
            );
        }
    }
    for line in PUBLIC.iter().chain(WHOLE).chain(ENROLLED) {
        let (method, path) = line.split_once(' ').unwrap();
        assert!(
            TABLE.iter().any(|row| (row.0, row.1) == (method, path)),
            "{line}"
        );
    }
}

#[test]
fn the_table_names_each_route_once() {
    let names: BTreeSet<_> = TABLE.iter().map(|row| (row.0, row.1)).collect();
    assert_eq!(names.len(), TABLE.len());
}

#[test]
fn what_is_not_in_the_table_is_nobodys() {
    for (method, route) in [
        ("GET", "/v1/nothing"),
        ("GET", ""),
        ("GET", "/v1/fund/"),
        ("POST", "/v1/fund"),
        ("DELETE", "/v1/loans/{id}"),
        ("OPTIONS", "/v1/fund"),
        ("get", "/v1/fund"),
        ("GET", "/v1/transactions"),
    ] {
        assert_eq!(need(method, route, route), None, "{method} {route}");
    }
    assert_eq!(need("HEAD", "/v1/loans", "/v1/loans"), Some(Need::Own));
    assert_eq!(need("HEAD", "/v1/transactions", "/v1/transactions"), None);
}

#[test]
fn entries_are_not_hashes_in_any_spelling() {
    let of = |path: &str| need("GET", "/tile/{*position}", path);
    for path in ["/tile/0/000", "/tile/0/x001/234.p/7", "/tile/63/000"] {
        assert_eq!(of(path), Some(Need::Public), "{path}");
    }
    for path in [
        "/tile/entries/000",
        "/tile/entries/x001/234.p/7",
        "/tile/%65ntries/000",
        "/tile//entries/000",
        "/tile/./entries/000",
        "/tile/ENTRIES/000",
        "/tile/",
        "/tile/data/000",
    ] {
        assert_eq!(of(path), Some(Need::Whole), "{path}");
    }
    assert_eq!(
        need("HEAD", "/tile/{*position}", "/tile/entries/000"),
        Some(Need::Whole)
    );
    assert_eq!(need("POST", "/tile/{*position}", "/tile/0/000"), None);
}
