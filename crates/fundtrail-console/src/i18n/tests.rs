//! That both languages say the same things, and nothing else than is asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fundtrail_regulation::state::Role;

use super::families::{CHOICE, FAMILIES, PLACE, ROLE};
use super::*;
use crate::sheet::Place;

/// The messages of a text: key, and the names of its arguments.
fn messages(area: &str, text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let resource = FluentResource::try_new(text.to_owned());
    assert!(
        resource.is_ok(),
        "{area}: {:?}",
        resource.err().map(|(_, errors)| errors)
    );
    let mut found = BTreeMap::new();
    let mut key = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if !line.starts_with([' ', '}', '[', '*'])
            && let Some((name, _)) = line.split_once(" =")
        {
            key = name.to_owned();
            assert!(
                found.insert(key.clone(), BTreeSet::new()).is_none(),
                "{area}: {key} twice"
            );
        }
        let arguments = line.split('$').skip(1).map(|rest| {
            let end = rest.find(|byte: char| !byte.is_ascii_alphanumeric() && byte != '_');
            rest[..end.unwrap_or(rest.len())].to_owned()
        });
        if let Some(names) = found.get_mut(&key) {
            names.extend(arguments);
        }
    }
    found
}

fn all(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for (area, zh, en) in AREAS {
        let text = if lang == Lang::Zh { zh } else { en };
        for (key, arguments) in messages(area, text) {
            assert!(
                found.insert(key.clone(), arguments).is_none(),
                "{area}: {key} is elsewhere too"
            );
        }
    }
    found
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && !path.ends_with("tests.rs")
        {
            into.push(path);
        }
    }
}

/// The wire names of a policy's options, read from where they are declared.
fn options() -> Vec<String> {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../fundtrail-regulation/src/policy/options.rs"
    );
    let text = std::fs::read_to_string(file).unwrap();
    let (_, declared) = text.split_once("\noptions! {").unwrap();
    let (declared, _) = declared.split_once("\n}\n").unwrap();
    let variants = declared
        .lines()
        .filter(|line| line.starts_with("        ") && line.ends_with(','));
    let snake = |name: &str| {
        let mut out = String::new();
        for (at, letter) in name.char_indices() {
            if letter.is_ascii_uppercase() && at > 0 {
                out.push('_');
            }
            out.push(letter.to_ascii_lowercase());
        }
        out
    };
    let names: Vec<String> = variants
        .map(|line| snake(line.trim().trim_end_matches(',')))
        .collect();
    names
        .into_iter()
        .filter(|name| !name.starts_with("//"))
        .collect()
}

#[test]
fn every_option_of_a_policy_has_words() {
    let options = options();
    assert!(options.len() > 30, "{options:?}");
    for option in options {
        assert!(CHOICE.values.contains(&option.as_str()), "{option}");
    }
}

/// The keys that the sources ask for, by `.t("…")` and `.ta("…")`.
fn used() -> BTreeMap<String, PathBuf> {
    let mut files = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    let mut found = BTreeMap::new();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        for call in [".t(", ".ta("] {
            for rest in text.split(call).skip(1) {
                let Some(rest) = rest.trim_start().strip_prefix('"') else {
                    continue;
                };
                found.insert(rest[..rest.find('"').unwrap()].to_owned(), path.clone());
            }
        }
    }
    found
}

#[test]
fn both_languages_say_the_same_things() {
    assert_eq!(all(Lang::Zh), all(Lang::En));
}

#[test]
fn each_key_that_is_used_is_there_and_no_other() {
    let there: BTreeSet<String> = all(Lang::Zh).into_keys().collect();
    let mut wanted = BTreeSet::new();
    for family in FAMILIES {
        let keys = family.values.iter();
        wanted.extend(keys.map(|value| format!("{}-{}", family.name, value.replace('_', "-"))));
    }
    for (key, path) in used() {
        assert!(
            there.contains(&key),
            "{}: {key} has no message",
            path.display()
        );
        wanted.insert(key);
    }
    let unused: Vec<&String> = there.difference(&wanted).collect();
    assert!(unused.is_empty(), "nobody asks for {unused:?}");
    let missing: Vec<&String> = wanted.difference(&there).collect();
    assert!(missing.is_empty(), "no message for {missing:?}");
}

#[test]
fn no_message_is_empty_or_of_the_other_language() {
    let is_han = |text: &str| {
        text.chars()
            .any(|one| ('\u{4e00}'..='\u{9fff}').contains(&one))
    };
    for key in all(Lang::En).keys() {
        let (zh, en) = (Words::of(Lang::Zh), Words::of(Lang::En));
        let blank = BTreeSet::from([zh.t(key), en.t(key)]);
        assert!(!blank.contains("") && !blank.contains(key), "{key}");
        assert!(!is_han(&en.t(key)), "{key}: {}", en.t(key));
    }
}

#[test]
fn arguments_are_put_in() {
    for lang in Lang::ALL {
        let text = Words::of(lang).ta("footer-size", &[("size", "1,234".into())]);
        assert!(
            text.contains("1,234") && !text.contains('\u{2068}'),
            "{text}"
        );
    }
}

#[test]
fn families_have_what_the_regulation_has() {
    for place in Place::EXPLORER {
        assert!(PLACE.values.contains(&place.name()));
    }
    for role in [
        Role::Government,
        Role::Finance,
        Role::MarketSupervision,
        Role::GroupMember,
        Role::Office,
        Role::Manager,
        Role::Bank,
        Role::Insurer,
        Role::Guarantor,
        Role::Auditor,
        Role::Regulator,
    ] {
        assert!(ROLE.values.contains(&role.name()));
    }
}

#[test]
fn what_nobody_knows_is_shown_as_it_stands() {
    let words = Words::of(Lang::En);
    assert_eq!(words.of_family(&ROLE, "bank"), "Bank");
    assert_eq!(words.of_family(&ROLE, "<admiral>"), "<admiral>");
    assert_eq!(
        words.kind("claim_submit"),
        words.one(Kind::ClaimSubmit.title())
    );
    assert_eq!(words.kind("no_such"), "no_such");
    assert_eq!(words.alert("NO_SUCH"), "NO_SUCH");
}
