//! Tags of borrowers.

use serde_json::json;

use crate::client::Server;
use crate::fixture::tag_key;

const PATH: &str = "/v1/tags";

#[test]
fn a_credit_code_has_one_tag_however_it_is_written() {
    let server = Server::empty();
    let tag = |code: &str| {
        server
            .post(PATH, json!({ "credit_code": code }).to_string().as_bytes())
            .json()
    };
    // The code of a well-known company.
    let expected = tag_key()
        .tag("credit_code", "914403001922038216")
        .to_string();
    assert_eq!(tag("914403001922038216"), json!({ "borrower": expected }));
    assert_eq!(
        tag("９１４４０３００ 1922038216"),
        json!({ "borrower": expected })
    );
}

#[test]
fn what_is_no_credit_code_is_refused_without_repeating_it() {
    let server = Server::empty();
    let wrong = br#"{"credit_code":"914403001922038217"}"#;
    let reply = server.post(PATH, wrong);
    let code = serde_json::from_slice::<serde_json::Value>(&reply.body).unwrap()["code"].clone();
    reply.problem(422, code.as_str().unwrap(), PATH);
    assert!(!reply.text().contains("914403001922038217"));
    server
        .post(PATH, b"{}")
        .problem(400, "MISSING_MEMBER", PATH);
    server
        .post(PATH, br#"{"credit_code":"x","more":1}"#)
        .problem(400, "UNKNOWN_MEMBER", PATH);
    server
        .post(PATH, b"nonsense")
        .problem(400, "NOT_JSON", PATH);
}
