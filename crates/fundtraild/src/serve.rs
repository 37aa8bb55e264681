//! `serve`: opens the storage, recovers, serves, and stops in order.
//!
//! Told to stop, it takes no more requests, finishes those it has, decides what is queued
//! and ends with 0. When the sequencer fails it ends with 1: starting again is the
//! recovery.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use fundtrail_http::{Limits, Tls, TlsError, operations, router, serve_tls};
use fundtrail_node::{Config, Node, SystemClock};
use fundtrail_store::Store;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::Complaint;
use crate::configuration::{Settings, TlsFiles};
use crate::keys;
use crate::storage::Rocks;
use crate::witnesses;

/// How long requests in progress may take to finish once the node is told to stop.
const GRACE: Duration = Duration::from_secs(30);

/// Runs the node until it is told to stop.
pub(crate) fn serve(settings: Settings) -> Result<(), Complaint> {
    // Before anything is opened or listens.
    let tls = settings.tls.as_ref().map(read_tls).transpose()?;
    let node = Arc::new(open(&settings)?);
    let runtime = Runtime::new().map_err(|error| Complaint(format!("no runtime: {error}")))?;
    let (stop, stopping) = watch::channel(false);
    let watcher = await_failure(Arc::clone(&node), stop.clone())?;
    let served = runtime.block_on(run(Arc::clone(&node), &settings, tls, stop, stopping));
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
    let witnesses = match &settings.witness_policy {
        Some(path) => Some(witnesses::read(
            path,
            settings.witness_ca.as_deref(),
            signer.verifier(),
        )?),
        None => None,
    };
    let store = Store::open(&settings.data).map_err(|error| Complaint(error.to_string()))?;
    let writer = store
        .writer()
        .ok_or_else(|| Complaint("the storage has a writer already".into()))?;
    let config = Config {
        queue_max: settings.limits.queue,
        batch_max: settings.limits.batch,
        draft_days: settings.draft_days,
        witnesses,
        ..Config::new(signer, tag_key, Arc::new(SystemClock))
    };
    let node = Node::open(config, Arc::new(Rocks(store)), Box::new(writer))
        .map_err(|error| Complaint(format!("{}: {error}", settings.data.display())))?;
    tracing::info!(
        origin = node.origin(),
        log_key = %node.log_key(),
        tag_key = node.tag_key().commitment(),
        size = node.metrics().size(),
        witnesses = node.witnesses().len(),
        "the ledger is open"
    );
    Ok(node)
}

fn read_tls(files: &TlsFiles) -> Result<Tls, Complaint> {
    let read = |path: &Path| {
        std::fs::read(path).map_err(|error| Complaint(format!("{}: {error}", path.display())))
    };
    let (certificate, key) = (read(&files.certificate)?, read(&files.key)?);
    Tls::from_pem(&certificate, &key).map_err(|error| {
        let path = match error {
            TlsError::Key(_) => &files.key,
            _ => &files.certificate,
        };
        Complaint(format!("{}: {error}", path.display()))
    })
}

async fn run(
    node: Arc<Node>,
    settings: &Settings,
    tls: Option<Tls>,
    stop: watch::Sender<bool>,
    stopping: watch::Receiver<bool>,
) -> Result<(), Complaint> {
    await_signals(stop)?;

    let limits = Limits {
        requests_max: settings.limits.requests,
        ..Limits::default()
    };
    let listener = listen(settings.listen).await?;
    let beside = match settings.operations_listen {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    let protocol = if tls.is_some() { "https" } else { "http" };
    announce("listening", protocol, &listener)?;
    if let Some(beside) = beside {
        announce("operations", "http", &beside)?;
        let router = operations(Arc::clone(&node), limits);
        let serving = fundtrail_http::serve(beside, router, stopped(stopping.clone()));
        tokio::spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "operations are not served any more");
            }
        });
    }
    let router = router(node, limits);
    let stop = stopped(stopping.clone());
    let serving = async {
        match tls {
            Some(tls) => serve_tls(listener, router, tls, stop).await,
            None => fundtrail_http::serve(listener, router, stop).await,
        }
    };
    tokio::select! {
        served = serving => served.map_err(|error| Complaint(format!("serving: {error}"))),
        () = too_late(stopping) => {
            tracing::warn!("requests in progress did not finish in time");
            Ok(())
        }
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Complaint> {
    let cannot = |error| Complaint(format!("cannot listen on {address}: {error}"));
    TcpListener::bind(address).await.map_err(cannot)
}

/// A line on standard output for each address: tests and scripts read the port from it.
fn announce(what: &str, protocol: &str, listener: &TcpListener) -> Result<(), Complaint> {
    let say = || {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{what} on {protocol}://{}", listener.local_addr()?)?;
        out.flush()
    };
    say().map_err(|error: std::io::Error| Complaint(format!("standard output: {error}")))
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
