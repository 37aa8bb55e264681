//! What surrounds every handler, in which order.
//!
//! From the network inwards: the connection is held as working; the answer is finished; the
//! address is charged. Around the node's own paths: the answer is finished (once, whichever
//! is first), an entity tag, panics caught, bounds on work and time, the gate, the key is
//! charged, the handler.

use std::any::Any;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use fundtrail_model::Fault;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutBody;

use crate::access;
use crate::app::App;
use crate::edge::{caching, charge, finish};
use crate::failure::Failure;
use crate::routes::{BACKUPS, BATCH, Routes};

/// The path that says that the process serves.
const ALIVE: &str = "/healthz";

/// Puts the layers around the paths.
pub(crate) fn around(routes: Routes, app: &App) -> Router<App> {
    let gated = |paths: Router<App>| {
        paths
            .layer(from_fn_with_state(app.clone(), charge::by_key))
            .layer(from_fn_with_state(app.clone(), access::gate))
    };
    let bounded = gated(routes.ledger).layer(from_fn_with_state(app.clone(), bound));
    let here = bounded.merge(gated(routes.operations));
    open(here.layer(from_fn_with_state(app.clone(), away)), app)
}

/// Puts around paths what even those have that nobody guards.
pub(crate) fn open(paths: Router<App>, app: &App) -> Router<App> {
    paths
        .fallback(nowhere)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(caching::tag))
        .layer(from_fn_with_state(app.clone(), finish::finish))
}

/// Puts around everything that is served what has to do with who sent it.
pub(crate) fn outermost(router: Router, app: &App) -> Router {
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), charge::by_address))
        .layer(from_fn_with_state(app.clone(), finish::finish))
}

async fn nowhere() -> Failure {
    Failure::NotFound("there is no such path".into())
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    Failure::Fault(Fault("a handler panicked: this is a defect".into())).into_response()
}

/// While the node failed and none has replaced it, only whether the process serves is told:
/// who asks for more could not even be known.
async fn away(State(app): State<App>, request: Request, next: Next) -> Response {
    if app.is_away() && request.uri().path() != ALIVE {
        return Failure::StorageFailed.into_response();
    }
    next.run(request).await
}

/// Bounds how many requests are worked on, and for how long.
async fn bound(State(app): State<App>, request: Request, next: Next) -> Response {
    let reads = request.method().is_safe();
    let write = if reads {
        Ok(None)
    } else {
        app.enter_write().map(Some)
    };
    let (Ok(_request), Ok(_write)) = (app.enter(), write) else {
        return Failure::Busy.into_response();
    };
    let limit = if [BATCH, BACKUPS].contains(&request.uri().path()) {
        app.limits.batch_timeout
    } else {
        app.limits.request_timeout
    };
    let pause = app.limits.body_timeout;
    let request = request.map(|body| Body::new(TimeoutBody::new(pause, body)));
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Failure::Timeout.into_response(),
    }
}
