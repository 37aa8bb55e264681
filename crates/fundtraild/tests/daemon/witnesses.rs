//! `witness_policy`: what is wrong with it is said before anything is opened, and a node
//! whose witnesses are away works all the same.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use fundtrail_model::key::SigningKey;
use fundtrail_model::note::{SignatureType, VerifierKey};
use serde_json::Value;

use crate::fixture::ORIGIN;
use crate::process::{Daemon, complaint, init};
use crate::serve::genesis;

fn witness() -> VerifierKey {
    let public = SigningKey::from_seed(&[0xc1; 32]).public();
    VerifierKey::new("witness.example/1", SignatureType::Cosignature, public).unwrap()
}

/// The complaint of a node with this policy file.
fn refused(data: &Path, policy: &str) -> String {
    std::fs::write(data.join("witnesses.policy"), policy).unwrap();
    let config = data.join("fundtraild.toml");
    let policy = data.join("witnesses.policy");
    complaint(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--config",
        config.to_str().unwrap(),
        "--witness-policy",
        policy.to_str().unwrap(),
    ])
}

#[test]
fn a_policy_that_does_not_fit_is_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let data = scratch.path();
    let made = init(data, ORIGIN);
    let log = format!("log {}\n", made["log_key"].as_str().unwrap());
    let other = "log example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n";
    let line = format!("witness w1 {} http://127.0.0.1:9\n", witness());
    let cases = [
        (format!("{log}{line}quorum w2\n"), "line 3"),
        (format!("{log}{line}"), "POLICY_FILE_"),
        (format!("{other}{line}quorum w1\n"), "WITNESSES_LOG"),
        (format!("{log}{other}{line}quorum w1\n"), "WITNESSES_LOG"),
        (
            format!("{log}{line}quorum w1\n").replace("http:", "ftp:"),
            "WITNESSES_URL",
        ),
        (format!("{log}quorum none\n"), "WITNESSES_NONE"),
        (
            format!("{log}{line}quorum w1\n").replace(" http://127.0.0.1:9", ""),
            "WITNESSES_NONE",
        ),
    ];
    for (policy, words) in cases {
        let said = refused(data, &policy);
        assert!(said.contains("witnesses.policy: "), "{said}");
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(
        !data.join("ledger").exists(),
        "refused before anything was opened"
    );
    let missing = complaint(&[
        "serve",
        "--config",
        data.join("fundtraild.toml").to_str().unwrap(),
        "--witness-policy",
        "/nowhere",
    ]);
    assert!(missing.starts_with("/nowhere: "), "{missing}");
}

#[test]
fn a_witness_that_never_answers_holds_up_neither_work_nor_the_end() {
    let scratch = tempfile::tempdir().unwrap();
    let data = scratch.path();
    let made = init(data, ORIGIN);
    // It takes the request and says nothing.
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/some/where/", silent.local_addr().unwrap());
    let log = made["log_key"].as_str().unwrap();
    let policy = format!("log {log}\nwitness w1 {} {url}\nquorum w1\n", witness());
    std::fs::write(data.join("witnesses.policy"), policy).unwrap();
    let mut config = std::fs::read_to_string(data.join("fundtraild.toml")).unwrap();
    // Above the tables, if there are any.
    config.insert_str(0, "witness_policy = \"witnesses.policy\"\n");
    std::fs::write(data.join("fundtraild.toml"), config).unwrap();

    let daemon = Daemon::start(data);
    assert_eq!(daemon.submit(&genesis(&made)).0, 201);
    let (mut asked, _) = silent.accept().unwrap();
    let mut request = [0; 4096];
    let length = asked.read(&mut request).unwrap();
    let request = String::from_utf8_lossy(&request[..length]).into_owned();
    assert!(
        request.starts_with("POST /some/where/add-checkpoint HTTP/1.1\r\n"),
        "{request}"
    );
    let (status, table) = daemon.get("/v1/witnesses");
    let table: Value = serde_json::from_str(&table).unwrap();
    assert_eq!(status, 200);
    assert_eq!(table["items"][0]["cosigned"], Value::Null);
    let began = Instant::now();
    let (code, _) = daemon.stop("TERM");
    assert_eq!(code, Some(0));
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "{:?}",
        began.elapsed()
    );
    let _ = asked.write_all(b"too late");
}
