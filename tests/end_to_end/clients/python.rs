//! `aics-tlog`, a verifier in Python: checkpoints, inclusion, consistency.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use fundtrail_tests::ORIGIN;
use fundtrail_tests::tools::python_venv;

use super::log::{Log, run};

const AICS: &str = "aics-tlog==0.2.1";

struct Client<'a> {
    program: PathBuf,
    log: &'a Log,
}

impl Client<'_> {
    /// The exit code of a command over a log at an address or in a directory.
    fn call(&self, tiles: &str, words: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(&self.program);
        command.current_dir(self.log.scratch.folder()).args(words);
        command.args([
            "--tiles",
            tiles,
            "--log-key",
            &self.log.key,
            "--origin",
            ORIGIN,
        ]);
        let (code, _, text) = run(&mut command);
        (code, text)
    }

    #[track_caller]
    fn ends(&self, code: i32, tiles: &str, words: &[&str]) {
        let (found, text) = self.call(tiles, words);
        assert_eq!(found, Some(code), "{tiles} {words:?}: {text}");
    }
}

#[test]
fn aics_tlog_accepts_node_and_export_and_refuses_every_change() {
    let Some(venv) = python_venv(&[AICS]) else {
        return;
    };
    let log = Log::start();
    let client = Client {
        program: venv.join("bin/aics-tlog"),
        log: &log,
    };
    let export = log.export("export");
    let lines = fs::read_to_string(export.join("entries.ndjson")).unwrap();
    let entries: Vec<&str> = lines.lines().collect();
    assert_eq!(entries.len(), 520);
    for (index, entry) in entries.iter().enumerate() {
        log.write(&format!("leaf-{index}"), entry);
    }
    let url = format!("{}/", log.scratch.node.url);
    let folder = export.display().to_string();
    for tiles in [url.as_str(), folder.as_str()] {
        client.ends(0, tiles, &["verify-checkpoint"]);
        for index in ["0", "255", "256", "511", "519"] {
            let leaf = format!("leaf-{index}");
            let words = ["verify-inclusion", "--index", index, "--leaf"];
            client.ends(0, tiles, &[&words[..], &[&leaf]].concat());
            client.ends(1, tiles, &[&words[..], &["leaf-7"]].concat());
        }
        for checkpoint in &log.checkpoints {
            log.write("old", checkpoint);
            client.ends(0, tiles, &["verify-consistency", "--old-checkpoint", "old"]);
        }
        for size in [100, 256, 520] {
            log.write("old", log.forged(size));
            client.ends(1, tiles, &["verify-consistency", "--old-checkpoint", "old"]);
        }
    }
    // Each of these reads the changed byte.
    let root = log.checkpoints[3].find("520\n").unwrap() + 4;
    for (file, at, index) in [
        ("tile/0/000", 40, "0"),
        ("tile/0/001", 8_191, "511"),
        ("tile/0/002.p/8", 0, "519"),
        ("tile/1/000.p/2", 33, "0"),
        ("checkpoint", root + 5, "0"),
    ] {
        let tampered = log.tampered(&export, file, at).display().to_string();
        let leaf = format!("leaf-{index}");
        let words = ["verify-inclusion", "--index", index, "--leaf", &leaf];
        client.ends(0, &folder, &words);
        client.ends(1, &tampered, &words);
    }
}
