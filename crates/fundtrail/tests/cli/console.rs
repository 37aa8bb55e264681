//! The console's modules and this tool make the same bytes, signatures and tokens: both are
//! held against the same file, which OpenSSL signed.

use fundtrail_model::Submission;
use fundtrail_model::key::SigningKey;
use serde_json::Value;

use crate::support::Desk;

fn signed() -> Value {
    let text = include_str!("../../../fundtrail-console/tests/assets/signed.json");
    serde_json::from_str(text).unwrap()
}

#[test]
fn what_the_console_signs_is_signed_alike_here() {
    let desk = Desk::new();
    let signed = signed();
    desk.write("key.pem", signed["key"].as_str().unwrap());
    let shown = desk.call(["key", "show", "key.pem"]).ends(0);
    for name in ["keyid", "public_key"] {
        assert!(shown.contains(signed[name].as_str().unwrap()), "{shown}");
    }
    let cases = signed["cases"].as_array().unwrap();
    assert!(cases.len() >= 5);
    for case in cases {
        let payload = case["payload"].as_str().unwrap();
        desk.write("t.json", payload);
        let made = desk.call(["sign", "--key", "key.pem", "t.json"]).ends(0);
        let envelope = Submission::parse(made.as_bytes()).unwrap().envelope;
        assert_eq!(envelope.payload, payload.as_bytes());
        let value: Value = serde_json::from_str(&made).unwrap();
        let signature = value
            .pointer("/signatures/0")
            .or(value.pointer("/envelope/signatures/0"));
        assert_eq!(signature.unwrap()["sig"], case["sig"], "{payload}");
        assert_eq!(signature.unwrap()["keyid"], signed["keyid"]);
    }
}

#[test]
fn the_key_of_that_file_is_the_one_of_its_seed() {
    let key = SigningKey::from_seed(&[7; 32]);
    assert_eq!(signed()["key"], key.to_pkcs8_pem().as_str());
}
