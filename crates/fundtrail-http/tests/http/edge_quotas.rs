//! How much one reader may ask for.

use fundtrail_http::{Limits, Quotas};

use crate::client::Server;
use crate::fixture::*;

const NONE: Quotas = Quotas {
    key_reads: 0,
    key_submissions: 0,
    address_reads: 0,
    address_submissions: 0,
    counts_loopback: true,
};

fn server(quotas: Quotas) -> Server {
    let limits = Limits {
        quotas,
        ..Limits::default()
    };
    let server = Server::with(config(), limits);
    assert_eq!(server.submit(&genesis()).status, 201);
    server
}

#[test]
fn an_address_has_its_quota_and_a_key_another() {
    let server = server(Quotas {
        address_reads: 3,
        key_reads: 5,
        ..NONE
    });
    let anybody = || server.ask("GET", "/v1/keys", None);
    for _ in 0..3 {
        assert_eq!(anybody().status, 200);
    }
    let limited = anybody();
    let problem = limited.problem(429, "RATE_LIMITED", "/v1/keys");
    assert_eq!(problem["request_id"], limited.header("x-request-id"));
    let wait: u64 = limited.header("retry-after").parse().unwrap();
    // Three a minute: the next one within twenty seconds.
    assert!((1..=21).contains(&wait), "{wait}");
    // Every path counts, also one that is none; those who watch are not counted.
    for path in [
        "/v1/fund",
        "/v1/nothing",
        "/checkpoint",
        "/v1/loans",
        "/metrics",
    ] {
        server
            .ask("GET", path, None)
            .problem(429, "RATE_LIMITED", path);
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(server.ask("GET", path, None).status, 200, "{path}");
    }
    // Submitting is counted apart, and so is a key.
    assert_eq!(
        server.post_with("/v1/transactions", b"{}", None).status,
        400
    );
    for _ in 0..5 {
        assert_eq!(server.ask("GET", "/v1/keys", Some(&office())).status, 200);
    }
    let limited = server.ask("GET", "/v1/keys", Some(&office()));
    limited.problem(429, "RATE_LIMITED", "/v1/keys");
    assert_eq!(
        server.ask("GET", "/v1/keys", Some(&regulator())).status,
        200
    );

    let metrics = server.ask("GET", "/metrics", Some(&regulator()));
    for line in [
        "fundtrail_http_rate_limited_total{by=\"key\"} 1",
        "fundtrail_http_rate_limited_total{by=\"address\"} 6",
        "fundtrail_http_problems_total{code=\"RATE_LIMITED\"} 7",
    ] {
        assert!(
            metrics.text().lines().any(|own| own == line),
            "{line}\n{}",
            metrics.text()
        );
    }
}

#[test]
fn submissions_have_a_quota_too_and_nothing_is_recorded_beyond_it() {
    let server = server(Quotas {
        key_submissions: 3,
        address_submissions: 2,
        ..NONE
    });
    let post = |body: &[u8]| server.post_with("/v1/transactions", body, None).status;
    assert_eq!([post(&enrol(1)), post(&enrol(1))], [201, 200]);
    assert_eq!(post(&enrol(2)), 429);
    assert_eq!(server.node.metrics().size(), 2);
    // The genesis was the reader's first.
    assert_eq!(
        [
            server.submit(&enrol(2)).status,
            server.submit(&enrol(3)).status
        ],
        [201, 201]
    );
    let limited = server.submit(&enrol(4));
    limited.problem(429, "RATE_LIMITED", "/v1/transactions");
    assert_eq!(server.node.metrics().size(), 4);
    assert_eq!(
        server.get("/v1/entries/3").status,
        200,
        "reading is counted apart"
    );
}

#[test]
fn a_token_that_does_not_hold_pays_with_the_address() {
    let server = server(Quotas {
        address_reads: 2,
        ..NONE
    });
    let ask = || server.ask_with("GET", "/v1/keys", Some("a.b.c"));
    assert_eq!([ask().status, ask().status], [401, 401]);
    ask().problem(429, "RATE_LIMITED", "/v1/keys");
    server
        .ask("GET", "/v1/keys", None)
        .problem(429, "RATE_LIMITED", "/v1/keys");
    assert_eq!(server.ask("GET", "/v1/keys", Some(&office())).status, 200);
}

#[test]
fn this_machine_is_not_counted_unless_told_so() {
    let few = Quotas {
        key_reads: 1,
        address_reads: 1,
        counts_loopback: false,
        ..NONE
    };
    let server = server(few);
    for _ in 0..10 {
        assert_eq!(server.ask("GET", "/v1/keys", None).status, 200);
        assert_eq!(server.ask("GET", "/v1/keys", Some(&office())).status, 200);
    }
}
