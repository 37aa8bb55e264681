//! What may be kept of an answer, and how a client asks whether it changed.

use sha2::{Digest as _, Sha256};
use ureq::Agent;

use crate::client::{Reply, Server};
use crate::fixture::*;

fn ask(server: &Server, method: &str, path: &str, fields: &[(&str, &str)]) -> Reply {
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let mut request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("http://{}{path}", server.address));
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    Reply::of(agent.run(request.body(()).unwrap()))
}

/// The tag that the bytes must have.
fn tag(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let text: String = digest[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{text}\"")
}

#[test]
fn what_was_read_is_not_sent_again_until_it_changes() {
    let server = Server::founded();
    let bearer = server.bearer();
    let who = ("authorization", bearer.as_str());
    for path in [
        "/v1/fund",
        "/v1/keys",
        "/v1/entries",
        "/v1/entries/0",
        "/checkpoint",
    ] {
        let first = ask(&server, "GET", path, &[who]);
        let own = first.header("etag").to_owned();
        assert_eq!(
            (first.status, own.clone()),
            (200, tag(&first.body)),
            "{path}"
        );
        for known in [
            own.clone(),
            format!("W/{own}"),
            format!("\"other\", {own}"),
            "*".into(),
        ] {
            for method in ["GET", "HEAD"] {
                let reply = ask(&server, method, path, &[who, ("if-none-match", &known)]);
                assert_eq!((reply.status, reply.body.len()), (304, 0), "{path} {known}");
                assert_eq!(reply.header("etag"), own);
                assert_eq!(reply.header("cache-control"), first.header("cache-control"));
                assert_eq!(reply.header("vary"), first.header("vary"));
                assert_eq!(reply.header("content-type"), "");
            }
        }
        for other in ["\"other\"", "nonsense", ""] {
            let reply = ask(&server, "GET", path, &[who, ("if-none-match", other)]);
            assert_eq!(
                (reply.status, reply.body),
                (200, first.body.clone()),
                "{other}"
            );
        }
        let head = ask(&server, "HEAD", path, &[who]);
        assert_eq!(
            (head.status, head.body.len(), head.header("etag")),
            (200, 0, own.as_str())
        );
    }
    let before = ask(&server, "GET", "/v1/keys", &[])
        .header("etag")
        .to_owned();
    assert_eq!(server.submit(&enrol(1)).status, 201);
    let reply = ask(&server, "GET", "/v1/keys", &[("if-none-match", &before)]);
    assert_eq!(reply.status, 200);
    assert_ne!(reply.header("etag"), before);
}

#[test]
fn a_known_tag_opens_nothing() {
    let server = Server::founded();
    let own = server.get("/v1/entries/0").header("etag").to_owned();
    for known in [own.as_str(), "*"] {
        let reply = ask(&server, "GET", "/v1/entries/0", &[("if-none-match", known)]);
        reply.problem(401, "UNAUTHENTICATED", "/v1/entries/0");
        assert_eq!(reply.header("etag"), "");
    }
}

#[test]
fn who_may_keep_what() {
    let server = Server::founded();
    let private = ("private, no-cache", "authorization, accept");
    for (path, (keep, vary)) in [
        ("/v1/fund", private),
        ("/v1/entries/0", private),
        ("/v1/entries", private),
        ("/v1/loans", private),
        ("/v1/keys", ("no-cache", "")),
        ("/v1/rules", ("no-cache", "")),
        ("/checkpoint", ("no-cache", "")),
        (
            "/tile/0/000.p/1",
            ("public, max-age=31536000, immutable", ""),
        ),
        ("/healthz", ("no-store", "")),
        ("/readyz", ("no-store", "")),
    ] {
        let reply = server.get(path);
        assert_eq!(reply.status, 200, "{path}");
        assert_eq!(
            (reply.header("cache-control"), reply.header("vary")),
            (keep, vary),
            "{path}"
        );
    }
    for path in ["/metrics", "/v1/drafts"] {
        assert_eq!(
            server.get(path).header("cache-control"),
            "no-store",
            "{path}"
        );
    }
    // Neither errors nor answers to submissions are kept or have a tag.
    for reply in [
        server.get("/v1/nothing"),
        server.get("/v1/entries/7"),
        server.ask("GET", "/v1/loans", None),
        server.submit(&genesis()),
        server.submit(b"{}"),
    ] {
        assert_eq!(
            reply.header("cache-control"),
            "no-store",
            "{}",
            reply.text()
        );
        assert_eq!(reply.header("etag"), "");
    }
}

#[test]
fn entries_compressed_have_a_weak_tag_of_the_same_bytes() {
    let server = Server::founded();
    let bearer = server.bearer();
    let who = ("authorization", bearer.as_str());
    let path = "/tile/entries/000.p/1";
    let plain = ask(
        &server,
        "GET",
        path,
        &[who, ("accept-encoding", "identity")],
    );
    assert_eq!(plain.header("etag"), tag(&plain.body));
    let gzip = ask(&server, "GET", path, &[who, ("accept-encoding", "gzip")]);
    let weak = format!("W/{}", plain.header("etag"));
    assert_eq!(gzip.header("etag"), weak);
    for encoding in ["gzip", "identity"] {
        for known in [&weak, plain.header("etag")] {
            let fields = [who, ("accept-encoding", encoding), ("if-none-match", known)];
            let reply = ask(&server, "GET", path, &fields);
            assert_eq!(
                (reply.status, reply.body.len()),
                (304, 0),
                "{encoding} {known}"
            );
            assert_eq!(reply.header("content-encoding"), "");
        }
    }
    assert!(plain.header("cache-control").starts_with("private, "));
}
