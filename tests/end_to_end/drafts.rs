//! Signatures collected at a node, with the tool that signers use.

use std::fs;

use fundtrail_scenario::key;
use fundtrail_tests::{ORIGIN, Scratch};
use serde_json::{Value, json};

/// A file with the private key of a name, and what it is called.
fn pem(scratch: &Scratch, name: &str) -> String {
    let file = format!("{}.pem", name.replace('/', "-"));
    let text = key(name).to_pkcs8_pem();
    fs::write(scratch.folder().join(&file), text.as_bytes()).unwrap();
    file
}

/// Runs `fundtrail draft` at the node.
fn draft(scratch: &Scratch, words: &[&str]) -> (i32, String) {
    let mut all = vec!["draft"];
    all.extend(words);
    all.extend(["--node", scratch.node.url.as_str()]);
    scratch.fundtrail(&all)
}

fn sign(scratch: &Scratch, id: &str, name: &str) -> (i32, String) {
    let key = pem(scratch, name);
    draft(scratch, &["sign", id, "--key", &key, "--as", &key, "--yes"])
}

fn post(scratch: &Scratch, kind: &str, id: &str, date: &str, body: Value, poster: &str) {
    let text = json!({ "ledger": ORIGIN, "id": id, "kind": kind, "date": date, "body": body });
    fs::write(scratch.folder().join("transaction.json"), text.to_string()).unwrap();
    let poster = pem(scratch, poster);
    let (code, text) = draft(scratch, &["new", "transaction.json", "--as", &poster]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains(&format!("{id}: open")), "{text}");
}

fn get(scratch: &Scratch, path: &str) -> Value {
    let (status, text) = scratch.client().get(path, "application/json").unwrap();
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_claim_is_verified_and_approved_by_signatures_from_several_seats() {
    let mut scratch = Scratch::start();
    scratch.play("setup/l1-claimed.scn");

    // Two persons of the manager verify it: one prepares, one reviews.
    let body = json!({ "claim": "C1", "loss": "2000000.00", "amount": "600000.00" });
    post(
        &scratch,
        "claim_verify",
        "verify-C1",
        "2022-09-01",
        body,
        "manager/maker",
    );
    let (code, text) = draft(&scratch, &["show", "verify-C1"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("body.amount   600000.00\n"), "{text}");
    assert!(text.contains("body.loss    2000000.00\n"), "{text}");
    assert!(
        text.contains("missing: the fund manager manager (maker and checker)"),
        "{text}"
    );
    let (_, chinese) = draft(&scratch, &["show", "verify-C1", "--lang", "zh"]);
    assert!(
        chinese.contains("待签： 资金管理机构 manager（经办、复核）"),
        "{chinese}"
    );

    let (code, text) = sign(&scratch, "verify-C1", "manager/maker");
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("missing: the fund manager manager (checker)"),
        "{text}"
    );
    // A second maker completes nothing; a bank sees nothing of it; a seat has no part in it.
    let (code, text) = sign(&scratch, "verify-C1", "manager/maker2");
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("missing: the fund manager manager (checker)"),
        "{text}"
    );
    let (code, text) = sign(&scratch, "verify-C1", "bank-a/maker");
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("FORBIDDEN"), "{text}");
    let (code, text) = sign(&scratch, "verify-C1", "lg-MSB");
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("KEY_NOT_NEEDED"), "{text}");
    // Nobody can be asked, and nothing says that nobody is to be.
    let key = pem(&scratch, "manager/checker");
    let (code, text) = draft(&scratch, &["sign", "verify-C1", "--key", &key]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("--yes"), "{text}");
    // Bytes for another ledger are shown to nobody, and not signed.
    let elsewhere = [
        "sign",
        "verify-C1",
        "--key",
        &key,
        "--yes",
        "--ledger",
        "other.test/fund",
    ];
    let (code, text) = draft(&scratch, &elsewhere);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("WRONG_LEDGER"), "{text}");
    assert_eq!(get(&scratch, "/v1/drafts/verify-C1")["state"], "open");
    let (code, text) = sign(&scratch, "verify-C1", "manager/checker");
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("verify-C1: submitted: entry"), "{text}");
    assert_eq!(get(&scratch, "/v1/claims/C1")["status"], "verified");

    // Five seats of the leading group approve, the leader among them.
    let body = json!({ "claim": "C1", "amount": "600000.00", "decision": "ab".repeat(32) });
    post(
        &scratch,
        "claim_approve",
        "approve-C1",
        "2022-09-08",
        body,
        "OFF",
    );
    for (seat, signed) in [("FIN", 1), ("JRB", 2), ("KJ", 3), ("GX", 4)] {
        let (code, text) = sign(&scratch, "approve-C1", &format!("lg-{seat}"));
        assert_eq!(code, 0, "{text}");
        let missing =
            format!("missing: seats of the leading group ({signed} of 5 signed), MSB among them");
        assert!(text.contains(&missing), "{text}");
        // Killed after the answer, with nothing else to be sure of it.
        scratch.restart();
    }
    let shown = get(&scratch, "/v1/drafts/approve-C1");
    assert_eq!(shown["signed_by"], json!(["FIN", "JRB", "KJ", "GX"]));
    assert_eq!(shown["verdict"]["passes"], true, "{shown}");
    let (code, text) = draft(&scratch, &["list", "--state", "open"]);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("approve-C1") && !text.contains("verify-C1"),
        "{text}"
    );
    let (code, text) = sign(&scratch, "approve-C1", "lg-MSB");
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("approve-C1: submitted: entry"), "{text}");
    assert_eq!(get(&scratch, "/v1/claims/C1")["status"], "approved");
    let entry = get(&scratch, "/v1/transactions/approve-C1");
    let entry: Value = serde_json::from_str(entry["entry"].as_str().unwrap()).unwrap();
    let signatures = entry["envelope"]["signatures"].as_array().unwrap();
    assert_eq!(signatures.len(), 5);

    // One that nobody wants any more.
    let body = json!({ "claim": "C1", "decision": "ab".repeat(32), "amount": "1.00" });
    post(
        &scratch,
        "claim_approve",
        "approve-again",
        "2022-09-08",
        body,
        "OFF",
    );
    let (_, text) = draft(&scratch, &["show", "approve-again"]);
    assert!(text.contains("would be refused now: "), "{text}");
    let key = pem(&scratch, "OFF");
    let (code, text) = draft(&scratch, &["withdraw", "approve-again", "--as", &key]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("approve-again: withdrawn"), "{text}");
    scratch.restart();
    let (code, text) = sign(&scratch, "approve-again", "lg-MSB");
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("DRAFT_CLOSED"), "{text}");

    // What was collected is a ledger like any other.
    let (url, key) = (scratch.node.url.clone(), scratch.node.log_key().unwrap());
    let (code, text) = scratch.fundtrail(&["audit", "--node", &url, "--log-key", &key]);
    assert_eq!(code, 0, "{text}");
}
