//! What is published while witnesses are asked, and what is said of them.

use std::sync::mpsc::{Sender, channel};

use fundtrail_http::Limits;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::receipt::Receipt;

use crate::client::Server;
use crate::fake::{Act, Fakes, TIME, policy, until, verifier};
use crate::fixture::*;

const BOTH: &str = "group g all w1 w2\nquorum g";

/// A ledger of three entries, cosigned at one; the second witness answers no more until it
/// is let go.
fn halted(fakes: &Fakes) -> (Server, Sender<()>) {
    let server = Server::with(fakes.config(BOTH), Limits::default());
    assert_eq!(server.submit(&genesis()).status, 201);
    until("cosigned at one", || size(&server) == Some(1));
    let (release, gate) = channel();
    fakes.act(1, Act::Wait(gate));
    for number in [1, 2] {
        assert_eq!(server.submit(&enrol(number)).status, 201);
    }
    (server, release)
}

/// The size of the published checkpoint, if the witnesses' lines are under it.
fn size(server: &Server) -> Option<u64> {
    let reply = server.get("/checkpoint");
    let opened = policy(BOTH).open(&reply.body).ok()?;
    Some(opened.checkpoint.size())
}

#[test]
fn what_is_published_waits_for_the_quorum() {
    let fakes = Fakes::new();
    let (server, release) = halted(&fakes);
    assert_eq!(size(&server), Some(1));
    // Proofs and the static log are bound to what is published, …
    let proof = server.get("/v1/proofs/inclusion?index=0").json();
    assert_eq!(proof["size"], 1);
    let note = proof["checkpoint"].as_str().unwrap();
    assert!(policy(BOTH).open(note.as_bytes()).is_ok());
    assert_eq!(server.get("/v1/proofs/consistency?from=1").json()["to"], 1);
    server
        .get("/v1/proofs/inclusion?index=2")
        .problem(404, "NOT_FOUND", "/v1/proofs/inclusion");
    for path in ["/tile/0/000.p/3", "/tile/entries/000.p/2"] {
        server.get(path).problem(404, "NOT_FOUND", path);
    }
    assert_eq!(server.get("/tile/0/000.p/1").status, 200);
    // … the state is not, and neither is what the log signed when it was asked for.
    assert_eq!(server.get("/v1/fund").json()["size"], 3);
    let asked = server.get("/v1/proofs/inclusion?index=2&size=3").json();
    let note = asked["checkpoint"].as_str().unwrap();
    let signer = log_signer();
    Checkpoint::open(note.as_bytes(), ORIGIN, signer.verifier()).unwrap();
    let code = policy(BOTH).open(note.as_bytes()).unwrap_err().code();
    assert_eq!(code, "CHECKPOINT_QUORUM");

    release.send(()).unwrap();
    until("published at three", || size(&server) == Some(3));
    assert_eq!(server.get("/v1/proofs/inclusion?index=2").json()["size"], 3);
    assert_eq!(server.get("/tile/0/000.p/3").status, 200);
    assert_eq!(server.get("/v1/proofs/consistency?from=1").json()["to"], 3);
}

#[test]
fn a_submission_is_answered_before_the_witnesses_are() {
    let fakes = Fakes::new();
    let (server, release) = halted(&fakes);
    let at_once = server.submit(&enrol(2)).text().to_owned();
    let receipt = |text: &str| Receipt::parse(text.as_bytes()).unwrap();
    receipt(&at_once)
        .verify_self_contained(&policy("quorum none"))
        .unwrap();
    let code = receipt(&at_once)
        .verify_self_contained(&policy(BOTH))
        .unwrap_err()
        .code();
    assert_eq!(code, "CHECKPOINT_QUORUM");

    release.send(()).unwrap();
    until("published at three", || size(&server) == Some(3));
    for path in ["/v1/transactions/enrol-2", "/v1/entries/2"] {
        let reply = server.get_as(path, "text/plain");
        receipt(reply.text())
            .verify_self_contained(&policy(BOTH))
            .unwrap();
    }
    assert_eq!(
        server.submit(&enrol(2)).text(),
        server.get_as("/v1/entries/2", "text/plain").text(),
        "a repeat gives the witnessed one"
    );
}

#[test]
fn the_witnesses_are_listed_with_how_far_they_came() {
    let fakes = Fakes::new();
    fakes.act(0, Act::Say(422, None, String::new()));
    fakes.with(1, |one| one.acts.extend((0..1000).map(|_| Act::Dead)));
    let server = Server::with(fakes.config(BOTH), Limits::default());
    assert_eq!(
        server.get("/v1/witnesses").json()["published"],
        serde_json::Value::Null
    );
    assert_eq!(server.submit(&genesis()).status, 201);
    until("both failed", || {
        let table = server.get("/v1/witnesses").json();
        table["items"][0]["failures"] == 1 && table["items"][1]["failure"] == "WITNESS_UNREACHABLE"
    });
    let table = server.get("/v1/witnesses").json();
    assert_eq!(table["size"], 1);
    assert_eq!(
        table["published"],
        serde_json::Value::Null,
        "nothing, before anybody ever cosigned"
    );
    assert_eq!(table["quorum"], true);
    let first = &table["items"][0];
    assert_eq!(first["name"], "w1");
    assert_eq!(first["key"], verifier(0).to_string());
    assert_eq!(first["url"], "http://one.example");
    assert_eq!(first["cosigned"], serde_json::Value::Null);
    assert_eq!(first["failure"], "WITNESS_REFUSED_PROOF");
    assert_eq!(first["fatal"], true);
    assert_eq!(table["items"][1]["fatal"], false);
    assert_eq!(table["items"][2]["url"], serde_json::Value::Null);
    assert_eq!(table["items"].as_array().unwrap().len(), 3);
    assert!(metric(&server, "fundtrail_witness_fatal{witness=\"w1\"} 1"));
    assert!(metric(
        &server,
        "fundtrail_witness_failures_total{witness=\"w1\"} 1"
    ));
    assert!(!metric(
        &server,
        "fundtrail_witness_cosigned_entries{witness=\"w2\"} 1"
    ));

    fakes.with(1, |one| one.acts.clear());
    until("the second came back", || {
        server.get("/v1/witnesses").json()["items"][1]["cosigned"] == 1
    });
    let second = server.get("/v1/witnesses").json()["items"][1].clone();
    assert_eq!(second["time"], TIME);
    assert_eq!(second["failure"], serde_json::Value::Null);
    assert!(metric(
        &server,
        "fundtrail_witness_cosigned_entries{witness=\"w2\"} 1"
    ));
    assert!(metric(&server, "fundtrail_witness_fatal{witness=\"w2\"} 0"));
    let time = format!("fundtrail_witness_cosigned_timestamp_seconds{{witness=\"w2\"}} {TIME}");
    assert!(metric(&server, &time));
    server
        .get("/v1/witnesses?name=w1")
        .problem(400, "PARAMETER", "/v1/witnesses");
}

fn metric(server: &Server, line: &str) -> bool {
    server.get("/metrics").text().lines().any(|own| own == line)
}

#[test]
fn without_witnesses_there_is_an_empty_list() {
    let server = Server::founded();
    let table = server.get("/v1/witnesses").json();
    assert_eq!(table["quorum"], false);
    assert_eq!(
        (&table["size"], &table["published"]),
        (&1.into(), &1.into())
    );
    assert_eq!(table["items"], serde_json::json!([]));
    assert!(!server.get("/metrics").text().contains("fundtrail_witness"));
}
