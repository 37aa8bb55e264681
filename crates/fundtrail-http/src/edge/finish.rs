//! The last touch to an answer: its problem document, its id, what every answer has, its
//! counters and its line of log.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use fundtrail_model::key::KeyId;
use fundtrail_regulation::state::Role;
use http_body::{Frame, SizeHint};

use super::connections::{Line, Working};
use super::request_id::{RequestId, X_REQUEST_ID};
use super::traffic::method_name;
use crate::app::App;
use crate::failure::{Failure, PROBLEM_TYPE, Pending};

/// Routes that machines ask all day: their lines are for who looks for them.
const ASKED_ALL_DAY: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// By which key somebody asks, for the log.
#[derive(Clone, Copy)]
pub(crate) struct Asker {
    pub(crate) key: KeyId,
    pub(crate) role: Role,
}

/// Marks an answer that is counted and logged.
#[derive(Clone, Copy)]
struct Told;

/// Around the paths of the node, and again around everything that is served: whatever other
/// paths there are, each answer is finished once.
pub(crate) async fn finish(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = method_name(request.method());
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("", MatchedPath::as_str);
    let known = request.extensions().get::<RequestId>().cloned();
    let id = known.unwrap_or_else(|| RequestId::of(request.headers()));
    // For who asks further within this process.
    request.headers_mut().insert(X_REQUEST_ID, id.header());
    request.extensions_mut().insert(id.clone());

    let mut response = next.run(request).await;
    if response.extensions().get::<Told>().is_some() {
        return response;
    }
    let code = match response.extensions_mut().remove::<Pending>() {
        // The route, not the path: a credit code may stand where an id belongs.
        Some(pending) => write_problem(&mut response, pending, matched.as_ref(), &id),
        None => "",
    };
    let headers = response.headers_mut();
    headers.insert(X_REQUEST_ID, id.header());
    let nosniff = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    let asker = response.extensions().get::<Asker>().copied();
    response.extensions_mut().insert(Told);

    let (status, took) = (response.status(), began.elapsed());
    app.traffic
        .answered(route, method, status.as_u16(), code, took);
    tell(&id, method, route, status, code, took, asker);
    response
}

/// One line a request.
fn tell(
    id: &RequestId,
    method: &str,
    route: &str,
    status: StatusCode,
    code: &str,
    took: Duration,
    asker: Option<Asker>,
) {
    let request_id = id.as_str();
    let is_error = status.is_server_error();
    let status = status.as_u16();
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let role = asker.map(|asker| asker.role.name());
    let key = asker.map(|asker| asker.key.to_string());
    let key = key.as_deref();
    if ASKED_ALL_DAY.contains(&route) && !is_error {
        tracing::debug!(
            request_id, method, route, status, code, micros, role, key, "request"
        );
    } else {
        tracing::info!(
            request_id, method, route, status, code, micros, role, key, "request"
        );
    }
}

fn write_problem(
    response: &mut Response,
    pending: Pending,
    matched: Option<&MatchedPath>,
    id: &RequestId,
) -> &'static str {
    let Pending { mut document, code } = pending;
    document.instance = matched.map(|path| path.as_str().to_owned());
    document.request_id = Some(id.as_str().to_owned());
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.body_mut() = Body::from(serde_json::to_vec(&document).unwrap_or_default());
    code
}

/// A whole answer in HTTP/1.1 that there is no room for a connection.
pub(crate) fn refusal() -> Vec<u8> {
    let id = RequestId::new();
    let mut response = Failure::Busy.into_response();
    let pending = response.extensions_mut().remove::<Pending>();
    let document = pending.map(|pending| {
        let mut document = pending.document;
        document.request_id = Some(id.as_str().to_owned());
        document
    });
    let body = serde_json::to_vec(&document).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: {PROBLEM_TYPE}\r\n\
         content-length: {}\r\nretry-after: 1\r\ncache-control: no-store\r\n\
         x-content-type-options: nosniff\r\nx-request-id: {}\r\nconnection: close\r\n\r\n",
        body.len(),
        id.as_str(),
    );
    [head.into_bytes(), body].concat()
}

/// Marks the connection as working until the last byte of the answer was taken.
pub(crate) async fn hold(request: Request, next: Next) -> Response {
    let line = request.extensions().get::<Arc<Line>>();
    let Some(working) = line.map(Line::work) else {
        return next.run(request).await;
    };
    let response = next.run(request).await;
    response.map(|body| {
        Body::new(Held {
            body,
            _working: working,
        })
    })
}

/// A body with what is held until it was sent.
struct Held {
    body: Body,
    _working: Working,
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
