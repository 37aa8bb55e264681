//! What goes wrong becomes a page with a code; nothing panics.

use axum::Router;
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse as _;
use axum::routing::any;

use crate::browser::{ask, look};
use crate::markup::Page;
use crate::played::{Who, console};

#[test]
fn problems_become_pages_with_their_codes() {
    let console = console();
    let office = Who::Office.token();
    for (address, status, code) in [
        ("/loans/no-such", 404, "NOT_FOUND"),
        ("/loans/%20", 400, "PARAMETER"),
        ("/loans/%ff", 400, "PARAMETER"),
        ("/loans?borrower=x", 400, "PARAMETER"),
        ("/loans?cursor=!", 400, "PARAMETER"),
    ] {
        let reply = look(&console, address, office.as_deref());
        assert_eq!(reply.status.as_u16(), status, "{address}");
        let page = Page::read(reply.text()).unwrap();
        assert_eq!(page.problems(), [""; 0], "{address}");
        assert!(
            reply.text().contains(&format!("<code>{code}</code>")),
            "{address}"
        );
    }
    // Others' and nobody's: the same answer.
    let bank = Who::Bank.token();
    for address in ["/loans/B1", "/loans/no-such"] {
        let reply = look(&console, address, bank.as_deref());
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{address}");
        assert!(reply.text().contains("<code>FORBIDDEN</code>"), "{address}");
        assert!(!reply.text().contains("bank-b"), "{address}");
    }
}

#[test]
fn an_address_of_nothing_is_a_page_for_who_reads_pages() {
    const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let console = console();
    let ask_for = |address: &str, accept: &str| {
        ask(&console, Method::GET, address, &[("accept", accept)], "")
    };
    for address in ["/nothing", "/loan/B1", "/entries/1/2/3", "/nothing?lang=en"] {
        let reply = ask_for(address, BROWSER);
        assert_eq!(reply.status, 404, "{address}");
        let page = Page::read(reply.text()).unwrap();
        assert_eq!(page.problems(), [""; 0], "{address}");
        assert!(reply.text().contains("<code>NOT_FOUND</code>"), "{address}");
        assert!(
            reply
                .header("content-security-policy")
                .contains("default-src 'none'")
        );
        let reply = ask_for(address, "*/*");
        assert_eq!(reply.status, 404, "{address}");
        assert_eq!(reply.header("content-type"), "application/problem+json");
    }
    // The API answers as it does, and what it has is not hidden.
    for address in ["/v1/nothing", "/v1/loans/no-such"] {
        let (page, program) = (ask_for(address, BROWSER), ask_for(address, "*/*"));
        assert_eq!(
            page.header("content-type"),
            "application/problem+json",
            "{address}"
        );
        assert_eq!(page.status, program.status, "{address}");
    }
    assert_eq!(ask_for("/healthz", BROWSER).status, 200);
}

#[test]
fn whatever_the_api_does_there_is_a_page() {
    for (status, body) in [
        (200, "not json"),
        (200, "{}"),
        (200, "[]"),
        (200, "null"),
        (204, ""),
        (302, ""),
        (418, "{}"),
        (429, "{\"code\":\"RATE\"}"),
        (500, "{\"code\":\"FAULT\",\"detail\":\"<b>\"}"),
        (503, "\u{fffd}"),
        (401, "{\"code\":\"UNAUTHENTICATED\"}"),
    ] {
        let api = Router::new().fallback(any(move || async move {
            (StatusCode::from_u16(status).unwrap(), body).into_response()
        }));
        let console = fundtrail_console::router(api);
        for token in [None, Some("a.b.c")] {
            for (address, _) in crate::walk::PAGES {
                let reply = look(&console, address, token);
                let page = Page::read(reply.text())
                    .unwrap_or_else(|what| panic!("{status} {address}: {what}"));
                assert_eq!(page.problems(), [""; 0], "{status} {address}");
            }
        }
    }
}

#[test]
fn what_is_no_page_is_the_apis() {
    let reply = look(&console(), "/v1/rules", None);
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (StatusCode::OK, "application/json")
    );
    let reply = look(&console(), "/checkpoint", None);
    assert_eq!(reply.status, StatusCode::OK);
    let reply = look(&console(), "/v1/loans", None);
    assert_eq!(reply.header("content-type"), "application/problem+json");
}

#[test]
fn assets_are_kept_by_their_hash_and_checked_without() {
    let console = console();
    let page = look(&console, "/", None);
    let page = Page::read(page.text()).unwrap();
    let style = page
        .all("link")
        .find_map(|link| link.attribute("href").filter(|href| href.ends_with(".css")));
    let style = style.unwrap();
    let reply = look(&console, style, None);
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header("content-type"), "text/css; charset=utf-8");
    assert!(reply.header("cache-control").contains("immutable"));
    let bare = format!("/assets/{}", style.rsplit('/').next().unwrap());
    let again = look(&console, &bare, None);
    assert_eq!(
        (
            again.body,
            again
                .headers
                .get("cache-control")
                .unwrap()
                .to_str()
                .unwrap()
        ),
        (reply.body, "no-cache")
    );
    let tag = again
        .headers
        .get("etag")
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    let kept = ask(&console, Method::GET, &bare, &[("if-none-match", &tag)], "");
    assert_eq!(
        (kept.status, kept.body.len()),
        (StatusCode::NOT_MODIFIED, 0)
    );
    for missing in [
        "/assets/none.js",
        "/assets/0123456789abcdef/console.css",
        "/assets/verify/page.js",
        "/assets/../Cargo.toml",
        "/assets/%2e%2e/lib.rs",
    ] {
        assert_eq!(
            look(&console, missing, None).status,
            StatusCode::NOT_FOUND,
            "{missing}"
        );
    }
    for script in page.all("script") {
        let source = script.attribute("src").unwrap();
        assert_eq!(
            look(&console, source, None).status,
            StatusCode::OK,
            "{source}"
        );
    }
    let verifier = look(&console, "/assets/verify/fundtrail-verify.js", None);
    assert_eq!(
        verifier.header("content-type"),
        "text/javascript; charset=utf-8"
    );
    let own = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../verifiers/es/fundtrail-verify.js");
    assert_eq!(verifier.body, std::fs::read(own).unwrap());
}
