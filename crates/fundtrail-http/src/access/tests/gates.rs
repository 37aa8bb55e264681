//! The layer, around a router that has every route of the table.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, get, on};
use fundtrail_model::key::SigningKey;
use fundtrail_model::port::{Batch, Commit};
use fundtrail_node::{MemoryStorage, Node};
use fundtrail_regulation::state::{Key, Record, Role, encode};
use tower::ServiceExt as _;

use super::ledger::{ORIGIN, enrolled, key, now};
use crate::access::{Need, Reader, TABLE, gate};
use crate::app::{App, Limits};
use crate::failure::Failure;

#[path = "../../../../fundtrail-node/tests/node/fixture.rs"]
#[expect(dead_code, reason = "shared with the node's tests")]
mod fixture;

/// A router with every route, whose handlers say who asks.
struct Site {
    storage: MemoryStorage,
    router: Router,
}

async fn who(reader: Reader) -> String {
    match reader {
        Reader::Public => "public".into(),
        Reader::Known(known) => known.party.to_string(),
    }
}

impl Site {
    fn new() -> Site {
        let storage = MemoryStorage::default();
        let node = Node::open(
            fixture::config(),
            Arc::new(storage.clone()),
            Box::new(storage.clone()),
        );
        let app = App::new(Arc::new(node.unwrap()), Limits::default());
        let mut router = Router::new();
        for (method, path, _) in TABLE {
            // No route of its own.
            if *path != "/tile/entries/{*position}" {
                router = router.route(path, handler(method));
            }
        }
        let router = router
            .route("/v1/forgotten", get(who))
            .layer(from_fn_with_state(app.clone(), gate))
            .route("/v1/open", get(who))
            .fallback(|| async { Failure::NotFound("nothing".into()) })
            .with_state(app);
        Site { storage, router }
    }

    fn put(&self, key: &Key) {
        let mut batch = Batch::default();
        batch.put(Key::TABLE, key.key(), encode(key).unwrap());
        self.storage.clone().commit(&batch).unwrap();
    }

    async fn ask(&self, method: &str, path: &str, token: Option<&str>) -> Response<Body> {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Body::empty()).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }
}

fn handler(method: &str) -> MethodRouter<App> {
    match method {
        "GET" => get(who),
        "POST" => on(MethodFilter::POST, who),
        "DELETE" => on(MethodFilter::DELETE, who),
        other => panic!("{other}"),
    }
}

fn token(key: &SigningKey) -> String {
    let at = u64::try_from(now().millis() / 1000).unwrap();
    fundtrail_model::token::sign(key, ORIGIN, at, at + 60)
}

async fn text(response: Response<Body>) -> String {
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A request's path for a route.
fn path_of(route: &str) -> String {
    route
        .replace("{*position}", "0/000")
        .replace("entries/0/000", "entries/000")
        .replace(['{', '}'], "")
}

fn challenge(response: &Response<Body>) -> Option<&str> {
    let value = response.headers().get(header::WWW_AUTHENTICATE)?;
    value.to_str().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_behind_it() {
    let site = Site::new();
    site.put(&enrolled(1, "OFF", Role::Office));
    site.put(&enrolled(2, "bank-a", Role::Bank));
    let (office, bank) = (token(&key(1)), token(&key(2)));
    for (method, route, need) in TABLE {
        let path = path_of(route);
        let answer = site.ask(method, &path, None).await;
        let is_open = matches!(need, Need::Public | Need::PublicPart);
        if is_open {
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            assert_eq!(text(answer).await, "public");
        } else {
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
            assert_eq!(challenge(&answer), Some("Bearer"));
        }
        let answer = site.ask(method, &path, Some(&office)).await;
        assert_eq!(
            (answer.status(), text(answer).await),
            (StatusCode::OK, "OFF".into()),
            "{path}"
        );
        let answer = site.ask(method, &path, Some(&bank)).await;
        let expected = if *need == Need::Whole {
            (StatusCode::FORBIDDEN, String::new())
        } else {
            (StatusCode::OK, "bank-a".into())
        };
        assert_eq!(challenge(&answer), None);
        assert_eq!((answer.status(), text(answer).await), expected, "{path}");
        // A token that does not hold opens nothing, not even what is open.
        let answer = site.ask(method, &path, Some("a.b.c")).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(challenge(&answer), Some("Bearer error=\"invalid_token\""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_reads_nothing_from_then_on() {
    let site = Site::new();
    site.put(&enrolled(1, "OFF", Role::Office));
    let token = token(&key(1));
    assert_eq!(
        site.ask("GET", "/v1/loans", Some(&token)).await.status(),
        StatusCode::OK
    );
    site.put(&Key {
        revoked: Some(3),
        ..enrolled(1, "OFF", Role::Office)
    });
    let answer = site.ask("GET", "/v1/loans", Some(&token)).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_table_does_not_have_is_answered_to_nobody() {
    let site = Site::new();
    site.put(&enrolled(1, "OFF", Role::Office));
    let office = token(&key(1));
    // A route that somebody forgot.
    for token in [None, Some(office.as_str())] {
        let answer = site.ask("GET", "/v1/forgotten", token).await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(text(answer).await, "");
    }
    // A method that a path does not have.
    let answer = site.ask("PUT", "/v1/drafts", Some(&office)).await;
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    let allow = answer.headers().get(header::ALLOW).unwrap();
    assert_eq!(allow, "POST,GET,HEAD");
    // A path that is not there.
    assert_eq!(
        site.ask("GET", "/v1/no", None).await.status(),
        StatusCode::NOT_FOUND
    );
    // A handler that asks for its reader without the layer.
    let answer = site.ask("GET", "/v1/open", Some(&office)).await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test(flavor = "multi_thread")]
async fn head_is_get() {
    let site = Site::new();
    let status = |answer: Response<Body>| answer.status();
    assert_eq!(
        status(site.ask("HEAD", "/v1/loans", None).await),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        status(site.ask("HEAD", "/v1/policy", None).await),
        StatusCode::OK
    );
    let entries = ["/tile/entries/000", "/tile/%65ntries/000"];
    for path in entries {
        assert_eq!(
            status(site.ask("HEAD", path, None).await),
            StatusCode::UNAUTHORIZED
        );
    }
}
