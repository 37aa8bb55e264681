//! A server of a test's own, and a plain client for it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fundtrail_http::{App, Limits};
use fundtrail_model::Id;
use fundtrail_model::key::SigningKey;
use fundtrail_model::port::{Batch, Commit, Table};
use fundtrail_node::{Config, MemoryStorage, Node};
use fundtrail_regulation::state::{Key, Record, Role, encode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use ureq::Agent;

use crate::fixture::{ORIGIN, config, genesis};
use crate::support::{Lever, open_with};

/// A node that listens on a free port until it is dropped.
pub(crate) struct Server {
    pub(crate) node: Arc<Node>,
    pub(crate) storage: MemoryStorage,
    pub(crate) lever: Lever,
    pub(crate) address: SocketAddr,
    pub(crate) app: App,
    served: JoinHandle<()>,
    agent: Agent,
    runtime: Runtime,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: ureq::http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Server {
    /// Without a genesis.
    pub(crate) fn empty() -> Server {
        Server::with(config(), Limits::default())
    }

    /// With a genesis as entry 0.
    pub(crate) fn founded() -> Server {
        let server = Server::empty();
        assert_eq!(server.submit(&genesis()).status, 201);
        server
    }

    pub(crate) fn with(config: Config, limits: Limits) -> Server {
        let storage = MemoryStorage::default();
        let (node, lever) = open_with(&storage, config);
        let node = Arc::new(node);
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let app = App::new(Arc::clone(&node), limits);
        let (serving, router) = (app.clone(), app.router());
        let served =
            runtime.spawn(async move { serving.serve(listener, router, None).await.unwrap() });
        put(&storage, &reader());
        // Each question on a connection of its own: the server may close one that is idle
        // just when the next question is sent on it.
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_idle_connections(0)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .into();
        Server {
            node,
            storage,
            lever,
            address,
            app,
            served,
            agent,
            runtime,
        }
    }

    /// Waits until it has stopped serving, after [`App::stop`].
    pub(crate) fn await_end(self) {
        let wait = async { tokio::time::timeout(Duration::from_secs(20), self.served).await };
        self.runtime.block_on(wait).unwrap().unwrap();
    }

    /// Asks as somebody who may read the whole ledger.
    pub(crate) fn get(&self, path: &str) -> Reply {
        self.get_as(path, "*/*")
    }

    /// Asks as the owner of a key, or as anybody.
    pub(crate) fn ask(&self, method: &str, path: &str, key: Option<&SigningKey>) -> Reply {
        let token = key.map(|key| self.token(key));
        self.ask_with(method, path, token.as_deref())
    }

    /// Asks with a token, or with none.
    pub(crate) fn ask_with(&self, method: &str, path: &str, token: Option<&str>) -> Reply {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(self.url(path));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let agent = &self.agent;
        Reply::of(if method == "POST" {
            agent.run(request.body("{}").unwrap())
        } else {
            agent.run(request.body(()).unwrap())
        })
    }

    /// A token that the owner of a key signs now, for ten minutes.
    pub(crate) fn token(&self, key: &SigningKey) -> String {
        let now = self.node.clock().now().unwrap();
        token(key, now.millis() / 1000, 600)
    }

    /// The header by which the reader of the whole ledger shows who it is.
    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.token(&reader_key()))
    }

    pub(crate) fn get_as(&self, path: &str, accept: &str) -> Reply {
        Reply::of(
            self.agent
                .get(self.url(path))
                .header("authorization", self.bearer())
                .header("accept", accept)
                .call(),
        )
    }

    pub(crate) fn post(&self, path: &str, body: &[u8]) -> Reply {
        self.post_as(path, body, "*/*")
    }

    pub(crate) fn post_as(&self, path: &str, body: &[u8], accept: &str) -> Reply {
        Reply::of(
            self.agent
                .post(self.url(path))
                .header("authorization", self.bearer())
                .header("accept", accept)
                .send(body),
        )
    }

    /// Posts with a token, or with none.
    pub(crate) fn post_with(&self, path: &str, body: &[u8], token: Option<&str>) -> Reply {
        let mut request = self.agent.post(self.url(path));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        Reply::of(request.send(body))
    }

    pub(crate) fn submit(&self, body: &[u8]) -> Reply {
        self.post("/v1/transactions", body)
    }

    /// Puts a record into the state by hand: no entry says so, and no proof either.
    pub(crate) fn put<R: Record>(&self, record: &R) {
        put(&self.storage, record);
    }

    /// Puts a bare row into the state by hand.
    pub(crate) fn put_row(&self, table: Table, key: Vec<u8>, value: Vec<u8>) {
        let mut batch = Batch::default();
        batch.put(table, key, value);
        self.storage.clone().commit(&batch).unwrap();
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

fn put<R: Record>(storage: &MemoryStorage, record: &R) {
    let mut batch = Batch::default();
    batch.put(R::TABLE, record.key(), encode(record).unwrap());
    storage.clone().commit(&batch).unwrap();
}

/// Of somebody who may read the whole ledger, enrolled by no entry.
fn reader_key() -> SigningKey {
    SigningKey::from_seed(&[0xc3; 32])
}

fn reader() -> Key {
    let key = reader_key().public();
    Key {
        key_id: key.id(),
        public_key: key,
        suite: Id::parse("ed25519").unwrap(),
        party: Id::parse("READER").unwrap(),
        role: Role::Finance,
        duty: None,
        lineage: key.id(),
        enrolled: 0,
        revoked: None,
    }
}

/// A token of a key that begins at a second after 1970 and lasts for some.
pub(crate) fn token(key: &SigningKey, from: i64, seconds: i64) -> String {
    let header = json!({ "alg": "EdDSA", "typ": "JWT", "kid": key.public().id() });
    let claims = json!({ "aud": ORIGIN, "iat": from, "exp": from + seconds });
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()));
    format!("{message}.{signature}")
}

impl Reply {
    pub(crate) fn of(result: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Reply {
        let mut response = result.unwrap();
        let body = response
            .body_mut()
            .with_config()
            .limit(64 << 20)
            .read_to_vec()
            .unwrap();
        Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body,
        }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body, if it is text.
    pub(crate) fn text_or_none(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(
            (self.status, self.header("content-type")),
            (200, "application/json")
        );
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The problem document, after checking that it is one and is of this code.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str, instance: &str) -> Value {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.text()
        );
        let problem: Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(
            (self.status, problem["code"].as_str()),
            (status, Some(code)),
            "{problem}"
        );
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], format!("urn:fundtrail:problem:{code}"));
        assert!(is_of(&problem["instance"], instance), "{problem}");
        assert!(!problem["title"].as_str().unwrap().is_empty());
        assert!(!problem["detail"].as_str().unwrap().is_empty());
        problem
    }
}

/// Whether an instance is the route of a path; what is no route has none.
fn is_of(instance: &Value, path: &str) -> bool {
    let Some(route) = instance.as_str() else {
        return instance.is_null();
    };
    let mut segments = path.split('/');
    for part in route.split('/') {
        match segments.next() {
            Some(_) if part.starts_with("{*") => return true,
            Some(_) if part.starts_with('{') => {}
            Some(segment) if segment == part => {}
            _ => return false,
        }
    }
    segments.next().is_none()
}
