//! A `fundtraild` of a test's own.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use fundtrail_model::key::SigningKey;
use serde_json::Value;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::fixture::ORIGIN;

/// Runs to the end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fundtraild"))
        .args(arguments)
        .output()
        .unwrap()
}

/// The one sentence of a run that failed.
#[track_caller]
pub(crate) fn complaint(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty());
    let text = String::from_utf8(output.stderr).unwrap();
    let line = text.lines().last().unwrap();
    line.strip_prefix("fundtraild: ")
        .unwrap_or_else(|| panic!("{text}"))
        .to_owned()
}

/// What `init` printed for a new directory.
#[track_caller]
pub(crate) fn init(data: &Path, origin: &str) -> Value {
    let output = run(&["init", "--origin", origin, "--data", data.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A token that the owner of a key signs now, for ten minutes.
fn token(key: &SigningKey) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = now.as_secs();
    fundtrail_model::token::sign(key, ORIGIN, now, now + 600)
}

/// A node that serves until it is dropped.
pub(crate) struct Daemon {
    child: Child,
    pub(crate) address: String,
    /// Where it tells how it is, if anywhere.
    pub(crate) operations: Option<String>,
    agent: Agent,
    /// Reads what is logged: a pipe that is full would hold the node up.
    logged: Option<JoinHandle<String>>,
}

impl Daemon {
    /// Serves the directory on a free port.
    pub(crate) fn start(data: &Path) -> Daemon {
        let config = data.join("fundtraild.toml");
        let arguments = [
            "--config",
            config.to_str().unwrap(),
            "--listen",
            "127.0.0.1:0",
        ];
        Daemon::start_with(&arguments)
    }

    pub(crate) fn start_with(arguments: &[&str]) -> Daemon {
        Daemon::spawn(Command::new(env!("CARGO_BIN_EXE_fundtraild")), arguments)
    }

    /// Serves what variables of the environment say.
    pub(crate) fn start_by(variables: &[(&str, &str)]) -> Daemon {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fundtraild"));
        command.envs(variables.iter().copied());
        Daemon::spawn(command, &[])
    }

    /// Serves the directory where no file may grow beyond so many blocks of 512 bytes:
    /// writing more fails, as on a full disk.
    pub(crate) fn start_confined(data: &Path, blocks: u32) -> Daemon {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_fundtraild")]);
        let config = data.join("fundtraild.toml");
        Daemon::spawn(
            shell,
            &[
                "--config",
                config.to_str().unwrap(),
                "--listen",
                "127.0.0.1:0",
            ],
        )
    }

    fn spawn(mut command: Command, arguments: &[&str]) -> Daemon {
        let mut child = command
            .arg("serve")
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut errors = child.stderr.take().unwrap();
        let logged = std::thread::spawn(move || {
            let mut text = String::new();
            errors.read_to_string(&mut text).unwrap();
            text
        });
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let address = line
            .strip_prefix("listening on ")
            .unwrap_or_else(|| panic!("{line:?}"));
        let operations = arguments.contains(&"--operations-listen").then(|| {
            let mut line = String::new();
            out.read_line(&mut line).unwrap();
            let address = line.strip_prefix("operations on ").unwrap();
            address.trim_end().to_owned()
        });
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .into();
        Daemon {
            logged: Some(logged),
            address: address.trim_end().to_owned(),
            operations,
            child,
            agent,
        }
    }

    /// Asks as anybody.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        self.ask(path, None)
    }

    /// Asks as the owner of a key.
    pub(crate) fn get_as(&self, path: &str, key: &SigningKey) -> (u16, String) {
        self.ask(path, Some(&token(key)))
    }

    fn ask(&self, path: &str, token: Option<&str>) -> (u16, String) {
        let mut request = self.agent.get(format!("{}{path}", self.address));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = request.call().unwrap();
        (
            response.status().as_u16(),
            response.body_mut().read_to_string().unwrap(),
        )
    }

    /// The same node for a client that trusts this certificate and no other.
    pub(crate) fn trusting(mut self, root: &[u8]) -> Daemon {
        let root = Certificate::from_pem(root).unwrap();
        let roots = RootCerts::new_with_certs(&[root]);
        self.agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .build()
            .into();
        self
    }

    pub(crate) fn submit(&self, body: &[u8]) -> (u16, String) {
        self.post("/v1/transactions", body)
    }

    pub(crate) fn post(&self, path: &str, body: &[u8]) -> (u16, String) {
        let url = format!("{}{path}", self.address);
        let mut response = self.agent.post(url).send(body).unwrap();
        (
            response.status().as_u16(),
            response.body_mut().read_to_string().unwrap(),
        )
    }

    /// Sends a signal and waits for the end: the exit code, and what was logged.
    pub(crate) fn stop(self, signal: &str) -> (Option<i32>, Vec<Value>) {
        let kill = ["-s", signal, &self.child.id().to_string()].map(str::to_owned);
        assert!(Command::new("kill").args(kill).status().unwrap().success());
        self.end()
    }

    /// Waits for the end: the exit code, and what was logged.
    pub(crate) fn end(mut self) -> (Option<i32>, Vec<Value>) {
        let limit = Instant::now() + Duration::from_secs(20);
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < limit, "it does not stop");
            std::thread::sleep(Duration::from_millis(10));
        };
        let text = self.logged.take().unwrap().join().unwrap();
        // What is no JSON is the sentence for the user.
        let logs = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or(line.into()));
        (status.code(), logs.collect())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
