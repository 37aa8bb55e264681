//! The console: the ledger in a browser, in Chinese and English.
//!
//! It is a client of the API in the same process. Each page asks the API for JSON with the
//! reader's token and renders it, so it shows nothing that the API would not give that
//! reader: there is no second access rule here, and no storage.
//!
//! [`pages`] has a file for each page, [`components`] what they are built of, [`i18n`] their
//! words; [`dress`] puts the frame around a page and turns what went wrong into one.
//!
//! Nothing is ever written through a page. What writes is the browser, to the API, with a
//! token it signed; the session's cookie is looked at for reading only.

mod api;
mod assets;
mod components;
mod dress;
mod i18n;
mod layout;
mod missing;
mod pages;
mod records;
mod reports;
mod security;
mod session;
mod sheet;
mod trouble;
mod url;
mod visit;
mod vouchers;

use std::any::Any;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// The console's pages and assets, falling back to `api`.
pub fn router(api: Router) -> Router {
    let pages = pages::routes().layer(from_fn_with_state(api.clone(), dress::dress));
    let session = session::routes().with_state(api.clone());
    pages
        .merge(session)
        .merge(assets::routes())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(CompressionLayer::new())
        .layer(from_fn(security::headers))
        .fallback_service(missing::service(api))
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a page panicked: this is a defect");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
