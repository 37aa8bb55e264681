//! A bank needs no tool of ours: a key made, a transaction signed and submitted with
//! OpenSSL and curl alone is accepted.

use std::fs;
use std::process::Command;

use fundtrail_scenario::Draft;
use fundtrail_tests::{ORIGIN, READY, Scratch};
use serde_json::json;

/// The commands of `docs/FORMAT.md`, as a bank's clerk would type them. Signatures of
/// others over the same payload come in the file `others`.
const CLERK: &str = r#"
set -eu
type=application/vnd.fundtrail.transaction+json
openssl genpkey -algorithm ed25519 -out clerk.pem 2>/dev/null
openssl pkey -in clerk.pem -pubout -outform DER > clerk.der
base64 -w0 < clerk.der > clerk.b64
openssl dgst -sha256 -r clerk.der | cut -c1-32 > clerk.keyid
"#;

const SIGN: &str = r#"
set -eu
type=application/vnd.fundtrail.transaction+json
{ printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(wc -c < payload.json)"; cat payload.json; } > pae
openssl pkeyutl -sign -inkey clerk.pem -rawin -in pae -out clerk.sig
printf '{"keyid":"%s","sig":"%s"}' "$(cat clerk.keyid)" "$(base64 -w0 < clerk.sig)" > clerk.signature
printf '{"payload":"%s","payloadType":"%s","signatures":[%s%s]}' \
  "$(base64 -w0 < payload.json)" "$type" "$(cat others)" "$(cat clerk.signature)" > envelope.json
curl --silent --show-error --output answer --write-out '%{http_code}' \
  --header 'content-type: application/json' --data-binary @envelope.json "$NODE/v1/transactions"
"#;

fn shell(scratch: &Scratch, script: &str) -> String {
    let output = Command::new("bash")
        .args(["-c", script])
        .env("NODE", &scratch.node.url)
        .current_dir(scratch.folder())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_key_and_a_transaction_made_with_openssl_and_curl_alone() {
    let scratch = Scratch::start();
    scratch.play(READY);
    shell(&scratch, CLERK);
    let read = |name: &str| fs::read_to_string(scratch.folder().join(name)).unwrap();

    // The office and the bank's own key enrol the clerk's: their signatures stand in the
    // draft, the clerk's is made by OpenSSL.
    let enrol = Draft {
        ledger: ORIGIN.to_owned(),
        id: "enrol-clerk".to_owned(),
        kind: "key_enrol".to_owned(),
        date: "2022-01-04".to_owned(),
        body: json!({"party": "bank-a", "role": "bank", "duty": "maker", "public_key": read("clerk.b64")}),
        sealed: std::collections::BTreeMap::new(),
        signers: vec!["OFF".to_owned(), "bank-a/maker".to_owned()],
    };
    let draft = enrol.submission().unwrap().envelope;
    fs::write(scratch.folder().join("payload.json"), &draft.payload).unwrap();
    let others: Vec<String> = draft
        .signatures
        .iter()
        .map(|one| serde_json::to_string(one).unwrap() + ",")
        .collect();
    fs::write(scratch.folder().join("others"), others.concat()).unwrap();
    assert_eq!(shell(&scratch, SIGN), "201", "{}", read("answer"));

    // From then on the clerk acts alone: payload written by hand, nothing of ours involved.
    let digest = "ab".repeat(32);
    let payload = format!(
        r#"{{"ledger":"{ORIGIN}","id":"clerk-1","kind":"report_file","date":"2022-02-01","body":{{"reporter":"bank-a","report":"post_loan","period":"2022-01","digest":"{digest}"}}}}"#
    );
    fs::write(scratch.folder().join("payload.json"), payload).unwrap();
    fs::write(scratch.folder().join("others"), "").unwrap();
    assert_eq!(shell(&scratch, SIGN), "201", "{}", read("answer"));

    // The receipt is verified with the auditor's tool.
    fs::rename(
        scratch.folder().join("answer"),
        scratch.folder().join("clerk.tlog-proof"),
    )
    .unwrap();
    let key = scratch.node.log_key().unwrap();
    let (code, text) =
        scratch.fundtrail(&["receipt", "verify", "clerk.tlog-proof", "--log-key", &key]);
    assert_eq!(code, 0, "{text}");

    // One byte changed after signing, and it is refused.
    let tampered = SIGN.replace(
        "base64 -w0 < payload.json",
        "sed s/clerk-1/clerk-2/ payload.json | base64 -w0",
    );
    assert_eq!(shell(&scratch, &tampered), "400", "{}", read("answer"));
}
