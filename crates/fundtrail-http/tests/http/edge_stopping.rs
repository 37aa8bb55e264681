//! Told to stop: what was accepted is answered, and nothing else holds it up.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use fundtrail_http::Limits;
use fundtrail_model::LogPolicy;
use fundtrail_model::receipt::Receipt;

use crate::client::Server;
use crate::fixture::{config, genesis, log_signer};

fn answer(connection: &mut TcpStream) -> String {
    let mut text = String::new();
    connection.read_to_string(&mut text).unwrap();
    text
}

/// Begins to submit a genesis, of which the last bytes are left to send.
fn half_sent(server: &Server) -> (TcpStream, Vec<u8>) {
    let body = genesis();
    let (first, last) = body.split_at(body.len() / 2);
    let mut connection = TcpStream::connect(server.address).unwrap();
    write!(
        connection,
        "POST /v1/transactions HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .unwrap();
    connection.write_all(first).unwrap();
    (connection, last.to_vec())
}

/// Waits until the half that was sent must have been read: a later connection was served.
fn await_begun(server: &Server) {
    for _ in 0..20 {
        assert_eq!(server.get("/healthz").status, 200);
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn receipt_is_good(answer: &str) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 201 "), "{answer}");
    let policy = LogPolicy::of_log(log_signer().verifier().clone()).unwrap();
    let receipt = Receipt::parse(body.as_bytes()).unwrap();
    receipt.verify_self_contained(&policy).unwrap();
}

#[test]
fn a_submission_that_waits_for_the_disk_gets_its_receipt() {
    let server = Server::empty();
    let pause = server.lever.hold();
    let (mut connection, last) = half_sent(&server);
    connection.write_all(&last).unwrap();
    server.lever.await_begun(1);
    server.app.stop();
    let limit = Instant::now() + Duration::from_secs(10);
    while TcpStream::connect(server.address).is_ok() {
        assert!(Instant::now() < limit, "it takes connections still");
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(pause);
    receipt_is_good(&answer(&mut connection));
    server.await_end();
}

#[test]
fn a_body_on_its_way_is_awaited() {
    let server = Server::empty();
    let (mut connection, last) = half_sent(&server);
    await_begun(&server);
    server.app.stop();
    std::thread::sleep(Duration::from_millis(100));
    connection.write_all(&last).unwrap();
    receipt_is_good(&answer(&mut connection));
    server.await_end();
}

#[test]
fn silent_connections_do_not_hold_it_up() {
    let server = Server::empty();
    let mut silent: Vec<TcpStream> = (0..20)
        .map(|_| TcpStream::connect(server.address).unwrap())
        .collect();
    silent[0].write_all(b"GET /healthz HTTP/1.1\r\n").unwrap();
    silent[1]
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    assert_eq!(server.get("/healthz").status, 200);
    let began = Instant::now();
    server.app.stop();
    server.await_end();
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn what_does_not_end_is_cut_off() {
    let grace = Duration::from_millis(500);
    let server = Server::with(
        config(),
        Limits {
            grace,
            ..Limits::default()
        },
    );
    let (mut connection, _) = half_sent(&server);
    await_begun(&server);
    let began = Instant::now();
    server.app.stop();
    server.await_end();
    assert!(began.elapsed() >= grace && began.elapsed() < Duration::from_secs(10));
    let mut bytes = Vec::new();
    let _ = connection.read_to_end(&mut bytes);
    assert_eq!(bytes, b"");
}
