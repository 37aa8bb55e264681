//! `serve`: on RocksDB, until it is told to stop, and again afterwards.

use std::time::{Duration, Instant};

use fundtrail_model::LogPolicy;
use fundtrail_model::note::VerifierKey;
use fundtrail_model::receipt::Receipt;
use serde_json::{Value, json};

use crate::fixture::{ORIGIN, TODAY, enrol, office, regulator, submission};
use crate::process::{Daemon, complaint, init};

pub(crate) fn genesis(made: &Value) -> Vec<u8> {
    let body = json!({
        "log_key": made["log_key"],
        "tag_key": made["tag_key"],
        "keys": [
            { "party": "OFF", "role": "office", "public_key": office().public() },
            { "party": "REG", "role": "regulator", "public_key": regulator().public() },
        ],
    });
    submission(
        "genesis",
        "genesis",
        TODAY,
        &body,
        &[&office(), &regulator()],
    )
}

#[test]
fn what_was_recorded_is_there_after_a_stop() {
    let scratch = tempfile::tempdir().unwrap();
    let made = init(scratch.path(), ORIGIN);
    let daemon = Daemon::start(scratch.path());
    assert_eq!(daemon.get("/healthz"), (200, "ok\n".into()));
    assert_eq!(daemon.get("/checkpoint").0, 404);
    let (status, receipt) = daemon.submit(&genesis(&made));
    assert_eq!(status, 201, "{receipt}");
    let log_key = VerifierKey::parse(made["log_key"].as_str().unwrap()).unwrap();
    let parsed = Receipt::parse(receipt.as_bytes()).unwrap();
    let policy = LogPolicy::of_log(log_key).unwrap();
    parsed.verify_self_contained(&policy).unwrap();

    let (code, logs) = daemon.stop("TERM");
    assert_eq!(code, Some(0));
    assert!(
        logs.iter().any(|line| line["message"] == "told to stop"),
        "{logs:?}"
    );
    assert!(
        logs.iter()
            .any(|line| line["size"] == 0 && line["log_key"] == made["log_key"])
    );
    let posted = |line: &&Value| line["route"] == "/v1/transactions" && line["status"] == 201;
    assert_eq!(logs.iter().filter(posted).count(), 1);

    let again = Daemon::start(scratch.path());
    assert_eq!(again.submit(&genesis(&made)), (200, receipt));
    assert_eq!(again.stop("INT").0, Some(0));
}

#[test]
fn logs_say_nothing_of_what_was_submitted() {
    let scratch = tempfile::tempdir().unwrap();
    init(scratch.path(), ORIGIN);
    let daemon = Daemon::start(scratch.path());
    assert_eq!(daemon.submit(br#"{"secret-name":"secret-value"}"#).0, 400);
    assert_eq!(daemon.get("/v1/transactions/secret-id").0, 401);
    assert_eq!(daemon.get("/v1/secret-path").0, 404);
    let (_, logs) = daemon.stop("TERM");
    let text = format!("{logs:?}");
    assert!(
        text.contains("MISSING_MEMBER") && !text.contains("secret"),
        "{text}"
    );
}

#[test]
fn another_ledgers_keys_are_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let (own, other) = (scratch.path().join("own"), scratch.path().join("other"));
    let made = init(&own, ORIGIN);
    init(&other, ORIGIN);
    let daemon = Daemon::start(&own);
    assert_eq!(daemon.submit(&genesis(&made)).0, 201);
    daemon.stop("TERM");

    let config = own.join("fundtraild.toml");
    let serve = |flag: &str, value: &str| {
        let listen = ["--listen", "127.0.0.1:0"];
        complaint(&[
            "serve",
            "--config",
            config.to_str().unwrap(),
            listen[0],
            listen[1],
            flag,
            value,
        ])
    };
    let key = other.join("log-key.pem");
    assert!(serve("--log-key", key.to_str().unwrap()).contains("the genesis names the log key"));
    let key = other.join("tag-key.hex");
    assert!(
        serve("--tag-key", key.to_str().unwrap()).contains("the genesis commits to the tag key")
    );
    assert!(serve("--origin", "other").contains("this is the ledger"));
    assert!(serve("--log-key", "/nowhere").starts_with("/nowhere: "));
    assert!(serve("--tag-key", config.to_str().unwrap()).contains("a tag key is 64 hex digits"));
    assert!(serve("--log-key", config.to_str().unwrap()).contains("KEY_PRIVATE_FORM"));
    assert!(serve("--data", own.to_str().unwrap()).contains("but no database"));
    assert_eq!(
        Daemon::start(&own).stop("TERM").0,
        Some(0),
        "nothing was harmed"
    );
}

#[test]
fn one_node_at_a_time_and_only_on_loopback() {
    let scratch = tempfile::tempdir().unwrap();
    init(scratch.path(), ORIGIN);
    let config = scratch.path().join("fundtraild.toml");
    let serve = |listen: &str| {
        complaint(&[
            "serve",
            "--config",
            config.to_str().unwrap(),
            "--listen",
            listen,
        ])
    };
    assert!(serve("0.0.0.0:0").contains("Without TLS, tokens and entries would cross"));
    assert!(
        !scratch.path().join("ledger").exists(),
        "refused before anything was opened"
    );
    let daemon = Daemon::start(scratch.path());
    assert!(serve("127.0.0.1:0").contains("another node has it open"));
    assert_eq!(daemon.get("/readyz").0, 200);
}

#[test]
fn flags_alone_are_enough() {
    let scratch = tempfile::tempdir().unwrap();
    init(scratch.path(), ORIGIN);
    let path = |name: &str| scratch.path().join(name).to_str().unwrap().to_owned();
    let (data, log_key, tag_key) = (path("elsewhere"), path("log-key.pem"), path("tag-key.hex"));
    let arguments = [
        "--origin",
        ORIGIN,
        "--data",
        &data,
        "--log-key",
        &log_key,
        "--tag-key",
        &tag_key,
        "--listen",
        "[::1]:0",
    ];
    let daemon = Daemon::start_with(&arguments);
    assert_eq!(daemon.get("/v1/fund").0, 200);
    assert_eq!(daemon.stop("TERM").0, Some(0));
}

#[test]
fn a_disk_that_was_full_is_opened_again_and_no_receipt_is_lost() {
    let scratch = tempfile::tempdir().unwrap();
    let made = init(scratch.path(), ORIGIN);
    let first = Daemon::start(scratch.path());
    assert_eq!(first.submit(&genesis(&made)).0, 201);
    first.stop("TERM");

    // Twice what RocksDB needs for its own largest file.
    let daemon = Daemon::start_confined(scratch.path(), 800);
    let mut given: Vec<(u64, String)> = Vec::new();
    let failed = (0..100).any(|round| {
        let list: Vec<Vec<u8>> = (0..50).map(|number| enrol(round * 50 + number)).collect();
        let path = "/v1/transactions/batch?receipts=true";
        let (status, lines) = daemon.post(path, &list.join(&b'\n'));
        assert_eq!(status, 200, "{lines}");
        let lines = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        let lines: Vec<Value> = lines.collect();
        for line in lines.iter().filter(|line| line["status"] == 201) {
            let receipt = line["receipt"].as_str().unwrap();
            given.push((line["index"].as_u64().unwrap(), receipt.into()));
        }
        lines.iter().any(|line| line["problem"]["code"] == "FAULT")
    });
    assert!(failed, "the disk never filled");
    assert!(!given.is_empty());
    // Opened again, the storage begins new files, and goes on.
    let limit = Instant::now() + Duration::from_secs(30);
    while daemon.get("/readyz").0 != 200 {
        assert_eq!(daemon.get("/healthz").0, 200);
        assert!(Instant::now() < limit, "it is not ready again");
        std::thread::sleep(Duration::from_millis(50));
    }
    for (index, receipt) in &given {
        let (_, entry) = daemon.get_as(&format!("/v1/entries/{index}"), &office());
        let entry: Value = serde_json::from_str(&entry).unwrap();
        assert_eq!(entry["receipt"].as_str(), Some(receipt.as_str()));
    }
    assert_eq!(daemon.submit(&enrol(1_000_000)).0, 201);
    let (code, logs) = daemon.stop("TERM");
    assert_eq!(code, Some(0));
    let said = |message: &str| logs.iter().any(|line| line["message"] == message);
    assert!(said("the storage failed: the ledger is opened again"));
    assert!(said("the ledger is served again"));
}
