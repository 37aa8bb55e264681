//! Calls of the built command in a scratch directory.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use fundtrail_model::key::SigningKey;
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const ORIGIN: &str = "fund.example/baotou";

/// A scratch directory in which the command is called.
pub(crate) struct Desk {
    directory: TempDir,
}

/// What a call came to.
pub(crate) struct Called {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Called {
    fn of(output: Output) -> Called {
        Called {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Asserts the exit code. Gives standard output.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        self.stdout
    }
}

impl Desk {
    pub(crate) fn new() -> Desk {
        Desk {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// Calls `fundtrail`.
    pub(crate) fn call<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Called {
        self.call_knowing(&[], arguments)
    }

    /// Calls `fundtrail` with these variables.
    pub(crate) fn call_knowing<S: AsRef<OsStr>>(
        &self,
        variables: &[(&str, &str)],
        arguments: impl IntoIterator<Item = S>,
    ) -> Called {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fundtrail"));
        command
            .env_remove("FUNDTRAIL_NODE")
            .env_remove("FUNDTRAIL_LOG_KEY")
            .env_remove("FUNDTRAIL_TOKEN")
            .env_remove("FUNDTRAIL_LEDGER")
            .env_remove("FUNDTRAIL_CA")
            .env_remove("FUNDTRAIL_PASSPHRASE")
            .env_remove("FUNDTRAIL_PASSPHRASE_FILE")
            .envs(variables.iter().copied());
        Called::of(
            command
                .args(arguments)
                .current_dir(self.directory.path())
                .output()
                .unwrap(),
        )
    }

    /// Calls `openssl`, if there is one.
    pub(crate) fn openssl(&self, arguments: &[&str]) -> Option<Vec<u8>> {
        let output = Command::new("openssl")
            .args(arguments)
            .current_dir(self.directory.path())
            .output()
            .ok()?;
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Some(output.stdout)
    }

    /// A key file of that number.
    pub(crate) fn key(&self, number: u8) -> String {
        let name = format!("{number}.pem");
        self.write(
            &name,
            SigningKey::from_seed(&[number; 32])
                .to_pkcs8_pem()
                .as_bytes(),
        );
        name
    }

    /// A transaction file: a well-formed key revocation.
    pub(crate) fn transaction(&self, name: &str) -> Vec<u8> {
        let key = SigningKey::from_seed(&[99; 32]).public().id();
        let text = transaction("key_revoke", &json!({ "key": key }));
        self.write(name, &text);
        text
    }
}

/// The bytes of a transaction, with white space that must survive.
pub(crate) fn transaction(kind: &str, body: &Value) -> Vec<u8> {
    let text =
        json!({ "ledger": ORIGIN, "id": "T-1", "kind": kind, "date": "2022-08-29", "body": body });
    format!("{text:#}\n").into_bytes()
}

/// The words of a command line.
pub(crate) fn arguments(words: &str) -> impl Iterator<Item = &str> {
    words.split(' ')
}
