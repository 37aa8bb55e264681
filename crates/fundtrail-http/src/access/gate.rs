//! The layer before the handlers: finds out who asks, and lets in whom the table lets in.

use axum::extract::{MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use fundtrail_model::Fault;

use super::{Pass, Reader, matrix, token};
use crate::app::App;
use crate::failure::Failure;

/// Puts the [`Reader`] into the request, and the [`Pass`] of one who shows a token; or answers
/// it.
///
/// A token that is shown is checked, also where none is needed: who shows a bad one is told.
pub(crate) async fn gate(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match reader(&app, &parts).await {
        Ok((reader, pass)) => {
            parts.extensions.insert(reader);
            if let Some(pass) = pass {
                parts.extensions.insert(pass);
            }
            next.run(Request::from_parts(parts, body)).await
        }
        Err(failure) => {
            let is_method = matches!(failure, Failure::Method);
            let mut response = failure.into_response();
            if is_method && let Some(allow) = allow(&parts) {
                response.headers_mut().insert(header::ALLOW, allow);
            }
            response
        }
    }
}

async fn reader(app: &App, parts: &Parts) -> Result<(Reader, Option<Pass>), Failure> {
    let need = matrix::need(parts.method.as_str(), route(parts), parts.uri.path());
    let Some(need) = need else {
        return Err(if matrix::methods(route(parts)).is_empty() {
            Failure::Fault(Fault(
                "a route is not in the table of readers: a defect".into(),
            ))
        } else {
            Failure::Method
        });
    };
    let Some(token) = token::shown(&parts.headers)? else {
        need.admits(&Reader::Public)?;
        return Ok((Reader::Public, None));
    };
    let pass = Pass::new(token, app.node().origin(), need);
    let (shown, now) = (pass.clone(), app.node().clock().now()?);
    let reader = app.read(move |read| shown.reader(read, now)).await?;
    Ok((reader, Some(pass)))
}

fn route(parts: &Parts) -> &str {
    let matched = parts.extensions.get::<MatchedPath>();
    matched.map_or("", MatchedPath::as_str)
}

fn allow(parts: &Parts) -> Option<HeaderValue> {
    matrix::methods(route(parts)).join(",").parse().ok()
}
