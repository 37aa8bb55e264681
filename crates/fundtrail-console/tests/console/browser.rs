//! Whoever looks at a page: asks a router as a browser does, and keeps the answer.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

/// An answer, read to its end.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Asks for an address with these headers.
pub(crate) fn ask(
    router: &Router,
    method: Method,
    address: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Reply {
    let mut request = Request::builder().method(method).uri(address);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let router = router.clone();
    Runtime::new().unwrap().block_on(async {
        let response = router.oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        Reply {
            status: head.status,
            headers: head.headers,
            body: to_bytes(body, usize::MAX).await.unwrap().into(),
        }
    })
}

/// Looks at a page, signed in with a token or as anybody.
pub(crate) fn look(router: &Router, address: &str, token: Option<&str>) -> Reply {
    let cookie = token.map(|token| format!("fundtrail_token={token}"));
    let headers: Vec<(&str, &str)> = cookie
        .iter()
        .map(|cookie| ("cookie", cookie.as_str()))
        .collect();
    ask(router, Method::GET, address, &headers, "")
}

impl Reply {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}
