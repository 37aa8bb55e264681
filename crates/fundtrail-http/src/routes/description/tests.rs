//! That the document is whole: what is routed is described, and what is referred to is there.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{DOCUMENT, tiles};
use crate::access::TABLE;

/// Method and route of every operation, as the router has them.
fn described() -> BTreeSet<(String, String)> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(|method| (method.to_uppercase(), tiles::route_of(path).to_owned()))
        })
        .collect()
}

#[test]
fn what_is_described_is_what_the_table_of_readers_has() {
    let rows = TABLE
        .iter()
        .map(|row| (row.0.to_owned(), row.1.to_owned()))
        .collect();
    assert_eq!(described(), rows);
}

/// Every value under a name, anywhere in the document.
fn all<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(members) => {
            for (own, value) in members {
                if own == name {
                    found.push(value);
                }
                all(value, name, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| all(item, name, found)),
        _ => {}
    }
}

#[test]
fn what_is_referred_to_is_there() {
    let mut references = Vec::new();
    all(&DOCUMENT, "$ref", &mut references);
    assert!(references.len() > 100, "{}", references.len());
    for reference in references {
        let pointer = reference.as_str().unwrap().strip_prefix('#').unwrap();
        assert!(DOCUMENT.pointer(pointer).is_some(), "{pointer}");
    }
}

#[test]
fn operations_have_their_own_ids_and_say_what_they_are() {
    let mut ids = BTreeSet::new();
    let tags: BTreeSet<&str> = DOCUMENT["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id), "{id} stands twice");
            let summary = operation["summary"].as_str().unwrap_or_default();
            assert!(
                summary.ends_with('.') && !summary.contains('`'),
                "{method} {path}: {summary}"
            );
            for tag in operation["tags"].as_array().unwrap() {
                assert!(
                    tags.contains(tag.as_str().unwrap()),
                    "{method} {path}: {tag}"
                );
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                let has_body = response.get("content").is_some() || response.get("$ref").is_some();
                assert!(has_body || status == "304", "{method} {path} {status}");
            }
        }
    }
}

/// The names that a handler reads from a query are those that it describes.
#[test]
fn every_parameter_that_is_read_is_described() {
    let mut handlers = 0;
    for (file, source) in sources() {
        for piece in source.split("#[utoipa::path(").skip(1) {
            let Some(path) = piece
                .split("path = \"")
                .nth(1)
                .and_then(|rest| rest.split('"').next())
            else {
                panic!("{file}: a handler without a path");
            };
            let handler = piece.split("\n}\n").next().unwrap();
            let Some(read) = handler.split(".only(").nth(1) else {
                continue;
            };
            let method = piece.trim_start().split(',').next().unwrap();
            let argument = read.split(')').next().unwrap();
            let list = match argument.contains("&names") {
                true => handler
                    .split("let names = ")
                    .nth(1)
                    .unwrap()
                    .split(';')
                    .next()
                    .unwrap(),
                false => argument,
            };
            let mut read: BTreeSet<&str> = list.split('"').skip(1).step_by(2).collect();
            let sought = include_str!("../entries/sought.rs");
            if argument.contains("sought::NAMES") {
                let names = sought
                    .split("NAMES: [")
                    .nth(1)
                    .unwrap()
                    .split(';')
                    .nth(1)
                    .unwrap();
                read.extend(names.split('"').skip(1).step_by(2));
            }
            if argument.contains("listed(") {
                read.extend(["as_of", "limit", "cursor"]);
            }
            let operation = &DOCUMENT["paths"][path][method];
            let described: BTreeSet<&str> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|one| one["in"] == "query")
                .map(|one| one["name"].as_str().unwrap())
                .collect();
            assert_eq!(read, described, "{method} {path}");
            handlers += 1;
        }
    }
    assert!(handlers > 25, "{handlers}");
}

/// The files of the routes, by name.
fn sources() -> Vec<(String, String)> {
    let mut directories = vec![std::path::PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/routes"
    ))];
    let mut found = Vec::new();
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if !path.ends_with("description/tests.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.display().to_string(), text));
            }
        }
    }
    found
}

/// `routes!` is the only way into the router, so nothing is routed without a description.
#[test]
fn nothing_is_routed_that_is_not_described() {
    for (file, source) in sources() {
        for way in [".route(", ".route_service(", ".nest(", ".nest_service("] {
            assert!(!source.contains(way), "{file}: {way}");
        }
    }
}
