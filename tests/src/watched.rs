//! A node and the witnesses it asks, each in a process of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use crate::{READY, Scratch, binary, minutes};
use fundtrail_demo::HttpTarget;
use fundtrail_model::LogPolicy;
use fundtrail_scenario::Run;
use serde_json::Value;

/// A process that ends with its test.
#[derive(Debug)]
pub struct Process(pub Child);

impl Process {
    /// Starts a program and waits for the first line on its standard output or, if `from`
    /// says so, its standard error, that `find` finds something in.
    pub fn start<T: Send + 'static>(
        command: &mut Command,
        from: Output,
        find: impl Fn(&str) -> Option<T> + Send + 'static,
    ) -> (Process, T) {
        let (own, other) = match from {
            Output::Standard => (Stdio::piped(), Stdio::null()),
            Output::Error => (Stdio::null(), Stdio::piped()),
        };
        let child = command
            .stdin(Stdio::null())
            .stdout(own)
            .stderr(other)
            .spawn();
        let mut child = child.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let lines: Box<dyn BufRead + Send> = match from {
            Output::Standard => Box::new(BufReader::new(child.stdout.take().unwrap())),
            Output::Error => Box::new(BufReader::new(child.stderr.take().unwrap())),
        };
        let process = Process(child);
        let (sender, found) = channel();
        // Reads on to the end, so that the program never waits for its reader.
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                if let Some(value) = find(&line) {
                    let _ = sender.send(value);
                }
            }
        });
        let value = found.recv_timeout(Duration::from_secs(30));
        let value = value.unwrap_or_else(|_| panic!("{command:?} did not say what was waited for"));
        (process, value)
    }
}

/// Where a program says what a test waits for.
#[derive(Clone, Copy)]
pub enum Output {
    /// Standard output.
    Standard,
    /// Standard error.
    Error,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A witness of ours: `fundtrail witness serve`.
pub struct Witness {
    /// What it keeps.
    pub folder: PathBuf,
    /// Its verifier key.
    pub key: String,
    /// Where it is, the same after it was started again.
    pub url: String,
    process: Option<Process>,
}

impl Witness {
    /// A witness that knows the log.
    pub fn start(scratch: &Scratch, name: &str) -> Witness {
        let folder = scratch.folder().join(name);
        let dir = folder.to_str().unwrap();
        let full = format!("witness.test/{name}");
        let key = ok(scratch.fundtrail(&["witness", "init", "--dir", dir, "--name", &full]));
        let log_key = scratch.node.log_key().unwrap();
        ok(scratch.fundtrail(&["witness", "add-log", "--dir", dir, "--log-key", &log_key]));
        let mut witness = Witness {
            folder,
            key: key.trim().to_owned(),
            url: "http://127.0.0.1:0".to_owned(),
            process: None,
        };
        witness.serve();
        witness
    }

    /// Serves, where it did before.
    pub fn serve(&mut self) {
        let listen = self.url.trim_start_matches("http://");
        let mut command = Command::new(binary("fundtrail"));
        command
            .args(["witness", "serve", "--listen", listen, "--dir"])
            .arg(&self.folder);
        let (process, url) = Process::start(&mut command, Output::Standard, |line| {
            line.strip_prefix("listening on ").map(str::to_owned)
        });
        self.process = Some(process);
        self.url = url.trim_end_matches('/').to_owned();
    }

    /// Is gone, as after a power cut.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// What it shows of itself.
    pub fn shown(&self, scratch: &Scratch) -> Value {
        let dir = self.folder.to_str().unwrap();
        let text = ok(scratch.fundtrail(&["witness", "show", "--dir", dir, "--json"]));
        serde_json::from_str(&text).unwrap()
    }
}

/// What a program printed that has to succeed.
#[track_caller]
pub fn ok((code, text): (i32, String)) -> String {
    assert_eq!(code, 0, "{text}");
    text
}

/// A fund at work whose node asks these witnesses, given by key and address, of which all
/// must cosign. Its policy is the file `policy` in the folder of the scratch.
pub fn watch(scratch: &mut Scratch, witnesses: &[(&str, &str)]) -> LogPolicy {
    let mut text = format!("log {}\n", scratch.node.log_key().unwrap());
    let mut members = String::new();
    for (number, (key, url)) in witnesses.iter().enumerate() {
        text += &format!("witness w{number} {key} {url}\n");
        members += &format!(" w{number}");
    }
    text += &format!("group all-of-them all{members}\nquorum all-of-them\n");
    fs::write(scratch.folder().join("policy"), &text).unwrap();
    fs::write(scratch.node.data.join("witnesses.policy"), &text).unwrap();
    let config = scratch.node.data.join("fundtraild.toml");
    let mut settings = fs::read_to_string(&config).unwrap();
    // Above the tables, if there are any.
    settings.insert_str(0, "witness_policy = \"witnesses.policy\"\n");
    fs::write(&config, settings).unwrap();
    scratch.restart();
    LogPolicy::parse(&text).unwrap()
}

/// A fund at work, without witnesses yet.
pub fn fund() -> (Scratch, Run) {
    let scratch = Scratch::start();
    let run = scratch.play(READY);
    (scratch, run)
}

/// Records minutes of the manager, which any fund at work takes. Gives the entry's receipt
/// as the submitter got it.
pub fn record(node: &HttpTarget, id: &str) -> String {
    let (status, text) = node
        .post("/v1/transactions", minutes(id).to_json().as_bytes())
        .unwrap();
    assert_eq!(status, 201, "{text}");
    let answer: Value = serde_json::from_str(&text).unwrap();
    answer["receipt"].as_str().unwrap().to_owned()
}

/// The checkpoint as published.
pub fn checkpoint(node: &HttpTarget) -> String {
    let (status, text) = node.get("/checkpoint", "text/plain").unwrap();
    assert_eq!(status, 200, "{text}");
    text
}

/// The size of the published checkpoint, if this policy accepts it.
pub fn size(node: &HttpTarget, policy: &LogPolicy) -> Option<u64> {
    let opened = policy.open(checkpoint(node).as_bytes()).ok()?;
    assert_eq!(opened.cosigned.len(), policy.witnesses().len());
    Some(opened.checkpoint.size())
}

/// What the node says of its witnesses.
pub fn table(node: &HttpTarget) -> Value {
    let (status, text) = node.get("/v1/witnesses", "application/json").unwrap();
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// Waits until something holds, at most a minute.
#[track_caller]
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for item in fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        let target = to.join(item.file_name());
        if item.file_type().unwrap().is_dir() {
            copy(&item.path(), &target);
        } else {
            fs::copy(item.path(), &target).unwrap();
        }
    }
}
