//! Serving until told to stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::error::WitnessError;
use crate::http::router;
use crate::witness::Witness;

/// How long requests in progress may take to finish once the witness is told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves on `listen` until SIGTERM or SIGINT, then finishes what was begun. `announce` is
/// told the address once requests are taken.
///
/// # Errors
/// [`WitnessError::Io`].
pub fn serve(
    witness: Witness,
    listen: SocketAddr,
    announce: impl FnOnce(SocketAddr) -> io::Result<()>,
) -> Result<(), WitnessError> {
    let failed = |error| WitnessError::Io {
        place: listen.to_string(),
        error,
    };
    let runtime = Runtime::new().map_err(failed)?;
    let served = runtime.block_on(run(Arc::new(witness), listen, announce));
    // A request that is writing the state is let finish.
    runtime.shutdown_timeout(GRACE);
    served.map_err(failed)
}

async fn run(
    witness: Arc<Witness>,
    listen: SocketAddr,
    announce: impl FnOnce(SocketAddr) -> io::Result<()>,
) -> io::Result<()> {
    let (stop, stopping) = watch::channel(false);
    await_signals(stop)?;
    let listener = TcpListener::bind(listen).await?;
    announce(listener.local_addr()?)?;
    let serving =
        axum::serve(listener, router(witness)).with_graceful_shutdown(stopped(stopping.clone()));
    tokio::select! {
        served = serving => served,
        () = too_late(stopping) => Ok(()),
    }
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

#[cfg(unix)]
fn await_signals(stop: watch::Sender<bool>) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        let _ = stop.send(true);
    });
    Ok(())
}

#[cfg(not(unix))]
fn await_signals(stop: watch::Sender<bool>) -> io::Result<()> {
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            let _ = stop.send(true);
        }
    });
    Ok(())
}
