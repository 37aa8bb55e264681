//! A ledger is founded by typing what `fundtraild init` prints: with keys made by the tools,
//! signatures of every founder, and a policy.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fundtrail_demo::Node;
use fundtrail_tests::binary;
use serde_json::Value;
use tempfile::TempDir;

const ORIGIN: &str = "ledger.test/founded";
const POLICY: &str = include_str!("../../crates/fundtrail-regulation/data/baotou-2021-61.toml");

/// Two seats, the office, and a policy for two seats.
const FOUNDERS: &[(&str, &str)] = &[
    ("OFF", "office"),
    ("MSB", "group_member"),
    ("FIN", "group_member"),
];

/// A directory in which a ledger is founded.
pub(crate) struct Founding {
    folder: TempDir,
    /// What `init` printed on standard output.
    pub(crate) made: Value,
    /// What it printed for people.
    pub(crate) said: String,
}

impl Founding {
    /// Makes the founders' keys, the papers, and the node's directory `data`.
    pub(crate) fn prepare() -> Founding {
        let folder = TempDir::new().unwrap();
        let mut founders = String::new();
        for (name, role) in FOUNDERS {
            let make = format!(
                "fundtrail key new --out {name}.pem && fundtrail key show {name}.pem > {name}.pub"
            );
            shell(folder.path(), &make);
            founders +=
                &format!("[[founder]]\nparty = '{name}'\nrole = '{role}'\npem = '{name}.pub'\n");
        }
        let policy = POLICY
            .replace("lg_members = 8", "lg_members = 2")
            .replace("lg_threshold = 5", "lg_threshold = 2");
        for (name, text) in [
            ("founders.toml", founders.as_str()),
            ("policy.toml", &policy),
            ("measure.txt", "The measure.\n"),
            ("decision.txt", "It is decided.\n"),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let command = format!(
            "fundtraild init --origin {ORIGIN} --data data --founders founders.toml \
             --date 2021-12-23 --policy policy.toml --policy-text measure.txt \
             --decision decision.txt"
        );
        let (out, said) = shell(folder.path(), &command);
        let made = serde_json::from_str(&out).unwrap();
        Founding { folder, made, said }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn log_key(&self) -> &str {
        self.made["log_key"].as_str().unwrap()
    }

    /// The lines that are commands of this program.
    fn commands(&self, begin: &str) -> Vec<&str> {
        let lines = self.said.lines().map(str::trim);
        lines.filter(|line| line.starts_with(begin)).collect()
    }

    /// Has everybody sign who is asked to, with the printed commands. What is signed by the
    /// file's own signers comes to stand in the working directory.
    pub(crate) fn sign(&self) {
        let signers: [&[&str]; 2] = [&["OFF", "MSB", "FIN"], &["MSB", "FIN"]];
        let commands = self.commands("fundtrail sign ");
        assert_eq!(commands.len(), 4, "{}", self.said);
        for (pair, signers) in commands.chunks(2).zip(signers) {
            for (at, signer) in signers.iter().enumerate() {
                let command = pair[at.min(1)].replace("KEY.pem", &format!("{signer}.pem"));
                shell(self.path(), &command);
            }
        }
    }

    /// The header by which the office shows who it is.
    pub(crate) fn bearer(&self) -> String {
        let command = format!("fundtrail token --key OFF.pem --ledger {ORIGIN}");
        let (token, _) = shell(self.path(), &command);
        format!("Authorization: Bearer {}", token.trim())
    }

    /// Submits with the printed command, to this node: the code and what was printed.
    pub(crate) fn submit(&self, url: &str) -> String {
        let commands = self.commands("fundtrail submit ");
        let [command] = commands[..] else {
            panic!("{}", self.said);
        };
        shell(self.path(), &command.replace("http://127.0.0.1:7440", url)).0
    }
}

/// Runs a command line with the built binaries on its path; it must succeed.
#[track_caller]
fn shell(folder: &Path, line: &str) -> (String, String) {
    let own: PathBuf = binary("fundtrail").parent().unwrap().into();
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("bash")
        .args(["-ec", line])
        .env("PATH", format!("{}:{path}", own.display()))
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, said) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{line}\n{out}{said}");
    (out, said)
}

#[test]
fn the_printed_commands_found_a_ledger() {
    let founding = Founding::prepare();
    founding.sign();
    let data = founding.path().join("data");
    let node = Node::start(&binary("fundtraild"), &data, "127.0.0.1:0").unwrap();
    let printed = founding.submit(&node.url);
    assert_eq!(printed.matches("recorded").count(), 2, "{printed}");
    let receipts = fs::read_dir(founding.path().join("receipts")).unwrap();
    assert_eq!(receipts.count(), 2);
    let audit = format!(
        "fundtrail audit --node {} --as OFF.pem --log-key '{}'",
        node.url,
        founding.log_key()
    );
    let (out, _) = shell(founding.path(), &audit);
    assert!(out.contains("CONFORMITY"), "{out}");
}
