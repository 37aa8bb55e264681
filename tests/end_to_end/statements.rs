//! Statements and period seals of a real node: what it gives convinces the auditor's tool,
//! what somebody changed does not, and a sealed period stays as it is.

use std::fs;

use fundtrail_scenario::Draft;
use fundtrail_tests::{ORIGIN, Scratch};
use serde_json::{Value, json};

fn get(scratch: &Scratch, path: &str) -> Value {
    let (status, text) = scratch.client().get(path, "application/json").unwrap();
    assert_eq!(status, 200, "{path}: {text}");
    serde_json::from_str(&text).unwrap()
}

/// Submits what these sign. Gives the status and the codes of the refusals.
fn submit(
    scratch: &Scratch,
    id: &str,
    kind: &str,
    date: &str,
    body: Value,
    signers: &[&str],
) -> (u16, Vec<String>) {
    let draft = Draft {
        ledger: ORIGIN.into(),
        id: id.into(),
        kind: kind.into(),
        date: date.into(),
        body,
        sealed: std::collections::BTreeMap::new(),
        signers: signers.iter().map(|name| (*name).to_owned()).collect(),
    };
    let submission = draft.submission().unwrap().to_json();
    let (status, text) = scratch
        .client()
        .post("/v1/transactions", submission.as_bytes())
        .unwrap();
    let answer: Value = serde_json::from_str(&text).unwrap();
    let refusals = answer["refusals"].as_array().cloned().unwrap_or_default();
    let codes = refusals
        .iter()
        .map(|one| one["code"].as_str().unwrap().to_owned());
    (status, codes.collect())
}

/// Whoever seals: the manager and the office.
const HOUSE: [&str; 2] = ["manager/maker", "OFF"];

fn refused(code: &str) -> (u16, Vec<String>) {
    (422, vec![code.to_owned()])
}

fn recorded() -> (u16, Vec<String>) {
    (201, Vec::new())
}

/// The body of the next seal, as the node says and as its entries give.
fn next_seal(scratch: &Scratch, period: &str) -> Value {
    let said = get(scratch, &format!("/v1/seals/next?period={period}"));
    // The auditor's tool computes the same without the node.
    let (_, checkpoint) = scratch.client().get("/checkpoint", "text/plain").unwrap();
    let (status, entries) = scratch
        .client()
        .get("/v1/entries?from=0&limit=1000", "application/x-ndjson")
        .unwrap();
    assert_eq!(status, 200);
    let copy = scratch.folder().join("copy");
    fs::create_dir_all(&copy).unwrap();
    fs::write(copy.join("checkpoint"), checkpoint).unwrap();
    fs::write(copy.join("entries.ndjson"), entries).unwrap();
    let (code, text) = scratch.fundtrail(&[
        "seal", "compute", "--dir", "copy", "--period", period, "--json",
    ]);
    assert_eq!(code, 0, "{text}");
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), said);
    json!({ "period": said["period"], "size": said["size"], "root": said["root"] })
}

/// Fetches and verifies a document. Gives what it proves, or the code it is refused with.
fn proved(scratch: &Scratch, what: &str, words: &[&str], key: &str) -> Result<Value, String> {
    let url = scratch.node.url.clone();
    let mut fetch = vec![what, "fetch"];
    fetch.extend(words);
    fetch.extend(["--node", &url, "--out", "document.json"]);
    let (code, text) = scratch.fundtrail(&fetch);
    assert_eq!(code, 0, "{words:?}: {text}");
    verified(scratch, what, key)
}

fn verified(scratch: &Scratch, what: &str, key: &str) -> Result<Value, String> {
    let verify = [what, "verify", "document.json", "--log-key", key, "--json"];
    let (code, text) = scratch.fundtrail(&verify);
    let found: Value =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
    match code {
        0 => Ok(found[what].clone()),
        1 => Err(found["code"].as_str().unwrap().to_owned()),
        other => panic!("{other}: {text}"),
    }
}

#[test]
fn a_sealed_period_is_proved_and_stays_as_it_is() {
    let scratch = Scratch::start();
    // Refuses a wrong root, a wrong height and a date in a sealed period on its way.
    scratch.play("period-seals.scn");
    let key = scratch.node.log_key().unwrap();

    // A seal with another root than the entries give is refused; so is one that something
    // was recorded after; the right one is recorded, and nothing is dated into its period.
    let body = next_seal(&scratch, "2022Q2");
    let mut wrong = body.clone();
    let root = body["root"].as_str().unwrap();
    let other = if root.starts_with('0') { "1" } else { "0" };
    wrong["root"] = json!(other.to_owned() + &root[1..]);
    let seal = |id: &str, body: &Value| {
        let body = body.clone();
        submit(&scratch, id, "period_seal", "2022-07-01", body, &HOUSE)
    };
    assert_eq!(seal("wrong-root", &wrong), refused("SEAL_ROOT"));
    let transfer = |id: &str, date: &str| {
        let body = json!({ "from": "main", "to": "at-a", "amount": "12.34" });
        submit(&scratch, id, "transfer", date, body, &HOUSE)
    };
    assert_eq!(transfer("in-time", "2022-06-30"), recorded());
    assert_eq!(seal("stale", &body), refused("SEAL_STALE"));
    let body = next_seal(&scratch, "2022Q2");
    assert_eq!(seal("seal-q2", &body), recorded());
    assert_eq!(
        transfer("backdated", "2022-06-30"),
        refused("PERIOD_SEALED")
    );
    assert_eq!(transfer("on-time", "2022-07-01"), recorded());

    // Both seals prove who was there and who was not, wherever the name stands.
    let sealed_at = body["size"].as_u64().unwrap();
    let list = get(&scratch, "/v1/seals");
    assert_eq!(list["items"][1]["entry"], json!(sealed_at));
    assert_eq!(list["items"][1]["root"], body["root"]);
    for period in ["2022Q1", "2022Q2"] {
        for (object, is_there) in [
            ("account:at-a", true),
            ("account:main", true),
            ("ledger", true),
            ("policy", true),
            ("party:bank-a", true),
            ("a", false),
            ("account:nobody", false),
            ("loan:L1", false),
            ("~", false),
        ] {
            let found = proved(&scratch, "seal", &[period, object], &key).unwrap();
            assert_eq!(
                found["present"].is_object(),
                is_there,
                "{object} in {period}"
            );
        }
    }
    let found = proved(&scratch, "seal", &["2022Q2", "account:at-a"], &key).unwrap();
    assert_eq!(found["present"]["balance"], "13.34");
    let found = proved(&scratch, "seal", &["2022Q1", "seal:2022Q1"], &key).unwrap();
    assert!(found["present"].is_null());
    let (code, text) = scratch.fundtrail(&[
        "seal",
        "fetch",
        "2021",
        "ledger",
        "--node",
        &scratch.node.url,
        "--out",
        "x",
    ]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("2021 is not sealed"), "{text}");

    // Statements rest on the newest seal, and say what is in the seal and after it.
    let found = proved(&scratch, "statement", &["account:at-a"], &key).unwrap();
    assert_eq!(found["balance"], "25.68");
    assert_eq!(
        found["seal"],
        json!({ "period": "2022Q2", "entry": sealed_at })
    );
    assert_eq!(found["newest_entry"], json!(sealed_at + 1));
    let found = proved(&scratch, "statement", &["account:nobody"], &key).unwrap();
    assert_eq!(
        (&found["revisions"], &found["balance"]),
        (&json!(0), &json!(null))
    );
    let size = sealed_at.to_string();
    let found = proved(
        &scratch,
        "statement",
        &["account:at-a", "--size", &size],
        &key,
    )
    .unwrap();
    assert_eq!(
        (&found["balance"], &found["seal"]["period"]),
        (&json!("13.34"), &json!("2022Q1"))
    );
    let (code, text) = scratch.fundtrail(&[
        "statement",
        "fetch",
        "ledger",
        "--node",
        &scratch.node.url,
        "--size",
        "99999",
    ]);
    assert_eq!(code, 2, "{text}");

    changed_files_are_refused(&scratch, &key);
}

fn changed_files_are_refused(scratch: &Scratch, key: &str) {
    proved(scratch, "statement", &["account:main"], key).unwrap();
    let file = scratch.folder().join("document.json");
    let whole: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let count = whole["items"].as_array().unwrap().len();
    let after = |change: &dyn Fn(&mut Value)| {
        let mut document = whole.clone();
        change(&mut document);
        fs::write(&file, document.to_string()).unwrap();
        verified(scratch, "statement", key).unwrap_err()
    };
    for at in 0..count {
        let dropped = after(&|document| {
            document["items"].as_array_mut().unwrap().remove(at);
        });
        let expected = if at + 1 == count { "TRUNCATED" } else { "GAP" };
        assert_eq!(dropped, expected);
    }
    let cut = after(&|document| {
        document["items"].as_array_mut().unwrap().pop();
        document["revisions"] = json!(count - 1);
        document["newest_entry"] = whole["items"][count - 2]["index"].clone();
    });
    assert_eq!(cut, "TRUNCATED");
    let swapped = after(&|document| document["items"].as_array_mut().unwrap().swap(0, 1));
    assert_eq!(swapped, "GAP");
    let entry = whole["items"][count - 1]["entry"].as_str().unwrap();
    assert!(entry.contains("12.34"));
    let more = entry.replace("12.34", "12.35");
    let altered = after(&|document| document["items"][count - 1]["entry"] = json!(more));
    assert_eq!(altered, "BALANCE");
    let open = after(&|document| document["completeness"] = Value::Null);
    assert_eq!(open, "OPEN_END");

    // In words: which entry, and what happened.
    let mut document = whole.clone();
    let dropped = document["items"].as_array_mut().unwrap().remove(1);
    fs::write(&file, document.to_string()).unwrap();
    let (code, text) =
        scratch.fundtrail(&["statement", "verify", "document.json", "--log-key", key]);
    assert_eq!(code, 1);
    let named = format!("entry {} came before it on account:main", dropped["index"]);
    assert!(text.contains(&named) && text.contains("dropped"), "{text}");
}

#[test]
fn every_object_of_two_years_has_a_statement_that_verifies() {
    let scratch = Scratch::start();
    scratch.play("two-years.scn");
    let key = scratch.node.log_key().unwrap();
    let accounts = get(&scratch, "/v1/accounts");
    let mut balances = 0;
    for account in accounts["items"].as_array().unwrap() {
        let id = account["account"].as_str().unwrap();
        let found = proved(&scratch, "statement", &[&format!("account:{id}")], &key).unwrap();
        assert_eq!(found["balance"], account["balance"], "{id}");
        balances += 1;
    }
    assert!(balances >= 4);
    for (list, member, name) in [
        ("/v1/loans", "loan", "loan"),
        ("/v1/borrowers", "borrower", "borrower"),
        ("/v1/claims", "claim", "claim"),
    ] {
        let listed = get(&scratch, list);
        for item in listed["items"].as_array().unwrap().iter().take(4) {
            let id = item[member]
                .as_str()
                .unwrap_or_else(|| panic!("{list}: {item}"));
            let found = proved(&scratch, "statement", &[&format!("{name}:{id}")], &key).unwrap();
            assert!(found["revisions"].as_u64() > Some(0), "{name}:{id}");
        }
    }
    let (code, text) =
        scratch.fundtrail(&["statement", "verify", "document.json", "--log-key", &key]);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("it rests on every entry of the ledger"),
        "{text}"
    );
}
