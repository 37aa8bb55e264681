//! Every path that the node describes, and paths that are mistaken.

use std::collections::{BTreeMap, BTreeSet};

use fundtrail_model::Transaction;
use fundtrail_tests::Scratch;

use super::sealing::credit_code;
use super::{CONTRACT, NAME, entries, json_of};

/// Every path that is described, with every thing of the ledger in the place of its parameter.
pub(crate) fn paths(scratch: &Scratch) -> Vec<String> {
    let description = json_of(scratch, "/openapi.json");
    let mut ids: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut objects = BTreeSet::new();
    let size = entries(scratch).len();
    for (index, entry) in entries(scratch).iter().enumerate() {
        let transaction = Transaction::parse(&entry.envelope.payload).unwrap();
        ids.entry("transactions")
            .or_default()
            .insert(transaction.id.to_string());
        ids.entry("entries").or_default().insert(index.to_string());
        objects.extend(entry.effects.revisions.iter().map(|one| one.object.clone()));
    }
    for object in &objects {
        let Some((sort, id)) = object.split_once(':') else {
            continue;
        };
        let list = match sort {
            "party" => "partners",
            "recovery" => "recoveries",
            "account" | "borrower" | "loan" | "claim" | "key" => &format!("{sort}s"),
            _ => continue,
        };
        let list = [
            "partners",
            "recoveries",
            "accounts",
            "borrowers",
            "loans",
            "claims",
            "keys",
        ]
        .into_iter()
        .find(|known| *known == list)
        .unwrap();
        ids.entry(list).or_default().insert(id.into());
    }
    ids.insert("statements", objects);
    ids.insert("policy", BTreeSet::from(["1".into()]));
    ids.insert("seals", BTreeSet::from(["2022Q1".into(), "2022".into()]));
    ids.insert(
        "alerts",
        (1..=20).map(|number| number.to_string()).collect(),
    );
    let full = size / 256;
    let tiles = [
        format!("0/000.p/{size}"),
        format!("entries/{full:03}.p/{}", size % 256),
        "entries/000".into(),
    ];
    let mut paths = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        if methods.get("get").is_none() || path.ends_with("/particulars") || path == "/v1/events" {
            continue;
        }
        let Some((front, rest)) = path.split_once('{') else {
            paths.push(path.clone());
            continue;
        };
        let rest = rest.split_once('}').unwrap().1;
        if front.starts_with("/tile/") {
            paths.extend(tiles.iter().map(|tile| format!("/tile/{tile}")));
            continue;
        }
        let sort = front.trim_end_matches('/').rsplit('/').next().unwrap();
        let known = ids.get(sort).cloned().unwrap_or_default();
        paths.extend(known.iter().map(|id| format!("{front}{id}{rest}")));
    }
    paths.push("/v1/entries?limit=1000".into());
    paths.push(format!("/v1/proofs/inclusion?index=1&size={size}"));
    paths
}

/// Paths with a value where an id, a filter or a parameter's name belongs. Not those of
/// statements: that an object never was is an answer, and names it.
pub(crate) fn mistaken() -> Vec<String> {
    let code = credit_code("91150203MA0X74312");
    let mut all = Vec::new();
    for list in [
        "borrowers",
        "loans",
        "partners",
        "transactions",
        "entries",
        "keys",
    ] {
        all.push(format!("/v1/{list}/{code}"));
        all.push(format!("/v1/{list}/{NAME}"));
        all.push(format!("/v1/{list}?{code}=1"));
        all.push(format!(
            "/v1/{list}?bank={NAME}&limit={CONTRACT}&cursor={code}"
        ));
    }
    all.push(format!("/{code}"));
    all.push(format!("/tile/{code}"));
    all.push(format!(
        "/v1/transactions/{code}/particulars?name={CONTRACT}"
    ));
    all.push(format!("/v1/transactions/canary/particulars?{CONTRACT}=1"));
    all.into_iter()
        .map(|path| {
            path.bytes()
                .map(|byte| {
                    if byte.is_ascii() {
                        char::from(byte).to_string()
                    } else {
                        format!("%{byte:02X}")
                    }
                })
                .collect()
        })
        .collect()
}
