//! The edge of the real node: stopping in order, ids in its log, quotas by its settings.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::fixture::{ORIGIN, office};
use crate::process::{Daemon, init};
use crate::serve::genesis;

fn address(daemon: &Daemon) -> &str {
    daemon.address.strip_prefix("http://").unwrap()
}

#[test]
fn a_submission_on_its_way_when_told_to_stop_gets_its_receipt() {
    let scratch = tempfile::tempdir().unwrap();
    let made = init(scratch.path(), ORIGIN);
    let daemon = Daemon::start(scratch.path());
    let body = genesis(&made);
    let (first, last) = body.split_at(body.len() / 2);
    let mut connection = TcpStream::connect(address(&daemon)).unwrap();
    let mut silent = TcpStream::connect(address(&daemon)).unwrap();
    write!(
        connection,
        "POST /v1/transactions HTTP/1.1\r\nhost: x\r\nx-request-id: mine-1\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    )
    .unwrap();
    connection.write_all(first).unwrap();
    // Another connection is served meanwhile, so the first half has been read.
    for _ in 0..20 {
        assert_eq!(daemon.get("/readyz").0, 200);
        std::thread::sleep(Duration::from_millis(5));
    }
    let last = last.to_vec();
    let began = Instant::now();
    let finished = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        connection.write_all(&last).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer
    });
    let (code, logs) = daemon.stop("TERM");
    assert_eq!(code, Some(0));
    assert!(began.elapsed() < Duration::from_secs(15));
    let answer = finished.join().unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert!(answer.contains("x-request-id: mine-1\r\n"), "{answer}");
    assert!(silent.read(&mut [0; 8]).is_ok_and(|count| count == 0));
    let has = |name: &str, value: &str| logs.iter().any(|line: &Value| line[name] == value);
    assert!(
        has("message", "stopped") && has("request_id", "mine-1"),
        "{logs:?}"
    );
    let again = Daemon::start(scratch.path());
    assert_eq!(again.submit(&body).0, 200, "it was recorded");
}

#[test]
fn each_request_is_one_line_that_says_who_and_nothing_of_what() {
    let scratch = tempfile::tempdir().unwrap();
    let made = init(scratch.path(), ORIGIN);
    let daemon = Daemon::start(scratch.path());
    assert_eq!(daemon.submit(&genesis(&made)).0, 201);
    assert_eq!(daemon.get_as("/v1/entries?secret=1", &office()).0, 400);
    assert_eq!(daemon.get_as("/v1/entries/0", &office()).0, 200);
    assert_eq!(daemon.get("/v1/keys/secret").0, 400);
    let (_, logs) = daemon.stop("TERM");
    let requests: Vec<&Value> = logs
        .iter()
        .filter(|line| line["message"] == "request")
        .collect();
    assert_eq!(requests.len(), 4, "{logs:?}");
    let read = requests[2];
    assert_eq!(read["route"], "/v1/entries/{index}");
    assert_eq!(
        (&read["method"], &read["status"]),
        (&"GET".into(), &200.into())
    );
    assert_eq!(read["role"], "office");
    assert_eq!(read["key"], office().public().id().to_string());
    assert!(read["micros"].is_u64());
    assert_eq!(requests[3].get("key"), None, "nobody known");
    for line in &requests {
        assert_eq!(line["request_id"].as_str().unwrap().len(), 32);
    }
    let text = format!("{logs:?}");
    assert!(!text.contains("secret") && !text.contains("OFF"), "{text}");
}

#[test]
fn quotas_are_settings() {
    let scratch = tempfile::tempdir().unwrap();
    init(scratch.path(), ORIGIN);
    let config = scratch.path().join("fundtraild.toml");
    let daemon = Daemon::start_by(&[
        ("FUNDTRAILD_CONFIG", config.to_str().unwrap()),
        ("FUNDTRAILD_LISTEN", "127.0.0.1:0"),
        ("FUNDTRAILD_LIMITS__ADDRESS_READS", "2"),
        ("FUNDTRAILD_LIMITS__COUNT_LOOPBACK", "true"),
    ]);
    let asked = [0; 3].map(|_| daemon.get("/v1/rules").0);
    assert_eq!(asked, [200, 200, 429]);
    assert_eq!(daemon.get("/healthz").0, 200);
    daemon.stop("TERM");
}

#[test]
fn connections_that_the_process_may_not_have_are_refused_at_start() {
    let scratch = tempfile::tempdir().unwrap();
    init(scratch.path(), ORIGIN);
    let config = scratch.path().join("fundtraild.toml");
    let output = Command::new("sh")
        .args(["-c", "ulimit -n 900; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_fundtraild"))
        .args(["serve", "--listen", "127.0.0.1:0", "--config"])
        .arg(&config)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    let words = "384 connections need 1024 open files, and this process may have 900";
    assert!(said.contains(words), "{said}");
    assert!(
        !scratch.path().join("ledger").exists(),
        "nothing was opened"
    );
}
