//! Every form in both languages: what it asks for makes a body that its kind takes, nothing
//! that the kind does not know, and nothing less than it needs.

use std::collections::BTreeMap;

use fundtrail_model::{MalformedCode, Transaction};
use fundtrail_regulation::{Body, Kind, particulars};
use serde_json::{Map, Value, json};

use crate::browser::look;
use crate::markup::{Element, Page};
use crate::played::{Who, console};

/// Kinds that are prepared with the tool.
const WITHOUT: [Kind; 11] = [
    Kind::Genesis,
    Kind::PolicyAdopt,
    Kind::CalendarAdopt,
    Kind::KeyEnrol,
    Kind::KeyRotate,
    Kind::ManagerAppoint,
    Kind::ManagerRemove,
    Kind::PartnerAdmit,
    Kind::LedgerRestore,
    Kind::Terminate,
    Kind::Distribute,
];

/// The kinds whose form has variants, and those.
const VARIANTS: [(Kind, &[&str]); 2] = [
    (
        Kind::LoanAmend,
        &[
            "extension",
            "acceleration",
            "pledge_registration",
            "cancellation",
        ],
    ),
    (Kind::FraudFinding, &["loan", "borrower", "partner"]),
];

/// Texts that the types of bodies take, by what a form says of its field.
#[derive(Debug)]
struct Field {
    name: String,
    is_required: bool,
    value: Value,
}

/// Every address of a form.
fn addresses() -> Vec<(Kind, String)> {
    let mut found = Vec::new();
    for kind in Kind::ALL.iter().filter(|kind| !WITHOUT.contains(kind)) {
        let variants = VARIANTS
            .iter()
            .find(|(own, _)| own == kind)
            .map_or(&[""][..], |row| row.1);
        for variant in variants {
            found.push((
                *kind,
                format!("/work/new/{}?variant={variant}", kind.name()),
            ));
        }
    }
    found
}

/// The form of a page, as `work.js` reads it: its fields in order.
fn fields(address: &str, lang: &str) -> Vec<Field> {
    let reply = look(
        &console(),
        &format!("{address}&lang={lang}"),
        Who::Office.token().as_deref(),
    );
    assert_eq!(reply.status, 200, "{address}");
    let page = Page::read(reply.text()).unwrap_or_else(|what| panic!("{address}: {what}"));
    assert_eq!(page.problems(), [""; 0], "{address}");
    let form = page
        .all("form")
        .find(|form| form.attribute("id") == Some("work"))
        .unwrap();
    let kind = form.attribute("data-kind").unwrap();
    assert!(
        address.starts_with(&format!("/work/new/{kind}?")),
        "{address}"
    );
    for wanted in [
        "work-keep",
        "work-status",
        "work-refusals",
        "work-missing",
        "work-says",
    ] {
        assert!(
            page.elements
                .iter()
                .any(|one| one.attribute("id") == Some(wanted)),
            "{address}: {wanted}"
        );
    }
    // A member without a name in the page's language would be shown by its wire name.
    let is_han = |text: &str| {
        text.chars()
            .any(|one| ('\u{4e00}'..='\u{9fff}').contains(&one))
    };
    for place in page
        .all("label")
        .chain(page.all("legend"))
        .chain(page.all("option"))
    {
        let is_of_ledger =
            place.name == "option" && place.begins == place.attribute("value").unwrap_or_default();
        let called = place.begins.trim();
        if !is_of_ledger && !called.contains(" · ") {
            assert_eq!(is_han(called), lang == "zh", "{address}: {called}");
            assert!(!called.contains('_'), "{address}: {called}");
        }
    }
    let mut found = Vec::new();
    for (at, element) in page.elements.iter().enumerate() {
        let is_field = ["input", "select"].contains(&element.name.as_str());
        let Some(name) = element.attribute("name").filter(|_| is_field) else {
            continue;
        };
        let is_placed = name.starts_with("body.") || name.starts_with("sealed.");
        assert!(
            is_placed || ["date", "id"].contains(&name),
            "{address}: {name}"
        );
        let id = element.attribute("id");
        assert!(
            element.attribute("type") == Some("hidden")
                || page.all("label").any(|label| label.attribute("for") == id),
            "{name} has no label"
        );
        if let Some(help) = element.attribute("aria-describedby") {
            let place = page
                .elements
                .iter()
                .find(|one| one.attribute("id") == Some(help))
                .unwrap();
            assert!(
                !place.begins.trim().is_empty(),
                "{name}: {help} says nothing"
            );
        }
        if is_placed && element.attribute("type") != Some("hidden") {
            let error = page
                .elements
                .iter()
                .any(|one| one.attribute("data-error") == Some(name));
            assert!(error, "{name} has no place for what is wrong with it");
        }
        found.push(Field {
            name: name.to_owned(),
            is_required: element.attribute("required").is_some(),
            value: sample(name, element, &page.elements[at + 1..]),
        });
    }
    found
}

/// Something that the field would take.
fn sample(name: &str, element: &Element, after: &[Element]) -> Value {
    let pattern = element.attribute("pattern").unwrap_or_default();
    let options = after.iter().take_while(|one| one.name == "option");
    let mut options = options
        .filter_map(|one| one.attribute("value"))
        .filter(|value| !value.is_empty());
    match (
        element.name.as_str(),
        element.attribute("type").unwrap_or_default(),
    ) {
        ("select", _) => json!(
            options
                .next()
                .unwrap_or_else(|| panic!("{name} offers nothing"))
        ),
        (_, "hidden") => json!(element.attribute("value").unwrap()),
        (_, "checkbox") => json!(false),
        (_, "date") => json!("2022-08-31"),
        (_, "file") => json!("5".repeat(64)),
        (_, "number") => json!(element.attribute("min").unwrap().parse::<u64>().unwrap()),
        _ if element.attribute("data-type") == Some("amount") => json!("0.00"),
        _ if name.starts_with("sealed.") => json!("text"),
        _ if pattern == "[0-9a-f]{64}" => json!("5".repeat(64)),
        _ if pattern == "[0-9a-f]{32}" => json!("5".repeat(32)),
        _ if pattern == "[0-9]{6}" => json!("150200"),
        _ if pattern.starts_with("[0-9]{4}(H") => json!("2022Q3"),
        _ if pattern.starts_with("[0-9]{4}-") => json!("2022-08-31T10:00:00+08:00"),
        _ if pattern.starts_with("[A-Za-z0-9]") => json!("X-1"),
        _ => panic!("{name}: what does it take? {element:?}"),
    }
}

/// The body that fields make, as `canonical.js` makes it: `a.0.b` is a member of an item of a
/// list.
fn body_of<'a>(fields: impl Iterator<Item = &'a Field>) -> Value {
    let mut body = Value::Object(Map::new());
    for field in fields {
        let Some(path) = field.name.strip_prefix("body.") else {
            continue;
        };
        let names: Vec<&str> = path.split('.').collect();
        let mut place = &mut body;
        for name in &names {
            place = match name.parse::<usize>() {
                Ok(number) => {
                    if place.is_null() {
                        *place = Value::Array(Vec::new());
                    }
                    let items = place.as_array_mut().unwrap();
                    assert!(number <= items.len(), "{path}");
                    if number == items.len() {
                        items.push(Value::Null);
                    }
                    &mut items[number]
                }
                Err(_) => {
                    if place.is_null() {
                        *place = Value::Object(Map::new());
                    }
                    place
                        .as_object_mut()
                        .unwrap()
                        .entry(*name)
                        .or_insert(Value::Null)
                }
            };
        }
        *place = field.value.clone();
    }
    body
}

/// A transaction of these fields, read as its kind; amounts are 0, so that what adds up does,
/// and rows of due dates count on.
fn read(kind: Kind, fields: &[&Field]) -> Result<(Transaction, Body), MalformedCode> {
    let mut body = body_of(fields.iter().copied());
    agree(kind, &mut body);
    let sealed: BTreeMap<&str, String> = fields
        .iter()
        .filter_map(|field| Some((field.name.strip_prefix("sealed.")?, "A".repeat(43))))
        .collect();
    let mut text = json!({ "ledger": "fundtrail.example/console", "id": "t-1", "kind": kind.name(), "date": "2022-09-01", "body": body });
    if !sealed.is_empty() {
        text["sealed"] = json!(sealed);
    }
    let transaction =
        Transaction::parse(text.to_string().as_bytes()).map_err(|error| error.code)?;
    let body = Body::parse(&transaction).map_err(|error| error.code)?;
    particulars::check_names(&transaction, &body).map_err(|error| error.code)?;
    Ok((transaction, body))
}

/// What a kind checks beyond its types: made to agree, wherever it is there.
fn agree(kind: Kind, body: &mut Value) {
    if kind == Kind::LoanEnrol {
        let due = body.pointer_mut("/due").and_then(Value::as_array_mut);
        let mut total = 0;
        for (at, instalment) in due.into_iter().flatten().enumerate() {
            if instalment.get("amount").is_some() && instalment.get("due_on").is_some() {
                *instalment =
                    json!({ "due_on": format!("2023-{:02}-01", at + 1), "amount": "1.00" });
                total += 1;
            }
        }
        if body.get("total").is_some() {
            body["total"] = json!(format!("{total}.00"));
        }
        let pledges = body.pointer_mut("/pledges").and_then(Value::as_array_mut);
        for pledge in pledges.into_iter().flatten() {
            if pledge.get("class").is_some() && pledge.get("kind").is_some() {
                pledge["kind"] = json!("trademark");
            }
        }
    }
    let borne = body.pointer_mut("/borne").and_then(Value::as_array_mut);
    for (at, share) in borne.into_iter().flatten().enumerate() {
        share["party"] = json!(format!("party-{at}"));
    }
}

#[test]
fn every_kind_has_a_form_or_is_left_to_the_tool() {
    let token = Who::Office.token();
    for kind in Kind::ALL {
        let reply = look(
            &console(),
            &format!("/work/new/{}", kind.name()),
            token.as_deref(),
        );
        let wanted = if WITHOUT.contains(kind) { 404 } else { 200 };
        assert_eq!(reply.status, wanted, "{}", kind.name());
    }
    for odd in ["nothing", "Claim_submit", "claim_submit%20", ".."] {
        let reply = look(&console(), &format!("/work/new/{odd}"), token.as_deref());
        assert!(
            reply.status == 404 || reply.status == 400,
            "{odd}: {}",
            reply.status
        );
    }
}

#[test]
fn a_form_asks_for_all_that_its_kind_knows_and_for_nothing_else() {
    for (kind, address) in addresses() {
        for lang in ["zh", "en"] {
            let all = fields(&address, lang);
            let everything: Vec<&Field> = all.iter().collect();
            assert!(
                read(kind, &everything).is_ok(),
                "{address}: {:?} {everything:#?}",
                read(kind, &everything).err()
            );
            let required: Vec<&Field> = all
                .iter()
                .filter(|field| field.is_required || needed(field))
                .collect();
            assert!(
                read(kind, &required).is_ok(),
                "{address}: {:?} {required:#?}",
                read(kind, &required).err()
            );
        }
    }
}

/// What stands in the body although nobody has to fill it in: ticks and what is always so.
fn needed(field: &Field) -> bool {
    field.name.starts_with("body.") && (field.value.is_boolean() || field.name.ends_with(".type"))
}

#[test]
fn what_a_form_requires_is_what_the_kind_requires() {
    let mut dropped = 0;
    for (kind, address) in addresses() {
        let all = fields(&address, "en");
        let required: Vec<&Field> = all
            .iter()
            .filter(|field| field.is_required || needed(field))
            .collect();
        for left_out in required.iter().filter(|field| field.is_required) {
            if !left_out.name.contains('.') {
                continue;
            }
            let rest: Vec<&Field> = required
                .iter()
                .copied()
                .filter(|field| field.name != left_out.name)
                .collect();
            let code = read(kind, &rest)
                .err()
                .unwrap_or_else(|| panic!("{address}: {} need not be there", left_out.name));
            let expected = if left_out.name.starts_with("sealed.") {
                MalformedCode::SealedMissing
            } else {
                MalformedCode::MissingMember
            };
            assert_eq!(code, expected, "{address}: without {}", left_out.name);
            dropped += 1;
        }
    }
    assert!(dropped > 100, "{dropped}");
}

#[test]
fn this_test_would_see_a_field_that_the_kind_does_not_know() {
    let field = |name: &str, value: Value| Field {
        name: name.into(),
        is_required: true,
        value,
    };
    let claim = field("body.claim", json!("K-1"));
    let decision = field("body.decision", json!("5".repeat(64)));
    let stray = field("body.stray", json!("x"));
    let sealed = field("sealed.stray", json!("x"));
    let kind = Kind::ClaimReject;
    assert!(read(kind, &[&claim, &decision]).is_ok());
    assert_eq!(
        read(kind, &[&claim]).err(),
        Some(MalformedCode::MissingMember)
    );
    assert_eq!(
        read(kind, &[&claim, &decision, &stray]).err(),
        Some(MalformedCode::UnknownMember)
    );
    assert_eq!(
        read(kind, &[&claim, &decision, &sealed]).err(),
        Some(MalformedCode::SealedUnknown)
    );
}
