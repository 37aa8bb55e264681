//! How the node is, and what every response has whatever was asked.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use fundtrail_http::Limits;

use crate::client::Server;
use crate::fixture::*;

#[test]
fn metrics_count_what_happened() {
    let server = Server::founded();
    assert_eq!(server.submit(&enrol(1)).status, 201);
    assert_eq!(server.submit(&enrol(1)).status, 200);
    assert_eq!(server.submit(b"{}").status, 400);
    let (id, body, key) = enrolment(2);
    server.submit(&submission(
        &id,
        "key_enrol",
        "2022-03-02",
        &body,
        &[&office(), &regulator(), &key],
    ));
    let reply = server.get("/metrics");
    assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
    for line in [
        "fundtrail_entries 2",
        "fundtrail_queue_depth 0",
        "fundtrail_open 1",
        "fundtrail_submissions_total{answer=\"recorded\"} 2",
        "fundtrail_submissions_total{answer=\"repeated\"} 1",
        "fundtrail_submissions_total{answer=\"refused\"} 1",
        "fundtrail_refusals_total{code=\"DATE_IN_FUTURE\"} 1",
        "fundtrail_malformed_total{code=\"MISSING_MEMBER\"} 1",
        "fundtrail_commit_seconds_bucket{le=\"+Inf\"} 2",
        "fundtrail_commit_seconds_count 2",
        "# TYPE fundtrail_commit_seconds histogram",
    ] {
        assert!(
            reply.text().lines().any(|own| own == line),
            "{line}\n{}",
            reply.text()
        );
    }
}

#[test]
fn unknown_paths_and_methods_are_problems_too() {
    let server = Server::empty();
    for path in ["/", "/v1", "/v1/nothing", "/v1/loans/a/b", "/v2/fund"] {
        server.get(path).problem(404, "NOT_FOUND", path);
    }
    let reply = server.get("/v1/transactions");
    reply.problem(405, "METHOD", "/v1/transactions");
    assert_eq!(reply.header("allow"), "POST");
    let reply = server.post("/v1/fund", b"");
    reply.problem(405, "METHOD", "/v1/fund");
    assert_eq!(reply.header("allow"), "GET,HEAD");
    server
        .post("/healthz", b"")
        .problem(405, "METHOD", "/healthz");
}

#[test]
fn responses_are_not_shared_nor_guessed_at() {
    let server = Server::founded();
    for (path, keep) in [
        ("/v1/fund", "private, no-cache"),
        ("/v1/entries/0", "private, no-cache"),
        ("/v1/nothing", "no-store"),
        ("/healthz", "no-store"),
    ] {
        let reply = server.get(path);
        assert_eq!(reply.header("cache-control"), keep, "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
    }
}

#[test]
fn too_many_requests_at_a_time_are_busy() {
    let server = Server::with(
        config(),
        Limits {
            requests_max: 1,
            ..Limits::default()
        },
    );
    std::thread::scope(|scope| {
        let pause = server.lever.hold();
        let server = &server;
        let held = scope.spawn(move || server.submit(&genesis()));
        server.lever.await_begun(1);
        let busy = server.get("/v1/fund");
        busy.problem(503, "BUSY", "/v1/fund");
        assert_eq!(busy.header("retry-after"), "1");
        assert_eq!(
            server.get("/healthz").status,
            200,
            "answers however busy it is"
        );
        assert_eq!(server.get("/metrics").status, 200);
        drop(pause);
        assert_eq!(held.join().unwrap().status, 201);
    });
    assert_eq!(server.get("/v1/fund").status, 200);
}

#[test]
fn submissions_that_wait_leave_room_to_read() {
    let requests_max = 4;
    let server = Server::with(
        config(),
        Limits {
            requests_max,
            ..Limits::default()
        },
    );
    std::thread::scope(|scope| {
        let pause = server.lever.hold();
        let server = &server;
        let held: Vec<_> = (0..8)
            .map(|_| scope.spawn(move || server.submit(&genesis())))
            .collect();
        // Three wait for the disk; the others were told to come back.
        while held.iter().filter(|one| one.is_finished()).count() < 5 {
            std::thread::yield_now();
        }
        assert_eq!(server.get("/v1/fund").status, 200);
        assert_eq!(server.get("/v1/entries").status, 200);
        let busy = server.submit(&genesis());
        busy.problem(503, "BUSY", "/v1/transactions");
        drop(pause);
        let mut answers: Vec<u16> = held
            .into_iter()
            .map(|one| one.join().unwrap().status)
            .collect();
        answers.sort_unstable();
        assert_eq!(answers, [200, 200, 201, 503, 503, 503, 503, 503]);
    });
}

#[test]
fn a_request_that_takes_too_long_is_told_so_and_recorded_once() {
    let request_timeout = Duration::from_millis(300);
    let server = Server::with(
        config(),
        Limits {
            request_timeout,
            ..Limits::default()
        },
    );
    let pause = server.lever.hold();
    let reply = server.submit(&genesis());
    reply.problem(503, "TIMEOUT", "/v1/transactions");
    assert_eq!(reply.header("retry-after"), "1");
    drop(pause);
    while server.node.metrics().size() == 0 {
        std::thread::yield_now();
    }
    assert_eq!(
        server.submit(&genesis()).status,
        200,
        "the same one, recorded once"
    );
}

#[test]
fn a_body_that_never_ends_is_given_up() {
    let request_timeout = Duration::from_millis(300);
    let server = Server::with(
        config(),
        Limits {
            request_timeout,
            ..Limits::default()
        },
    );
    let mut connection = TcpStream::connect(server.address).unwrap();
    connection
        .write_all(b"POST /v1/transactions HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf")
        .unwrap();
    let mut answer = [0; 64];
    let length = connection.read(&mut answer).unwrap();
    assert!(answer[..length].starts_with(b"HTTP/1.1 503 "));
}

#[test]
fn a_body_without_length_is_bounded_too() {
    let server = Server::empty();
    let mut connection = TcpStream::connect(server.address).unwrap();
    connection
        .write_all(
            b"POST /v1/transactions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n",
        )
        .unwrap();
    let piece = [b"10000\r\n".as_slice(), &[b' '; 0x10000], b"\r\n"].concat();
    for _ in 0..3 {
        // The server may hang up before the end: it has seen enough.
        if connection.write_all(&piece).is_err() {
            break;
        }
    }
    let mut answer = [0; 64];
    let length = connection.read(&mut answer).unwrap();
    assert!(answer[..length].starts_with(b"HTTP/1.1 413 "));
}

/// Every path that the description names answers. That it names every path of the router
/// follows from how both are made; the table of readers is compared with it in its own test.
#[test]
fn the_description_names_every_path() {
    let server = Server::founded();
    let reply = server.get("/openapi.json");
    let document: serde_json::Value = serde_json::from_str(reply.text()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() > 40, "{}", paths.len());
    for (path, item) in paths {
        let asked = path
            .replace("{version}", "1")
            .replace("/tile/{level}/{index}", "/tile/0/000")
            .replace("{width}", "1")
            .replace("/tile/entries/{index}", "/tile/entries/000")
            .replace("{index}", "0")
            .replace("{id}", "none")
            .replace("{object}", "ledger")
            .replace("{period}", "2022");
        assert!(!asked.contains('{'), "{asked}");
        // What has no end is asked of in its own tests.
        if item.get("get").is_some() && path != "/v1/events" {
            let reply = server.get(&asked);
            assert!(
                item["get"]["responses"]
                    .get(reply.status.to_string())
                    .is_some(),
                "{path}"
            );
            let text = String::from_utf8_lossy(&reply.body);
            assert!(!text.contains("there is no such path"), "{path}: {text}");
        }
    }
    let reply = server.get("/docs");
    let page = reply.text();
    assert!(page.contains("POST /v1/transactions"), "{page}");
    assert!(!page.contains("<script"));
}
