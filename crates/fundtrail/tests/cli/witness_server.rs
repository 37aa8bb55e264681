//! A `fundtrail witness serve` of a test's own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fundtrail_model::add_checkpoint::{AddCheckpoint, WitnessAnswer};
use ureq::Agent;
use ureq::http::Response;

/// A server that is killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    url: String,
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

impl Answered {
    /// As the client of a log reads it.
    pub(crate) fn read(&self) -> WitnessAnswer {
        WitnessAnswer::read(self.status, Some(&self.content_type), &self.body)
    }
}

impl Server {
    /// Serves the directory on a free port.
    pub(crate) fn start(directory: &Path) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_fundtrail"))
            .args(["witness", "serve", "--listen", "127.0.0.1:0", "--dir"])
            .arg(directory)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("listening on ");
        let url = url.unwrap_or_else(|| panic!("{line:?}")).to_owned();
        Server { child, url }
    }

    pub(crate) fn ask(&self, request: &AddCheckpoint) -> Answered {
        self.post(request.to_text().as_bytes())
    }

    pub(crate) fn post(&self, body: &[u8]) -> Answered {
        let url = format!("{}/add-checkpoint", self.url);
        answered(agent().post(url).send(body).unwrap())
    }

    pub(crate) fn get(&self, path: &str) -> Answered {
        let url = format!("{}{path}", self.url);
        answered(agent().get(url).call().unwrap())
    }

    /// Sends a signal and waits for the end: the exit code.
    pub(crate) fn stop(mut self, signal: &str) -> Option<i32> {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &id]).status();
        assert!(sent.unwrap().success());
        let limit = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < limit, "it does not stop");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Ends it at once, as a crash would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where monitors find a log.
pub(crate) fn origin_hash(origin: &str) -> String {
    fundtrail_witness::directory::origin_hash(origin)
}

fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .into()
}

fn answered(mut response: Response<ureq::Body>) -> Answered {
    let content_type = response.headers().get("content-type");
    let content_type = content_type.map(|value| value.to_str().unwrap().to_owned());
    Answered {
        status: response.status().as_u16(),
        content_type: content_type.unwrap_or_default(),
        body: response.body_mut().read_to_vec().unwrap(),
    }
}
