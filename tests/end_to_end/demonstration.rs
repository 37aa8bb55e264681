//! What `cargo xtask demo` leaves behind: keys to sign in with, and work that waits.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use fundtrail_demo::Node;
use fundtrail_tests::binary;
use serde_json::Value;

/// The origin that the demonstration gives its ledger.
const ORIGIN: &str = "fundtrail.example/demo";

/// Key files that must be there, and the party of each.
const KEYS: [(&str, &str); 10] = [
    ("office.pem", "OFF"),
    ("manager-maker.pem", "manager"),
    ("manager-checker2.pem", "manager"),
    ("group-MSB.pem", "MSB"),
    ("bank-a-maker.pem", "bank-a"),
    ("bank-b-checker.pem", "bank-b"),
    ("bank-c-maker.pem", "bank-c"),
    ("guarantor-maker.pem", "guarantor"),
    ("insurer-checker.pem", "insurer"),
    ("auditor.pem", "cpa"),
];

fn token(folder: &Path, file: &str) -> String {
    let key = folder.join("keys").join(file);
    let output = Command::new(binary("fundtrail"))
        .args(["token", "--ledger", ORIGIN, "--key"])
        .arg(key)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Asks the node as the owner of a key file: status and answer.
fn ask(node: &Node, folder: &Path, file: &str, path: &str) -> (String, Value) {
    let bearer = format!("Authorization: Bearer {}", token(folder, file));
    let output = Command::new("curl")
        .args([
            "-s",
            "--max-time",
            "30",
            "-w",
            "\n%{http_code}",
            "-H",
            &bearer,
        ])
        .arg(format!("{}{path}", node.url))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (body, status) = text.rsplit_once('\n').unwrap();
    (
        status.to_owned(),
        serde_json::from_str(body).unwrap_or_default(),
    )
}

#[test]
fn the_demonstration_leaves_keys_and_work_that_waits() {
    let scratch = tempfile::TempDir::new().unwrap();
    let folder = scratch.path().join("demo");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let node = binary("fundtraild");
    let output = Command::new(cargo)
        .args(["run", "--quiet", "-p", "fundtrail-demo", "--", "--exit"])
        .args(["--listen", "127.0.0.1:0", "--fundtraild"])
        .arg(&node)
        .arg("--data")
        .arg(&folder)
        .current_dir(&root)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for words in [
        "office.pem",
        "bank-b-checker.pem",
        "/work/claim-K-B7",
        "The node has stopped",
    ] {
        assert!(said.contains(words), "{words} is not said:\n{said}");
    }

    // Nobody else on the machine reads the keys.
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.join("keys")), 0o700);
    for file in fs::read_dir(folder.join("keys")).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }

    // Every key opens its owner's view, the auditor's too; none that is no key's.
    let node = Node::start(&node, &folder, "127.0.0.1:0").unwrap();
    for (file, party) in KEYS {
        let (status, reader) = ask(&node, &folder, file, "/v1/reader");
        assert_eq!(
            (status.as_str(), &reader["party"]),
            ("200", &party.into()),
            "{file}: {reader}"
        );
        assert_ne!(reader["scope"], "nothing", "{file}: {reader}");
    }
    let (status, _) = ask(&node, &folder, "auditor.pem", "/v1/claims");
    assert_eq!(status, "200");

    // A claim waits for the bank's second person, and for nobody else; one is approved.
    let (_, draft) = ask(
        &node,
        &folder,
        "bank-b-checker.pem",
        "/v1/drafts/claim-K-B7",
    );
    assert_eq!(draft["state"], "open", "{draft}");
    assert_eq!(
        draft["missing"][0]["en"], "the bank bank-b (checker)",
        "{draft}"
    );
    assert_eq!(draft["verdict"]["passes"], true, "{draft}");
    let (status, _) = ask(&node, &folder, "bank-a-maker.pem", "/v1/drafts/claim-K-B7");
    assert!(["403", "404"].contains(&status.as_str()), "{status}");
    let (_, claim) = ask(&node, &folder, "office.pem", "/v1/claims/K-C7");
    assert_eq!(claim["status"], "approved", "{claim}");

    // The work can be done: the second person signs, and the claim stands.
    let signed = Command::new(binary("fundtrail"))
        .args([
            "draft",
            "sign",
            "claim-K-B7",
            "--yes",
            "--node",
            &node.url,
            "--key",
        ])
        .arg(folder.join("keys/bank-b-checker.pem"))
        .arg("--as")
        .arg(folder.join("keys/bank-b-checker.pem"))
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&signed.stdout);
    assert!(
        signed.status.success(),
        "{words}{}",
        String::from_utf8_lossy(&signed.stderr)
    );
    let (_, claim) = ask(&node, &folder, "office.pem", "/v1/claims/K-B7");
    assert_eq!(claim["status"], "submitted", "{claim}");
    assert_eq!(claim["amount"], "540000.00", "{claim}");
}
