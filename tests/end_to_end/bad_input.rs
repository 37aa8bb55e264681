//! Every sort of bad input gets its own clear error, and nothing is lost by it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fundtrail_scenario::{Draft, Run};
use fundtrail_tests::{ORIGIN, READY, Scratch};
use serde_json::{Value, json};

/// A transfer that would be recorded as it stands.
fn transfer(id: &str) -> Draft {
    Draft {
        ledger: ORIGIN.to_owned(),
        id: id.to_owned(),
        kind: "transfer".to_owned(),
        date: "2022-01-10".to_owned(),
        body: json!({"from": "main", "to": "at-a", "amount": "1.00"}),
        sealed: std::collections::BTreeMap::new(),
        signers: vec!["manager/maker".to_owned(), "OFF".to_owned()],
    }
}

struct Desk<'a> {
    scratch: &'a Scratch,
    size: u64,
}

impl Desk<'_> {
    /// Posts bytes; gives status and stable code, and checks that nothing was recorded and
    /// that the node still answers.
    fn refused(&self, bytes: &[u8]) -> (u16, String) {
        let client = self.scratch.client();
        let (status, text) = client.post("/v1/transactions", bytes).unwrap();
        let problem: Value =
            serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"));
        assert_eq!(problem["status"], status, "{text}");
        assert!(
            problem["title"].is_string() && problem["type"].is_string(),
            "{text}"
        );
        let (healthy, checkpoint) = client.get("/checkpoint", "text/plain").unwrap();
        assert_eq!(healthy, 200);
        let size: u64 = checkpoint.lines().nth(1).unwrap().parse().unwrap();
        assert_eq!(size, self.size, "something was recorded: {text}");
        let code = match problem["refusals"].get(0) {
            Some(first) => &first["code"],
            None => &problem["code"],
        };
        (status, code.as_str().unwrap_or_default().to_owned())
    }

    fn refused_draft(&self, draft: &Draft) -> (u16, String) {
        self.refused(draft.submission().unwrap().to_json().as_bytes())
    }

    /// The payload with something replaced in its text, signed as it then is.
    fn refused_payload(&self, from: &str, to: &str) -> (u16, String) {
        let submission = transfer("t-bad").submission().unwrap();
        let text = String::from_utf8(submission.envelope.payload).unwrap();
        assert!(text.contains(from), "{text}");
        self.refused(&signed(
            text.replace(from, to).as_bytes(),
            &["manager/maker", "OFF"],
        ))
    }
}

/// An envelope over exact bytes.
fn signed(payload: &[u8], signers: &[&str]) -> Vec<u8> {
    let envelope = fundtrail_scenario::sign(payload.to_vec(), signers.iter().copied());
    serde_json::to_vec(&envelope).unwrap()
}

fn expect(found: (u16, String), status: u16, code: &str) {
    assert_eq!((found.0, found.1.as_str()), (status, code));
}

#[test]
fn each_has_its_own_code_and_none_stops_the_node() {
    let scratch = Scratch::start();
    let run: Run = scratch.play(READY);
    let desk = Desk {
        scratch: &scratch,
        size: run.shadow().size(),
    };

    // The bytes say nothing.
    expect(desk.refused(b""), 400, "NOT_JSON");
    expect(desk.refused(b"{\"payload\":"), 400, "NOT_JSON");
    expect(desk.refused(b"\xff\xfe"), 400, "NOT_UTF8");
    expect(
        desk.refused("[".repeat(100_000).as_bytes()),
        400,
        "TOO_DEEP",
    );
    expect(desk.refused(&vec![b' '; 200_000]), 413, "TOO_LARGE");
    expect(
        desk.refused(b"{\"payload\":\"\",\"payload\":\"\"}"),
        400,
        "DUPLICATE_MEMBER",
    );
    expect(desk.refused(b"{}"), 400, "MISSING_MEMBER");

    // The envelope.
    let good = transfer("t-envelope").submission().unwrap();
    let envelope = |change: &dyn Fn(&mut Value)| {
        let mut value: Value = serde_json::from_str(&good.to_json()).unwrap();
        change(&mut value["envelope"]);
        desk.refused(value.to_string().as_bytes())
    };
    expect(
        envelope(&|it| it["signatures"] = json!([])),
        400,
        "UNSIGNED",
    );
    expect(
        envelope(&|it| it["payloadType"] = json!("application/json")),
        400,
        "PAYLOAD_TYPE",
    );
    let text = String::from_utf8(good.envelope.payload.clone()).unwrap();
    let altered = STANDARD.encode(text.replace("t-envelope", "t-altered"));
    expect(
        envelope(&|it| it["payload"] = json!(altered)),
        400,
        "SIGNATURE_INVALID",
    );
    expect(
        envelope(&|it| it["payload"] = json!("e30=")),
        400,
        "MISSING_MEMBER",
    );
    expect(envelope(&|it| it["payload"] = json!("***")), 400, "BASE64");
    expect(
        envelope(&|it| it["signatures"][0]["sig"] = json!(STANDARD.encode([1; 64]))),
        400,
        "SIGNATURE_INVALID",
    );
    expect(
        envelope(&|it| it["signatures"][0]["sig"] = json!("AAAA")),
        400,
        "SIGNATURE_FORM",
    );
    expect(
        envelope(&|it| it["signatures"][0]["keyid"] = json!("zz")),
        400,
        "SIGNATURE_FORM",
    );

    // The transaction.
    expect(desk.refused(&signed(b"[]", &["OFF"])), 400, "SHAPE");
    expect(
        desk.refused_payload("\"amount\"", "\"surplus\""),
        400,
        "UNKNOWN_MEMBER",
    );
    expect(
        desk.refused_payload("\"kind\"", "\"kink\""),
        400,
        "UNKNOWN_MEMBER",
    );
    expect(
        desk.refused_payload("\"transfer\"", "\"teleport\""),
        400,
        "UNKNOWN_KIND",
    );
    expect(
        desk.refused_payload(ORIGIN, "ledger.test/other"),
        400,
        "WRONG_LEDGER",
    );
    expect(
        desk.refused_payload("\"1.00\"", "\"-1.00\""),
        400,
        "AMOUNT_NEGATIVE",
    );
    expect(
        desk.refused_payload("\"1.00\"", "\"1.0\""),
        400,
        "AMOUNT_FORMAT",
    );
    expect(
        desk.refused_payload("\"1.00\"", "\"1.005\""),
        400,
        "AMOUNT_FORMAT",
    );
    expect(
        desk.refused_payload("\"1.00\"", "\"99999999999999999999.00\""),
        400,
        "AMOUNT_OVERFLOW",
    );
    expect(desk.refused_payload("\"1.00\"", "1.00"), 400, "FLOAT");
    expect(desk.refused_payload("\"1.00\"", "1"), 400, "SHAPE");
    expect(
        desk.refused_payload("\"1.00\"", "\"1.00\",\"amount\":\"1.00\""),
        400,
        "DUPLICATE_MEMBER",
    );
    expect(
        desk.refused_payload("2022-01-10", "2022-02-30"),
        400,
        "DATE_FORMAT",
    );
    expect(
        desk.refused_payload("\"main\"", "\"../main\""),
        400,
        "ID_FORM",
    );
    let deep = "[".repeat(20) + "]".repeat(20).as_str();
    expect(desk.refused_payload("\"1.00\"", &deep), 400, "TOO_DEEP");
    let long = format!("\"{}\"", "a".repeat(40_000));
    expect(desk.refused_payload("\"main\"", &long), 413, "TOO_LARGE");

    // The law.
    expect(
        desk.refused_draft(&Draft {
            date: "2199-12-31".to_owned(),
            ..transfer("t-future")
        }),
        422,
        "DATE_IN_FUTURE",
    );
    expect(
        desk.refused_draft(&Draft {
            signers: vec!["nobody".to_owned()],
            ..transfer("t-stranger")
        }),
        422,
        "SIG_ROLE",
    );
    expect(
        desk.refused_draft(&Draft {
            signers: vec!["OFF".to_owned()],
            ..transfer("t-alone")
        }),
        422,
        "SIG_MISSING",
    );
    let zero = json!({"from": "main", "to": "at-a", "amount": "0.00"});
    expect(
        desk.refused_draft(&Draft {
            body: zero,
            ..transfer("t-zero")
        }),
        422,
        "AMOUNT_ZERO",
    );
    let much = json!({"from": "main", "to": "at-a", "amount": "3000000.01"});
    expect(
        desk.refused_draft(&Draft {
            body: much,
            ..transfer("t-much")
        }),
        422,
        "NEGATIVE_BALANCE",
    );
}

#[test]
fn a_repeat_gives_the_same_receipt_and_another_content_a_conflict() {
    let scratch = Scratch::start();
    scratch.play(READY);
    let client = scratch.client();
    let bytes = transfer("t-once").submission().unwrap().to_json();
    let (first, one) = client.post("/v1/transactions", bytes.as_bytes()).unwrap();
    let (again, two) = client.post("/v1/transactions", bytes.as_bytes()).unwrap();
    assert_eq!((first, again), (201, 200), "{one} {two}");
    let receipt = |text: &str| serde_json::from_str::<Value>(text).unwrap()["receipt"].clone();
    assert_eq!(receipt(&one), receipt(&two));
    let other = Draft {
        date: "2022-01-11".to_owned(),
        ..transfer("t-once")
    };
    let (status, text) = client
        .post(
            "/v1/transactions",
            other.submission().unwrap().to_json().as_bytes(),
        )
        .unwrap();
    assert_eq!(status, 409, "{text}");
}

#[test]
fn a_flood_of_one_id_is_recorded_once() {
    let scratch = Scratch::start();
    let run = scratch.play(READY);
    let bytes = transfer("t-flood").submission().unwrap().to_json();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    scratch
                        .client()
                        .post("/v1/transactions", bytes.as_bytes())
                        .unwrap()
                        .0
                })
            })
            .collect();
        clients
            .into_iter()
            .map(|client| client.join().unwrap())
            .collect()
    });
    assert_eq!(
        statuses.iter().filter(|status| **status == 201).count(),
        1,
        "{statuses:?}"
    );
    assert!(
        statuses
            .iter()
            .all(|status| matches!(status, 200 | 201 | 503)),
        "{statuses:?}"
    );
    let (_, checkpoint) = scratch.client().get("/checkpoint", "text/plain").unwrap();
    let size: u64 = checkpoint.lines().nth(1).unwrap().parse().unwrap();
    assert_eq!(size, run.shadow().size() + 1);
}
