//! Where fuzzing begins: the frozen vectors, and what the ledger of the grounds consists of.
//!
//! `cargo run -p fundtrail-properties --bin seeds -- FOLDER` writes them, a folder for each
//! target; `cargo xtask fuzz --minimise` keeps of them, and of what fuzzing found, the few files
//! that reach as much of the code. The corpus in `tests/fuzz/corpus` came to be so.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fundtrail_merkle::inclusion_proof_of;
use fundtrail_model::receipt::Receipt;
use fundtrail_scenario::{What, read};
use serde_json::{Value, json};

use crate::grounds::{Grounds, grounds, sizes, sure};
#[cfg(feature = "token")]
use crate::token;

/// Longer inputs only make a fuzzer slow.
const BYTES_MAX: usize = 6_000;

/// The seeds of every target, by its name.
pub fn seeds() -> BTreeMap<&'static str, Vec<Vec<u8>>> {
    let grounds = grounds();
    let mut seeds = BTreeMap::from([
        ("envelope", envelopes(grounds)),
        ("transaction", transactions(grounds)),
        ("entry", entries(grounds)),
        ("note", notes(grounds)),
        ("checkpoint", checkpoints(grounds)),
        ("proof", proofs(grounds)),
        ("policy", policies(grounds)),
        ("disclosure", disclosures(grounds)),
        #[cfg(feature = "token")]
        ("token", tokens(grounds)),
    ]);
    for all in seeds.values_mut() {
        all.retain(|bytes| bytes.len() <= BYTES_MAX);
        all.sort();
        all.dedup();
    }
    seeds
}

fn envelopes(grounds: &Grounds) -> Vec<Vec<u8>> {
    let own = grounds.submissions.iter();
    let own = own.map(|submission| submission.to_json().into_bytes());
    own.chain(texts("submissions.json", "text")).collect()
}

/// What was played, under ids that are free; what waits for signatures, which would be recorded;
/// and every body of the vectors.
fn transactions(grounds: &Grounds) -> Vec<Vec<u8>> {
    let renamed = |(at, payload): (usize, &Vec<u8>)| {
        let mut value: Value = sure(serde_json::from_slice(payload));
        put(&mut value, "id", json!(format!("again-{at}")));
        value.to_string().into_bytes()
    };
    let played = grounds.submissions.iter();
    let played = played.map(|submission| &submission.envelope.payload);
    let of_kinds = cases("kinds.json").into_iter().map(|case| {
        let mut value = json!({
            "ledger": grounds.origin(), "id": "new", "kind": case["kind"],
            "date": "2023-12-20", "body": case["body"],
        });
        if let Some(names) = case["sealed"].as_array() {
            let digest = "mOC8XlWmrLEv89tCRY4QGnR9xHXPpI9SECKzGbLaiaM";
            let names = names.iter().filter_map(Value::as_str);
            let sealed = names.map(|name| (name.to_owned(), json!(digest))).collect();
            put(&mut value, "sealed", Value::Object(sealed));
        }
        value.to_string().into_bytes()
    });
    let mut all: Vec<Vec<u8>> = played.enumerate().map(renamed).collect();
    all.extend(of_kinds);
    all.extend(waiting(grounds));
    all.extend(texts("transactions.json", "text"));
    all
}

/// The payloads of drafts that stand on the grounds.
fn waiting(grounds: &Grounds) -> Vec<Vec<u8>> {
    let path = folder("scenarios").join("setup/demo-drafts.scn");
    let mut run = grounds.run.again();
    let mut payloads = Vec::new();
    for action in sure(read(&path)).actions {
        if let What::Submit(step) = &action.what {
            let draft = sure(run.draft(step, &action.place));
            payloads.push(sure(draft.payload()).0);
        }
    }
    payloads
}

fn entries(grounds: &Grounds) -> Vec<Vec<u8>> {
    let frozen = sure(std::fs::read(
        folder("vectors").join("ledger/entries.jsonl"),
    ));
    let lines = frozen.split(|byte| *byte == b'\n').map(<[u8]>::to_vec);
    lines.chain(grounds.entries.iter().cloned()).collect()
}

fn notes(grounds: &Grounds) -> Vec<Vec<u8>> {
    let own = grounds.notes.iter().map(|note| note.as_bytes().to_vec());
    let all = own.chain(texts("notes.json", "text"));
    all.chain(texts("note_keys.json", "text"))
        .chain(texts("note_keys.json", "key"))
        .collect()
}

fn checkpoints(grounds: &Grounds) -> Vec<Vec<u8>> {
    let own = grounds.notes.iter().map(|note| note.as_bytes().to_vec());
    let unsigned = grounds.notes.iter().filter_map(|note| {
        let (text, _) = note.split_once("\n\n")?;
        Some(format!("{text}\n").into_bytes())
    });
    own.chain(unsigned)
        .chain(texts("checkpoints.json", "text"))
        .chain(texts("add_checkpoints.json", "text"))
        .collect()
}

fn proofs(grounds: &Grounds) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let sizes = sizes(grounds.leaves.len());
    for (note, size) in grounds.notes.iter().zip(sizes) {
        for index in [0, size / 2, size - 1] {
            let leaves = grounds.leaves.get(..size).unwrap_or_default();
            let path = inclusion_proof_of(leaves, index).unwrap_or_default();
            let entry = grounds.entries.get(index).cloned();
            for extra in [entry, None] {
                let receipt = Receipt::new(extra, index as u64, path.clone(), note.clone());
                all.push(sure(receipt).to_text().into_bytes());
            }
        }
    }
    // Raw ones: index, size, older size, how; and hashes.
    for [index, size, from] in [[0, 0, 1], [2, 6, 3], [6, 6, 4], [5, 63, 33], [66, 66, 64]] {
        for how in 0..4 {
            all.push(vec![index, size, from, how]);
        }
        all.push([&[index, size, from, 1][..], &[7; 64]].concat());
    }
    let consistency = cases("consistency.json").into_iter().filter_map(|case| {
        let number = |name: &str| u8::try_from(case[name].as_u64()?).ok();
        let mut bytes = vec![0, number("to")?.checked_sub(1)?, number("from")?, 0];
        for hash in case["proof"].as_array()? {
            bytes.extend(from_hex(hash.as_str()?)?);
        }
        Some(bytes)
    });
    all.extend(consistency);
    all
}

fn policies(grounds: &Grounds) -> Vec<Vec<u8>> {
    let own = format!("log {}\nquorum none\n", grounds.log).into_bytes();
    let measure: Value = sure(serde_json::from_slice(&sure(std::fs::read(
        folder("vectors").join("policy.json"),
    ))));
    let adopted = measure.to_string().into_bytes();
    let all = [own, adopted].into_iter();
    all.chain(texts("log_policies.json", "policy")).collect()
}

fn disclosures(grounds: &Grounds) -> Vec<Vec<u8>> {
    let own = grounds.submissions.iter();
    let own = own.flat_map(|submission| submission.disclosures.iter());
    own.map(|text| text.as_bytes().to_vec())
        .chain(texts("disclosures.json", "text"))
        .chain(texts("identifiers.json", "value"))
        .collect()
}

#[cfg(feature = "token")]
fn tokens(grounds: &Grounds) -> Vec<Vec<u8>> {
    let now = token::seconds();
    let head = |kid: &str, alg: &str| json!({"alg": alg, "kid": kid, "typ": "JWT"}).to_string();
    let kid = fundtrail_scenario::key("OFF").public().id().to_string();
    let claims = [
        json!({"aud": grounds.origin(), "exp": now + 60, "iat": now, "jti": "a"}),
        json!({"aud": grounds.origin(), "exp": now, "iat": now - 60}),
        json!({"aud": grounds.origin(), "exp": now + 4000, "iat": now}),
        json!({"aud": [grounds.origin()], "exp": now + 60, "iat": now}),
        json!({"aud": "ledger.example/other", "exp": now + 60, "iat": now}),
        json!({"aud": grounds.origin(), "exp": u64::MAX, "iat": u64::MAX - 1}),
        json!({"aud": grounds.origin(), "exp": 1.5, "iat": -1, "sub": "x"}),
    ];
    let part = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let mut all: Vec<Vec<u8>> = token::signed()
        .iter()
        .map(|token| token.clone().into_bytes())
        .collect();
    for claims in &claims {
        for head in [
            head(&kid, "EdDSA"),
            head(&kid, "none"),
            head(&"0".repeat(32), "EdDSA"),
        ] {
            let text = format!("{}.{}.", part(&head), part(&claims.to_string()));
            all.push(text.into_bytes());
        }
    }
    all
}

/// The cases of a file of vectors.
fn cases(file: &str) -> Vec<Value> {
    let bytes = sure(std::fs::read(folder("vectors").join(file)));
    let mut value: Value = sure(serde_json::from_slice(&bytes));
    match value["cases"].take() {
        Value::Array(cases) => cases,
        _ => panic!("{file} has no cases"),
    }
}

/// The inputs of a file of vectors: texts, or bytes in base64.
fn texts(file: &str, member: &str) -> Vec<Vec<u8>> {
    let of = |case: Value| match (case[member].as_str(), case["base64"].as_str()) {
        (Some(text), _) => Some(text.as_bytes().to_vec()),
        (None, Some(base64)) => STANDARD.decode(base64).ok(),
        (None, None) => None,
    };
    cases(file).into_iter().filter_map(of).collect()
}

fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = (0..text.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

/// A folder beside this package's.
fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}
