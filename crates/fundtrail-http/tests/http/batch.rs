//! Lists of submissions.

use fundtrail_http::Limits;
use fundtrail_model::LogPolicy;
use fundtrail_model::receipt::Receipt;
use serde_json::{Value, json};

use crate::client::{Reply, Server};
use crate::fixture::*;

const PATH: &str = "/v1/transactions/batch";

fn lines(reply: &Reply) -> Vec<Value> {
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (200, "application/x-ndjson")
    );
    reply
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn each_line_has_its_verdict_in_order() {
    let server = Server::empty();
    let (_, body, key) = enrolment(9);
    let refused = submission(
        "late",
        "key_enrol",
        "2023-01-01",
        &body,
        &[&office(), &regulator(), &key],
    );
    let taken = submission(
        "enrol-1",
        "key_enrol",
        TODAY,
        &body,
        &[&office(), &regulator(), &key],
    );
    let large = vec![b'x'; 140_000];
    let list = [
        genesis(),
        enrol(1),
        b"{}".to_vec(),
        Vec::new(),
        refused,
        enrol(1),
        taken,
        large,
        enrol(2),
    ];
    let reply = server.post(PATH, &list.join(&b'\n'));
    let found: Vec<Value> = lines(&reply)
        .iter()
        .map(|line| {
            json!([
                line["line"],
                line["status"],
                line["index"],
                line["problem"]["code"]
            ])
        })
        .collect();
    let expected = [
        json!([1, 201, 0, null]),
        json!([2, 201, 1, null]),
        json!([3, 400, null, "MISSING_MEMBER"]),
        json!([5, 422, null, "REFUSED"]),
        json!([6, 200, 1, null]),
        json!([7, 409, null, "CONFLICT"]),
        json!([8, 413, null, "TOO_LARGE"]),
        json!([9, 201, 2, null]),
    ];
    assert_eq!(found, expected);
    let refusals = &lines(&reply)[3]["problem"]["refusals"];
    assert_eq!(refusals[0]["code"], "DATE_IN_FUTURE");
}

#[test]
fn receipts_come_along_on_request() {
    let server = Server::founded();
    let list = [enrol(1), enrol(2)].join(&b'\n');
    assert!(
        lines(&server.post(PATH, &list))
            .iter()
            .all(|line| line.get("receipt").is_none())
    );
    for line in lines(&server.post(&format!("{PATH}?receipts=true"), &list)) {
        let receipt = Receipt::parse(line["receipt"].as_str().unwrap().as_bytes()).unwrap();
        let policy = LogPolicy::of_log(log_signer().verifier().clone()).unwrap();
        receipt.verify_self_contained(&policy).unwrap();
        assert_eq!(json!(receipt.index()), line["index"]);
        assert_eq!(line["verdict"], "repeated");
    }
}

#[test]
fn a_list_is_bounded() {
    let limits = Limits {
        batch_lines_max: 3,
        batch_bytes_max: 1000,
        ..Limits::default()
    };
    let server = Server::with(config(), limits);
    assert_eq!(lines(&server.post(PATH, b"1\n2\n\n3\n")).len(), 3);
    server
        .post(PATH, b"1\n2\n3\n4")
        .problem(400, "PARAMETER", PATH);
    server
        .post(PATH, &[b'\n'; 1001])
        .problem(413, "TOO_LARGE", PATH);
    server
        .post(&format!("{PATH}?receipt=true"), b"")
        .problem(400, "PARAMETER", PATH);
    assert!(lines(&server.post(PATH, b"")).is_empty());

    let none = Server::with(
        config(),
        Limits {
            batches_max: 0,
            ..Limits::default()
        },
    );
    none.post(PATH, b"1").problem(503, "BUSY", PATH);
}
