//! The two paths of a witness over HTTP.
//!
//! `POST /add-checkpoint` for logs and `GET /<origin hash>/checkpoint` for monitors. There is
//! no authentication: what is asked carries the log's signature, what is answered is public.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use fundtrail_model::add_checkpoint::SIZE_MEDIA_TYPE;
use tokio::sync::Semaphore;
use tower_http::timeout::TimeoutLayer;

use crate::witness::{Reply, Witness};

/// The largest request, in bytes: a proof and a checkpoint with many signatures, those of
/// ML-DSA too.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// How long a request may take, its body included.
const REQUEST_MAX: Duration = Duration::from_secs(30);

/// How many requests are worked on at a time; each waits for the disk.
const REQUESTS_MAX: usize = 256;

const TEXT: &str = "text/plain; charset=utf-8";

/// The paths of a witness.
pub fn router(witness: Arc<Witness>) -> Router {
    let places = Arc::new(Semaphore::new(REQUESTS_MAX));
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{hash}/checkpoint", get(checkpoint))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            REQUEST_MAX,
        ))
        .layer(from_fn_with_state(places, bound))
        .with_state(witness)
}

async fn bound(State(places): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let Ok(_place) = places.try_acquire() else {
        return text(
            StatusCode::SERVICE_UNAVAILABLE,
            "too many requests at once\n",
        );
    };
    next.run(request).await
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: Bytes) -> Response {
    let answered = tokio::task::spawn_blocking(move || witness.add_checkpoint(&body, now())).await;
    let reply = answered.unwrap_or_else(|error| Reply::Fault(error.to_string()));
    if let Reply::Fault(why) = &reply {
        tracing::error!(why, "no answer");
    }
    respond(reply)
}

fn respond(reply: Reply) -> Response {
    match reply {
        Reply::Cosigned(lines) => text(StatusCode::OK, lines),
        Reply::UnknownOrigin => text(StatusCode::NOT_FOUND, "the origin is not known here\n"),
        Reply::Untrusted(error) => text(StatusCode::FORBIDDEN, format!("{error}\n")),
        Reply::BadRequest(why) => text(StatusCode::BAD_REQUEST, why + "\n"),
        Reply::Conflict(size) => (
            StatusCode::CONFLICT,
            [(header::CONTENT_TYPE, SIZE_MEDIA_TYPE)],
            format!("{size}\n"),
        )
            .into_response(),
        Reply::Refused(why) => text(StatusCode::UNPROCESSABLE_ENTITY, why + "\n"),
        Reply::ClockBehind => text(
            StatusCode::SERVICE_UNAVAILABLE,
            "the clock is behind the last cosignature\n",
        ),
        Reply::Fault(_) => text(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the answer could not be remembered\n",
        ),
    }
}

async fn checkpoint(State(witness): State<Arc<Witness>>, Path(hash): Path<String>) -> Response {
    let found = tokio::task::spawn_blocking(move || witness.checkpoint(&hash)).await;
    match found {
        Ok(Some(note)) => text(StatusCode::OK, note),
        _ => text(StatusCode::NOT_FOUND, "nothing was cosigned for it here\n"),
    }
}

fn text(status: StatusCode, body: impl Into<String>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, TEXT),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, body.into()).into_response()
}

/// Seconds after 1970-01-01T00:00:00Z; 0, which is never signed, on a clock before that.
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
