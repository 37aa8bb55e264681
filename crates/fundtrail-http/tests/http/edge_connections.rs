//! Connections that are slow, silent, or too many.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use fundtrail_http::Limits;
use serde_json::Value;

use crate::client::Server;
use crate::fixture::{config, genesis};

const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";

fn server(limits: Limits) -> Server {
    Server::with(config(), limits)
}

fn connect(server: &Server) -> TcpStream {
    let connection = TcpStream::connect(server.address).unwrap();
    let patience = Some(Duration::from_secs(20));
    connection.set_read_timeout(patience).unwrap();
    connection
}

/// What comes until the other side ends.
fn rest(connection: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    match connection.read_to_end(&mut bytes) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("{error}"),
        _ => String::from_utf8(bytes).unwrap(),
    }
}

/// Asks on a connection that stays, and reads the answer of `/healthz`.
fn is_served(connection: &mut TcpStream) -> bool {
    let mut text = String::new();
    let mut buffer = [0; 1024];
    if connection.write_all(HEALTH).is_err() {
        return false;
    }
    while !text.ends_with("ok\n") {
        match connection.read(&mut buffer) {
            Ok(0) | Err(_) => return false,
            Ok(count) => text.push_str(std::str::from_utf8(&buffer[..count]).unwrap()),
        }
    }
    text.starts_with("HTTP/1.1 200 OK\r\n")
}

fn metric(server: &Server, name: &str) -> u64 {
    let text = server.get("/metrics").text().to_owned();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("{name}: {text}"))
        .trim()
        .parse()
        .unwrap()
}

#[test]
fn a_head_that_drips_is_given_up() {
    let idle_timeout = Duration::from_millis(400);
    let server = server(Limits {
        idle_timeout,
        ..Limits::default()
    });
    let mut connection = connect(&server);
    let began = Instant::now();
    connection.write_all(b"GET /healthz HTTP/1.1\r\n").unwrap();
    // A header every now and then: it never ends, and it is not silent for long.
    let gave_up = (0..100).any(|number| {
        sleep(Duration::from_millis(50));
        write!(connection, "x-{number}: y\r\n").is_err()
    });
    assert!(gave_up, "a slow head holds its connection for ever");
    assert!(began.elapsed() >= idle_timeout);
    assert!(is_served(&mut connect(&server)));
}

#[test]
fn a_connection_between_two_requests_is_given_up_too() {
    let idle_timeout = Duration::from_millis(400);
    let server = server(Limits {
        idle_timeout,
        ..Limits::default()
    });
    let (mut silent, mut between) = (connect(&server), connect(&server));
    assert!(is_served(&mut between) && is_served(&mut between));
    let began = Instant::now();
    assert_eq!(rest(&mut between), "");
    assert_eq!(rest(&mut silent), "");
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_body_that_pauses_is_told_so() {
    let server = server(Limits {
        body_timeout: Duration::from_millis(300),
        ..Limits::default()
    });
    let mut connection = connect(&server);
    connection
        .write_all(b"POST /v1/transactions HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf")
        .unwrap();
    let answer = rest(&mut connection);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    let body = answer.split("\r\n\r\n").nth(1).unwrap();
    let problem: Value = serde_json::from_str(body).unwrap();
    assert_eq!(problem["code"], "BODY_TIMEOUT");
    assert_eq!(server.node.metrics().size(), 0);

    // One that drips is not paused.
    let mut connection = connect(&server);
    connection
        .write_all(b"POST /v1/transactions HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 5\r\n\r\n")
        .unwrap();
    for byte in b"{\"a\"}" {
        sleep(Duration::from_millis(100));
        connection.write_all(&[*byte]).unwrap();
    }
    let answer = rest(&mut connection);
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

#[test]
fn silent_connections_keep_nobody_out() {
    // More than come at once: those are let in by several threads, in no order, and one
    // that waits to be read must not be among the ones idle longest for that.
    const BOUND: usize = 200;
    let server = server(Limits {
        connections_max: BOUND,
        ..Limits::default()
    });
    let mut kept = connect(&server);
    assert!(is_served(&mut kept));
    let mut silent: Vec<TcpStream> = Vec::new();
    for number in 0..2000 {
        let mut one = connect(&server);
        if number % 2 == 0 {
            one.write_all(b"GET /heal").unwrap();
        }
        silent.push(one);
        if number % 50 == 0 {
            assert_eq!(server.get("/v1/fund").status, 200);
        }
        // The first ones were closed for the last ones.
        if number >= 400 {
            assert_eq!(rest(&mut silent.remove(0)), "");
        }
    }
    assert!(!is_served(&mut kept));
    assert!(is_served(&mut connect(&server)));
    assert!(metric(&server, "fundtrail_http_connections_evicted_total ") >= 1700);
    assert!(metric(&server, "fundtrail_http_connections ") <= BOUND as u64 + 1);
}

#[test]
fn when_all_are_at_work_a_new_one_is_told_so() {
    let server = server(Limits {
        connections_max: 1,
        ..Limits::default()
    });
    let pause = server.lever.hold();
    std::thread::scope(|scope| {
        let server = &server;
        let mut first = connect(server);
        let body = genesis();
        write!(
            first,
            "POST /v1/transactions HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        )
        .unwrap();
        first.write_all(&body).unwrap();
        server.lever.await_begun(1);
        let mut second = connect(server);
        second.write_all(HEALTH).unwrap();
        let answer = rest(&mut second);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
        let problem: Value = serde_json::from_str(body).unwrap();
        assert_eq!(
            (&problem["code"], &problem["status"]),
            (&"BUSY".into(), &503.into())
        );
        let id = problem["request_id"].as_str().unwrap();
        assert!(head.contains(&format!("x-request-id: {id}")), "{head}");
        assert!(head.contains("retry-after: 1"), "{head}");
        drop(pause);
        // The one at work was not disturbed.
        let answer = scope.spawn(move || rest(&mut first)).join().unwrap();
        assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    });
    assert!(is_served(&mut connect(&server)));
}

#[test]
fn a_head_has_its_bound() {
    let server = Server::empty();
    let ask = |size: usize| {
        let mut connection = connect(&server);
        let filler = "a".repeat(size);
        let request = format!(
            "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-filler: {filler}\r\n\r\n"
        );
        // It may hang up before the end.
        let _ = connection.write_all(request.as_bytes());
        rest(&mut connection)
    };
    assert!(ask(15_000).starts_with("HTTP/1.1 200 "));
    let answer = ask(17_000);
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    assert!(answer.contains("\"code\":\"HEAD_TOO_LARGE\""), "{answer}");
    let answer = ask(500_000);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431 "),
        "{answer}"
    );
    // A long path is a long head.
    let path = format!("/{}", "a".repeat(17_000));
    server.get(&path).problem(431, "HEAD_TOO_LARGE", &path);
    let mut connection = connect(&server);
    let many: String = (0..100)
        .map(|number| format!("x-{number}: y\r\n"))
        .collect();
    let request = format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{many}\r\n");
    connection.write_all(request.as_bytes()).unwrap();
    assert!(rest(&mut connection).starts_with("HTTP/1.1 431 "));
}

#[test]
fn who_takes_nothing_of_an_answer_is_given_up() {
    let server = server(Limits {
        stall_timeout: Duration::from_millis(300),
        ..Limits::default()
    });
    let mut connection = connect(&server);
    // Many answers are asked for and none is read, until no more fit on the way.
    connection
        .set_write_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let request = b"GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(100);
    let failed = (0..50_000).find_map(|_| connection.write_all(&request).err());
    let gave_up = failed.is_some_and(|error| {
        matches!(
            error.kind(),
            ErrorKind::ConnectionReset | ErrorKind::BrokenPipe
        )
    });
    assert!(gave_up, "a client that reads nothing holds its connection");
    assert!(is_served(&mut connect(&server)));
}
