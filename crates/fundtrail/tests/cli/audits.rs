//! `fundtrail audit`, from a node and from files.

use fundtrail_audit::Export;
use fundtrail_merkle::{Hash, root_of};
use serde_json::Value;

use crate::ledger::{Ledger, SIZE, log_key, other_log_key, signed, witness_key, witnessed};
use crate::server::Server;
use crate::support::Desk;

/// A node that gives at most `page` entries at a time, and has `size` of them.
fn node(page: u64, size: u64) -> Server {
    let ledger = Ledger::new();
    Server::new(move |asked| match asked.line.as_str() {
        "GET /checkpoint" => (200, "", ledger.checkpoint().into_bytes()),
        line => {
            let query = line.strip_prefix("GET /v1/entries?from=").unwrap();
            let (from, limit) = query.split_once("&limit=").unwrap();
            let from: u64 = from.parse().unwrap();
            let limit: u64 = limit.parse().unwrap();
            (
                200,
                "",
                ledger.lines(from, limit.min(page).min(size.saturating_sub(from))),
            )
        }
    })
}

#[test]
fn a_ledger_is_fetched_page_by_page_saved_and_audited_again_offline() {
    let desk = Desk::new();
    let server = node(3, SIZE);
    let text = desk
        .call([
            "audit",
            "--node",
            &server.url,
            "--log-key",
            &log_key(),
            "--save",
            "saved",
        ])
        .ends(0);
    assert!(
        text.contains("INTEGRITY    HOLDS") && text.contains("CONFORMITY   HOLDS"),
        "{text}"
    );
    let asked: Vec<String> = server.asked().into_iter().map(|one| one.line).collect();
    let lines = [
        "GET /checkpoint",
        "GET /v1/entries?from=0&limit=4",
        "GET /v1/entries?from=3&limit=1",
    ];
    assert_eq!(asked, lines);

    let again = desk
        .call(["audit", "--dir", "saved", "--log-key", &log_key()])
        .ends(0);
    assert_eq!(again, text);
    // The same ledger, as it was kept: in any of three forms, under either name.
    for (name, kept) in [
        ("--since", "saved/checkpoint"),
        ("--since", "saved"),
        ("--kept", "saved/checkpoint"),
    ] {
        let json = desk
            .call([
                "audit",
                "--dir",
                "saved",
                "--log-key",
                &log_key(),
                name,
                kept,
                "--json",
            ])
            .ends(0);
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["clean"], true);
        assert_eq!(json["since"]["verdict"], "grew");
        assert_eq!(json["since"]["size"], SIZE);
    }
    assert!(
        text.contains("it cannot be excluded that entries were removed"),
        "{text}"
    );
}

/// The ledger with its last entry cut off, and signed again by the log itself.
fn cut(desk: &Desk, name: &str) -> Export {
    let mut export = export();
    export.entries.pop();
    let leaves: Vec<Hash> = export.leaves().collect();
    export.checkpoint = signed(leaves.len() as u64, root_of(&leaves)).into_bytes();
    export.write(&desk.path(name)).unwrap();
    export
}

fn export() -> Export {
    let ledger = Ledger::new();
    let mut export = Export {
        checkpoint: ledger.checkpoint().into_bytes(),
        entries: Vec::new(),
    };
    export.add_page(&ledger.lines(0, SIZE));
    export
}

#[test]
fn a_log_that_goes_back_on_its_word_is_convicted_by_what_was_kept() {
    let desk = Desk::new();
    let key = log_key();
    export().write(&desk.path("kept")).unwrap();
    cut(&desk, "now");
    desk.call(["audit", "--dir", "now", "--log-key", &key])
        .ends(0);
    for kept in ["kept", "kept/checkpoint"] {
        let words = ["audit", "--dir", "now", "--log-key", &key, "--since", kept];
        let text = desk.call(words).ends(1);
        let expected = "TRUNCATED: the kept checkpoint covers 4 entries, only 3 are here";
        assert!(text.contains(expected), "{text}");
    }
    // The other way round it grew.
    desk.call([
        "audit",
        "--dir",
        "kept",
        "--log-key",
        &key,
        "--since",
        "now",
    ])
    .ends(0);
    desk.write("note", "not a note");
    let words = [
        "audit",
        "--dir",
        "now",
        "--log-key",
        &key,
        "--since",
        "note",
    ];
    assert!(desk.call(words).ends(1).contains("KEPT: "));
    let words = [
        "audit",
        "--dir",
        "now",
        "--log-key",
        &key,
        "--since",
        "none",
    ];
    desk.call(words).ends(2);
}

#[test]
fn what_is_saved_never_replaces_an_export_it_does_not_continue() {
    let desk = Desk::new();
    let key = log_key();
    export().write(&desk.path("kept")).unwrap();
    cut(&desk, "now");
    let called = desk.call(["audit", "--dir", "now", "--log-key", &key, "--save", "kept"]);
    assert!(
        called.stderr.contains("not saved: TRUNCATED"),
        "{}",
        called.stderr
    );
    called.ends(0);
    assert_eq!(Export::read(&desk.path("kept")).unwrap(), export());

    // What does not hold is evidence: it is saved as it is where nothing was.
    let mut broken = export();
    broken.entries[1][20] ^= 1;
    broken.write(&desk.path("broken")).unwrap();
    for (place, saved) in [("fresh", true), ("kept", false)] {
        desk.call([
            "audit",
            "--dir",
            "broken",
            "--log-key",
            &key,
            "--save",
            place,
        ])
        .ends(1);
        let there = Export::read(&desk.path(place)).unwrap();
        assert_eq!(there == broken, saved, "{place}");
    }
    // And what goes on from it is saved over it.
    export().write(&desk.path("whole")).unwrap();
    desk.call([
        "audit",
        "--dir",
        "whole",
        "--log-key",
        &key,
        "--save",
        "now",
    ])
    .ends(0);
    assert_eq!(Export::read(&desk.path("now")).unwrap(), export());
}

#[test]
fn a_quorum_is_asked_for_where_the_policy_has_one() {
    let desk = Desk::new();
    let key = log_key();
    export().write(&desk.path("plain")).unwrap();
    let mut cosigned = export();
    cosigned.checkpoint = witnessed(&cosigned.checkpoint);
    cosigned.write(&desk.path("cosigned")).unwrap();
    let witness = witness_key();
    desk.write(
        "policy",
        format!("log {key}\nwitness w {witness}\nquorum w\n"),
    );
    let text = desk
        .call(["audit", "--dir", "plain", "--policy", "policy"])
        .ends(1);
    assert!(text.contains("CHECKPOINT: CHECKPOINT_QUORUM"), "{text}");
    // The kept checkpoint needs no quorum.
    let words = [
        "audit", "--dir", "cosigned", "--policy", "policy", "--since", "plain",
    ];
    let text = desk.call(words).ends(0);
    assert!(text.contains("cosigned     by w at 2021-12-24T"), "{text}");
    let words = [
        "audit",
        "--dir",
        "plain",
        "--policy",
        "policy",
        "--log-key",
        &key,
    ];
    desk.call(words).ends(2);
}

#[test]
fn findings_end_in_one() {
    let desk = Desk::new();
    let ledger = Ledger::new();
    let mut export = Export {
        checkpoint: ledger.checkpoint().into_bytes(),
        entries: Vec::new(),
    };
    export.add_page(&ledger.lines(0, SIZE));
    export.entries.remove(2);
    export.write(&desk.path("cut")).unwrap();
    let text = desk
        .call(["audit", "--dir", "cut", "--log-key", &log_key()])
        .ends(1);
    assert!(
        text.contains("INTEGRITY    BROKEN") && text.contains("entry 2: CHAIN"),
        "{text}"
    );
    desk.call(["audit", "--dir", "cut", "--log-key", &other_log_key()])
        .ends(1);
}

#[test]
fn a_node_with_fewer_entries_than_it_signed_for_is_a_finding() {
    let desk = Desk::new();
    let server = node(100, SIZE - 1);
    let text = desk
        .call(["audit", "--node", &server.url, "--log-key", &log_key()])
        .ends(1);
    assert!(
        text.contains("SIZE: the checkpoint commits to 4 entries, 3 are here"),
        "{text}"
    );
}

#[test]
fn what_cannot_be_read_is_no_answer() {
    let desk = Desk::new();
    let key = log_key();
    desk.call(["audit", "--dir", "none", "--log-key", &key])
        .ends(2);
    desk.call(["audit", "--log-key", &key]).ends(2);
    desk.call(["audit", "--node", "http://127.0.0.1:1", "--log-key", &key])
        .ends(2);
    desk.call(["audit", "--node", "ftp://node.example", "--log-key", &key])
        .ends(2);
    let broken = Server::new(|_| (500, "", b"{\"code\":\"FAULT\",\"detail\":\"d\"}".to_vec()));
    let called = desk.call(["audit", "--node", &broken.url, "--log-key", &key]);
    assert!(called.stderr.contains("500: FAULT d"), "{}", called.stderr);
    called.ends(2);
}
