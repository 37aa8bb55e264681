//! Drafts: who finds one where, and what its page gives to whoever may sign it.

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fundtrail_scenario::key;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::browser::{Reply, ask, look};
use crate::markup::{Element, Page};
use crate::played::{ORIGIN, Who, api, console, now, token};

/// Sends to the API as the bank.
fn send(method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
    let bearer = format!("Bearer {}", Who::Bank.token().unwrap());
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let reply = ask(&api(), method, path, &headers, &body.to_string());
    (reply.status, serde_json::from_slice(&reply.body).unwrap())
}

/// Keeps a draft of the bank's, with what it seals.
fn post(id: &str, kind: &str, body: &Value, particulars: &[(&str, &str)]) -> Vec<u8> {
    let mut transaction =
        json!({ "ledger": ORIGIN, "id": id, "kind": kind, "date": "2023-06-01", "body": body });
    let mut disclosures = Vec::new();
    for (name, value) in particulars {
        let salt = URL_SAFE_NO_PAD.encode([7; 16]);
        let text = URL_SAFE_NO_PAD.encode(json!([salt, name, value]).to_string());
        transaction["sealed"][name] = json!(URL_SAFE_NO_PAD.encode(Sha256::digest(&text)));
        disclosures.push(text);
    }
    let payload = transaction.to_string().into_bytes();
    let submission = json!({
        "payload": STANDARD.encode(&payload),
        "payloadType": "application/vnd.fundtrail.transaction+json",
        "signatures": [],
        "disclosures": disclosures,
    });
    let (status, answer) = send(Method::POST, "/v1/drafts", &submission);
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    payload
}

fn recovery(id: &str) -> Value {
    json!({ "recovery": id, "loan": "A1", "collector": "bank-a", "received_on": "2023-05-30", "amount": "1234.50" })
}

fn page(reply: &Reply) -> Page {
    assert_eq!(reply.status, 200);
    let page = Page::read(reply.text()).unwrap();
    assert_eq!(page.problems(), [""; 0]);
    page
}

fn by_id<'a>(page: &'a Page, id: &str) -> Option<&'a Element> {
    page.elements
        .iter()
        .find(|element| element.attribute("id") == Some(id))
}

/// The id of the section in which a link stands.
fn section_of<'a>(page: &'a Page, href: &str) -> Option<&'a str> {
    let at = page
        .elements
        .iter()
        .position(|one| one.attribute("href") == Some(href))?;
    page.elements[..at]
        .iter()
        .rev()
        .find(|one| one.name == "section")?
        .attribute("id")
}

#[test]
fn a_draft_is_found_by_whom_it_waits_for() {
    post("draft-found", "recovery_report", &recovery("R-found"), &[]);
    let shown = |who: Who| page(&look(&console(), "/work", who.token().as_deref()));
    assert_eq!(
        section_of(&shown(Who::Bank), "/work/draft-found"),
        Some("work-waiting")
    );
    assert_eq!(
        section_of(&shown(Who::Office), "/work/draft-found"),
        Some("work-others")
    );
    // Another bank neither sees it in its list nor at its address.
    let other = token(&key("bank-b/maker"), now(), 600);
    let list = look(&console(), "/work", Some(&other));
    assert_eq!(section_of(&page(&list), "/work/draft-found"), None);
    assert_ne!(
        look(&console(), "/work/draft-found", Some(&other)).status,
        200
    );
    assert_eq!(look(&console(), "/work", None).status, 401);
    assert_eq!(look(&console(), "/work/draft-found", None).status, 401);
    let (status, _) = send(Method::DELETE, "/v1/drafts/draft-found", &json!({}));
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        section_of(&shown(Who::Bank), "/work/draft-found"),
        Some("work-ended")
    );
}

/// 30 % of 1,234.50 is 370.35 (Art. 16), due on the 15th working day after 30 May 2023:
/// 31 May, 1 and 2 June are three, 5 to 9 June five, 12 to 16 June five, 19 and 20 June two.
#[test]
fn a_draft_that_passes_shows_what_would_follow() {
    post(
        "draft-foretold",
        "recovery_report",
        &recovery("R-foretold"),
        &[],
    );
    for (lang, kind) in [("zh", "追偿款返还"), ("en", "Return of a recovery")] {
        let reply = look(
            &console(),
            &format!("/work/draft-foretold?lang={lang}"),
            Who::Bank.token().as_deref(),
        );
        let own = page(&reply);
        let verdict = by_id(&own, "work-verdict").unwrap();
        assert_eq!(verdict.attribute("data-passes"), Some("true"));
        let (_, after) = reply.text().split_once("id=\"work-prospect\"").unwrap();
        for expected in [
            "1,234.50",
            "data-owed=\"recovery_return\"",
            kind,
            "370.35",
            "2023-06-20",
        ] {
            assert!(after.contains(expected), "{expected}: {after}");
        }
    }
    // What does not pass brings nothing.
    let mut of_nothing = recovery("R-nothing");
    of_nothing["loan"] = json!("no-such");
    post("draft-nothing", "recovery_report", &of_nothing, &[]);
    let reply = look(
        &console(),
        "/work/draft-nothing",
        Who::Bank.token().as_deref(),
    );
    let own = page(&reply);
    let verdict = by_id(&own, "work-verdict").unwrap();
    assert_eq!(verdict.attribute("data-passes"), Some("false"));
    assert!(by_id(&own, "work-prospect").is_none());
}

#[test]
fn a_draft_shows_the_bytes_and_lets_only_its_signer_sign() {
    let payload = post("draft-shown", "recovery_report", &recovery("R-shown"), &[]);
    let (_, answer) = send(Method::GET, "/v1/drafts/draft-shown", &json!({}));
    for lang in ["zh", "en"] {
        let reply = look(
            &console(),
            &format!("/work/draft-shown?lang={lang}"),
            Who::Bank.token().as_deref(),
        );
        let own = page(&reply);
        let section = by_id(&own, "work-draft").unwrap();
        assert_eq!(section.attribute("data-draft"), Some("draft-shown"));
        assert_eq!(
            section.attribute("data-payload"),
            Some(STANDARD.encode(&payload).as_str())
        );
        let sign = by_id(&own, "work-sign").unwrap();
        // Enabled by the script alone, once it has shown the bytes that it signs.
        assert!(sign.attribute("disabled").is_some() && sign.attribute("hidden").is_none());
        assert!(by_id(&own, "work-agreed").is_some() && by_id(&own, "work-withdraw").is_some());
        assert_eq!(
            by_id(&own, "work-state").unwrap().attribute("data-state"),
            Some("open")
        );
        let passes = answer["verdict"]["passes"].as_bool().unwrap().to_string();
        assert_eq!(
            by_id(&own, "work-verdict")
                .unwrap()
                .attribute("data-passes"),
            Some(passes.as_str())
        );
        let says = if lang == "zh" { "zh" } else { "en" };
        for refusal in answer["verdict"]["refusals"].as_array().unwrap() {
            assert!(
                reply
                    .text()
                    .contains(refusal["message"][says].as_str().unwrap())
            );
        }
        assert!(
            reply
                .text()
                .contains(answer["missing"][0][says].as_str().unwrap())
        );
        assert!(reply.text().contains(">1,234.50</data>"));
    }
    let office = page(&look(
        &console(),
        "/work/draft-shown",
        Who::Office.token().as_deref(),
    ));
    assert!(
        by_id(&office, "work-sign")
            .unwrap()
            .attribute("hidden")
            .is_some()
    );
    assert!(by_id(&office, "work-agreed").is_none() && by_id(&office, "work-withdraw").is_none());
    assert_ne!(
        look(
            &console(),
            "/work/no-such-draft",
            Who::Office.token().as_deref()
        )
        .status,
        200
    );
}

#[test]
fn what_is_sealed_is_shown_to_whom_the_api_shows_it() {
    let body = json!({
        "borrower": "5".repeat(64), "registered_on": "2020-01-01", "registered_division": "150200",
        "legal_person": true, "sme": true, "evidence": "5".repeat(64),
    });
    let name = "<b>某科技公司</b>";
    post(
        "draft-sealed",
        "borrower_register",
        &body,
        &[("name", name), ("credit_code", "91150200MA0N00000X")],
    );
    let shown = name.replace('<', "&lt;").replace('>', "&gt;");
    for who in [Who::Bank, Who::Office] {
        let bearer = format!("Bearer {}", who.token().unwrap());
        let answer = ask(
            &api(),
            Method::GET,
            "/v1/drafts/draft-sealed",
            &[("authorization", &bearer)],
            "",
        );
        let answer: Value = serde_json::from_slice(&answer.body).unwrap();
        let reply = look(&console(), "/work/draft-sealed", who.token().as_deref());
        page(&reply);
        assert_eq!(
            reply.text().contains(&shown),
            !answer["disclosures"].is_null(),
            "{who:?}"
        );
        assert!(!reply.text().contains(name));
    }
    let own = look(
        &console(),
        "/work/draft-sealed",
        Who::Bank.token().as_deref(),
    );
    assert!(
        own.text().contains(&shown),
        "whoever posted it sees what they sealed"
    );
}
