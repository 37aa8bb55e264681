//! The node over HTTP: submissions in, receipts, proofs and state out.
//!
//! [`router`] is the list of paths; a file of [`routes`] serves each group of them.
//!
//! Invariants: every error is a problem document (RFC 9457), made in one place
//! ([`failure`]); what reads the ledger reads one state; nothing blocks the threads that
//! serve connections; nothing that was submitted is written to a log.
//!
//! [`access`] says who may read what; nothing is read around it.
//!
//! Absent on purpose: rules, keys and storage.

mod accept;
mod access;
mod app;
mod failure;
mod layers;
mod page;
mod parameters;
mod routes;
mod seal_trees;
mod tls;

use std::future::Future;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::serve::ListenerExt;
use fundtrail_node::Node;
use tokio::net::TcpListener;

pub use access::Denied;
pub use app::Limits;
pub use failure::{Failure, PROBLEM_TYPE};
pub use tls::{Tls, TlsError, serve_tls};

use app::App;

/// Every path of the node.
pub fn router(node: Arc<Node>, limits: Limits) -> Router {
    let app = App::new(node, limits);
    layers::around(routes::all(&limits), &app).with_state(app)
}

/// How the node is, open to whoever reaches it: for an address of the machine's own.
pub fn operations(node: Arc<Node>, limits: Limits) -> Router {
    let app = App::new(node, limits);
    layers::open(routes::operations()).with_state(app)
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
