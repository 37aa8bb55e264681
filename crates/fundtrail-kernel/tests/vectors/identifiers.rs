//! Identifiers inside sealed particulars: normal forms and check characters.

use fundtrail_regulation::identifier::{self, Format, credit_code};
use serde_json::{Value, json};

use crate::support::{Case, outcome, run};

pub(crate) const FILES: &[&str] = &["identifiers.json"];

#[test]
fn identifiers() {
    run("identifiers.json", |_, case| {
        let value = case.text("value");
        let normal = identifier::check(&format_of(case), value).map_err(|error| error.code());
        outcome(normal.map(|normal| {
            let second = match case.text("format") {
                "credit_code" => credit_code::check(value).ok(),
                _ => None,
            };
            match second {
                Some(code) => json!({
                    "normal": normal, "organisation_check": code.organisation_check_holds(),
                }),
                None => json!({ "normal": normal }),
            }
        }))
    });
}

fn format_of(case: &Case<'_>) -> Format {
    let class = case
        .get("class")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    match case.text("format") {
        "credit_code" => Format::CreditCode,
        "patent" => Format::Patent,
        "trademark" => Format::Trademark {
            class: u8::try_from(class).expect("a small number"),
        },
        "cnaps" => Format::Cnaps,
        "institution" => Format::Institution,
        "account" => Format::Account,
        "contract" => Format::Contract,
        "registration" => Format::Registration,
        "name" => Format::Name,
        "text" => Format::Text,
        other => panic!("no such format: {other}"),
    }
}
