//! The id that every answer has.

use std::collections::BTreeSet;

use serde_json::Value;
use ureq::Agent;

use crate::client::{Reply, Server};

fn ask(server: &Server, path: &str, id: Option<&str>) -> Reply {
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let mut request = agent.get(format!("http://{}{path}", server.address));
    if let Some(id) = id {
        request = request.header("x-request-id", id);
    }
    Reply::of(request.call())
}

#[test]
fn every_answer_has_an_id_of_its_own_and_errors_say_it_too() {
    let server = Server::founded();
    let mut seen = BTreeSet::new();
    for (path, status) in [
        ("/healthz", 200),
        ("/v1/keys", 200),
        ("/v1/loans", 401),
        ("/v1/keys/none", 400),
        ("/v1/nothing", 404),
        ("/v1/transactions", 405),
        ("/tile/0/000.p/1", 200),
    ] {
        let reply = ask(&server, path, None);
        assert_eq!(reply.status, status, "{path} {}", reply.text_or_none());
        let id = reply.header("x-request-id").to_owned();
        assert!(
            id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{path}: {id}"
        );
        if status >= 400 {
            let problem: Value = serde_json::from_slice(&reply.body).unwrap();
            assert_eq!(problem["request_id"], id, "{path}");
        }
        assert!(seen.insert(id), "{path}");
    }
    assert!(server.submit(b"{}").header("x-request-id").len() == 32);
}

#[test]
fn a_clients_own_is_kept_where_it_is_of_the_form() {
    let server = Server::empty();
    let longest = "x".repeat(64);
    for own in ["1", "Order-7.a_b", &longest] {
        for path in ["/healthz", "/v1/nothing"] {
            assert_eq!(ask(&server, path, Some(own)).header("x-request-id"), own);
        }
    }
    let too_long = "x".repeat(65);
    for other in ["a b", "a,b", "\"a\"", "a/b", "<a>", &too_long] {
        let reply = ask(&server, "/v1/nothing", Some(other));
        let id = reply.header("x-request-id");
        assert_eq!(id.len(), 32, "{other}");
        assert!(!reply.text().contains(other), "{}", reply.text());
    }
}
