//! A real node in a process of its own, on the loopback interface and a free port.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use fundtrail_model::Moment;
use fundtrail_scenario::Site;
use serde::Deserialize;

/// Why a node did not start.
#[derive(Debug)]
pub enum NodeError {
    /// A file or process could not be handled.
    Io(String, io::Error),
    /// The node said something else than expected; its own words.
    Said(String),
}

impl std::fmt::Display for NodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NodeError::Io(what, error) => write!(f, "{what}: {error}"),
            NodeError::Said(words) => f.write_str(words),
        }
    }
}

impl std::error::Error for NodeError {}

fn io_error(what: impl Into<String>) -> impl FnOnce(io::Error) -> NodeError {
    let what = what.into();
    move |error| NodeError::Io(what, error)
}

/// A running node. Dropping it kills it.
#[derive(Debug)]
pub struct Node {
    child: Child,
    /// Where it answers, without a trailing slash.
    pub url: String,
    /// Its data directory.
    pub data: PathBuf,
}

/// What `fundtraild init` prints.
#[derive(Debug, Deserialize)]
struct Founded {
    log_key: String,
}

impl Node {
    /// Makes a data directory with the node's own keys.
    ///
    /// # Errors
    /// [`NodeError`] with the node's own words.
    pub fn init(binary: &Path, data: &Path, origin: &str) -> Result<(), NodeError> {
        let output = Command::new(binary)
            .args(["init", "--origin", origin, "--data"])
            .arg(data)
            .output()
            .map_err(io_error(binary.display().to_string()))?;
        if !output.status.success() {
            return Err(NodeError::Said(
                String::from_utf8_lossy(&output.stderr).into_owned(),
            ));
        }
        let founded = data.join("founded.json");
        fs::write(&founded, &output.stdout).map_err(io_error(founded.display().to_string()))
    }

    /// Starts a node over a data directory that was made, listening on `listen`.
    ///
    /// # Errors
    /// [`NodeError`] with the node's own words.
    pub fn start(binary: &Path, data: &Path, listen: &str) -> Result<Node, NodeError> {
        let log = data.join("node.log");
        let stderr = File::options()
            .append(true)
            .create(true)
            .open(&log)
            .map_err(io_error(log.display().to_string()))?;
        let mut child = Command::new(binary)
            .args(["serve", "--listen", listen, "--config"])
            .arg(data.join("fundtraild.toml"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .map_err(io_error(binary.display().to_string()))?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut line)
                .map_err(io_error("the node's output"))?;
        }
        match line.trim().strip_prefix("listening on ") {
            Some(url) => {
                let url = url.trim_end_matches('/').to_owned();
                Ok(Node {
                    child,
                    url,
                    data: data.to_owned(),
                })
            }
            None => {
                let _ = child.kill();
                let _ = child.wait();
                let words = fs::read_to_string(&log).unwrap_or_default();
                Err(NodeError::Said(format!(
                    "the node did not start: {line}{words}"
                )))
            }
        }
    }

    /// What transactions for this node must know of its ledger.
    ///
    /// # Errors
    /// [`NodeError`] when its files are not as `init` made them.
    pub fn site(&self, origin: &str, clock: Moment) -> Result<Site, NodeError> {
        let tag_path = self.data.join("tag-key.hex");
        let text =
            fs::read_to_string(&tag_path).map_err(io_error(tag_path.display().to_string()))?;
        let mut tag_key = [0; 32];
        hex::decode_to_slice(text.trim(), &mut tag_key)
            .map_err(|error| NodeError::Said(format!("{}: {error}", tag_path.display())))?;
        Ok(Site::of_node(origin, &self.log_key()?, tag_key, clock))
    }

    /// The log's verifier key.
    ///
    /// # Errors
    /// [`NodeError`] when `init` was not called through [`Node::init`].
    pub fn log_key(&self) -> Result<String, NodeError> {
        let path = self.data.join("founded.json");
        let text = fs::read_to_string(&path).map_err(io_error(path.display().to_string()))?;
        let founded: Founded =
            serde_json::from_str(&text).map_err(|error| NodeError::Said(error.to_string()))?;
        Ok(founded.log_key)
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends the node as a power cut would, with SIGKILL.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(|_| ())
    }

    /// Asks the node to finish what it accepted and stop, and waits for it.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn stop(&mut self) -> io::Result<std::process::ExitStatus> {
        // The standard library sends SIGKILL only; `kill` is everywhere the node runs.
        Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()?;
        self.child.wait()
    }

    /// Whether the process has ended, and how.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn ended(&mut self) -> io::Result<Option<std::process::ExitStatus>> {
        self.child.try_wait()
    }

    /// Lets the node go on without this handle.
    pub fn leave_running(self) {
        let mut kept = std::mem::ManuallyDrop::new(self);
        kept.child.stdout.take();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
