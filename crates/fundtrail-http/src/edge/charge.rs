//! Counting requests to whoever makes them, and refusing heads that are too large.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::finish::Asker;
use super::quotas::{Act, UsedUp};
use crate::access::Reader;
use crate::app::App;
use crate::failure::Failure;

/// Never counted: who watches the node must see it in a flood too.
const FREE: [&str; 2] = ["/healthz", "/readyz"];

/// Outermost: counts to the address what is not counted to a key.
pub(crate) async fn by_address(State(app): State<App>, request: Request, next: Next) -> Response {
    if head_bytes(&request) > app.limits.head_bytes_max {
        return Failure::HeadTooLarge(app.limits.head_bytes_max).into_response();
    }
    let (from, act) = (address(&request), act(request.method()));
    // The answer to an address that has used up its share.
    let limited = || {
        let UsedUp(wait) = app.meters.of_address(from, act).err()?;
        app.traffic.limited_address();
        Some(Failure::RateLimited(wait).into_response())
    };
    if FREE.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    if !request.headers().contains_key(header::AUTHORIZATION) {
        return match limited() {
            None => next.run(request).await,
            Some(answer) => answer,
        };
    }
    let response = next.run(request).await;
    // Who shows a token that does not hold pays with its address.
    match response.extensions().get::<Asker>() {
        Some(_) => response,
        None => limited().unwrap_or(response),
    }
}

/// Behind the gate: counts to the key that the gate found.
pub(crate) async fn by_key(State(app): State<App>, request: Request, next: Next) -> Response {
    let asker = match request.extensions().get::<Reader>() {
        Some(Reader::Known(known)) => Asker {
            key: known.key,
            role: known.role,
        },
        _ => return next.run(request).await,
    };
    let counted = app
        .meters
        .of_key(&asker.key, address(&request), act(request.method()));
    let mut response = match counted {
        Ok(()) => next.run(request).await,
        Err(UsedUp(wait)) => {
            app.traffic.limited_key();
            Failure::RateLimited(wait).into_response()
        }
    };
    response.extensions_mut().insert(asker);
    response
}

fn address(request: &Request) -> Option<IpAddr> {
    let info = request.extensions().get::<ConnectInfo<SocketAddr>>();
    info.map(|ConnectInfo(address)| address.ip())
}

fn act(method: &Method) -> Act {
    match *method {
        Method::GET | Method::HEAD | Method::OPTIONS => Act::Read,
        _ => Act::Submit,
    }
}

fn head_bytes(request: &Request) -> usize {
    let target = request.uri().path_and_query();
    let fields = request.headers().iter();
    let fields = fields.map(|(name, value)| name.as_str().len() + value.len());
    target.map_or(0, |target| target.as_str().len()) + fields.sum::<usize>()
}
