//! `fundtrail witness`: the command, and the server it starts, over real HTTP.

use std::fs;
use std::sync::Barrier;
use std::time::{SystemTime, UNIX_EPOCH};

use fundtrail_model::LogPolicy;
use fundtrail_model::add_checkpoint::{AddCheckpoint, WitnessAnswer};
use fundtrail_model::checkpoint::cosign;
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::{Note, SignatureType, VerifierKey};
use fundtrail_model::receipt::Receipt;
use serde_json::Value;

use crate::ledger::{self, Ledger};
use crate::support::Desk;
use crate::witness_log::{Log, ORIGIN};
use crate::witness_server::{Answered, Server, origin_hash};

/// A desk with the witness `w`, which cosigns for the test's log.
fn witness() -> (Desk, VerifierKey) {
    let desk = Desk::new();
    let made = desk.call(["witness", "init", "--name", "w.example/1", "--dir", "w"]);
    let key = VerifierKey::parse(made.ends(0).trim_end()).unwrap();
    let log = Log::honest().key().to_string();
    desk.call(["witness", "add-log", "--dir", "w", "--log-key", &log])
        .ends(0);
    (desk, key)
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap().as_secs()
}

/// The file of what was cosigned last.
fn state(desk: &Desk) -> std::path::PathBuf {
    let logs = desk.path("w").join("logs");
    logs.join(origin_hash(ORIGIN)).join("checkpoint")
}

/// Asserts that an answer is a cosignature of the request's checkpoint, made just now.
#[track_caller]
fn assert_cosigned(answered: &Answered, request: &AddCheckpoint, key: &VerifierKey) {
    let WitnessAnswer::Cosigned(lines) = answered.read() else {
        panic!("{answered:?}")
    };
    let mut note = Note::parse(request.checkpoint.as_bytes()).unwrap();
    lines.into_iter().for_each(|line| note.add(line).unwrap());
    let policy = format!("log {}\nwitness w {key}\nquorum w", Log::honest().key());
    let policy = LogPolicy::parse(&policy).unwrap();
    let opened = policy.open(note.to_text().as_bytes()).unwrap();
    assert!(now().abs_diff(opened.cosigned[0].time) < 60);
}

#[test]
fn a_witness_is_made_shown_and_told_its_logs() {
    let (desk, key) = witness();
    assert_eq!(
        (key.name(), key.kind()),
        ("w.example/1", SignatureType::Cosignature)
    );
    let again = desk.call(["witness", "init", "--name", "w.example/1", "--dir", "w"]);
    assert!(
        again.stderr.contains("WITNESS_EXISTS: "),
        "{}",
        again.stderr
    );
    again.ends(2);
    let text = desk.call(["witness", "show", "--dir", "w"]).ends(0);
    for part in [
        &key.to_string(),
        ORIGIN,
        &Log::honest().key().to_string(),
        "nothing yet",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    desk.write("log.vkey", ledger::log_key() + "\n");
    let renamed = ["--log-key", "log.vkey", "--origin", "fund.example/renamed"];
    desk.call(
        ["witness", "add-log", "--dir", "w"]
            .into_iter()
            .chain(renamed),
    )
    .ends(0);
    let text = desk
        .call(["witness", "show", "--dir", "w", "--json"])
        .ends(0);
    let shown: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(shown["logs"][0]["origin"], "fund.example/renamed");
    assert_eq!(shown["logs"][1]["origin"], ORIGIN);
    assert_eq!(shown["logs"][1]["cosigned"], Value::Null);

    for (arguments, code) in [
        (&["show", "--dir", "none"][..], "WITNESS_NONE"),
        (&["serve", "--dir", "none"], "WITNESS_NONE"),
        (
            &["add-log", "--dir", "none", "--log-key", "log.vkey"],
            "WITNESS_NONE",
        ),
        (
            &["add-log", "--dir", "w", "--log-key", &key.to_string()],
            "WITNESS_LOG",
        ),
        (
            &["init", "--name", "two words", "--dir", "v"],
            "WITNESS_KEY",
        ),
    ] {
        let called = desk.call(["witness"].iter().chain(arguments));
        assert!(called.stderr.contains(code), "{code}: {}", called.stderr);
        called.ends(2);
    }
}

#[test]
fn every_status_is_the_specifications() {
    let (desk, key) = witness();
    let server = Server::start(&desk.path("w"));
    let log = Log::honest();
    let monitored = format!("/{}/checkpoint", origin_hash(ORIGIN));
    assert_eq!(server.get(&monitored).status, 404);
    assert_eq!(server.get("/none/checkpoint").status, 404);
    assert_eq!(server.get("/add-checkpoint").status, 405);

    let answer = |request: &AddCheckpoint| server.ask(request).read();
    assert_eq!(answer(&log.request(3, 7)), WitnessAnswer::Conflict(0));
    let first = log.request(0, 7);
    let answered = server.ask(&first);
    assert_eq!(answered.status, 200);
    assert_cosigned(&answered, &first, &key);
    let conflict = server.ask(&log.request(0, 7));
    assert_eq!((conflict.status, &*conflict.body), (409, &b"7\n"[..]));
    assert_eq!(conflict.content_type, "text/x.tlog.size");

    let other = Log::new("log.example/other", 1, 0, 0);
    assert_eq!(answer(&other.request(7, 8)), WitnessAnswer::UnknownLog);
    let stranger = Log::new(ORIGIN, 2, 0, 0);
    assert_eq!(answer(&stranger.request(7, 8)), WitnessAnswer::Untrusted);
    assert_eq!(answer(&log.request(9, 8)), WitnessAnswer::BadRequest);
    assert_eq!(server.post(b"").status, 400);
    assert_eq!(server.post(b"old 7\n\n").status, 400);
    assert_eq!(server.post(&[b'a'; 64 * 1024 + 1]).status, 413);
    let fork = Log::forked(3);
    assert_eq!(answer(&fork.request(7, 7)), WitnessAnswer::ProofRefused);
    assert_eq!(answer(&fork.request(7, 8)), WitnessAnswer::ProofRefused);
    let mut unasked = log.request(7, 7);
    unasked.proof = log.proof(6, 7);
    assert_eq!(answer(&unasked), WitnessAnswer::ProofRefused);

    let second = log.request(7, 12);
    assert_cosigned(&server.ask(&second), &second, &key);
    assert_cosigned(
        &server.ask(&log.request(12, 12)),
        &log.request(12, 12),
        &key,
    );
    let served = server.get(&monitored);
    assert_eq!(served.status, 200);
    let policy = format!("log {}\nwitness w {key}\nquorum w", log.key());
    let opened = LogPolicy::parse(&policy).unwrap().open(&served.body);
    assert_eq!(opened.unwrap().checkpoint.size(), 12);

    let text = desk.call(["witness", "show", "--dir", "w"]).ends(0);
    assert!(text.contains("12 entries"), "{text}");
    for kind in ["/evidence/fork-7-", "/evidence/unproven-8-"] {
        assert_eq!(text.matches(kind).count(), 1, "{kind}: {text}");
    }
}

#[test]
fn a_clock_behind_the_last_cosignature_is_unavailable() {
    let (desk, key) = witness();
    let log = Log::honest();
    // Cosigned an hour from now.
    let pem = fs::read_to_string(desk.path("w").join("witness.pem")).unwrap();
    let secret = SigningKey::from_pkcs8_pem(&pem).unwrap();
    let mut note = log.note(7);
    let line = cosign(&secret, key.name(), now() + 3600, note.text()).unwrap();
    note.add(line).unwrap();
    fs::write(state(&desk), note.to_text()).unwrap();
    let server = Server::start(&desk.path("w"));
    for size in [7, 12] {
        let answered = server.ask(&log.request(7, size));
        assert_eq!(answered.status, 503, "{answered:?}");
    }
    assert_eq!(
        server.ask(&log.request(0, 12)).read(),
        WitnessAnswer::Conflict(7)
    );
}

#[test]
fn told_to_stop_it_ends_well_and_knows_everything_afterwards() {
    let (desk, key) = witness();
    let log = Log::honest();
    for (old, signal) in [(0, "TERM"), (1, "INT"), (2, "TERM")] {
        let server = Server::start(&desk.path("w"));
        let request = log.request(old, old + 1);
        assert_cosigned(&server.ask(&request), &request, &key);
        assert_eq!(server.stop(signal), Some(0));
    }
    let server = Server::start(&desk.path("w"));
    let answer = server.ask(&log.request(0, 9)).read();
    assert_eq!(answer, WitnessAnswer::Conflict(3));
}

#[test]
fn killed_after_an_answer_it_knows_the_answer() {
    let (desk, key) = witness();
    let log = Log::honest();
    for old in 0..20 {
        let server = Server::start(&desk.path("w"));
        let request = log.request(old, old + 1);
        assert_cosigned(&server.ask(&request), &request, &key);
        server.kill();
        let text = desk.call(["witness", "show", "--dir", "w", "--json"]);
        let shown: Value = serde_json::from_str(&text.ends(0)).unwrap();
        assert_eq!(shown["logs"][0]["cosigned"]["size"], old as u64 + 1);
        let root = log.root(old + 1).to_hex();
        assert_eq!(shown["logs"][0]["cosigned"]["root"], root);
    }
    // And a fork of what was answered before the kill is still one.
    let server = Server::start(&desk.path("w"));
    let fork = Log::forked(19).request(20, 20);
    assert_eq!(server.ask(&fork).read(), WitnessAnswer::ProofRefused);
}

#[test]
fn of_thirty_two_branches_at_once_one_wins_and_the_others_are_evidence() {
    let (desk, key) = witness();
    let server = Server::start(&desk.path("w"));
    let first = Log::honest().request(0, 5);
    assert_cosigned(&server.ask(&first), &first, &key);
    let start = Barrier::new(32);
    let answers: Vec<WitnessAnswer> = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..32_u8)
            .map(|racer| {
                let (server, start) = (&server, &start);
                scope.spawn(move || {
                    let request = Log::new(ORIGIN, 1, 5, racer).request(5, 6);
                    start.wait();
                    server.ask(&request).read()
                })
            })
            .collect();
        racers.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let won = |answer: &&WitnessAnswer| matches!(answer, WitnessAnswer::Cosigned(_));
    assert_eq!(answers.iter().filter(won).count(), 1, "{answers:?}");
    let lost = |answer: &&WitnessAnswer| **answer == WitnessAnswer::Conflict(6);
    assert_eq!(answers.iter().filter(lost).count(), 31, "{answers:?}");
    let shown = desk.call(["witness", "show", "--dir", "w"]).ends(0);
    assert_eq!(shown.matches("/evidence/fork-6-").count(), 31, "{shown}");
    let answer = server.ask(&Log::honest().request(0, 9)).read();
    assert_eq!(answer, WitnessAnswer::Conflict(6));
}

#[test]
fn a_directory_has_one_server_and_a_damaged_one_has_none() {
    let (desk, key) = witness();
    let log = Log::honest();
    let serve = || desk.call(["witness", "serve", "--dir", "w", "--listen", "127.0.0.1:0"]);
    let server = Server::start(&desk.path("w"));
    let request = log.request(0, 7);
    assert_cosigned(&server.ask(&request), &request, &key);
    let second = serve();
    assert!(
        second.stderr.contains("WITNESS_IN_USE"),
        "{}",
        second.stderr
    );
    assert_eq!(second.ends(2), "");
    let key = ledger::log_key();
    let added = desk.call(["witness", "add-log", "--dir", "w", "--log-key", &key]);
    assert!(added.stderr.contains("WITNESS_IN_USE"), "{}", added.stderr);
    added.ends(2);
    server.kill();

    let good = fs::read(state(&desk)).unwrap();
    for bad in [&good[..good.len() - 1], &good[1..], b"", b"none"] {
        fs::write(state(&desk), bad).unwrap();
        let refused = serve();
        assert!(
            refused.stderr.contains("WITNESS_STATE"),
            "{}",
            refused.stderr
        );
        assert_eq!(refused.ends(2), "");
    }
    fs::remove_file(state(&desk)).unwrap();
    let refused = serve();
    assert!(
        refused.stderr.contains("must not go on"),
        "{}",
        refused.stderr
    );
    refused.ends(2);
    fs::write(state(&desk), good).unwrap();
    let server = Server::start(&desk.path("w"));
    let answer = server.ask(&log.request(0, 7)).read();
    assert_eq!(answer, WitnessAnswer::Conflict(7));
}

#[test]
fn a_receipt_with_its_cosignature_reaches_the_quorum() {
    let (desk, key) = witness();
    let log_key = ledger::log_key();
    desk.call(["witness", "add-log", "--dir", "w", "--log-key", &log_key])
        .ends(0);
    let server = Server::start(&desk.path("w"));
    let receipt = Ledger::new().receipt(2);
    desk.write("p", format!("log {log_key}\nwitness w {key}\nquorum w\n"));
    desk.write("r", &receipt);
    desk.call(["receipt", "verify", "r", "--policy", "p"])
        .ends(1);

    let bare = Receipt::parse(receipt.as_bytes()).unwrap();
    let request = AddCheckpoint {
        old: 0,
        proof: Vec::new(),
        checkpoint: bare.checkpoint().to_owned(),
    };
    let lines = server.ask(&request);
    assert_eq!(lines.status, 200, "{lines:?}");
    desk.write("r", [receipt.as_bytes(), &lines.body].concat());
    let text = desk
        .call(["receipt", "verify", "r", "--policy", "p"])
        .ends(0);
    assert!(text.contains("cosigned   by w at 2"), "{text}");
}
