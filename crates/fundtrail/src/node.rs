//! A node over HTTP: the only module that knows the network.
//!
//! Nothing a node says is believed: bytes are handed on, and whoever asked verifies them.

use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::Response;

use crate::failure::Failure;

/// The longest answer read, in bytes: a page of entries of the largest size, and more.
const ANSWER_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How often a busy node is asked again.
const BUSY_ATTEMPTS_MAX: u32 = 6;

/// The longest pause before asking again.
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// Where a node is.
pub(crate) struct Node {
    agent: Agent,
    base: String,
}

/// What a node said.
pub(crate) struct Reply {
    /// The status code.
    pub(crate) status: u16,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// The body as JSON; null where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

impl Node {
    /// A node by its base URL.
    pub(crate) fn new(url: &str) -> Result<Node, Failure> {
        if !url.starts_with("http://") {
            let why = "a node is addressed as http://…; for TLS use a local proxy or tunnel";
            return Err(Failure::at(url, why));
        }
        // A redirect could lead a submission elsewhere.
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(TIMEOUT))
            .build();
        Ok(Node {
            agent: config.into(),
            base: url.trim_end_matches('/').into(),
        })
    }

    /// Gets a path. Asks again while the node is busy.
    pub(crate) fn get(&self, path: &str) -> Result<Reply, Failure> {
        self.patiently(path, |url| self.agent.get(url).call())
    }

    /// Posts JSON to a path, and wants JSON back. Asks again while the node is busy, which
    /// is safe: a transaction sent twice is recorded once.
    pub(crate) fn post(&self, path: &str, body: &[u8]) -> Result<Reply, Failure> {
        self.patiently(path, |url| {
            let request = self
                .agent
                .post(url)
                .header("Content-Type", "application/json");
            request.header("Accept", "application/json").send(body)
        })
    }

    fn patiently(
        &self,
        path: &str,
        ask: impl Fn(&str) -> Result<Response<ureq::Body>, ureq::Error>,
    ) -> Result<Reply, Failure> {
        let url = format!("{}{path}", self.base);
        let mut attempt = 1;
        loop {
            let mut response = ask(&url).map_err(|error| Failure::at(&url, error))?;
            let status = response.status().as_u16();
            if status == 503 && attempt < BUSY_ATTEMPTS_MAX {
                std::thread::sleep(pause(&response, attempt));
                attempt += 1;
                continue;
            }
            let body = response
                .body_mut()
                .with_config()
                .limit(ANSWER_BYTES_MAX)
                .read_to_vec();
            let body = body.map_err(|error| Failure::at(&url, error))?;
            return Ok(Reply { status, body });
        }
    }
}

/// As long as the node asks for, or a little longer each time.
fn pause(response: &Response<ureq::Body>, attempt: u32) -> Duration {
    let header = response.headers().get("Retry-After");
    let seconds = header
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse().ok());
    let own = Duration::from_millis(250 << attempt.min(5));
    seconds.map_or(own, Duration::from_secs).min(PAUSE_MAX)
}

/// A reply that is no answer to what was asked: a problem document, or anything else.
pub(crate) fn no_answer(reply: &Reply) -> Failure {
    let problem = reply.json();
    let text = |member: &str| {
        problem
            .get(member)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let (code, detail) = (text("code"), text("detail"));
    Failure(
        format!("the node answered {}: {code} {detail}", reply.status)
            .trim_end()
            .into(),
    )
}
