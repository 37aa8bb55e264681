//! What lines take from elsewhere: policies and calendars from files, the keys of a party.

use std::path::Path;

use fundtrail_model::Day;
use fundtrail_regulation::state::Role;
use serde_json::{Value, json};

use crate::field::set_path;
use crate::word::Word;

/// Marks a file that stands in the program itself.
pub(crate) const BUILTIN: &str = "builtin:";

const BUILTIN_FILES: [(&str, &str); 2] = [
    (
        "builtin:baotou-2021-61",
        include_str!("../../fundtrail-regulation/data/baotou-2021-61.toml"),
    ),
    (
        "builtin:cn-state-council",
        include_str!("../../fundtrail-regulation/data/cn-state-council.json"),
    ),
];

/// The text of a file.
///
/// # Errors
/// That it cannot be read, in words.
pub(crate) fn text(file: &Path) -> Result<String, String> {
    let name = file.to_str().unwrap_or_default();
    if name.starts_with(BUILTIN) {
        let found = BUILTIN_FILES.iter().find(|(own, _)| *own == name);
        return found
            .map(|(_, text)| (*text).to_owned())
            .ok_or_else(|| format!("{name}: there is no such file"));
    }
    std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

/// The words of a `policy_adopt`: the file's policy with `path=value` changes over it,
/// applying from `applies_from` or the date of adoption.
///
/// # Errors
/// What is wrong, in words.
pub(crate) fn policy(file: &Path, words: &[Word], date: Day) -> Result<Vec<Word>, String> {
    let mut policy: Value =
        toml::from_str(&text(file)?).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut body = vec![
        Word::Text("applies_from".to_owned(), date.to_string()),
        Word::Text("text".to_owned(), "sha256:text of the measure".to_owned()),
        Word::Text(
            "decision".to_owned(),
            "sha256:decision on the policy".to_owned(),
        ),
    ];
    for word in words.iter().take_while(|word| **word != Word::Arrow) {
        match word {
            Word::Text(name, value) if name.contains('.') => {
                set_path(&mut policy, name, json!(value))?;
            }
            Word::Json(name, value) if name.contains('.') || name == "signatures" => {
                set_path(&mut policy, name, value.clone())?;
            }
            other => body.push(other.clone()),
        }
    }
    body.push(Word::Json("policy".to_owned(), policy));
    Ok(body)
}

/// The words of a `calendar_adopt`: every year of the file, or the one year `year=`.
///
/// # Errors
/// What is wrong, in words.
pub(crate) fn calendar(file: &Path, words: &[Word]) -> Result<Vec<Word>, String> {
    let mut years: Value = serde_json::from_str(&text(file)?)
        .map_err(|error| format!("{}: {error}", file.display()))?;
    let mut body = vec![Word::Text(
        "calendar".to_owned(),
        "cn-state-council".to_owned(),
    )];
    for word in words.iter().take_while(|word| **word != Word::Arrow) {
        match word {
            Word::Text(name, value) if name == "year" => {
                let year: Option<u64> = value.parse().ok();
                if let Some(years) = years.as_array_mut() {
                    years.retain(|notice| notice["year"].as_u64() == year);
                }
            }
            other => body.push(other.clone()),
        }
    }
    body.push(Word::Json("years".to_owned(), years));
    Ok(body)
}

/// The words of one `key_enrol` for each key that a party has in its role: one for a public
/// body, maker and checker for a partner, two such pairs for the manager, because no key
/// may sign two steps of one claim.
pub(crate) fn party_keys(party: &str, role: &str) -> Vec<Vec<Word>> {
    let keys: &[(&str, Option<&str>)] = match role {
        "manager" => &[
            ("/maker", Some("maker")),
            ("/checker", Some("checker")),
            ("/maker2", Some("maker")),
            ("/checker2", Some("checker")),
        ],
        "bank" | "insurer" | "guarantor" => {
            &[("/maker", Some("maker")), ("/checker", Some("checker"))]
        }
        _ => &[("", None)],
    };
    let before = if role == Role::GroupMember.name() {
        "lg-"
    } else {
        ""
    };
    let text = |name: &str, value: &str| Word::Text(name.to_owned(), value.to_owned());
    keys.iter()
        .map(|(suffix, duty)| {
            let key = format!("key:{before}{party}{suffix}");
            let mut words = vec![
                text("party", party),
                text("role", role),
                text("public_key", &key),
            ];
            words.extend(duty.map(|duty| text("duty", duty)));
            words.extend([Word::Arrow, Word::Bare("recorded".to_owned())]);
            words
        })
        .collect()
}
