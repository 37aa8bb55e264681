//! `fundtrail audit`, from a node and from files.

use fundtrail_audit::Export;
use serde_json::Value;

use crate::ledger::{Ledger, SIZE, log_key, other_log_key};
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
    let kept = ["--kept", "saved/checkpoint", "--json"];
    let json = desk
        .call(
            ["audit", "--dir", "saved", "--log-key", &log_key()]
                .iter()
                .chain(&kept),
        )
        .ends(0);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["clean"], &json["kept"]["size"]),
        (&true.into(), &SIZE.into())
    );
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
    desk.call(["audit", "--node", "https://node.example", "--log-key", &key])
        .ends(2);
    let broken = Server::new(|_| (500, "", b"{\"code\":\"FAULT\",\"detail\":\"d\"}".to_vec()));
    let called = desk.call(["audit", "--node", &broken.url, "--log-key", &key]);
    assert!(called.stderr.contains("500: FAULT d"), "{}", called.stderr);
    called.ends(2);
}
