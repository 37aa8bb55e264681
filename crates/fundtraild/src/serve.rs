//! `serve`: opens the storage, recovers, serves, and stops in order.
//!
//! Told to stop, it takes no more connections, finishes the requests it has, decides what is
//! queued and ends with 0. When the machine fails under the node it goes on answering, and the
//! [`keeper`] opens the ledger again. A start that fails ends with 1: somebody stands before it.

mod keeper;
mod ledger;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;

use fundtrail_http::{App, Tls, TlsError};
use fundtrail_node::WatchedClock;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::Complaint;
use crate::configuration::{Settings, TlsFiles, open_files_max};
use keeper::Keeper;
use ledger::Ledger;

/// Runs the node until it is told to stop.
pub(crate) fn serve(settings: Settings) -> Result<(), Complaint> {
    // Before anything is opened or listens.
    let tls = settings.tls.as_ref().map(read_tls).transpose()?;
    if let Some(problem) = settings.limits.lacks_files(open_files_max()) {
        return Err(Complaint(problem));
    }
    let settings = Arc::new(settings);
    let ledger = Ledger::new(Arc::clone(&settings), Arc::new(WatchedClock::start()))?;
    let opened = ledger.open().map_err(|refused| refused.complaint)?;
    let app = App::new(Arc::clone(&opened.node), settings.limits.served());
    let runtime = Runtime::new().map_err(|error| Complaint(format!("no runtime: {error}")))?;
    let (tell, told) = channel();
    let keeper = Keeper::new(app.clone(), ledger, opened, told).start()?;
    let served = runtime.block_on(run(app.clone(), &settings, tls));
    runtime.shutdown_timeout(settings.limits.grace);
    drop(tell);
    // What is queued is decided; and who waits for the node's end need not look for it.
    let ended = app.node().shut_down();
    let kept = keeper
        .join()
        .unwrap_or_else(|_| Err(Complaint("the keeper panicked: this is a defect".into())));
    served?;
    kept?;
    ended.map_err(|fault| Complaint(format!("the node failed: {fault}; start it again")))?;
    let size = app.node().metrics().size();
    tracing::info!(size, "stopped");
    Ok(())
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
            if let Err(error) = app.serve_operations(beside).await {
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
