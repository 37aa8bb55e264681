//! JSON, transactions, bodies and the texts inside them.

use fundtrail_kernel::admission::open_envelope;
use fundtrail_model::{
    Amount, Day, DisclosureDigest, DocumentDigest, Envelope, Id, KeyId, Malformed, MalformedCode,
    Moment, Tag, json as rules,
};
use fundtrail_regulation::Kind;
use fundtrail_regulation::alerts::ALERTS;
use fundtrail_regulation::period::Period;
use fundtrail_regulation::seal::SealBalance;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::site::{ORIGIN, paper};
use crate::support::{Case, outcome, read, read_json, run, verdict};

pub(crate) const FILES: &[&str] = &[
    "json.json",
    "transactions.json",
    "kinds.json",
    "policies.json",
    "calendars.json",
    "amounts.json",
    "dates.json",
    "times.json",
    "names.json",
];

#[test]
fn json() {
    run("json.json", |_, case| {
        verdict(rules::check(&case.bytes()).map_err(code))
    });
}

#[test]
fn transactions() {
    run("transactions.json", |_, case| {
        let envelope = Envelope {
            payload: case.bytes(),
            signatures: Vec::new(),
        };
        let opened = open_envelope(&envelope, ORIGIN).map_err(|found| found.code.as_str());
        outcome(opened.map(|(transaction, _)| {
            json!({
                "id": transaction.id, "kind": transaction.kind, "date": transaction.date,
            })
        }))
    });
}

#[test]
fn kinds() {
    run("kinds.json", |_, case| {
        let sealed = case
            .get("sealed")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let names = sealed.iter().map(|name| name.as_str().expect("a name"));
        body(case.text("kind"), case.need("body"), names)
    });
}

/// Every kind has a body that is well formed, and one with a member too many.
#[test]
fn every_kind_is_tried() {
    let cases = read_json("kinds.json");
    let cases = cases["cases"].as_array().expect("cases");
    for kind in Kind::ALL {
        for expected in ["ok", "UNKNOWN_MEMBER"] {
            let tried = cases
                .iter()
                .any(|case| case["kind"] == kind.name() && case["expect"] == expected);
            assert!(tried, "{}: no case expects {expected}", kind.name());
        }
    }
}

/// The page that strangers read knows every kind, every member of its body, and every code.
#[test]
fn the_format_page_is_complete() {
    let page = read("../../docs/FORMAT.md");
    let cases = read_json("kinds.json");
    for case in cases["cases"].as_array().expect("cases") {
        if case["expect"] != "ok" {
            continue;
        }
        let kind = case["kind"].as_str().expect("a kind");
        let (_, section) = page
            .split_once(&format!("#### `{kind}` "))
            .expect("a section");
        let section = section.split("\n###").next().unwrap_or_default();
        for member in case["body"].as_object().expect("an object").keys() {
            assert!(
                section.contains(&format!("| `{member}` |")),
                "{kind}: {member}"
            );
        }
    }
    let codes = MalformedCode::ALL.iter().map(|code| code.as_str());
    for code in codes.chain(ALERTS.iter().map(|alert| alert.code)) {
        assert!(page.contains(&format!("| `{code}` |")), "{code}");
    }
}

#[test]
fn policies() {
    run("policies.json", |_, case| {
        let mut policy = read_json("policy.json");
        for change in case.list("changes") {
            let path = change["at"].as_str().expect("a pointer");
            let (parent, member) = path.rsplit_once('/').expect("a pointer");
            let parent = policy.pointer_mut(parent).expect("a place").as_object_mut();
            let parent = parent.expect("an object");
            match change.get("to") {
                Some(value) => parent.insert(member.to_owned(), value.clone()),
                None => parent.remove(member),
            };
        }
        let adopt = json!({
            "applies_from": "2021-12-23", "text": paper("measure"), "decision": paper("decision"),
            "policy": policy,
        });
        body("policy_adopt", &adopt, [].into_iter())
    });
}

#[test]
fn calendars() {
    run("calendars.json", |_, case| {
        let adopt = json!({ "calendar": "cn-state-council", "years": case.need("years") });
        body("calendar_adopt", &adopt, [].into_iter())
    });
}

#[test]
fn amounts() {
    run("amounts.json", |_, case| {
        match case.get("written_by_the_ledger") {
            Some(_) => value::<SealBalance>(case),
            None => value::<Amount>(case),
        }
    });
}

#[test]
fn dates() {
    run("dates.json", |_, case| value::<Day>(case));
}

#[test]
fn times() {
    run("times.json", |_, case| {
        let moment = parse::<Moment>(case.text("json"));
        outcome(
            moment
                .map_err(code)
                .map(|moment| json!({ "utc": moment, "day": moment.day() })),
        )
    });
}

#[test]
fn names() {
    run("names.json", |_, case| match case.text("form") {
        "id" => value::<Id>(case),
        "document" => value::<DocumentDigest>(case),
        "tag" => value::<Tag>(case),
        "sealed" => value::<DisclosureDigest>(case),
        "keyid" => value::<KeyId>(case),
        "period" => value::<Period>(case),
        other => panic!("no such form: {other}"),
    });
}

/// What comes of a body whose frame is in order.
fn body<'a>(kind: &str, body: &Value, sealed: impl Iterator<Item = &'a str>) -> Value {
    let digest = json!("A".repeat(43));
    let sealed: Map<String, Value> = sealed
        .map(|name| (name.to_owned(), digest.clone()))
        .collect();
    let transaction = json!({
        "ledger": ORIGIN, "id": "x", "kind": kind, "date": "2022-09-01", "body": body,
        "sealed": sealed,
    });
    let payload = transaction.to_string().into_bytes();
    let envelope = Envelope {
        payload,
        signatures: Vec::new(),
    };
    verdict(open_envelope(&envelope, ORIGIN).map_err(|found| found.code.as_str()))
}

/// The one text that a value is written back as.
fn value<T: DeserializeOwned + Serialize>(case: &Case<'_>) -> Value {
    outcome(
        parse::<T>(case.text("json"))
            .map_err(code)
            .map(|value| json!(value)),
    )
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Malformed> {
    rules::check(text.as_bytes())?;
    serde_json::from_str(text).map_err(|error| Malformed::from_json(&error))
}

fn code(malformed: Malformed) -> &'static str {
    malformed.code.as_str()
}
