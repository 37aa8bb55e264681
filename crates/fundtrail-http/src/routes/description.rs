//! What the API looks like from outside: an OpenAPI 3.1 document, and a page of it.
//!
//! Each handler describes itself; [`general`] adds what holds for all of them, and [`page`]
//! shows the document to people.

mod bodies;
mod general;
mod page;
#[cfg(test)]
mod tests;
mod tiles;
mod words;

use std::sync::LazyLock;

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

pub(crate) use bodies::{DraftSubmission, Signature, Submission};
pub(crate) use words::{AsOfDay, ListOf, Paging, SentEvent};

/// The document, which is the same for every node of a version.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| general::finished(super::described()));

/// `GET /openapi.json`
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "get_openapi",
    tag = "description",
    summary = "This description.",
    responses((status = 200, body = Object, description = "An OpenAPI 3.1 document."))
)]
pub(crate) async fn openapi() -> Json<&'static Value> {
    Json(&DOCUMENT)
}

/// `GET /docs`: the same as a page, without any script.
#[utoipa::path(
    get,
    path = "/docs",
    operation_id = "get_docs",
    tag = "description",
    summary = "This description as a page.",
    responses((status = 200, body = String, content_type = "text/html", description = "A page without any script."))
)]
pub(crate) async fn docs() -> Response {
    let page = page::of(&DOCUMENT);
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}
