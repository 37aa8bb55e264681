//! `serve`: opens the storage, recovers, serves, and stops in order.
//!
//! Told to stop, it takes no more connections, finishes the requests it has, decides what is
//! queued and ends with 0. When the sequencer fails it ends with 1: starting again is the
//! recovery.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use fundtrail_http::{App, Tls, TlsError};
use fundtrail_node::{Config, Node, SystemClock};
use fundtrail_store::Store;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::Complaint;
use crate::configuration::{Settings, TlsFiles, open_files_max};
use crate::keys;
use crate::storage::Rocks;
use crate::witnesses;

/// Runs the node until it is told to stop.
pub(crate) fn serve(settings: Settings) -> Result<(), Complaint> {
    // Before anything is opened or listens.
    let tls = settings.tls.as_ref().map(read_tls).transpose()?;
    if let Some(problem) = settings.limits.lacks_files(open_files_max()) {
        return Err(Complaint(problem));
    }
    let node = Arc::new(open(&settings)?);
    let app = App::new(Arc::clone(&node), settings.limits.served());
    let runtime = Runtime::new().map_err(|error| Complaint(format!("no runtime: {error}")))?;
    let watcher = await_failure(Arc::clone(&node), app.clone())?;
    let served = runtime.block_on(run(app, &settings, tls));
    runtime.shutdown_timeout(settings.limits.grace);
    let ended = node.shut_down();
    // RocksDB must be closed before the process takes itself apart: here goes the last one
    // who holds the node.
    let _ = watcher.join();
    let size = node.metrics().size();
    drop(node);
    served?;
    ended.map_err(|fault| Complaint(format!("the node failed: {fault}; start it again")))?;
    tracing::info!(size, "stopped");
    Ok(())
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

async fn run(app: App, settings: &Settings, tls: Option<Tls>) -> Result<(), Complaint> {
    await_signals(app.clone())?;
    let listener = listen(settings.listen).await?;
    let beside = match settings.operations_listen {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    let protocol = if tls.is_some() { "https" } else { "http" };
    announce("listening", protocol, &listener)?;
    if let Some(beside) = &beside {
        announce("operations", "http", beside)?;
    }
    let limits = &settings.limits;
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        protocol,
        console = settings.console,
        connections = limits.connections,
        requests = limits.requests,
        "serving"
    );
    if let Some(beside) = beside {
        let app = app.clone();
        tokio::spawn(async move {
            if let Err(error) = app.serve(beside, app.operations(), None).await {
                tracing::error!(%error, "operations are not served any more");
            }
        });
    }
    let router = if settings.console {
        fundtrail_console::router(app.router())
    } else {
        app.router()
    };
    let served = app.serve(listener, router, tls).await;
    served.map_err(|error| Complaint(format!("serving: {error}")))
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

fn await_signals(app: App) -> Result<(), Complaint> {
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
        app.stop();
    });
    Ok(())
}

/// A thread of its own: the node is not asynchronous. Ends when the sequencer does.
fn await_failure(node: Arc<Node>, app: App) -> Result<JoinHandle<()>, Complaint> {
    std::thread::Builder::new()
        .name("failure".into())
        .spawn(move || {
            if node.wait_for_end().is_err() {
                app.stop();
            }
        })
        .map_err(|error| Complaint(format!("no thread: {error}")))
}
