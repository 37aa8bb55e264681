//! What surrounds every handler: bounds inside, the finished response outside.

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::time::Instant;

use fundtrail_model::Fault;
use tower_http::catch_panic::CatchPanicLayer;

use crate::access;
use crate::app::App;
use crate::failure::{Failure, Pending};
use crate::routes::{BATCH, Routes};

/// Puts the layers around the paths.
pub(crate) fn around(routes: Routes, app: &App) -> Router<App> {
    let gated = |paths: Router<App>| paths.layer(from_fn_with_state(app.clone(), access::gate));
    let bounded = gated(routes.ledger).layer(from_fn_with_state(app.clone(), bound));
    open(bounded.merge(gated(routes.operations)))
}

/// Puts around paths what even those have that nobody guards.
pub(crate) fn open(paths: Router<App>) -> Router<App> {
    paths
        .fallback(nowhere)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(finish))
}

async fn nowhere() -> Failure {
    Failure::NotFound("there is no such path".into())
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    Failure::Fault(Fault("a handler panicked: this is a defect".into())).into_response()
}

/// Bounds how many requests are worked on, and for how long.
async fn bound(State(app): State<App>, request: Request, next: Next) -> Response {
    let Ok(_permit) = app.enter() else {
        return Failure::Busy.into_response();
    };
    let limit = if request.uri().path() == BATCH {
        app.limits.batch_timeout
    } else {
        app.limits.request_timeout
    };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Failure::Timeout.into_response(),
    }
}

/// Writes problem documents, sets what every response has, and logs one line: the route,
/// never the path, and nothing of a body.
async fn finish(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;

    let pending = response.extensions_mut().remove::<Pending>();
    let code = pending.as_ref().map_or("", |pending| pending.code);
    if let Some(Pending { mut document, .. }) = pending {
        // The route, not the path: a credit code may stand where an id belongs.
        document.instance = matched.as_ref().map(|path| path.as_str().to_owned());
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = Body::from(serde_json::to_vec(&document).unwrap_or_default());
    }
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));

    let route = matched.as_ref().map_or("", MatchedPath::as_str);
    let status = response.status().as_u16();
    let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    if method == Method::POST || response.status().is_server_error() {
        tracing::info!(%method, route, status, code, micros, "request");
    } else {
        tracing::debug!(%method, route, status, code, micros, "request");
    }
    response
}
