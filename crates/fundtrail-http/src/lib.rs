//! The node over HTTP: submissions in, receipts, proofs and state out.
//!
//! [`router`] is the list of paths; a file of [`routes`] serves each group of them.
//!
//! Invariants: every error is a problem document (RFC 9457), made in one place
//! ([`failure`]); what reads the ledger reads one state; nothing blocks the threads that
//! serve connections; nothing that was submitted is written to a log.
//!
//! Absent on purpose: rules, keys, storage, and who may read what. Until readers
//! authenticate, whoever reaches the port reads everything: the binary binds to loopback.

mod accept;
mod app;
mod failure;
mod layers;
mod page;
mod parameters;
mod routes;

use std::future::Future;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::serve::ListenerExt;
use fundtrail_node::Node;
use tokio::net::TcpListener;

pub use app::Limits;
pub use failure::{Failure, PROBLEM_TYPE};

use app::App;

/// Every path of the node.
pub fn router(node: Arc<Node>, limits: Limits) -> Router {
    let app = App::new(node, limits);
    layers::around(routes::all(&limits), &app).with_state(app)
}

/// Serves until `stop` completes, then finishes what was begun.
///
/// # Errors
/// Those of the listener.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    // Answers are small and waited for: send them at once.
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    axum::serve(listener, router)
        .with_graceful_shutdown(stop)
        .await
}
