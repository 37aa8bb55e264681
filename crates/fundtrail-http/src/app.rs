//! What every handler is given: the node, the limits, and the way to work off the
//! threads that serve connections.

use std::sync::Arc;
use std::time::Duration;

use fundtrail_model::port::Read;
use fundtrail_model::{Fault, envelope::SUBMISSION_BYTES_MAX};
use fundtrail_node::Node;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::failure::Failure;
use crate::seal_trees::SealTrees;

/// What bounds the work a client can ask for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests worked on at a time; one more is answered busy. Below the 512 threads
    /// on which they block.
    pub requests_max: usize,
    /// Lists of submissions worked on at a time.
    pub batches_max: usize,
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
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            requests_max: 256,
            batches_max: 4,
            submission_bytes_max: SUBMISSION_BYTES_MAX,
            batch_bytes_max: 8 * 1024 * 1024,
            batch_lines_max: 10_000,
            request_timeout: Duration::from_secs(30),
            batch_timeout: Duration::from_secs(300),
        }
    }
}

/// The state of the router.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) node: Arc<Node>,
    pub(crate) limits: Limits,
    pub(crate) seals: Arc<SealTrees>,
    requests: Arc<Semaphore>,
    batches: Arc<Semaphore>,
}

impl App {
    pub(crate) fn new(node: Arc<Node>, limits: Limits) -> App {
        App {
            node,
            limits,
            seals: Arc::default(),
            requests: Arc::new(Semaphore::new(limits.requests_max)),
            batches: Arc::new(Semaphore::new(limits.batches_max)),
        }
    }

    /// Reads one state of the ledger, on a thread that may block.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&dyn Read) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.work(move |node| node.storage().read(f)).await?
    }

    /// Works with the node, on a thread that may block.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Node) -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let node = Arc::clone(&self.node);
        tokio::task::spawn_blocking(move || f(&node))
            .await
            .map_err(|_| Failure::Fault(Fault("a request panicked: this is a defect".into())))
    }

    /// The right to work on a request.
    pub(crate) fn enter(&self) -> Result<OwnedSemaphorePermit, Failure> {
        Arc::clone(&self.requests)
            .try_acquire_owned()
            .map_err(|_| Failure::Busy)
    }

    /// The right to work on a list of submissions.
    pub(crate) fn enter_batch(&self) -> Result<OwnedSemaphorePermit, Failure> {
        Arc::clone(&self.batches)
            .try_acquire_owned()
            .map_err(|_| Failure::Busy)
    }
}
