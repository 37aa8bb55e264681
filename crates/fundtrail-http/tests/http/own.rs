//! What a bank is shown holds nothing of another bank, wherever it looks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::client::Reply;
use crate::roles::Site;

/// Everything that only bank-b and bank-c have, as it would stand in an answer.
fn of_others(site: &Site) -> Vec<String> {
    let mut words: Vec<String> = ["bank-b", "bank-c", "guarantor", "O-B3"]
        .iter()
        .map(|word| (*word).to_owned())
        .collect();
    for (path, member, by) in [
        ("/v1/loans", "loan", "bank"),
        ("/v1/claims", "claim", "claimant"),
        ("/v1/recoveries", "recovery", "collector"),
    ] {
        for item in items(&site.server.get(&format!("{path}?limit=1000"))) {
            if item[by] != "bank-a" {
                words.push(item[member].as_str().unwrap().to_owned());
            }
        }
    }
    let own: Vec<Value> = items(&site.server.get("/v1/loans?bank=bank-a"));
    for loan in items(&site.server.get("/v1/loans?limit=1000")) {
        if own.iter().all(|one| one["borrower"] != loan["borrower"]) {
            words.push(loan["borrower"].as_str().unwrap().to_owned());
        }
    }
    words
}

fn items(reply: &Reply) -> Vec<Value> {
    reply.json()["items"].as_array().unwrap().clone()
}

/// Whether a word stands in a text by itself: `B1` is not in `K-B1-B`.
fn has(text: &str, word: &str) -> bool {
    let is_part =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    text.match_indices(word).any(|(at, _)| {
        let bytes = text.as_bytes();
        !is_part(at.checked_sub(1).and_then(|before| bytes.get(before)))
            && !is_part(bytes.get(at + word.len()))
    })
}

/// An answer as it reads: what stands in base64 is opened, and left out where it is no text,
/// such as signatures, in which any two letters may stand.
fn readable(reply: &Reply) -> String {
    opened(reply.text())
}

fn opened(text: &str) -> String {
    let is_base64 = |byte: char| byte.is_ascii_alphanumeric() || ['+', '/', '='].contains(&byte);
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let lines = text.replace("\\n", "\n");
    let mut out = String::new();
    for part in lines.split_inclusive(|byte: char| !is_base64(byte)) {
        let end = part.trim_end_matches(is_base64).len();
        let (part, separator) = match part.char_indices().next_back() {
            Some((at, last)) if end == part.len() => (&part[..at], last),
            _ => (part, ' '),
        };
        let bytes = if part.len() > 40 && !is_hex(part) {
            STANDARD.decode(part).ok()
        } else {
            None
        };
        match bytes.map(String::from_utf8) {
            Some(Ok(inner)) => out += &opened(&inner),
            Some(Err(_)) => {}
            None => out += part,
        }
        out.push(separator);
    }
    out
}

#[test]
fn a_bank_sees_its_own_and_nothing_of_another() {
    let site = Site::new();
    let words = of_others(&site);
    assert!(words.len() > 25, "{words:?}");
    let bank = fundtrail_scenario::key("bank-a/maker");
    let ask = |path: &str| site.server.ask("GET", path, Some(&bank));
    let look = |path: &str| {
        let reply = ask(path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        let text = readable(&reply);
        for word in &words {
            assert!(!has(&text, word), "{word} in {path}: {text}");
        }
        reply
    };
    // The test finds what is there: for the office, every word is somewhere.
    let all = readable(&site.server.get("/v1/entries?limit=1000"));
    for word in &words {
        assert!(has(&all, word), "{word}");
    }

    for (path, count) in [
        ("/v1/accounts", 2),
        ("/v1/partners", 1),
        ("/v1/borrowers", 7),
        ("/v1/loans", 8),
        ("/v1/claims", 3),
        ("/v1/recoveries", 4),
    ] {
        assert_eq!(items(&look(path)).len(), count, "{path}");
    }
    assert!(items(&look("/v1/alerts")).len() > 3);
    look("/v1/fund");
    look("/v1/fund");

    // Pages: each a row, none of another's, and none lost.
    let (mut seen, mut path) = (Vec::new(), "/v1/loans?limit=1".to_owned());
    loop {
        let page = look(&path).json();
        let items = page["items"].as_array().unwrap();
        seen.extend(
            items
                .iter()
                .map(|loan| loan["loan"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("/v1/loans?limit=1&cursor={next}");
    }
    assert_eq!(seen, ["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8"]);

    // Every entry: read, or refused; never half.
    let size = site.server.get("/v1/fund").json()["size"].as_u64().unwrap();
    let mut own = 0;
    for index in 0..size {
        let path = format!("/v1/entries/{index}");
        let reply = ask(&path);
        if reply.status == 403 {
            reply.problem(403, "FORBIDDEN", &path);
            continue;
        }
        own += 1;
        let entry = site.server.get(&path).json()["entry"].to_string();
        // Money that moves between accounts of the fund names both of them, and who keeps
        // one of them reads it.
        if !entry.contains("distribute") {
            look(&path);
        }
    }
    assert!((30..size / 2).contains(&own), "{own} of {size}");

    for object in [
        "loan:A1",
        "claim:K-A1",
        "recovery:R-A2-1",
        "party:bank-a",
        "account:main",
        "account:at-a",
    ] {
        let path = format!("/v1/statements/{object}");
        let statement = look(&path).json();
        assert!(!statement["items"].as_array().unwrap().is_empty(), "{path}");
        assert_eq!(statement["completeness"], Value::Null, "{path}");
    }
    // The account from which others were paid too: their payments are not in it.
    let whole = site.server.get("/v1/statements/account:at-a").json();
    let own = ask("/v1/statements/account:at-a").json();
    let count = |statement: &Value| statement["items"].as_array().unwrap().len();
    assert!(count(&own) < count(&whole));
}

#[test]
fn a_statement_right_after_a_seal_is_complete_for_its_owner_too() {
    let mut site = Site::new();
    site.play("2024-04-01 period_seal period=2023 size=now:size root=now:root => recorded");
    let size = site.server.get("/v1/fund").json()["size"].as_u64().unwrap();
    site.play("2024-04-01 key_revoke key=keyid:bank-b/maker by=bank-b/checker => recorded");
    let bank = fundtrail_scenario::key("bank-a/maker");
    let ask = |path: &str| site.server.ask("GET", path, Some(&bank));
    let path = format!("/v1/statements/loan:A1?size={size}");
    let own = ask(&path);
    assert_eq!(own.body, site.server.get(&path).body);
    let policy = crate::statements::policy();
    let proved = fundtrail_audit::verify_statement(&own.body, &policy).unwrap();
    assert_eq!(proved.object, "loan:A1");
    // Later, and earlier, the tail tells of others.
    for path in [
        "/v1/statements/loan:A1".to_owned(),
        format!("/v1/statements/loan:A1?size={}&complete=true", size - 1),
    ] {
        assert_eq!(ask(&path).json()["completeness"], Value::Null, "{path}");
        assert!(!site.server.get(&path).json()["completeness"].is_null());
    }
    // What the seal does not have is proved by its neighbours: not to a bank.
    let absent = "/v1/seals/2023?object=loan:A9";
    ask(absent).problem(403, "FORBIDDEN", "/v1/seals/2023");
    assert_eq!(site.server.get(absent).status, 200);
}

#[test]
fn the_public_reads_totals_and_no_names() {
    let site = Site::new();
    let anybody = site.server.ask("GET", "/v1/fund", None);
    let (public, whole) = (anybody.json(), site.server.get("/v1/fund").json());
    assert_eq!(public["accounts"], serde_json::json!([]));
    assert_eq!(whole["accounts"].as_array().unwrap().len(), 4);
    assert_eq!(public["totals"], whole["totals"]);
    assert_eq!(public["balance"], whole["balance"]);
    for word in [
        "bank-a",
        "bank-b",
        "bank-c",
        "at-a",
        "main",
        "guarantor",
        "insurer",
    ] {
        assert!(!has(anybody.text(), word), "{word}: {}", anybody.text());
    }
}

#[test]
fn what_a_borrower_was_paid_at_another_bank_is_not_shown() {
    let site = Site::new();
    let borrower = site.server.get("/v1/loans/B1").json()["borrower"].clone();
    let path = format!("/v1/borrowers/{}", borrower.as_str().unwrap());
    let paid = |site: &Site, name: &str| {
        let key = fundtrail_scenario::key(name);
        site.server.ask("GET", &path, Some(&key)).json()["compensated"].clone()
    };
    assert_eq!(paid(&site, "OFF"), "900000.00");
    assert_eq!(paid(&site, "bank-b/maker"), "900000.00");
    // A loan of the same enterprise at another bank, by hand: the fund takes none any more.
    let mut loan = site.server.get("/v1/loans/B1").json();
    loan["loan"] = "A9".into();
    loan["bank"] = "bank-a".into();
    loan["compensated"] = "0.00".into();
    crate::records::put(
        &site.server,
        fundtrail_model::port::Table::Loans,
        "A9",
        &loan,
    );
    let row = format!("bank-a\0{}\0A9", borrower.as_str().unwrap());
    let table = fundtrail_model::port::Table::BankLoans;
    site.server.put_row(table, row.into_bytes(), Vec::new());
    assert_eq!(paid(&site, "bank-a/maker"), "0.00");
    assert_eq!(paid(&site, "bank-b/maker"), "900000.00");
    assert_eq!(paid(&site, "OFF"), "900000.00");
}
