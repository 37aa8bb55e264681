//! Texts that want to be more than text: whatever the API gives, a page only shows it.

use axum::Router;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::browser::look;
use crate::markup::Page;
use crate::played::{Who, api};
use crate::walk::PAGES;

/// What somebody might put where a text is free.
const HOSTILE: &str =
    "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;\u{202e}gpj\u{200b}\u{0}{{7*7}}";

/// The API, with a mark put into every text of its answers that can be any text.
fn spoiled() -> Router {
    let answer = |uri: Uri, headers: HeaderMap| async move {
        let mut request = axum::http::Request::builder().uri(uri);
        for (name, value) in &headers {
            request = request.header(name, value);
        }
        let response = api()
            .oneshot(request.body(axum::body::Body::empty()).unwrap())
            .await
            .unwrap();
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        match serde_json::from_slice::<Value>(&body) {
            Ok(mut value) => {
                spoil(&mut value);
                (head.status, axum::Json(value)).into_response()
            }
            Err(_) => Response::from_parts(head, axum::body::Body::from(body)),
        }
    };
    Router::new().fallback(get(answer))
}

/// Members that are texts of any sort to a page: what is an id, an amount or a date is read as
/// such, and would only make the page unreadable.
const FREE: [&str; 12] = [
    "division", "detail", "code", "kind", "rule", "stage", "zh", "en", "object", "value", "doc_no",
    "name",
];

fn spoil(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if FREE.contains(&name.as_str()) && text != "bank" => {
                        text.push_str(HOSTILE);
                    }
                    other => spoil(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(spoil),
        _ => {}
    }
}

#[test]
fn hostile_texts_stay_texts() {
    let console = fundtrail_console::router(spoiled());
    let token = Who::Office.token();
    let mut shown = 0;
    for (address, _) in PAGES {
        let reply = look(&console, address, token.as_deref());
        let text = reply.text();
        let page = Page::read(text).unwrap_or_else(|what| panic!("{address}: {what}"));
        assert_eq!(page.problems(), [""; 0], "{address}");
        assert!(
            !text.contains("<script>") && !text.contains("<img"),
            "{address}"
        );
        assert!(
            !text.contains(['\u{202e}', '\u{200b}', '\u{0}']),
            "{address}"
        );
        shown += usize::from(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    }
    assert!(shown >= 1, "no page showed the text at all");
}

#[test]
fn hostile_addresses_stay_texts() {
    let console = crate::played::console();
    let mark = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE";
    for who in Who::ALL {
        let token = who.token();
        for (address, _) in PAGES {
            for query in [
                format!("?bank={mark}"),
                format!("?cursor={mark}&next={mark}&lang={mark}&{mark}=1"),
            ] {
                let reply = look(&console, &format!("{address}{query}"), token.as_deref());
                let page =
                    Page::read(reply.text()).unwrap_or_else(|what| panic!("{address}: {what}"));
                assert_eq!(page.problems(), [""; 0], "{address}{query}");
                assert!(!reply.text().contains("<script>alert"), "{address}{query}");
            }
        }
        let reply = look(&console, &format!("/loans/{mark}"), token.as_deref());
        assert!(!reply.text().contains("<script>alert"));
    }
}
