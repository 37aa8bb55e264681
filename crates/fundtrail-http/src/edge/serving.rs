//! Serving an address, in clear or over TLS, until told to stop.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use tokio::net::TcpListener;

use super::connections::Connections;
use super::door::Door;
use super::finish;
use crate::app::{App, Limits};
use crate::layers;
use crate::tls::Tls;

/// What is read of a connection at a time, in bytes; a head that is larger is answered 431
/// without a document.
const BUFFER: usize = 64 * 1024;
/// Connections open at a time at the address where the node tells how it is.
const OPERATIONS_MAX: usize = 16;
/// Headers of one request.
const HEADERS_MAX: usize = 64;

impl App {
    /// Serves [`App::operations`] in clear, to few at a time: see [`App::serve`].
    ///
    /// # Errors
    /// Those of the listener.
    pub async fn serve_operations(&self, listener: TcpListener) -> io::Result<()> {
        self.serve_at(listener, self.operations(), None, OPERATIONS_MAX)
            .await
    }

    /// Serves until [`App::stop`], then finishes what was begun, for [`Limits::grace`] at
    /// most. HTTP/1.1 only.
    ///
    /// # Errors
    /// Those of the listener.
    pub async fn serve(
        &self,
        listener: TcpListener,
        router: Router,
        tls: Option<Tls>,
    ) -> io::Result<()> {
        self.serve_at(listener, router, tls, self.limits.connections_max)
            .await
    }

    async fn serve_at(
        &self,
        listener: TcpListener,
        router: Router,
        tls: Option<Tls>,
        connections_max: usize,
    ) -> io::Result<()> {
        let router = layers::outermost(router, self);
        serve(
            listener,
            router,
            tls,
            &self.limits,
            Connections::new(connections_max, Arc::clone(&self.traffic)),
            self.stopping(),
        )
        .await
    }
}

/// Serves a router through the door until `stop` completes.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<Tls>,
    limits: &Limits,
    connections: Arc<Connections>,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let door = Door::new(
        Arc::clone(&connections),
        limits.stall_timeout,
        tls.is_none(),
    );
    let handle = Handle::<SocketAddr>::new();
    let watched = Arc::clone(&connections);
    let server = bounded(Server::from_listener(listener), limits)
        .handle(handle.clone())
        .accept_error_handler(move |from, error| {
            // With an address it is one connection's own trouble.
            if from.is_none() {
                watched.not_taken(error);
            }
        });
    let router = router.layer(from_fn(finish::hold));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let served: Pin<Box<dyn Future<Output = io::Result<()>> + Send>> = match tls {
        None => Box::pin(server.acceptor(door).serve(service)),
        Some(tls) => {
            let acceptor = RustlsAcceptor::new(RustlsConfig::from_config(tls.config))
                .handshake_timeout(tls.handshake_timeout)
                .acceptor(door);
            Box::pin(server.acceptor(acceptor).serve(service))
        }
    };
    tokio::pin!(served, stop);
    tokio::select! {
        ended = &mut served => return ended,
        () = &mut stop => {}
    }
    handle.graceful_shutdown(Some(limits.grace));
    connections.close_idle();
    let ended = served.await;
    let cut = connections.working();
    if cut > 0 {
        tracing::warn!(
            connections = cut,
            "requests in progress did not finish in time"
        );
    }
    ended
}

/// Bounds what is read of a connection, and for how long.
fn bounded(server: Server<SocketAddr>, limits: &Limits) -> Server<SocketAddr> {
    let mut server = server
        .http1_only()
        .first_request_timeout(limits.idle_timeout);
    server
        .http_builder()
        .http1()
        .header_read_timeout(limits.idle_timeout)
        .max_buf_size(BUFFER)
        .max_headers(HEADERS_MAX);
    server
}
