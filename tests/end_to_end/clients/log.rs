//! A log for clients to read: a node with 520 entries, published at several sizes, and its
//! export.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fundtrail_merkle::Hash;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::NoteSigner;
use fundtrail_scenario::Draft;
use fundtrail_tests::{ORIGIN, READY, Scratch};
use serde_json::json;

/// Sizes at which checkpoints were kept: partial tiles, full ones, and both.
pub(super) const SIZES: [u64; 4] = [100, 256, 300, 520];

/// A running node, and what its readers kept.
pub(super) struct Log {
    pub(super) scratch: Scratch,
    /// The checkpoints of [`SIZES`].
    pub(super) checkpoints: Vec<String>,
    /// The log's verifier key.
    pub(super) key: String,
}

impl Log {
    /// A node with as many entries as the largest of [`SIZES`].
    pub(super) fn start() -> Log {
        let scratch = Scratch::start();
        let mut size = scratch.play(READY).shadow().size();
        let mut checkpoints = Vec::new();
        for next in SIZES {
            let lines: Vec<String> = (size..next).map(transfer).collect();
            let list = lines.join("\n");
            let client = scratch.client();
            let (status, text) = client
                .post("/v1/transactions/batch", list.as_bytes())
                .unwrap();
            assert_eq!(status, 200, "{text}");
            let (_, checkpoint) = client.get("/checkpoint", "text/plain").unwrap();
            assert_eq!(checkpoint.lines().nth(1), Some(next.to_string().as_str()));
            checkpoints.push(checkpoint);
            size = next;
        }
        let key = scratch.node.log_key().unwrap();
        Log {
            scratch,
            checkpoints,
            key,
        }
    }

    /// Writes a file beside the ledger.
    pub(super) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.scratch.folder().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Exports the log into a directory beside the ledger.
    pub(super) fn export(&self, name: &str) -> PathBuf {
        let url = &self.scratch.node.url;
        let words = [
            "export",
            "--node",
            url,
            "--out",
            name,
            "--log-key",
            &self.key,
        ];
        let (code, text) = self.scratch.fundtrail(&words);
        assert_eq!(code, 0, "{text}");
        self.scratch.folder().join(name)
    }

    /// A checkpoint that the log signs for a tree that never was: only a proof can tell.
    pub(super) fn forged(&self, size: u64) -> String {
        let pem = fs::read_to_string(self.scratch.node.data.join("log-key.pem")).unwrap();
        let signer = NoteSigner::new(ORIGIN, SigningKey::from_pkcs8_pem(&pem).unwrap()).unwrap();
        let checkpoint = Checkpoint::new(ORIGIN, size, Hash([7; 32])).unwrap();
        checkpoint.sign(&signer).unwrap().to_text()
    }

    /// A copy of an export with one bit of one file turned.
    pub(super) fn tampered(&self, export: &Path, file: &str, at: usize) -> PathBuf {
        let name = format!("tampered-{}-{at}", file.replace('/', "-"));
        let folder = self.scratch.folder().join(name);
        copy(export, &folder);
        let path = folder.join(file);
        let mut bytes = fs::read(&path).unwrap();
        bytes[at] ^= 1;
        fs::write(&path, bytes).unwrap();
        folder
    }

    /// Copies of an export, each with a bit turned that every reader of the whole log must
    /// notice, and what was changed.
    pub(super) fn tamperings(&self, export: &Path) -> Vec<(String, PathBuf)> {
        let root = self.checkpoints[3]
            .lines()
            .take(2)
            .map(|line| line.len() + 1);
        let root: usize = root.sum();
        let places = [
            ("tile/entries/000", 700),
            ("tile/entries/001", 9_000),
            ("tile/entries/002.p/8", 100),
            ("tile/0/000", 40),
            ("tile/0/001", 8_191),
            ("tile/0/002.p/8", 0),
            ("tile/1/000.p/2", 33),
            ("checkpoint", root + 5),
        ];
        let copies = places.iter().map(|(file, at)| {
            let place = format!("{file} at {at}");
            (place, self.tampered(export, file, *at))
        });
        copies.collect()
    }
}

/// A transfer of a yuan, signed, as one line.
fn transfer(number: u64) -> String {
    let draft = Draft {
        ledger: ORIGIN.to_owned(),
        id: format!("t-{number}"),
        kind: "transfer".to_owned(),
        date: "2022-01-10".to_owned(),
        body: json!({"from": "main", "to": "at-a", "amount": "1.00"}),
        sealed: BTreeMap::new(),
        signers: vec!["manager/maker".to_owned(), "OFF".to_owned()],
    };
    draft.submission().unwrap().to_json()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for one in fs::read_dir(from).unwrap() {
        let one = one.unwrap();
        let target = to.join(one.file_name());
        if one.path().is_dir() {
            copy(&one.path(), &target);
        } else {
            fs::copy(one.path(), target).unwrap();
        }
    }
}

/// Runs a client to its end: its exit code, standard output, and all that it printed.
pub(super) fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let output = command.output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let all = format!("{stdout}{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code(), stdout, all)
}
