//! A node over HTTP: the only module that knows the network.
//!
//! Nothing a node says is believed: bytes are handed on, and whoever asked verifies them.
//! A token is for one ledger, so that no node can use it at another.

use std::fmt;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use clap::Args;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::Note;
use serde_json::Value;
use ureq::http::Response;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, RequestBuilder};

use crate::failure::Failure;
use crate::{files, key, token};

/// The longest answer read, in bytes: a page of entries of the largest size, and more.
const ANSWER_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How long the answer to what takes long may take: the node's own bound, and a little more.
const TIMEOUT_LONG: Duration = Duration::from_secs(330);

/// How often a busy node is asked again.
const BUSY_ATTEMPTS_MAX: u32 = 6;

/// The longest pause before asking again.
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// How long the tokens hold that are signed for one request, in seconds.
const TOKEN_SECONDS: u64 = 300;

/// Where a token is looked for when no argument says who asks.
const TOKEN_VARIABLE: &str = "FUNDTRAIL_TOKEN";

/// Which node, and who asks it.
#[derive(Args, Debug)]
pub(crate) struct NodeArgs {
    /// The node, as https://host:port, or http://host:port on this machine.
    #[arg(long, env = "FUNDTRAIL_NODE", value_name = "URL")]
    node: Option<String>,
    /// Who vouches for an https node: certificates in PEM, and nobody beside them; else the
    /// authorities that browsers know.
    #[arg(long, env = "FUNDTRAIL_CA", value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Show this token, as `fundtrail token` prints it; else the variable FUNDTRAIL_TOKEN.
    #[arg(long, value_name = "TOKEN", conflicts_with = "reader")]
    token: Option<Token>,
    /// Sign tokens with this key, a private key in PEM that is enrolled in the ledger.
    #[arg(long = "as", id = "reader", value_name = "KEY.pem")]
    reader: Option<PathBuf>,
    /// The origin of the ledger that those tokens are for; else what the node says of itself.
    #[arg(long, env = "FUNDTRAIL_LEDGER", value_name = "ORIGIN")]
    ledger: Option<String>,
}

impl NodeArgs {
    /// Whether a node is named.
    pub(crate) fn is_given(&self) -> bool {
        self.node.is_some()
    }

    /// The node, asked as whoever the arguments say, or else as the owner of `key`.
    pub(crate) fn connect_with(&self, key: &Rc<SigningKey>) -> Result<Node, Failure> {
        let mut node = self.connect()?;
        if node.reader.is_none() {
            let ledger = self.ledger_of(&node)?;
            node.reader = Some(Reader::Key(Rc::clone(key), ledger));
        }
        Ok(node)
    }

    /// The origin of the ledger: as given, or what the node says of itself.
    pub(crate) fn ledger_of(&self, node: &Node) -> Result<String, Failure> {
        self.ledger.clone().map_or_else(|| node.origin(), Ok)
    }

    /// The node, asked as whoever the arguments say; an argument goes before the variable.
    pub(crate) fn connect(&self) -> Result<Node, Failure> {
        let url = self.node.as_deref();
        let url = url.ok_or_else(|| Failure("--node is needed".into()))?;
        let mut node = Node::new(url, self.roots()?)?;
        let variable = || std::env::var(TOKEN_VARIABLE).ok().map(Token);
        node.reader = match (&self.reader, &self.token) {
            (Some(path), _) => {
                let key = key::private(path)?;
                let ledger = self.ledger_of(&node)?;
                Some(Reader::Key(Rc::new(key), ledger))
            }
            (None, Some(token)) => Some(Reader::Token(token.clone())),
            (None, None) => variable().map(Reader::Token),
        };
        Ok(node)
    }
}

impl NodeArgs {
    fn roots(&self) -> Result<RootCerts, Failure> {
        let Some(path) = &self.ca else {
            return Ok(RootCerts::WebPki);
        };
        let unreadable = |why: &dyn fmt::Display| Failure::at(path.display(), why);
        let mut roots = Vec::new();
        for item in parse_pem(&files::read(path)?) {
            if let PemItem::Certificate(root) = item.map_err(|error| unreadable(&error))? {
                roots.push(root);
            }
        }
        if roots.is_empty() {
            return Err(unreadable(&"there is no certificate in it"));
        }
        Ok(RootCerts::new_with_certs(&roots))
    }
}

/// A token. It must not reach a log.
#[derive(Clone)]
struct Token(String);

impl From<String> for Token {
    fn from(text: String) -> Token {
        Token(text)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

/// Who asks a node.
enum Reader {
    /// Whoever signed this.
    Token(Token),
    /// The owner of this key, at the ledger of this origin.
    Key(Rc<SigningKey>, String),
}

/// Where a node is.
pub(crate) struct Node {
    agent: Agent,
    base: String,
    reader: Option<Reader>,
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
    /// A node by its base URL, vouched for by these if it is asked over TLS.
    fn new(url: &str, roots: RootCerts) -> Result<Node, Failure> {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            let why = "a node is addressed as https://… or http://…";
            return Err(Failure::at(url, why));
        }
        // A redirect could lead a submission elsewhere.
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(TIMEOUT))
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .build();
        Ok(Node {
            agent: config.into(),
            base: url.trim_end_matches('/').into(),
            reader: None,
        })
    }

    /// Gets a path. Asks again while the node is busy.
    pub(crate) fn get(&self, path: &str) -> Result<Reply, Failure> {
        self.patiently(path, |url, bearer| with(self.agent.get(url), bearer).call())
    }

    /// Posts JSON to a path, and wants JSON back. Asks again while the node is busy, which
    /// is safe: a transaction sent twice is recorded once.
    pub(crate) fn post(&self, path: &str, body: &[u8]) -> Result<Reply, Failure> {
        self.patiently(path, |url, bearer| {
            let request =
                with(self.agent.post(url), bearer).header("Content-Type", "application/json");
            request.header("Accept", "application/json").send(body)
        })
    }

    /// Posts nothing to a path, once, and waits as long as the node may take for what takes
    /// long.
    pub(crate) fn post_once(&self, path: &str) -> Result<Reply, Failure> {
        let url = format!("{}{path}", self.base);
        let bearer = self.bearer()?;
        let request = with(self.agent.post(&url), bearer.as_deref());
        let request = request.header("Accept", "application/json");
        let request = request.config().timeout_global(Some(TIMEOUT_LONG)).build();
        let mut response = request
            .send_empty()
            .map_err(|error| Failure::at(&url, error))?;
        let status = response.status().as_u16();
        let body = response.body_mut().read_to_vec();
        let body = body.map_err(|error| Failure::at(&url, error))?;
        Ok(Reply { status, body })
    }

    /// Deletes what a path names. Asks again while the node is busy.
    pub(crate) fn delete(&self, path: &str) -> Result<Reply, Failure> {
        self.patiently(path, |url, bearer| {
            with(self.agent.delete(url), bearer).call()
        })
    }

    /// The origin that the node's checkpoint names. Whether it is that ledger's is unproven.
    fn origin(&self) -> Result<String, Failure> {
        let checkpoint = checkpoint_of(&answered(self.get("/checkpoint")?)?)?;
        Ok(checkpoint.origin().into())
    }

    /// What stands in `Authorization`. Signed anew for each request: an export may take long.
    fn bearer(&self) -> Result<Option<String>, Failure> {
        let token = match &self.reader {
            None => return Ok(None),
            Some(Reader::Token(Token(token))) => token.trim().into(),
            Some(Reader::Key(key, ledger)) => {
                token::signed(key, ledger, token::now()?, TOKEN_SECONDS)
            }
        };
        Ok(Some(format!("Bearer {token}")))
    }

    fn patiently(
        &self,
        path: &str,
        ask: impl Fn(&str, Option<&str>) -> Result<Response<ureq::Body>, ureq::Error>,
    ) -> Result<Reply, Failure> {
        let url = format!("{}{path}", self.base);
        let mut attempt = 1;
        loop {
            let bearer = self.bearer()?;
            let mut response =
                ask(&url, bearer.as_deref()).map_err(|error| Failure::at(&url, error))?;
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

fn with<B>(request: RequestBuilder<B>, bearer: Option<&str>) -> RequestBuilder<B> {
    match bearer {
        Some(bearer) => request.header("Authorization", bearer),
        None => request,
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

/// The body of an answer that is one.
pub(crate) fn answered(reply: Reply) -> Result<Vec<u8>, Failure> {
    if reply.status == 200 {
        Ok(reply.body)
    } else {
        Err(no_answer(&reply))
    }
}

/// A checkpoint as the node shows it. Whether it is signed is for whoever verifies to say.
pub(crate) fn checkpoint_of(bytes: &[u8]) -> Result<Checkpoint, Failure> {
    let at = "the node's checkpoint";
    let note = Note::parse(bytes).map_err(|error| Failure::at(at, error))?;
    Checkpoint::parse(note.text()).map_err(|error| Failure::at(at, error))
}

/// A text as a part of a URL: all but letters, digits and `-._~` percent-encoded.
pub(crate) fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded_for_urls() {
        assert_eq!(encoded("loan:L-1.a_b~"), "loan%3AL-1.a_b~");
        assert_eq!(encoded("a/b?c=d&e#%"), "a%2Fb%3Fc%3Dd%26e%23%25");
        assert_eq!(encoded("市"), "%E5%B8%82");
    }
}
