//! What every handler is given: the node, the limits, and the way to work off the
//! threads that serve connections.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use fundtrail_model::port::Read;
use fundtrail_model::{Fault, envelope::SUBMISSION_BYTES_MAX};
use fundtrail_node::Node;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::edge::Quotas;
use crate::edge::quotas::Meters;
use crate::edge::traffic::Traffic;
use crate::failure::Failure;
use crate::layers;
use crate::listeners::Listeners;
use crate::routes;
use crate::seal_trees::SealTrees;

/// What bounds the work a client can ask for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests worked on at a time; one more is answered busy. Below the 512 threads
    /// on which they block. A quarter of them is kept for those that only read.
    pub requests_max: usize,
    /// Lists of submissions worked on at a time.
    pub batches_max: usize,
    /// Readers that listen to the ledger as it grows; one more is answered busy. They are not
    /// among the requests.
    pub listeners_max: usize,
    /// How often a listener hears something where nothing happens.
    pub heartbeat: Duration,
    /// The largest single submission, in bytes.
    pub submission_bytes_max: usize,
    /// The largest list of submissions, in bytes.
    pub batch_bytes_max: usize,
    /// The longest list of submissions, in lines.
    pub batch_lines_max: usize,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// How long a list of submissions may take.
    pub batch_timeout: Duration,
    /// Connections open at a time at one address: one more closes the one idle longest.
    pub connections_max: usize,
    /// How long a connection may be silent before a request, and how long the head of one
    /// may take.
    pub idle_timeout: Duration,
    /// How long nothing more of a body may come.
    pub body_timeout: Duration,
    /// How long a client may take nothing of an answer.
    pub stall_timeout: Duration,
    /// The most bytes of path, query and headers together.
    pub head_bytes_max: usize,
    /// How long what was begun may take once the node is told to stop.
    pub grace: Duration,
    /// How much one reader may ask for.
    pub quotas: Quotas,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            requests_max: 256,
            batches_max: 4,
            listeners_max: 256,
            heartbeat: Duration::from_secs(15),
            submission_bytes_max: SUBMISSION_BYTES_MAX,
            batch_bytes_max: 8 * 1024 * 1024,
            batch_lines_max: 10_000,
            request_timeout: Duration::from_secs(30),
            batch_timeout: Duration::from_secs(300),
            connections_max: 384,
            idle_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_secs(10),
            stall_timeout: Duration::from_secs(30),
            head_bytes_max: 16 * 1024,
            grace: Duration::from_secs(30),
            quotas: Quotas::default(),
        }
    }
}

/// A node as it is served: what all its addresses and requests share.
///
/// A node that failed stays until another one replaces it: meanwhile whoever asks for more
/// than how it is is told `STORAGE_FAILED`.
#[derive(Clone)]
pub struct App {
    node: Arc<RwLock<Arc<Node>>>,
    pub(crate) limits: Limits,
    pub(crate) seals: Arc<SealTrees>,
    pub(crate) listeners: Arc<Listeners>,
    requests: Arc<Semaphore>,
    writes: Arc<Semaphore>,
    batches: Arc<Semaphore>,
    pub(crate) traffic: Arc<Traffic>,
    pub(crate) meters: Arc<Meters>,
    stop: watch::Sender<bool>,
}

impl App {
    /// Serves a node within limits.
    pub fn new(node: Arc<Node>, limits: Limits) -> App {
        let listeners = Listeners::new(limits.listeners_max);
        listeners.follow(&node);
        App {
            node: Arc::new(RwLock::new(node)),
            limits,
            seals: Arc::default(),
            listeners,
            requests: Arc::new(Semaphore::new(limits.requests_max)),
            writes: Arc::new(Semaphore::new(
                limits.requests_max - limits.requests_max / 4,
            )),
            batches: Arc::new(Semaphore::new(limits.batches_max)),
            traffic: Arc::default(),
            meters: Meters::new(&limits.quotas),
            stop: watch::Sender::new(false),
        }
    }

    /// The node that is served now.
    pub fn node(&self) -> Arc<Node> {
        let held = self.node.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&held)
    }

    /// Serves another node over the same ledger from now on, in place of one that failed.
    pub fn replace(&self, node: Arc<Node>) {
        self.listeners.follow(&node);
        let mut held = self.node.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *held, node);
        drop(held);
        // It may be the last to hold it, and then waits for its threads.
        drop(before);
    }

    /// Whether the node failed and none has replaced it.
    pub(crate) fn is_away(&self) -> bool {
        self.node().failed().is_some()
    }

    /// Every path of the node.
    pub fn router(&self) -> Router {
        layers::around(routes::all(&self.limits), self).with_state(self.clone())
    }

    /// How the node is, open to whoever reaches it: for an address of the machine's own.
    pub fn operations(&self) -> Router {
        layers::open(routes::operations(), self).with_state(self.clone())
    }

    /// Says stop: no more connections are taken, streams end, what is worked on is
    /// finished.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Completes once the node was told to stop, at once where it was before.
    pub(crate) fn stopping(&self) -> impl Future<Output = ()> + Send + use<> {
        // Holds a sender too: so waiting cannot fail.
        let (_kept, mut told) = (self.stop.clone(), self.stop.subscribe());
        async move {
            let _kept = _kept;
            let _ = told.wait_for(|stop| *stop).await;
        }
    }

    /// Reads one state of the ledger, on a thread that may block.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&dyn Read) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let answer = self.work(move |node| node.storage().read(f)).await?;
        // It failed while it was read, or was closed before.
        match answer {
            Err(Failure::Fault(_)) if self.is_away() => Err(Failure::StorageFailed),
            answer => answer,
        }
    }

    /// Works with the node, on a thread that may block.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Node) -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let node = self.node();
        tokio::task::spawn_blocking(move || f(&node))
            .await
            .map_err(|_| Failure::Fault(Fault("a request panicked: this is a defect".into())))
    }

    /// The right to work on a request.
    pub(crate) fn enter(&self) -> Result<OwnedSemaphorePermit, Failure> {
        permit(&self.requests)
    }

    /// The right to work on a request that may wait for the disk, beside that of any request:
    /// however many wait, there is room to read.
    pub(crate) fn enter_write(&self) -> Result<OwnedSemaphorePermit, Failure> {
        permit(&self.writes)
    }

    /// The right to work on a list of submissions.
    pub(crate) fn enter_batch(&self) -> Result<OwnedSemaphorePermit, Failure> {
        permit(&self.batches)
    }
}

fn permit(of: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Failure> {
    Arc::clone(of)
        .try_acquire_owned()
        .map_err(|_| Failure::Busy)
}
