//! Whoever listens hears each entry that it may read, once and in order, as long as it may.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fundtrail_http::Limits;
use fundtrail_model::{Entry, Moment, Transaction};
use fundtrail_node::{Config, FixedClock};
use fundtrail_scenario::key;
use serde_json::json;

use crate::client::{Reply, Server};
use crate::fixture::{clock, config, enrol, genesis, log_signer, regulator, tag_key};
use crate::roles::Site;
use crate::stream::{Heard, Stream};

/// Where nothing happens, a beat comes soon.
fn quick() -> Limits {
    Limits {
        heartbeat: Duration::from_millis(50),
        ..Limits::default()
    }
}

fn founded(limits: Limits) -> Server {
    let server = Server::with(config(), limits);
    assert_eq!(server.submit(&genesis()).status, 201);
    server
}

/// As the regulator, who reads all.
fn listen(server: &Server, query: &str, last: &[&str]) -> Result<Stream, Box<Reply>> {
    Stream::open(server, query, last, &server.token(&regulator()))
}

fn as_bank(site: &Site, name: &str, query: &str) -> Result<Stream, Box<Reply>> {
    Stream::open(&site.server, query, &[], &site.server.token(&key(name)))
}

fn entries(server: &Server) -> Vec<Entry> {
    let lines = server.get("/v1/entries?limit=1000");
    let lines = lines.text().lines();
    lines
        .map(|line| Entry::parse(line.as_bytes()).unwrap())
        .collect()
}

#[test]
fn every_entry_is_told_once_and_in_order() {
    let site = Site::with(quick());
    let token = site.server.token(&key("OFF"));
    let mut stream = Stream::open(&site.server, "?from=0", &[], &token).unwrap();
    let header = |name: &str| stream.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/event-stream");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("x-accel-buffering"), "no");
    assert!(!stream.headers.contains_key("content-encoding"));
    assert_eq!(stream.hear(), Some(Heard::Retry(2000)));
    let entries = entries(&site.server);
    assert!(entries.len() > 100, "more than one piece");
    for entry in &entries {
        let transaction = Transaction::parse(&entry.envelope.payload).unwrap();
        let said = json!({
            "index": entry.index, "id": transaction.id, "kind": transaction.kind,
            "date": transaction.date, "recorded": entry.recorded, "size": entry.index + 1,
        });
        assert_eq!(stream.entry(), Some((entry.index, said)));
    }
    assert_eq!(stream.hear(), Some(Heard::Beat));
    assert_eq!(stream.hear(), Some(Heard::Beat));
}

#[test]
fn without_a_beginning_it_begins_now() {
    let server = founded(Limits::default());
    server.submit(&enrol(1));
    let mut now = listen(&server, "", &[]).unwrap();
    let mut end = listen(&server, "?from=2", &[]).unwrap();
    assert_eq!(now.hear(), Some(Heard::Retry(2000)));
    server.submit(&enrol(2));
    server.submit(&enrol(3));
    // Nobody waits for a beat: that would be 15 seconds each.
    let began = Instant::now();
    assert_eq!(now.ids(2), [2, 3]);
    assert_eq!(end.ids(2), [2, 3]);
    assert!(began.elapsed() < Duration::from_secs(10));
}

/// Cut off again and again in the middle while others write: nothing twice, nothing left out.
#[test]
fn a_stream_is_taken_up_where_it_was_left() {
    const LAST: u32 = 200;
    let server = founded(Limits::default());
    let mut heard = Vec::new();
    std::thread::scope(|scope| {
        let server = &server;
        let writing = scope.spawn(move || {
            for number in 1..=LAST {
                assert_eq!(server.submit(&enrol(number)).status, 201);
            }
        });
        let mut stream = listen(server, "?from=0", &[]).unwrap();
        let mut pieces = [1, 7, 2, 40, 3].into_iter().cycle();
        while heard.len() <= LAST as usize {
            let left = LAST as usize + 1 - heard.len();
            heard.extend(stream.ids(pieces.next().unwrap().min(left)));
            let last = heard.last().unwrap().to_string();
            // What `from` says is older than what was seen.
            stream = listen(server, "?from=0", &[&last]).unwrap();
        }
        writing.join().unwrap();
    });
    assert_eq!(heard, (0..=u64::from(LAST)).collect::<Vec<_>>());
}

/// One who reads nothing holds up nobody, and hears all of it later.
#[test]
fn a_slow_listener_lags_and_loses_nothing() {
    let server = founded(Limits::default());
    let mut slow = listen(&server, "?from=0", &[]).unwrap();
    for number in 1..=300 {
        assert_eq!(server.submit(&enrol(number)).status, 201);
    }
    assert_eq!(slow.ids(301), (0..=300).collect::<Vec<_>>());
}

#[test]
fn what_says_no_place_in_the_ledger_is_refused() {
    let server = founded(Limits::default());
    for query in [
        "?from=x",
        "?from=",
        "?from=-1",
        "?from=01",
        "?from=0&from=0",
        "?form=0",
        "?from=18446744073709551616",
    ] {
        let reply = listen(&server, query, &["0"]).err().unwrap();
        reply.problem(400, "PARAMETER", "/v1/events");
    }
    for last in [
        &["x"][..],
        &[""],
        &["-1"],
        &["00"],
        &["0", "0"],
        &["18446744073709551615"],
        &["18446744073709551616"],
    ] {
        let reply = listen(&server, "?from=0", last).err().unwrap();
        reply.problem(400, "PARAMETER", "/v1/events");
    }
    // Whoever saw more than there is saw another ledger, or this one before it was lost.
    for (query, last) in [("?from=2", &[][..]), ("?from=0", &["1"])] {
        let reply = listen(&server, query, last).err().unwrap();
        reply.problem(404, "NOT_FOUND", "/v1/events");
    }
    assert!(listen(&server, "?from=1", &[]).is_ok());
    assert!(listen(&server, "?from=7", &["0"]).is_ok());
}

#[test]
fn a_bank_hears_of_its_own_entries_and_of_no_others() {
    let site = Site::with(quick());
    let bank = key("bank-a/maker");
    let size = entries(&site.server).len() as u64;
    let own: Vec<u64> = (0..size)
        .filter(|index| {
            let path = format!("/v1/entries/{index}");
            site.server.ask("GET", &path, Some(&bank)).status == 200
        })
        .collect();
    assert!(own.len() > 20 && (own.len() as u64) < size - 20, "{own:?}");
    let mut stream = as_bank(&site, "bank-a/maker", "?from=0").unwrap();
    assert_eq!(stream.ids_until_quiet(), own);
}

#[test]
fn whoever_loses_the_right_hears_no_more() {
    let mut site = Site::with(quick());
    site.readers();
    let mut revoked = as_bank(&site, "bank-b/maker", "").unwrap();
    let mut replaced = as_bank(&site, "bank-c/maker", "").unwrap();
    let mut auditor = as_bank(&site, "cpa-of-a", "").unwrap();
    let mut other = as_bank(&site, "bank-b/checker", "").unwrap();
    for stream in [&mut revoked, &mut replaced, &mut auditor, &mut other] {
        assert_eq!(stream.hear(), Some(Heard::Retry(2000)));
        assert_eq!(stream.hear(), Some(Heard::Beat));
    }
    let size = entries(&site.server).len() as u64;
    site.play(
        "2024-04-01 key_revoke key=keyid:bank-b/maker by=bank-b/checker => recorded\n\
         2024-04-01 key_rotate key=keyid:bank-c/maker public_key=key:bank-c/new => recorded",
    );
    site.engage("cpa-of-a", &["bank-a"], "2027-12-30");
    for stream in [&mut revoked, &mut replaced, &mut auditor] {
        assert_eq!(stream.entry(), None);
    }
    assert_eq!(other.ids(1), [size], "its party's key was revoked");
    for (name, status, code) in [
        ("bank-b/maker", 401, "TOKEN_KEY_REVOKED"),
        ("bank-c/maker", 401, "TOKEN_KEY_REVOKED"),
        ("cpa-of-a", 403, "FORBIDDEN"),
    ] {
        let reply = as_bank(&site, name, "").err().unwrap();
        reply.problem(status, code, "/v1/events");
    }
    assert!(as_bank(&site, "bank-c/new", "").is_ok());
}

#[test]
fn when_the_time_of_a_token_is_over_so_is_the_stream() {
    let now = Moment::parse("2022-03-01T10:00:00+08:00").unwrap();
    let clock = Arc::new(FixedClock::at(now));
    let config = Config::new(log_signer(), tag_key(), clock.clone());
    let server = Server::with(config, quick());
    assert_eq!(server.submit(&genesis()).status, 201);
    let token = server.token(&regulator());
    let mut stream = Stream::open(&server, "?from=0", &[], &token).unwrap();
    assert_eq!(stream.ids_until_quiet(), [0]);
    clock.set(Moment::from_millis(now.millis() + 599_999).unwrap());
    assert_eq!(stream.ids_until_quiet(), [0; 0]);
    clock.set(Moment::from_millis(now.millis() + 600_000).unwrap());
    assert_eq!(stream.entry(), None);
    let reply = Stream::open(&server, "", &[], &token).err().unwrap();
    reply.problem(401, "TOKEN_EXPIRED", "/v1/events");
}

#[test]
fn listeners_are_bounded_and_no_requests() {
    let limits = Limits {
        listeners_max: 2,
        requests_max: 1,
        ..quick()
    };
    let server = founded(limits);
    let mut first = listen(&server, "", &[]).unwrap();
    let second = listen(&server, "", &[]).unwrap();
    let busy = listen(&server, "", &[]).err().unwrap();
    busy.problem(503, "BUSY", "/v1/events");
    assert_eq!(busy.header("retry-after"), "1");
    // They take no place of others.
    assert_eq!(server.get("/v1/fund").status, 200);
    assert_eq!(server.submit(&enrol(1)).status, 201);
    assert_eq!(first.ids(1), [1]);
    // Who goes makes room, as soon as it is noticed.
    drop(second);
    let until = Instant::now() + Duration::from_secs(10);
    let again = loop {
        match listen(&server, "", &[]) {
            Ok(stream) => break stream,
            Err(reply) => reply.problem(503, "BUSY", "/v1/events"),
        };
        assert!(Instant::now() < until, "a seat stays taken");
        std::thread::sleep(Duration::from_millis(10));
    };
    drop((first, again));
}

#[test]
fn streams_end_at_once_when_the_node_is_told_to_stop() {
    let server = founded(Limits::default());
    let mut idle = listen(&server, "", &[]).unwrap();
    assert_eq!(idle.hear(), Some(Heard::Retry(2000)));
    let mut heard = listen(&server, "?from=0", &[]).unwrap();
    assert_eq!(heard.ids(1), [0]);
    let began = Instant::now();
    server.app.stop();
    assert_eq!(idle.hear(), None);
    assert_eq!(heard.hear(), None);
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "sooner than a beat"
    );
}

/// The clock of the fixture stands still: beats are of the machine's.
#[test]
fn beats_come_where_nothing_happens() {
    let config = Config::new(log_signer(), tag_key(), clock());
    let server = Server::with(config, quick());
    assert_eq!(server.submit(&genesis()).status, 201);
    let mut stream = listen(&server, "", &[]).unwrap();
    assert_eq!(stream.hear(), Some(Heard::Retry(2000)));
    let began = Instant::now();
    for _ in 0..4 {
        assert_eq!(stream.hear(), Some(Heard::Beat));
    }
    assert!(began.elapsed() >= Duration::from_millis(150));
    server.submit(&enrol(1));
    assert_eq!(stream.ids_until_quiet(), [1]);
}
