//! What keeps a page from being shown: the API's problem, or one of the console's own.
//!
//! [`crate::dress`] turns it into a page with the problem's code. Absent on purpose: what was
//! asked for; a problem's words are the API's.

use std::fmt::Display;

use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::api::Reply;

/// Why there is no page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// The status of the page in its place.
    pub(crate) status: StatusCode,
    /// The stable code.
    pub(crate) code: String,
    /// A sentence, in English, from the API.
    pub(crate) detail: String,
}

/// A problem document (RFC 9457), as far as a page shows it.
#[derive(Deserialize)]
struct Problem {
    code: String,
    #[serde(default)]
    detail: String,
}

impl Trouble {
    /// One of the console's own.
    pub(crate) fn new(status: StatusCode, code: &str, detail: &str) -> Trouble {
        Trouble {
            status,
            code: code.into(),
            detail: detail.into(),
        }
    }

    /// There is no such page.
    pub(crate) fn nowhere() -> Trouble {
        Trouble::new(StatusCode::NOT_FOUND, "NOT_FOUND", "")
    }

    /// A page is only ever read.
    pub(crate) fn method() -> Trouble {
        Trouble::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD", "")
    }

    /// What the API tells of.
    pub(crate) fn of_reply(reply: &Reply) -> Trouble {
        match serde_json::from_slice::<Problem>(&reply.body) {
            Ok(problem) => Trouble::new(reply.status, &problem.code, &problem.detail),
            Err(_) => Trouble::new(reply.status, "PROBLEM", ""),
        }
    }

    /// The API answered something else than the console knows how to show.
    pub(crate) fn unreadable(path: &str, error: &dyn Display) -> Trouble {
        let route = path.split('?').next().unwrap_or_default();
        // Without the path's own parts: an id may stand where a credit code was typed.
        let group: Vec<&str> = route.split('/').take(3).collect();
        tracing::error!(route = group.join("/"), %error, "the console cannot read an answer");
        Trouble::new(StatusCode::BAD_GATEWAY, "UNREADABLE", "")
    }
}

impl From<PathRejection> for Trouble {
    fn from(_: PathRejection) -> Trouble {
        Trouble::new(StatusCode::BAD_REQUEST, "PARAMETER", "")
    }
}

impl IntoResponse for Trouble {
    /// A response whose page is written by [`crate::dress`].
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
