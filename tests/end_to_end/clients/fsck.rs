//! Tessera's `fsck`: every bundle hashed, every tile compared byte by byte, the root.

use std::path::Path;
use std::process::Command;

use fundtrail_tests::tools::go_tool;

use super::log::{Log, run};

const FSCK: &str = "github.com/transparency-dev/tessera/cmd/fsck@v1.0.4";

#[test]
fn tessera_fsck_accepts_node_and_export_and_refuses_every_change() {
    let Some(fsck) = go_tool(FSCK, "fsck") else {
        return;
    };
    let log = Log::start();
    let key = log.write("log.vkey", &log.key);
    let root = log.checkpoints[3].lines().nth(2).unwrap();
    let success = format!("Successfully fsck'd log with size 520 and root {root}");
    // This version ends in 0 whatever it found: what it prints decides.
    let check = |url: &str| {
        let mut command = Command::new(&fsck);
        command.arg(format!("--storage_url={url}"));
        command.arg(format!("--public_key={}", key.display()));
        command.args(["--ui=false", "--N=2"]);
        command.arg(format!("--bearer_token={}", log.scratch.token()));
        let (code, _, text) = run(&mut command);
        let accepted = code == Some(0) && text.contains(&success) && !text.contains("fsck failed");
        (accepted, text)
    };
    let (accepted, text) = check(&format!("{}/", log.scratch.node.url));
    assert!(accepted, "{text}");

    let export = log.export("export");
    let as_url = |folder: &Path| format!("file://{}/", folder.display());
    let (accepted, text) = check(&as_url(&export));
    assert!(accepted, "{text}");
    for (place, folder) in log.tamperings(&export) {
        let (accepted, text) = check(&as_url(&folder));
        let says_why = text.contains("fsck failed: ");
        assert!(!accepted && says_why, "{place}: {text}");
    }
}
