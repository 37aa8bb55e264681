//! A machine that is sick: what is answered meanwhile, and that it is over once it is cured.

use std::sync::Arc;

use fundtrail_http::Limits;
use fundtrail_model::Moment;
use fundtrail_node::{Config, FixedClock};

use crate::client::{Reply, Server};
use crate::fixture::*;
use crate::support::{Mode, open};

/// Paths of every group.
const PATHS: [&str; 9] = [
    "/readyz",
    "/metrics",
    "/checkpoint",
    "/tile/0/000",
    "/v1/fund",
    "/v1/entries/0",
    "/v1/events",
    "/v1/witnesses",
    "/openapi.json",
];

fn assert_sick(reply: &Reply, code: &str, path: &str) {
    let problem = reply.problem(503, code, path);
    assert_eq!(reply.header("retry-after"), "5", "{problem}");
    let text = problem.to_string();
    assert!(!text.contains("the disk is gone"), "the operator's: {text}");
}

fn metric(reply: &Reply, code: &str) -> String {
    let name = format!("fundtrail_machine_unfit{{code=\"{code}\"}} ");
    let mut lines = reply.text().lines();
    let value = lines.find_map(|line| line.strip_prefix(&name));
    value.unwrap_or_default().to_owned()
}

#[test]
fn a_node_that_failed_answers_nothing_until_another_one_replaces_it() {
    let server = Server::founded();
    let receipt = server.get("/v1/entries/0").json();
    server.lever.set(Mode::Fail);
    server
        .submit(&enrol(1))
        .problem(500, "FAULT", "/v1/transactions");
    for path in PATHS {
        assert_sick(&server.get(path), "STORAGE_FAILED", path);
    }
    for path in ["/v1/transactions", "/v1/transactions/check", "/v1/drafts"] {
        assert_sick(&server.post(path, &enrol(2)), "STORAGE_FAILED", path);
    }
    assert_eq!(server.get("/healthz").status, 200);

    let (node, _) = open(&server.storage);
    server.app.replace(Arc::new(node));
    assert_eq!(server.get("/readyz").status, 200);
    assert_eq!(server.get("/v1/entries/0").json(), receipt);
    assert_eq!(server.submit(&enrol(1)).status, 201);
    let metrics = server.get("/metrics");
    assert_eq!(metric(&metrics, "STORAGE_FAILED"), "0");
    assert!(metrics.text().contains("fundtrail_open 1\n"));
}

#[test]
fn a_clock_behind_is_told_to_those_who_write_and_readers_read() {
    let clock = Arc::new(FixedClock::at(
        Moment::parse("2022-03-01T02:00:00Z").unwrap(),
    ));
    let config = Config {
        clock: clock.clone(),
        ..config()
    };
    let server = Server::with(config, Limits::default());
    assert_eq!(server.submit(&genesis()).status, 201);
    clock.set(Moment::parse("2022-03-01T01:00:00Z").unwrap());
    let code = "CLOCK_BEHIND";
    for path in ["/v1/transactions", "/v1/transactions/check", "/v1/drafts"] {
        assert_sick(&server.post(path, &enrol(1)), code, path);
    }
    let lines = server.post("/v1/transactions/batch", &enrol(1));
    assert_eq!(lines.status, 200);
    let line: serde_json::Value = serde_json::from_str(lines.text()).unwrap();
    assert_eq!(line["problem"]["code"], code, "{line}");
    assert_sick(&server.get("/readyz"), code, "/readyz");
    assert_eq!(server.get("/v1/fund").status, 200);
    assert_eq!(server.get("/v1/entries/0").status, 200);
    let metrics = server.get("/metrics");
    assert_eq!(metric(&metrics, code), "1");
    assert_eq!(metric(&metrics, "STORAGE_LOW"), "0");
    assert!(metrics.text().contains("fundtrail_open 0\n"));

    clock.set(Moment::parse("2022-03-01T02:00:00Z").unwrap());
    assert_eq!(server.get("/readyz").status, 200);
    assert_eq!(server.submit(&enrol(1)).status, 201);
}
