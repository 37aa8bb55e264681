//! Requests that are none, or two at once.

use std::io::Write as _;
use std::net::Shutdown;

use super::victim::{Victim, rest};

/// What a hostile request may make the node grow by, in bytes.
const MORE: u64 = 64 * 1024 * 1024;

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";

/// How often a text answers.
fn answers(text: &str) -> usize {
    text.matches("HTTP/1.1 ").count()
}

/// A request whose bytes say nothing gets 4xx, or nothing, and the connection is over: what
/// follows on it is never taken for a request.
#[test]
fn what_is_no_request_ends_its_connection() {
    let victim = Victim::start("");
    let post = "POST /v1/transactions HTTP/1.1\r\nhost: x\r\n";
    let chunked = format!("{post}transfer-encoding: chunked\r\n\r\n");
    let cases: Vec<(&str, String)> = vec![
        ("garbage", "\u{1}\u{2}\u{3}garbage\r\n\r\n".into()),
        ("TLS", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\r\n\r\n".into()),
        (
            "the preface of HTTP/2",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(),
        ),
        (
            "another version",
            "GET /healthz HTTP/9.9\r\nhost: x\r\n\r\n".into(),
        ),
        ("no version", "GET /healthz\r\n\r\n".into()),
        (
            "a negative length",
            format!("{post}content-length: -1\r\n\r\n{{}}"),
        ),
        (
            "a length that is no number",
            format!("{post}content-length: 1e3\r\n\r\n{{}}"),
        ),
        (
            "a length beyond all numbers",
            format!("{post}content-length: 99999999999999999999999\r\n\r\n"),
        ),
        (
            "a signed length",
            format!("{post}content-length: +2\r\n\r\n{{}}"),
        ),
        (
            "two lengths",
            format!("{post}content-length: 2\r\ncontent-length: 3\r\n\r\n{{}}x"),
        ),
        (
            "two lengths in one",
            format!("{post}content-length: 2, 3\r\n\r\n{{}}x"),
        ),
        (
            "a space before the colon",
            format!("{post}content-length : 2\r\n\r\n{{}}"),
        ),
        ("a header without a name", format!("{post}: x\r\n\r\n")),
        ("a header with NUL", format!("{post}x: a\u{0}b\r\n\r\n")),
        (
            "a folded header",
            format!("{post}x: a\r\n b\r\ncontent-length: 2\r\n\r\n{{}}"),
        ),
        (
            "a coding nobody knows",
            format!("{post}transfer-encoding: gzip\r\n\r\n"),
        ),
        (
            "chunked, but not last",
            format!("{post}transfer-encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
        ),
        (
            "a chunk of no size",
            format!("{chunked}zz\r\n{{}}\r\n0\r\n\r\n"),
        ),
        (
            "a chunk of a negative size",
            format!("{chunked}-2\r\n{{}}\r\n0\r\n\r\n"),
        ),
        (
            "a chunk beyond all numbers",
            format!("{chunked}FFFFFFFFFFFFFFFFFF\r\n{{}}\r\n0\r\n\r\n"),
        ),
        (
            "a chunk that is longer than it says",
            format!("{chunked}1\r\n{{}}{{}}{{}}\r\n0\r\n\r\n"),
        ),
        (
            "endless extensions of a chunk",
            format!("{chunked}2;{}\r\n{{}}\r\n", "x=y;".repeat(20_000)),
        ),
    ];
    for (name, request) in cases {
        let answer = victim.ask(format!("{request}{HEALTH}").as_bytes());
        assert!(
            answer.is_empty()
                || answer.starts_with("HTTP/1.1 4")
                || answer.starts_with("HTTP/1.1 5"),
            "{name}: {answer}"
        );
        assert!(
            !answer.contains("HTTP/1.1 200 "),
            "{name}: what followed was taken: {answer}"
        );
        assert!(answers(&answer) <= 1, "{name}: {answer}");
        victim.is_well(name, MORE);
    }
}

/// What one reader of a request takes for its body, another would take for a request
/// (RFC 9112, section 11.2). With both lengths, the node refuses or hangs up.
#[test]
fn no_request_hides_in_the_body_of_another() {
    let victim = Victim::start("");
    let hidden = "GET /readyz HTTP/1.1\r\nhost: x\r\nx-hidden: y\r\n\r\n";
    let both = |length: usize, coding: &str, body: &str| {
        format!(
            "POST /v1/transactions/check HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n{coding}\r\n\r\n{body}"
        )
    };
    let chunk = format!("{:x}\r\n{hidden}\r\n0\r\n\r\n", hidden.len());
    let cases = [
        (
            "the length first",
            both(4, "transfer-encoding: chunked", &chunk),
        ),
        (
            "the chunks first",
            both(
                chunk.len() + hidden.len(),
                "transfer-encoding: chunked",
                &format!("0\r\n\r\n{hidden}"),
            ),
        ),
        (
            "a coding spelt oddly",
            both(
                4,
                "transfer-encoding: xchunked",
                &format!("{{}}\r\n{hidden}"),
            ),
        ),
        (
            "a coding behind a tab",
            both(
                4,
                "transfer-encoding:\tchunked",
                &format!("0\r\n\r\n{hidden}"),
            ),
        ),
        (
            "two codings",
            both(
                4,
                "transfer-encoding: chunked\r\ntransfer-encoding: identity",
                &format!("0\r\n\r\n{hidden}"),
            ),
        ),
    ];
    for (name, request) in cases {
        let answer = victim.ask(request.as_bytes());
        assert!(answers(&answer) <= 1, "{name}: two answers: {answer}");
        assert!(!answer.starts_with("HTTP/1.1 2"), "{name}: {answer}");
        victim.is_well(name, MORE);
    }
}

/// A thousand requests at once on a connection, with garbage behind: each is answered in turn,
/// the garbage ends it.
#[test]
fn many_requests_at_once_are_answered_in_turn() {
    let victim = Victim::start("");
    let mut stream = victim.connect();
    let mut reader = stream.try_clone().unwrap();
    let answers_of = std::thread::spawn(move || rest(&mut reader));
    let _ = stream.write_all(HEALTH.repeat(1_000).as_bytes());
    let _ = stream.write_all(b"\x00\xff\xfe\r\n\r\n");
    let text = answers_of.join().unwrap();
    assert_eq!(text.matches("HTTP/1.1 200 ").count(), 1_000);
    assert!(answers(&text) <= 1_001);
    victim.is_well("a thousand requests at once", MORE);
}

/// Half a request, and the other half never.
#[test]
fn half_a_request_records_nothing() {
    let victim = Victim::start("");
    let body = super::floods::transfer("t-half", "2022-01-10");
    let head = format!(
        "POST /v1/transactions HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    for part in [0, 1, body.len() / 2, body.len() - 1] {
        let mut stream = victim.connect();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.get(..part).unwrap()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let answer = rest(&mut stream);
        assert!(!answer.starts_with("HTTP/1.1 2"), "{part}: {answer}");
    }
    // And one that waits to be asked for its body, and is gone.
    let mut stream = victim.connect();
    let head = head.replace("\r\n\r\n", "\r\nexpect: 100-continue\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    drop(stream);
    victim.is_well("halves of requests", MORE);
}

/// A head of many or long headers is refused before it takes memory.
#[test]
fn huge_heads_take_no_memory() {
    let victim = Victim::start("");
    let long = format!(
        "GET /healthz HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n",
        "a".repeat(8 << 20)
    );
    let many: String = (0..200_000).map(|at| format!("x-{at}: y\r\n")).collect();
    let many = format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{many}\r\n");
    let path = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "%61".repeat(1 << 20));
    let endless = format!("GET / HTTP/1.1{}", " ".repeat(4 << 20));
    for (name, head) in [
        ("long", long),
        ("many", many),
        ("path", path),
        ("endless", endless),
    ] {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let answer = victim.ask(head.as_bytes());
                    assert!(
                        answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
                        "{name}: {answer}"
                    );
                });
            }
        });
        victim.is_well(name, MORE);
    }
    println!("huge heads: {} MiB more", victim.grown_mib());
}
