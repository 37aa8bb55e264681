//! What may be kept of an answer, and how a client asks whether it is still the same.
//!
//! An answer that was read gets an entity tag: the SHA-256 of its bytes. A client that keeps
//! it asks with `If-None-Match` and is told 304 with no body, after the gate has let it in
//! again. What is for one reader is kept by that reader's own cache only; what holds secrets
//! is kept by nobody; errors and answers to submissions are never kept.

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use fundtrail_model::Fault;
use headers::{ETag, HeaderMapExt as _, IfNoneMatch};
use sha2::{Digest as _, Sha256};

use crate::access::{Need, need};
use crate::failure::Failure;

/// The largest answer that is hashed, in bytes; a larger one has no tag.
const TAGGED_MAX: usize = 1024 * 1024;
/// Of the digest, in bytes.
const TAG_BYTES: usize = 16;
/// What is kept by nobody: openings and drafts, which have names in them, and what is of
/// the moment.
pub(crate) const NEVER_KEPT: [&str; 7] = [
    "/v1/transactions/{id}/particulars",
    "/v1/drafts",
    "/v1/drafts/{id}",
    "/v1/reader",
    "/healthz",
    "/readyz",
    "/metrics",
];

/// Tags what was read, says how it may be kept, and answers 304 where it is known.
pub(crate) async fn tag(request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let Some(route) = route.filter(|_| is_read) else {
        return next.run(request).await;
    };
    let need = need("GET", route.as_str(), request.uri().path());
    let known = request.headers().typed_get::<IfNoneMatch>();
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let mut response = match tagged(response).await {
        Ok(response) => response,
        Err(failure) => return failure.into_response(),
    };
    keep(response.headers_mut(), route.as_str(), need);
    let tag = response.headers().typed_get::<ETag>();
    match (known, tag) {
        (Some(known), Some(tag)) if !known.precondition_passes(&tag) => not_modified(response),
        _ => response,
    }
}

/// Only tags what was read: before it is compressed.
pub(crate) async fn hash(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    tagged(response)
        .await
        .unwrap_or_else(Failure::into_response)
}

/// Makes the tag of a compressed answer a weak one: other bytes were hashed.
pub(crate) fn weaken_compressed(response: &mut Response) {
    if !response.headers().contains_key(header::CONTENT_ENCODING) {
        return;
    }
    let tag = response.headers().get(header::ETAG);
    let tag = tag.and_then(|tag| tag.to_str().ok());
    if let Some(tag) = tag.filter(|tag| tag.starts_with('"'))
        && let Ok(weak) = HeaderValue::from_str(&format!("W/{tag}"))
    {
        response.headers_mut().insert(header::ETAG, weak);
    }
}

/// With the tag of the body, if the body is there and small enough, and has none yet.
async fn tagged(response: Response) -> Result<Response, Failure> {
    let is_tagged = response.headers().contains_key(header::ETAG);
    let size = response.body().size_hint().exact();
    if is_tagged || size.is_none_or(|size| size > TAGGED_MAX as u64) {
        return Ok(response);
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, TAGGED_MAX)
        .await
        .map_err(|_| Failure::Fault(Fault("an answer that is there cannot be read".into())))?;
    parts.headers.insert(header::ETAG, tag_of(&bytes));
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn tag_of(bytes: &[u8]) -> HeaderValue {
    let digest = Sha256::digest(bytes);
    let digits = digest.iter().take(TAG_BYTES);
    let text: String = digits.map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::from_str(&format!("\"{text}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Says who may keep an answer, unless the handler did.
fn keep(headers: &mut HeaderMap, route: &str, need: Option<Need>) {
    let is_for_all = need == Some(Need::Public);
    let how = match is_for_all {
        _ if NEVER_KEPT.contains(&route) => "no-store",
        true => "no-cache",
        false => "private, no-cache",
    };
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static(how));
    if !is_for_all {
        // Bundles of entries say theirs; their bytes are the same for all who may read them.
        headers
            .entry(header::VARY)
            .or_insert(HeaderValue::from_static("authorization, accept"));
    }
}

/// The same without its body and what describes the body.
fn not_modified(response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    for name in [
        header::CONTENT_TYPE,
        header::CONTENT_LENGTH,
        header::CONTENT_ENCODING,
    ] {
        parts.headers.remove(name);
    }
    Response::from_parts(parts, Body::empty())
}
