//! `serve`: opens the storage, recovers, serves, and stops in order.
//!
//! Told to stop, it takes no more requests, finishes those it has, decides what is queued
//! and ends with 0. When the sequencer fails it ends with 1: starting again is the
//! recovery.

use std::io::Write as _;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use fundtrail_http::{Limits, router};
use fundtrail_node::{Config, Node, SystemClock};
use fundtrail_store::Store;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::Complaint;
use crate::configuration::Settings;
use crate::keys;
use crate::storage::Rocks;

/// How long requests in progress may take to finish once the node is told to stop.
const GRACE: Duration = Duration::from_secs(30);

/// Runs the node until it is told to stop.
pub(crate) fn serve(settings: Settings) -> Result<(), Complaint> {
    let node = Arc::new(open(&settings)?);
    let runtime = Runtime::new().map_err(|error| Complaint(format!("no runtime: {error}")))?;
    let (stop, stopping) = watch::channel(false);
    let watcher = await_failure(Arc::clone(&node), stop.clone())?;
    let served = runtime.block_on(run(Arc::clone(&node), &settings, stop, stopping));
    runtime.shutdown_timeout(GRACE);
    let ended = node.shut_down();
    // RocksDB must be closed before the process takes itself apart: here goes the last one
    // who holds the node.
    let _ = watcher.join();
    drop(node);
    served?;
    ended.map_err(|fault| Complaint(format!("the node failed: {fault}; start it again")))
}

fn open(settings: &Settings) -> Result<Node, Complaint> {
    let signer = keys::read_signer(&settings.log_key, &settings.origin)?;
    let tag_key = keys::read_tag_key(&settings.tag_key)?;
    let store = Store::open(&settings.data).map_err(|error| Complaint(error.to_string()))?;
    let writer = store
        .writer()
        .ok_or_else(|| Complaint("the storage has a writer already".into()))?;
    let config = Config {
        queue_max: settings.limits.queue,
        batch_max: settings.limits.batch,
        ..Config::new(signer, tag_key, Arc::new(SystemClock))
    };
    let node = Node::open(config, Arc::new(Rocks(store)), Box::new(writer))
        .map_err(|error| Complaint(format!("{}: {error}", settings.data.display())))?;
    tracing::info!(
        origin = node.origin(),
        log_key = %node.log_key(),
        tag_key = node.tag_key().commitment(),
        size = node.metrics().size(),
        "the ledger is open"
    );
    Ok(node)
}

async fn run(
    node: Arc<Node>,
    settings: &Settings,
    stop: watch::Sender<bool>,
    stopping: watch::Receiver<bool>,
) -> Result<(), Complaint> {
    await_signals(stop)?;

    let cannot = |error| Complaint(format!("cannot listen on {}: {error}", settings.listen));
    let listener = TcpListener::bind(settings.listen).await.map_err(cannot)?;
    announce(&listener).map_err(cannot)?;

    let limits = Limits {
        requests_max: settings.limits.requests,
        ..Limits::default()
    };
    let router = router(node, limits);
    let serving = fundtrail_http::serve(listener, router, stopped(stopping.clone()));
    tokio::select! {
        served = serving => served.map_err(|error| Complaint(format!("serving: {error}"))),
        () = too_late(stopping) => {
            tracing::warn!("requests in progress did not finish in time");
            Ok(())
        }
    }
}

/// The one line on standard output: tests and scripts read the port from it.
fn announce(listener: &TcpListener) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "listening on http://{}", listener.local_addr()?)?;
    out.flush()
}

fn await_signals(stop: watch::Sender<bool>) -> Result<(), Complaint> {
    let listen = |kind| signal(kind).map_err(|error| Complaint(format!("signals: {error}")));
    let (mut terminate, mut interrupt) = (
        listen(SignalKind::terminate())?,
        listen(SignalKind::interrupt())?,
    );
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("told to stop");
        let _ = stop.send(true);
    });
    Ok(())
}

/// A thread of its own: the node is not asynchronous. Ends when the sequencer does.
fn await_failure(node: Arc<Node>, stop: watch::Sender<bool>) -> Result<JoinHandle<()>, Complaint> {
    std::thread::Builder::new()
        .name("failure".into())
        .spawn(move || {
            if node.wait_for_end().is_err() {
                let _ = stop.send(true);
            }
        })
        .map_err(|error| Complaint(format!("no thread: {error}")))
}

async fn stopped(mut stopping: watch::Receiver<bool>) {
    // An error means that nobody is left who could say stop: never.
    if stopping.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn too_late(stopping: watch::Receiver<bool>) {
    stopped(stopping).await;
    tokio::time::sleep(GRACE).await;
}
