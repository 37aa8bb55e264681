//! Signing in and out: only this site's own script, only a token that holds.

use axum::http::{Method, StatusCode};
use serde_json::Value;

use fundtrail_scenario::key;

use crate::browser::{Reply, ask, look};
use crate::played::{Who, console, now, token};

const HOST: (&str, &str) = ("host", "127.0.0.1:7440");
const OWN: (&str, &str) = ("origin", "http://127.0.0.1:7440");
const JSON: (&str, &str) = ("content-type", "application/json");

fn put(headers: &[(&str, &str)], body: &str) -> Reply {
    ask(&console(), Method::PUT, "/session", headers, body)
}

fn body(token: &str) -> String {
    serde_json::json!({ "token": token }).to_string()
}

#[track_caller]
fn problem(reply: &Reply, status: u16, code: &str) {
    assert_eq!(reply.header("content-type"), "application/problem+json");
    let problem: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(
        (reply.status.as_u16(), problem["code"].as_str()),
        (status, Some(code))
    );
    assert_eq!(reply.header("set-cookie"), "");
}

#[test]
fn a_token_that_holds_becomes_a_cookie_that_no_script_reads() {
    let token = Who::Office.token().unwrap();
    let reply = put(
        &[HOST, OWN, JSON, ("sec-fetch-site", "same-origin")],
        &body(&token),
    );
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    let cookie = reply.header("set-cookie");
    assert!(
        cookie.starts_with(&format!("fundtrail_token={token}; Path=/; Max-Age=")),
        "{cookie}"
    );
    assert!(cookie.ends_with("; HttpOnly; SameSite=Strict"), "{cookie}");
    let age = cookie
        .split("Max-Age=")
        .nth(1)
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    assert!((1..=600).contains(&age.parse::<i64>().unwrap()), "{cookie}");
    let page = look(&console(), "/loans", Some(&token));
    assert!(page.text().contains("data-signed-in=\"true\""));
    assert!(page.text().contains("data-party=\"OFF\""));
}

#[test]
fn the_cookie_is_for_tls_everywhere_but_on_this_machine() {
    let token = Who::Office.token().unwrap();
    for (host, origin, secure) in [
        ("localhost:7440", "http://localhost:7440", false),
        ("[::1]:7440", "http://[::1]:7440", false),
        ("127.0.0.1:7440", "https://127.0.0.1:7440", true),
        ("ledger.example", "https://ledger.example", true),
        ("ledger.example", "http://ledger.example", true),
        (
            "localhost.evil.example",
            "http://localhost.evil.example",
            true,
        ),
    ] {
        for (method, body) in [(Method::PUT, body(&token)), (Method::DELETE, String::new())] {
            let headers = [("host", host), ("origin", origin), JSON];
            let reply = ask(&console(), method, "/session", &headers, &body);
            assert_eq!(reply.status, StatusCode::NO_CONTENT, "{origin}");
            assert_eq!(
                reply.header("set-cookie").contains("; Secure"),
                secure,
                "{origin}"
            );
        }
    }
}

#[test]
fn other_sites_change_nothing() {
    let token = Who::Office.token().unwrap();
    for headers in [
        vec![HOST, JSON],
        vec![HOST, JSON, ("origin", "null")],
        vec![HOST, JSON, ("origin", "http://evil.example")],
        vec![HOST, JSON, ("origin", "http://127.0.0.1:7441")],
        vec![HOST, JSON, ("origin", "http://127.0.0.1:7440.evil.example")],
        vec![HOST, JSON, OWN, ("sec-fetch-site", "cross-site")],
        vec![HOST, JSON, OWN, ("sec-fetch-site", "same-site")],
        vec![HOST, JSON, OWN, ("sec-fetch-site", "none")],
        vec![JSON, OWN],
    ] {
        problem(&put(&headers, &body(&token)), 403, "SESSION_ORIGIN");
        let reply = ask(&console(), Method::DELETE, "/session", &headers, "");
        problem(&reply, 403, "SESSION_ORIGIN");
    }
}

#[test]
fn what_is_no_token_is_not_kept() {
    let good = Who::Office.token().unwrap();
    for bad in [
        "",
        "{}",
        "[]",
        "{\"token\":1}",
        "{\"token\":\"\"}",
        "{\"token\":\"a b\"}",
        "{\"token\":\"x; Domain=evil.example\"}",
        "{\"token\":\"x\\r\\nset-cookie: a=b\"}",
        &format!("{{\"token\":\"{good}\",\"more\":1}}"),
        &body(&"x".repeat(2049)),
        &" ".repeat(9000),
    ] {
        problem(&put(&[HOST, OWN, JSON], bad), 400, "SESSION_FORM");
    }
    problem(
        &put(&[HOST, OWN, ("content-type", "text/plain")], &body(&good)),
        400,
        "SESSION_FORM",
    );
    problem(&put(&[HOST, OWN], &body(&good)), 400, "SESSION_FORM");
}

#[test]
fn a_token_that_does_not_hold_is_refused_with_the_apis_code() {
    let office = key("OFF");
    for (token, code) in [
        ("a.b.c".to_owned(), "TOKEN_FORM"),
        (token(&office, now() - 700, 600), "TOKEN_EXPIRED"),
        (token(&office, now(), 7200), "TOKEN_LIFETIME"),
        (token(&key("a stranger"), now(), 600), "TOKEN_KEY_UNKNOWN"),
        (Who::Office.token().unwrap().replace('.', "_"), "TOKEN_FORM"),
    ] {
        problem(&put(&[HOST, OWN, JSON], &body(&token)), 401, code);
    }
}

#[test]
fn a_cookie_whose_token_ended_counts_as_none() {
    let ended = token(&key("OFF"), now() - 700, 600);
    let console = console();
    let page = look(&console, "/rules", Some(&ended));
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("data-signed-in=\"false\""));
    let page = look(&console, "/loans?bank=bank-a", Some(&ended));
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert_eq!(page.header("www-authenticate"), "Bearer");
    assert!(
        page.text().contains("data-next=\"/loans?bank=bank-a\""),
        "{}",
        page.text()
    );
}

#[test]
fn pages_take_nothing() {
    let console = console();
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        for address in ["/", "/loans", "/sign-in", "/loans/A1"] {
            let reply = ask(&console, method.clone(), address, &[HOST, OWN], "x=1");
            assert_eq!(
                reply.status,
                StatusCode::METHOD_NOT_ALLOWED,
                "{method} {address}"
            );
            assert!(
                reply.text().contains("<code>METHOD</code>"),
                "{method} {address}"
            );
        }
    }
    // A cookie is no right at the API.
    let cookie = format!("fundtrail_token={}", Who::Office.token().unwrap());
    for (method, address) in [(Method::GET, "/v1/loans"), (Method::DELETE, "/v1/drafts/x")] {
        let reply = ask(&console, method, address, &[HOST, ("cookie", &cookie)], "");
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{address}");
    }
}
