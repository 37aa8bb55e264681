//! The API of the same process, asked as the reader would ask it.
//!
//! Every request carries the reader's token and nothing else that would give rights, and what
//! tells apart who is limited and which lines of the log belong together: the client's
//! address and the id of the request.

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde::de::DeserializeOwned;
use tower::ServiceExt as _;

use crate::trouble::Trouble;

/// The longest answer that is read, in bytes: more than any the API gives.
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// What a request says of where it came from.
const PASSED_ON: [HeaderName; 4] = [
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("forwarded"),
    HeaderName::from_static("traceparent"),
];

/// The API as one reader sees it.
#[derive(Clone)]
pub(crate) struct Api {
    router: Router,
    headers: HeaderMap,
    client: Option<ConnectInfo<SocketAddr>>,
}

/// An answer, read to its end.
pub(crate) struct Reply {
    /// Its status.
    pub(crate) status: StatusCode,
    /// Where it says that more is.
    pub(crate) link: Option<String>,
    /// Its body.
    pub(crate) body: Vec<u8>,
}

impl Api {
    /// For whoever sent this request, without a token.
    pub(crate) fn of(router: Router, parts: &Parts) -> Api {
        let mut headers = HeaderMap::new();
        for name in PASSED_ON {
            for value in parts.headers.get_all(&name) {
                headers.append(name.clone(), value.clone());
            }
        }
        Api {
            router,
            headers,
            client: parts.extensions.get().copied(),
        }
    }

    /// For whoever shows this token; the same as before where it could be none.
    pub(crate) fn with_token(mut self, token: &str) -> Api {
        if let Ok(value) = HeaderValue::from_str(&format!("Bearer {token}")) {
            self.headers.insert(header::AUTHORIZATION, value);
        }
        self
    }

    /// What a path gives, read as JSON.
    ///
    /// # Errors
    /// [`Trouble`] with the problem that the API tells of; `UNREADABLE` where the answer is
    /// not what was expected.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Trouble> {
        let reply = self.ask(path, "application/json").await?;
        if !reply.status.is_success() {
            return Err(Trouble::of_reply(&reply));
        }
        serde_json::from_slice(&reply.body).map_err(|error| Trouble::unreadable(path, &error))
    }

    /// The same, and nothing where there is none.
    pub(crate) async fn find<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Trouble> {
        none_if(self.get(path).await, |status| {
            status == StatusCode::NOT_FOUND
        })
    }

    /// The same, and nothing where there is none or this reader may not read it: for what a
    /// page shows beside its own subject.
    pub(crate) async fn allowed<T: DeserializeOwned>(
        &self,
        path: &str,
    ) -> Result<Option<T>, Trouble> {
        none_if(self.get(path).await, |status| {
            [
                StatusCode::NOT_FOUND,
                StatusCode::FORBIDDEN,
                StatusCode::UNAUTHORIZED,
            ]
            .contains(&status)
        })
    }

    /// What a path gives, as text.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub(crate) async fn text(&self, path: &str, accept: &'static str) -> Result<String, Trouble> {
        let reply = self.ask(path, accept).await?;
        if !reply.status.is_success() {
            return Err(Trouble::of_reply(&reply));
        }
        String::from_utf8(reply.body).map_err(|error| Trouble::unreadable(path, &error))
    }

    /// The whole answer, whatever its status.
    ///
    /// # Errors
    /// `UNREADABLE` where the answer breaks off or the path is none.
    pub(crate) async fn ask(&self, path: &str, accept: &'static str) -> Result<Reply, Trouble> {
        let mut request = Request::builder()
            .method(Method::GET)
            .uri(path)
            .body(Body::empty())
            .map_err(|error| Trouble::unreadable(path, &error))?;
        *request.headers_mut() = self.headers.clone();
        request
            .headers_mut()
            .insert(header::ACCEPT, HeaderValue::from_static(accept));
        if let Some(client) = self.client {
            request.extensions_mut().insert(client);
        }
        let response = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let (head, body) = response.into_parts();
        let body = to_bytes(body, BYTES_MAX)
            .await
            .map_err(|error| Trouble::unreadable(path, &error))?;
        Ok(Reply {
            status: head.status,
            link: head
                .headers
                .get(header::LINK)
                .and_then(|link| link.to_str().ok())
                .map(str::to_owned),
            body: body.into(),
        })
    }
}

fn none_if<T>(
    answer: Result<T, Trouble>,
    is_none: impl Fn(StatusCode) -> bool,
) -> Result<Option<T>, Trouble> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(trouble) if is_none(trouble.status) => Ok(None),
        Err(trouble) => Err(trouble),
    }
}
