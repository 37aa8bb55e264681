//! A server of a test's own, and a plain client for it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use fundtrail_http::{Limits, router, serve};
use fundtrail_model::port::{Batch, Commit, Table};
use fundtrail_node::{Config, MemoryStorage, Node};
use fundtrail_regulation::state::{Record, encode};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use ureq::Agent;

use crate::fixture::{config, genesis};
use crate::support::{Lever, open_with};

/// A node that listens on a free port until it is dropped.
pub(crate) struct Server {
    pub(crate) node: Arc<Node>,
    pub(crate) storage: MemoryStorage,
    pub(crate) lever: Lever,
    pub(crate) address: SocketAddr,
    agent: Agent,
    _runtime: Runtime,
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
        let router = router(Arc::clone(&node), limits);
        runtime.spawn(async move {
            serve(listener, router, std::future::pending())
                .await
                .unwrap()
        });
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .into();
        Server {
            node,
            storage,
            lever,
            address,
            agent,
            _runtime: runtime,
        }
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.get_as(path, "*/*")
    }

    pub(crate) fn get_as(&self, path: &str, accept: &str) -> Reply {
        Reply::of(
            self.agent
                .get(self.url(path))
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
                .header("accept", accept)
                .send(body),
        )
    }

    pub(crate) fn submit(&self, body: &[u8]) -> Reply {
        self.post("/v1/transactions", body)
    }

    /// Puts a record into the state by hand: no entry says so, and no proof either.
    pub(crate) fn put<R: Record>(&self, record: &R) {
        let mut batch = Batch::default();
        batch.put(R::TABLE, record.key(), encode(record).unwrap());
        self.storage.clone().commit(&batch).unwrap();
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

impl Reply {
    fn of(result: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Reply {
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
        assert_eq!(problem["instance"], instance);
        assert!(!problem["title"].as_str().unwrap().is_empty());
        assert!(!problem["detail"].as_str().unwrap().is_empty());
        problem
    }
}
