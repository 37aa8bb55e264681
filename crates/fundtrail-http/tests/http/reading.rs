//! Entries, receipts and proofs: everything read verifies.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fundtrail_merkle::{Hash, verify_consistency, verify_inclusion};
use fundtrail_model::Entry;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::receipt::Receipt;
use serde_json::Value;

use crate::client::Server;
use crate::fixture::*;

/// A ledger of `size` entries, each with a checkpoint of its own.
pub(crate) fn ledger(size: u32) -> Server {
    let server = Server::founded();
    for number in 1..size {
        assert_eq!(server.submit(&enrol(number)).status, 201);
    }
    server
}

fn hashes(document: &Value) -> Vec<Hash> {
    let texts = document["hashes"].as_array().unwrap();
    let bytes = texts
        .iter()
        .map(|text| STANDARD.decode(text.as_str().unwrap()).unwrap());
    bytes
        .map(|bytes| Hash::from_slice(&bytes).unwrap())
        .collect()
}

fn checkpoint(document: &Value) -> Checkpoint {
    let note = document["checkpoint"].as_str().unwrap();
    Checkpoint::open(note.as_bytes(), ORIGIN, log_signer().verifier())
        .unwrap()
        .0
}

#[test]
fn an_entry_comes_with_its_receipt_by_index_and_by_id() {
    let server = ledger(3);
    let first = server.submit(&enrol(1));
    let document = server.get("/v1/entries/1").json();
    assert_eq!(document, server.get("/v1/transactions/enrol-1").json());
    assert_eq!(document["receipt"], first.text());
    let entry = document["entry"].as_str().unwrap();
    let receipt = Receipt::parse(&first.body).unwrap();
    assert_eq!(receipt.extra(), Some(entry.as_bytes()));
    assert_eq!(Entry::parse(entry.as_bytes()).unwrap().index, 1);
    for path in ["/v1/entries/1", "/v1/transactions/enrol-1"] {
        let text = server.get_as(path, "text/plain");
        assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
        assert_eq!(text.body, first.body);
    }

    server
        .get("/v1/entries/3")
        .problem(404, "NOT_FOUND", "/v1/entries/3");
    server
        .get("/v1/transactions/nobody")
        .problem(404, "NOT_FOUND", "/v1/transactions/nobody");
    server
        .get("/v1/entries/01")
        .problem(400, "PARAMETER", "/v1/entries/01");
    server
        .get("/v1/entries/-1")
        .problem(400, "PARAMETER", "/v1/entries/-1");
    server
        .get("/v1/transactions/a%20b")
        .problem(400, "PARAMETER", "/v1/transactions/a%20b");
    server
        .get("/v1/transactions/%ff")
        .problem(400, "PARAMETER", "/v1/transactions/%ff");
}

#[test]
fn lines_are_the_exact_entries() {
    let server = ledger(7);
    let mut from = 0;
    let mut leaves = Vec::new();
    loop {
        let reply = server.get(&format!("/v1/entries?from={from}&limit=3"));
        assert_eq!(reply.header("content-type"), "application/x-ndjson");
        for line in reply.text().lines() {
            assert_eq!(Entry::parse(line.as_bytes()).unwrap().index, from);
            leaves.push(Hash::leaf(line.as_bytes()));
            from += 1;
        }
        if reply.header("link").is_empty() {
            break;
        }
        let next = format!("</v1/entries?from={from}&limit=3>; rel=\"next\"");
        assert_eq!(reply.header("link"), next);
    }
    let newest = server.get("/checkpoint");
    let (newest, _) = Checkpoint::open(&newest.body, ORIGIN, log_signer().verifier()).unwrap();
    assert_eq!(
        (newest.size(), newest.root()),
        (7, fundtrail_merkle::root_of(&leaves))
    );

    assert_eq!(server.get("/v1/entries").text().lines().count(), 7);
    assert_eq!(server.get("/v1/entries?from=7").body, b"");
    assert_eq!(
        server.get("/v1/entries?from=18446744073709551615").body,
        b""
    );
    server
        .get("/v1/entries?limit=0")
        .problem(400, "PARAMETER", "/v1/entries");
    server
        .get("/v1/entries?limit=1001")
        .problem(400, "PARAMETER", "/v1/entries");
    server
        .get("/v1/entries?until=3")
        .problem(400, "PARAMETER", "/v1/entries");
    server
        .get("/v1/entries?from=1&from=2")
        .problem(400, "PARAMETER", "/v1/entries");
}

#[test]
fn every_inclusion_and_consistency_proof_verifies() {
    let server = ledger(8);
    for size in 1..=8 {
        let index = size / 2;
        let path = format!("/v1/proofs/inclusion?index={index}&size={size}");
        let proof = server.get(&path).json();
        let checkpoint = checkpoint(&proof);
        assert_eq!(checkpoint.size(), size);
        let leaf = STANDARD
            .decode(proof["leaf_hash"].as_str().unwrap())
            .unwrap();
        let leaf = Hash::from_slice(&leaf).unwrap();
        verify_inclusion(index, size, &leaf, &hashes(&proof), &checkpoint.root()).unwrap();
    }
    let root = |size: u64| {
        let proof = server
            .get(&format!("/v1/proofs/inclusion?index=0&size={size}"))
            .json();
        checkpoint(&proof).root()
    };
    for (from, to) in [(1, 8), (3, 7), (7, 8), (8, 8), (4, 6)] {
        let proof = server
            .get(&format!("/v1/proofs/consistency?from={from}&to={to}"))
            .json();
        let newer = checkpoint(&proof);
        assert_eq!(newer.size(), to);
        verify_consistency(from, to, &root(from), &newer.root(), &hashes(&proof)).unwrap();
    }
    // To the newest, where nothing is said.
    assert_eq!(server.get("/v1/proofs/inclusion?index=7").json()["size"], 8);
    assert_eq!(server.get("/v1/proofs/consistency?from=2").json()["to"], 8);
}

#[test]
fn proofs_that_cannot_be_are_not_found() {
    let server = ledger(2);
    // A batch of two: no checkpoint of size 3 is ever published.
    let list = [enrol(8), enrol(9)].join(&b'\n');
    assert_eq!(server.post("/v1/transactions/batch", &list).status, 200);
    let (inclusion, consistency) = ("/v1/proofs/inclusion", "/v1/proofs/consistency");
    for query in [
        "index=2&size=2",
        "index=9",
        "index=0&size=5",
        "index=0&size=0",
    ] {
        let path = format!("{inclusion}?{query}");
        server.get(&path).problem(404, "NOT_FOUND", inclusion);
    }
    for query in ["from=2&to=1", "from=5", "from=1&to=9"] {
        let path = format!("{consistency}?{query}");
        server.get(&path).problem(404, "NOT_FOUND", consistency);
    }
    server.get(inclusion).problem(400, "PARAMETER", inclusion);
    server
        .get(&format!("{consistency}?from=a"))
        .problem(400, "PARAMETER", consistency);
    let empty = Server::empty();
    let path = format!("{inclusion}?index=0");
    empty.get(&path).problem(404, "NOT_FOUND", inclusion);
}
