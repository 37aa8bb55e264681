//! Addresses that are no page: the API's, and where it has nothing either, a page that says so
//! to who asks for one.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use tower::ServiceExt as _;

use crate::dress;
use crate::security;
use crate::trouble::Trouble;

/// What begins with this is the API's, whoever asks.
const API: &str = "/v1/";

/// The API, with a page in place of its "not found" for who reads pages.
pub(crate) fn service(api: Router) -> Router {
    let page = Router::new()
        .fallback(async || Trouble::nowhere())
        .layer(from_fn_with_state(api.clone(), dress::dress))
        .layer(from_fn(security::headers));
    Router::new()
        .fallback(answer)
        .with_state(Doors { api, page })
}

#[derive(Clone)]
struct Doors {
    api: Router,
    page: Router,
}

async fn answer(State(doors): State<Doors>, request: Request) -> Response {
    let reads_pages = request.method() == Method::GET
        && !request.uri().path().starts_with(API)
        && prefers_pages(request.headers());
    if !reads_pages {
        return sent(doors.api, request).await;
    }
    // A GET has nothing in its body that the page would need.
    let (parts, body) = request.into_parts();
    let again = Request::from_parts(parts.clone(), axum::body::Body::empty());
    let answer = sent(doors.api, Request::from_parts(parts, body)).await;
    if answer.status() != StatusCode::NOT_FOUND {
        return answer;
    }
    sent(doors.page, again).await
}

async fn sent(router: Router, request: Request) -> Response {
    let Ok(response) = router.oneshot(request).await;
    response
}

/// Whether HTML is asked for by name, as browsers do and programs do not.
fn prefers_pages(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|accepted| accepted.contains("text/html"))
}
