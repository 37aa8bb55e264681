//! `PUT /session` and `DELETE /session`: keeps a token that the browser signed, as a cookie.
//!
//! The cookie is looked at only for pages, which change nothing; whatever writes shows a
//! token itself. So a request that another site makes the browser send can do no harm; these
//! two paths are for this site's own scripts alone besides.

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::put;
use axum::{Json, Router};
use fundtrail_model::Moment;
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::trouble::Trouble;
use crate::visit::{Expiry, Reader, TOKEN_COOKIE, is_token};

/// The longest body, in bytes.
const BODY_BYTES_MAX: usize = 8 * 1024;
/// How long a cookie lasts where the API does not say when its token ends, in seconds.
const SECONDS: i64 = 900;

/// The two ways to change a session.
pub(crate) fn routes() -> Router<Router> {
    Router::new().route("/session", put(begin).delete(end))
}

/// What a browser sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    token: String,
}

/// A problem document (RFC 9457).
#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    code: &'a str,
    detail: &'a str,
}

async fn begin(State(api): State<Router>, request: Request) -> Response {
    match begun(api, request).await {
        Ok(response) => response,
        Err(trouble) => problem(&trouble),
    }
}

async fn begun(api: Router, request: Request) -> Result<Response, Trouble> {
    let (parts, body) = request.into_parts();
    check_origin(&parts.headers, &parts.uri)?;
    let media = parts.headers.get(header::CONTENT_TYPE);
    let is_json = media.is_some_and(|media| media.as_bytes().starts_with(b"application/json"));
    let malformed = || {
        let detail = "the body is {\"token\": \"…\"}, application/json";
        Trouble::new(StatusCode::BAD_REQUEST, "SESSION_FORM", detail)
    };
    let bytes = to_bytes(body, BODY_BYTES_MAX)
        .await
        .map_err(|_| malformed())?;
    let asked: Asked = serde_json::from_slice(&bytes).map_err(|_| malformed())?;
    if !is_json || !is_token(&asked.token) {
        return Err(malformed());
    }
    let api = Api::of(api, &parts).with_token(&asked.token);
    let reader: Reader = api.get("/v1/reader").await?;
    let cookie = format!(
        "{TOKEN_COOKIE}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{}",
        asked.token,
        seconds_left(reader.expires.as_ref()),
        secure(&parts.headers, &parts.uri),
    );
    with_cookie(&cookie)
}

async fn end(request: Request) -> Response {
    let (headers, uri) = (request.headers(), request.uri());
    let ended = check_origin(headers, uri).and_then(|()| {
        let secure = secure(headers, uri);
        with_cookie(&format!(
            "{TOKEN_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict{secure}"
        ))
    });
    ended.unwrap_or_else(|trouble| problem(&trouble))
}

fn with_cookie(cookie: &str) -> Result<Response, Trouble> {
    let value =
        HeaderValue::from_str(cookie).map_err(|error| Trouble::unreadable("/session", &error))?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, value)]).into_response())
}

fn problem(trouble: &Trouble) -> Response {
    let document = Document {
        kind: format!("urn:fundtrail:problem:{}", trouble.code),
        title: "The session was not changed.",
        status: trouble.status.as_u16(),
        code: &trouble.code,
        detail: &trouble.detail,
    };
    let media = HeaderValue::from_static("application/problem+json");
    let mut response = (trouble.status, Json(document)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, media);
    response
}

/// Whether this site's own script asks: browsers say where a request comes from.
fn check_origin(headers: &HeaderMap, uri: &Uri) -> Result<(), Trouble> {
    let foreign = || {
        let detail = "only pages of this site change the session";
        Trouble::new(StatusCode::FORBIDDEN, "SESSION_ORIGIN", detail)
    };
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if text("sec-fetch-site").is_some_and(|site| site != "same-origin") {
        return Err(foreign());
    }
    let origin = text("origin").ok_or_else(foreign)?;
    let named = origin.split_once("://").map(|(_, host)| host);
    match (named, host(headers, uri)) {
        (Some(named), Some(host)) if named.eq_ignore_ascii_case(host) => Ok(()),
        _ => Err(foreign()),
    }
}

/// `; Secure`, but for plain HTTP on this machine, where browsers would drop the cookie.
fn secure(headers: &HeaderMap, uri: &Uri) -> &'static str {
    let origin = headers.get(header::ORIGIN);
    let is_plain = origin.is_some_and(|origin| origin.as_bytes().starts_with(b"http://"));
    let host = host(headers, uri).unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_loopback = name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    if is_plain && is_loopback {
        ""
    } else {
        "; Secure"
    }
}

/// The host that was asked, with its port.
fn host<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    let named = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    named.or_else(|| uri.authority().map(|authority| authority.as_str()))
}

/// Until the token ends, in seconds; never below one.
fn seconds_left(expires: Option<&Expiry>) -> i64 {
    let end = match expires {
        Some(Expiry::Seconds(seconds)) => Some(*seconds),
        Some(Expiry::Text(text)) => Moment::parse(text).map(|end| end.millis() / 1000),
        None => None,
    };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or(0));
    end.map_or(SECONDS, |end| (end - now).clamp(1, 3600))
}
