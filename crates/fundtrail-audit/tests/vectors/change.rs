//! The changes of a case, in the language that the README of the vectors describes.

use serde_json::Value;

use crate::{read, read_json};

/// The bytes of a case's document after its changes.
pub(crate) fn document(case: &Value) -> Vec<u8> {
    let mut text = read(case["document"].as_str().unwrap());
    let changes = case["changes"].as_array().unwrap();
    for change in changes {
        if let Some(pair) = change.get("raw") {
            text = replaced(&text, pair);
        }
    }
    if changes.iter().all(|change| change.get("raw").is_some()) {
        return text.into_bytes();
    }
    let mut document = serde_json::from_str(&text).unwrap();
    for change in changes.iter().filter(|change| change.get("raw").is_none()) {
        apply(change, &mut document);
    }
    serde_json::to_vec(&document).unwrap()
}

fn apply(change: &Value, document: &mut Value) {
    if let Some(pair) = change.get("swap") {
        let [a, b] = [&pair[0], &pair[1]].map(|path| path.as_str().unwrap());
        let (first, second) = (taken(document, a), taken(document, b));
        *place(document, a) = second;
        *place(document, b) = first;
        return;
    }
    let new = match (change.get("to"), change.get("from")) {
        (Some(value), None) => Some(value.clone()),
        (None, Some(pair)) => {
            let other = read_json(pair[0].as_str().unwrap());
            Some(taken(&other, pair[1].as_str().unwrap()))
        }
        (None, None) => None,
        _ => panic!("both \"to\" and \"from\": {change}"),
    };
    if let Some(path) = change.get("insert") {
        let (list, at) = parent(document, path.as_str().unwrap());
        list.as_array_mut()
            .unwrap()
            .insert(at.parse().unwrap(), new.unwrap());
        return;
    }
    let path = change["at"].as_str().unwrap();
    if let Some(pair) = change.get("replace") {
        let text = place(document, path);
        *text = replaced(text.as_str().unwrap(), pair).into();
        return;
    }
    match (parent(document, path), new) {
        ((Value::Object(members), name), Some(new)) => {
            members.insert(name.to_owned(), new);
        }
        ((Value::Object(members), name), None) => {
            members.remove(name).unwrap();
        }
        ((Value::Array(items), at), Some(new)) => items[at.parse::<usize>().unwrap()] = new,
        ((Value::Array(items), at), None) => {
            items.remove(at.parse().unwrap());
        }
        (other, _) => panic!("nothing lies below {other:?}"),
    }
}

/// What holds the value at a pointer, and its name or position there.
fn parent<'a, 'b>(document: &'a mut Value, path: &'b str) -> (&'a mut Value, &'b str) {
    let (parent, last) = path.rsplit_once('/').unwrap();
    (place(document, parent), last)
}

fn place<'a>(document: &'a mut Value, path: &str) -> &'a mut Value {
    let found = document.pointer_mut(path);
    found.unwrap_or_else(|| panic!("nothing is at {path}"))
}

fn taken(document: &Value, path: &str) -> Value {
    let found = document.pointer(path);
    found
        .unwrap_or_else(|| panic!("nothing is at {path}"))
        .clone()
}

/// The text with the first occurrence of one text, which is there, replaced by another.
fn replaced(text: &str, pair: &Value) -> String {
    let [from, to] = [&pair[0], &pair[1]].map(|part| part.as_str().unwrap());
    assert!(text.contains(from), "nothing to replace: {pair}");
    text.replacen(from, to, 1)
}
