//! Witnesses that other people wrote cosign a live node.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fundtrail_model::receipt::Receipt;
use fundtrail_tests::tools::{go_tool, python_venv};
use fundtrail_tests::{ORIGIN, Scratch};

use fundtrail_tests::watched::{Output, Process, fund, ok, record, size, table, until, watch};

const AICS: &str = "aics-witness==0.1.0";
/// The newest that Go 1.26 builds. Its `witnessctl` needs more than the witness itself.
const LITE: &str = "filippo.io/torchwood/cmd/litewitness@v0.9.0";

/// The root of the empty tree, SHA-256 of nothing, in base64.
const EMPTY: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

#[test]
fn aics_witness_cosigns_a_live_node() {
    let Some(venv) = python_venv(&[AICS]) else {
        return;
    };
    let (scratch, size) = fund_at_work();
    let folder = scratch.folder().join("aics");
    std::fs::create_dir(&folder).unwrap();
    let aics = |words: &[&str]| {
        let mut command = Command::new(venv.join("bin/aics-witness"));
        command.args(words).current_dir(&folder);
        command
    };
    let key = said(aics(&["init", "--name", "aics.example/w1"]));
    let log_key = scratch.node.log_key().unwrap();
    said(aics(&["add-log", "--origin", ORIGIN, "--vkey", &log_key]));
    let mut serve = aics(&["serve", "--listen", "127.0.0.1:0"]);
    let (_witness, url) = Process::start(&mut serve, Output::Error, |line| {
        let (_, rest) = line.split_once("listening on ")?;
        Some(rest.split(' ').next()?.to_owned())
    });
    cosigns(scratch, size, &key, &url);
}

#[test]
fn litewitness_cosigns_a_live_node() {
    let (Some(litewitness), Some(venv)) = (go_tool(LITE, "litewitness"), python_venv(&[AICS]))
    else {
        return;
    };
    let (scratch, size) = fund_at_work();
    let folder = scratch.folder().join("lite");
    std::fs::create_dir(&folder).unwrap();
    let Some((_agent, fingerprint)) = agent(&folder) else {
        println!("needs ssh-agent, ssh-keygen and ssh-add");
        return;
    };
    // It says where it was told to listen, not where it does: it cannot take any free port.
    let port = TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let listen = format!("127.0.0.1:{port}");
    let words = [
        "-db",
        "w.db",
        "-name",
        "lite.example/w1",
        "-ssh-agent",
        "agent",
        "-key",
    ];
    let mut serve = Command::new(litewitness);
    serve
        .args(words)
        .args([&fingerprint, "-listen", &listen])
        .current_dir(&folder);
    let (_witness, key) = Process::start(&mut serve, Output::Error, |line| {
        line.split_once(" vkey=").map(|(_, key)| key.to_owned())
    });
    know(&venv, &folder, &scratch.node.log_key().unwrap());
    cosigns(scratch, size, &key, &format!("http://{listen}"));
}

/// Adds the log to the witness's database, in the two rows that its `witnessctl add-log` and
/// `add-key` write.
fn know(venv: &Path, folder: &Path, log_key: &str) {
    let script = "import sqlite3, sys
db = sqlite3.connect('w.db', timeout=20)
db.execute('INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)', (sys.argv[1], sys.argv[2]))
db.execute('INSERT INTO key (origin, key) VALUES (?, ?)', (sys.argv[1], sys.argv[3]))
db.commit()";
    let mut python = Command::new(venv.join("bin/python"));
    python
        .args(["-c", script, ORIGIN, EMPTY, log_key])
        .current_dir(folder);
    said(python);
}

/// An agent with a fresh key, and the key's fingerprint; `None` without OpenSSH.
fn agent(folder: &Path) -> Option<(Process, String)> {
    let run = |program: &str, words: &[&str]| {
        let mut command = Command::new(program);
        command
            .args(words)
            .current_dir(folder)
            .env("SSH_AUTH_SOCK", folder.join("agent"));
        command.stdin(Stdio::null()).output().ok()
    };
    run(
        "ssh-keygen",
        &["-q", "-t", "ed25519", "-N", "", "-f", "key"],
    )?;
    let shown = String::from_utf8(run("ssh-keygen", &["-lf", "key.pub"])?.stdout).unwrap();
    let fingerprint = shown.split(' ').nth(1)?.to_owned();
    let socket: PathBuf = folder.join("agent");
    let mut command = Command::new("ssh-agent");
    command.arg("-D").arg("-a").arg(&socket);
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let agent = Process(quiet.spawn().ok()?);
    until("the agent listens", || socket.exists());
    let added = run("ssh-add", &["-q", "key"])?;
    assert!(added.status.success(), "{added:?}");
    Some((agent, fingerprint))
}

fn fund_at_work() -> (Scratch, u64) {
    let (scratch, run) = fund();
    (scratch, run.shadow().size())
}

/// What a command prints, when it ends well.
fn said(mut command: Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// The witness with this key and address cosigns the ledger as it is and as it grows, and
/// what it says verifies.
fn cosigns(mut scratch: Scratch, before: u64, key: &str, url: &str) {
    let policy = watch(&mut scratch, &[(key, url)]);
    let node = scratch.client();
    until("what was there is cosigned", || {
        size(&node, &policy) == Some(before)
    });
    for number in 1..6 {
        record(&node, &format!("minutes-{number}"));
        // Each is a proof that the witness checks for itself.
        until("it is cosigned", || {
            size(&node, &policy) == Some(before + number)
        });
    }
    let state = table(&node)["items"][0].clone();
    assert_eq!(state["cosigned"], before + 5);
    assert_eq!(
        (&state["failures"], &state["fatal"]),
        (&0.into(), &false.into())
    );
    for index in 0..before + 5 {
        let (_, text) = node
            .get(&format!("/v1/entries/{index}"), "text/plain")
            .unwrap();
        let receipt = Receipt::parse(text.as_bytes()).unwrap();
        receipt.verify_self_contained(&policy).unwrap();
    }
    let url = scratch.node.url.clone();
    ok(scratch.fundtrail(&[
        "receipt",
        "fetch",
        "minutes-5",
        "--node",
        &url,
        "--out",
        "r",
    ]));
    ok(scratch.fundtrail(&["receipt", "verify", "r", "--policy", "policy"]));
}
