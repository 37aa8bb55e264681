//! Keys and signatures made by OpenSSL alone are as good as ours, and ours as good as its.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fundtrail_model::PublicKey;
use fundtrail_model::Submission;
use fundtrail_model::envelope::pre_authentication;
use fundtrail_model::transaction::TRANSACTION_TYPE;
use serde_json::json;

use crate::support::Desk;

/// A scratch directory with a key made by OpenSSL; none where there is no OpenSSL.
fn with_openssl() -> Option<Desk> {
    let desk = Desk::new();
    if desk
        .openssl(&["genpkey", "-algorithm", "ed25519", "-out", "o.pem"])
        .is_none()
    {
        eprintln!("skipped: there is no openssl on this machine");
        return None;
    }
    Some(desk)
}

#[test]
fn a_key_made_by_openssl_shows_the_same_public_key_and_id() {
    let Some(desk) = with_openssl() else { return };
    let der = desk
        .openssl(&["pkey", "-in", "o.pem", "-pubout", "-outform", "DER"])
        .unwrap();
    let public = PublicKey::from_spki_der(&der).unwrap();
    let shown = desk.call(["key", "show", "o.pem"]).ends(0);
    assert!(
        shown.contains(&public.id().to_string()) && shown.contains(&STANDARD.encode(&der)),
        "{shown}"
    );
    let pem = desk.openssl(&["pkey", "-in", "o.pem", "-pubout"]).unwrap();
    assert!(shown.as_bytes().ends_with(&pem), "{shown}");
}

#[test]
fn a_key_of_ours_is_read_by_openssl() {
    let Some(desk) = with_openssl() else { return };
    let shown = desk.call(["key", "new", "--out", "ours.pem"]).ends(0);
    let der = desk
        .openssl(&["pkey", "-in", "ours.pem", "-pubout", "-outform", "DER"])
        .unwrap();
    assert!(shown.contains(&STANDARD.encode(der)), "{shown}");
}

#[test]
fn a_signature_by_openssl_is_the_one_the_tool_makes() {
    let Some(desk) = with_openssl() else { return };
    let payload = desk.transaction("t.json");
    desk.write("pae", pre_authentication(TRANSACTION_TYPE, &payload));
    let sign = [
        "pkeyutl", "-sign", "-rawin", "-inkey", "o.pem", "-in", "pae", "-out", "sig",
    ];
    desk.openssl(&sign).unwrap();
    let der = desk
        .openssl(&["pkey", "-in", "o.pem", "-pubout", "-outform", "DER"])
        .unwrap();
    let public = PublicKey::from_spki_der(&der).unwrap();

    // An envelope put together by hand, to which the tool adds a signature.
    let envelope = json!({
        "payload": STANDARD.encode(&payload),
        "payloadType": TRANSACTION_TYPE,
        "signatures": [{ "keyid": public.id(), "sig": STANDARD.encode(desk.read("sig")) }],
    });
    desk.write("theirs.json", envelope.to_string());
    let key = desk.key(2);
    let both = desk.call(["sign", "--key", &key, "theirs.json"]).ends(0);
    let both = Submission::parse(both.as_bytes()).unwrap();
    let theirs = &both.envelope.signatures[0];
    assert!(public.verify(&both.envelope.signed_bytes(), &theirs.bytes));

    // Ed25519 is deterministic: the tool makes the very same signature with that key.
    let ours = desk.call(["sign", "--key", "o.pem", "t.json"]).ends(0);
    let ours = Submission::parse(ours.as_bytes()).unwrap();
    assert!(ours.envelope.signatures == [*theirs]);
}

#[test]
fn a_signature_of_the_tool_is_verified_by_openssl() {
    let Some(desk) = with_openssl() else { return };
    let payload = desk.transaction("t.json");
    let signed = desk.call(["sign", "--key", "o.pem", "t.json"]).ends(0);
    let signed = Submission::parse(signed.as_bytes()).unwrap();
    desk.write("sig", signed.envelope.signatures[0].bytes);
    desk.write("pae", pre_authentication(TRANSACTION_TYPE, &payload));
    let verify = [
        "pkeyutl", "-verify", "-rawin", "-inkey", "o.pem", "-in", "pae", "-sigfile", "sig",
    ];
    let said = desk.openssl(&verify).unwrap();
    assert!(String::from_utf8_lossy(&said).contains("Verified Successfully"));
}
