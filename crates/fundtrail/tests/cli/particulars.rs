//! `fundtrail particulars`, against a node that says what it is told to.

use fundtrail_model::disclosure::{Disclosure, digest};
use serde_json::{Value, json};

use crate::server::{Said, Server};
use crate::support::{Called, Desk};

fn one(salt: u8, name: &str, value: &str) -> Value {
    let text = Disclosure::make([salt; 16], name, value).unwrap();
    json!({ "name": name, "digest": digest(&text).to_string(), "disclosure": text, "value": value, "erased_by": null })
}

fn whole() -> Value {
    let erased = json!({
        "name": "credit_code", "digest": digest("gone").to_string(), "disclosure": null, "value": null, "erased_by": 7,
    });
    json!({ "transaction": "T-2", "particulars": [erased, one(1, "name", "某公司")] })
}

fn said(document: &Value) -> Said {
    (200, "", document.to_string().into_bytes())
}

fn ask(desk: &Desk, url: &str, rest: &[&str]) -> Called {
    let words = ["particulars", "T-2", "--node", url];
    desk.call(words.iter().chain(rest))
}

#[test]
fn what_was_sealed_is_printed_or_written_for_its_owner() {
    let desk = Desk::new();
    let server = Server::new(|_| said(&whole()));
    let printed = ask(&desk, &server.url, &[]);
    let printed: Value = serde_json::from_str(&printed.ends(0)).unwrap();
    assert_eq!(printed, whole());

    ask(
        &desk,
        &server.url,
        &["--name", "pledge.0.registration", "--out", "p"],
    )
    .ends(0);
    let written: Value = serde_json::from_slice(&desk.read("p")).unwrap();
    assert_eq!(written, whole());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(desk.path("p")).unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
    }
    let again = ask(&desk, &server.url, &["--out", "p"]);
    assert!(again.stderr.contains("exists"), "{}", again.stderr);
    again.ends(2);

    let asked: Vec<String> = server.asked().iter().map(|one| one.line.clone()).collect();
    let path = "GET /v1/transactions/T-2/particulars";
    assert_eq!(
        asked,
        [path, &format!("{path}?name=pledge.0.registration"), path]
    );
}

#[test]
fn what_does_not_match_its_digest_is_not_taken() {
    let desk = Desk::new();
    let other = one(2, "name", "另一公司");
    type Change = fn(&mut Value, &Value);
    let changes: [Change; 6] = [
        |one, other| one["value"] = other["value"].clone(),
        |one, other| one["disclosure"] = other["disclosure"].clone(),
        |one, other| one["digest"] = other["digest"].clone(),
        |one, _| one["name"] = json!("credit_code"),
        |one, _| one["disclosure"] = Value::Null,
        |one, _| one["value"] = Value::Null,
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut document = whole();
        change(&mut document["particulars"][1], &other);
        let server = Server::new(move |_| said(&document));
        let called = ask(&desk, &server.url, &["--out", "p"]);
        assert!(
            called.stderr.contains("digest"),
            "{number}: {}",
            called.stderr
        );
        assert!(!called.stderr.contains("公司"), "{number}");
        called.ends(1);
        assert!(!desk.path("p").exists(), "{number}");
    }
}

#[test]
fn what_is_no_answer_is_said() {
    let desk = Desk::new();
    let problem = json!({ "status": 403, "code": "FORBIDDEN", "detail": "not yours" });
    let server = Server::new(move |_| (403, "", problem.to_string().into_bytes()));
    let called = ask(&desk, &server.url, &[]);
    assert!(
        called.stderr.contains("403: FORBIDDEN"),
        "{}",
        called.stderr
    );
    called.ends(2);

    let mut other = whole();
    other["transaction"] = json!("T-3");
    for document in [other, json!({}), json!([])] {
        let server = Server::new(move |_| said(&document));
        ask(&desk, &server.url, &[]).ends(2);
    }
    let called = ask(&desk, "http://127.0.0.1:1", &["--name", "a&b"]);
    assert!(called.stderr.contains("not the name"), "{}", called.stderr);
    called.ends(2);
}
