//! What the trials of backups share: a fund whose node has a directory for them, and the ways
//! to back up, put back, sign and submit.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fundtrail_demo::Node;
use fundtrail_model::Submission;
use fundtrail_scenario::{Draft, Run};
use fundtrail_tests::{ORIGIN, READY, Scratch, binary};
use serde_json::Value;

/// A fund at work with a directory for backups.
pub(crate) fn fund() -> (Scratch, Run) {
    let mut scratch = Scratch::start();
    let config = scratch.node.data.join("fundtraild.toml");
    let mut settings = fs::read_to_string(&config).unwrap();
    settings += "\n[backup]\ndirectory = \"backups\"\n";
    fs::write(&config, settings).unwrap();
    scratch.restart();
    let run = scratch.play(READY);
    (scratch, run)
}

/// Where the node keeps its ledger.
pub(crate) fn ledger(scratch: &Scratch) -> PathBuf {
    scratch.node.data.join("ledger")
}

/// Asks for a backup as the office; gives its folder and size.
#[track_caller]
pub(crate) fn back_up(scratch: &Scratch) -> (PathBuf, u64) {
    let (status, text) = scratch.client().post_as("/v1/backups", b"", "OFF").unwrap();
    assert_eq!(status, 201, "{text}");
    let made: Value = serde_json::from_str(&text).unwrap();
    let folder = PathBuf::from(made["folder"].as_str().unwrap());
    (folder, made["size"].as_u64().unwrap())
}

/// Runs `fundtraild restore` with the node's configuration, into `data`; gives its exit code
/// and all that it said.
pub(crate) fn restore(scratch: &Scratch, data: &Path, words: &[&str]) -> (i32, String) {
    let output = restoring(scratch, data, words).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + String::from_utf8_lossy(&output.stderr).as_ref();
    (output.status.code().unwrap_or(-1), text)
}

/// The command of that.
pub(crate) fn restoring(scratch: &Scratch, data: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(binary("fundtraild"));
    command
        .args(["restore", "--config"])
        .arg(scratch.node.data.join("fundtraild.toml"))
        .arg("--data")
        .arg(data)
        .args(words);
    command
}

/// Puts a backup back, which must work; the node is down.
#[track_caller]
pub(crate) fn restored(scratch: &Scratch, data: &Path, words: &[&str]) -> String {
    let (code, text) = restore(scratch, data, words);
    assert_eq!(code, 0, "{text}");
    assert!(data.join("CURRENT").exists());
    text
}

/// Puts something back, which must be refused with this code and leave nothing.
#[track_caller]
pub(crate) fn refused(scratch: &Scratch, data: &Path, words: &[&str], code: &str) -> String {
    let (exit, text) = restore(scratch, data, words);
    assert_eq!(exit, 1, "{text}");
    assert!(text.contains(code), "{code}: {text}");
    assert!(!data.exists(), "{code}: something was left");
    assert!(
        !beside(data, ".restoring").exists(),
        "{code}: work was left"
    );
    text
}

/// Takes the whole ledger as anybody can; gives the folder.
#[track_caller]
pub(crate) fn export(scratch: &Scratch) -> PathBuf {
    let (url, key) = (scratch.node.url.clone(), scratch.node.log_key().unwrap());
    let words = [
        "export",
        "--node",
        &url,
        "--log-key",
        &key,
        "--out",
        "export",
    ];
    let (code, text) = scratch.fundtrail(&words);
    assert_eq!(code, 0, "{text}");
    scratch.folder().join("export")
}

/// Exit code of `fundtraild fsck` over the ledger of a node that is down, and the codes of what
/// it finds.
pub(crate) fn fsck(scratch: &Scratch) -> (i32, Vec<String>) {
    let output = Command::new(binary("fundtraild"))
        .args(["fsck", "--json", "--config"])
        .arg(scratch.node.data.join("fundtraild.toml"))
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    let code = |finding: &Value| finding["code"].as_str().unwrap().to_owned();
    (
        output.status.code().unwrap_or(-1),
        findings.map(code).collect(),
    )
}

/// Moves the ledger of a node that is down away, and puts a backup in its place.
pub(crate) fn put_back(scratch: &mut Scratch, words: &[&str]) -> String {
    let _ = scratch.node.kill();
    let own = ledger(scratch);
    fs::rename(&own, beside(&own, ".lost")).unwrap();
    restored(scratch, &own, words)
}

/// A path with something after its name.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Why the node does not start on what is there.
#[track_caller]
pub(crate) fn not_started(data: &Path) -> String {
    match Node::start(&binary("fundtraild"), data, "127.0.0.1:0") {
        Ok(_) => panic!("it was served"),
        Err(error) => error.to_string(),
    }
}

/// Submits a transaction signed by throw-away keys; gives status and body.
pub(crate) fn submit(
    scratch: &Scratch,
    id: &str,
    kind: &str,
    date: &str,
    body: Value,
    signers: &[&str],
) -> (u16, Value) {
    let draft = Draft {
        ledger: ORIGIN.to_owned(),
        id: id.to_owned(),
        kind: kind.to_owned(),
        date: date.to_owned(),
        body,
        sealed: std::collections::BTreeMap::new(),
        signers: signers.iter().map(ToString::to_string).collect(),
    };
    sent(scratch, &draft.submission().unwrap())
}

/// Submits minutes of the manager; gives status and body.
pub(crate) fn minutes(scratch: &Scratch, id: &str) -> (u16, Value) {
    sent(scratch, &fundtrail_tests::minutes(id))
}

/// Submits; gives status and body.
pub(crate) fn sent(scratch: &Scratch, submission: &Submission) -> (u16, Value) {
    let bytes = submission.to_json();
    let client = scratch.client();
    let (status, text) = client.post("/v1/transactions", bytes.as_bytes()).unwrap();
    (status, serde_json::from_str(&text).unwrap())
}

/// The transaction that a restoring wrote for signing, and its body.
pub(crate) fn to_be_recorded(scratch: &Scratch) -> Value {
    let path = beside(&ledger(scratch), ".ledger_restore.json");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Records that the ledger was put back, as the paper that restoring wrote says.
#[track_caller]
pub(crate) fn record_restoring(scratch: &Scratch) -> u64 {
    let paper = to_be_recorded(scratch);
    let text = |member: &str| paper[member].as_str().unwrap().to_owned();
    assert_eq!(text("kind"), "ledger_restore");
    let signers = ["manager/maker", "OFF"];
    let body = paper["body"].clone();
    let (status, answer) = submit(
        scratch,
        &text("id"),
        "ledger_restore",
        &text("date"),
        body,
        &signers,
    );
    assert_eq!(status, 201, "{answer}");
    answer["index"].as_u64().unwrap()
}

/// Status and code of what `/readyz` says.
pub(crate) fn ready(scratch: &Scratch) -> (u16, String) {
    let (status, text) = scratch.client().get("/readyz", "application/json").unwrap();
    let problem: Value = serde_json::from_str(&text).unwrap_or_default();
    (
        status,
        problem["code"].as_str().unwrap_or_default().to_owned(),
    )
}
