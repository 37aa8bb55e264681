//! The frozen ledger: whole, changed, and with entries that must not be there.
//!
//! Integrity and books are judged here as `docs/FORMAT.md` tells a stranger to judge them,
//! without the regulation; the kernel's replay must agree.

use std::collections::{BTreeMap, BTreeSet};

use fundtrail_kernel::admission::{open_envelope, verify};
use fundtrail_kernel::replay::{Finding, Replay};
use fundtrail_merkle::{Hash, root_of};
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::entry::NO_ENTRY;
use fundtrail_model::note::VerifierKey;
use fundtrail_model::{Amount, Entry, Id, KeyId, Moment, PublicKey};
use fundtrail_regulation::{Body, particulars};
use serde_json::{Value, json};

use crate::site::ORIGIN;
use crate::support::{outcome, read, read_json, run, verdict};

pub(crate) const FILES: &[&str] = &[
    "ledger/mutations.json",
    "ledger/forged.json",
    "ledger/entries.json",
    "ledger/passbook.json",
];

fn lines() -> Vec<String> {
    read("ledger/entries.jsonl")
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_ledger_holds() {
    let lines = lines();
    let found = judge(&lines, lines.len() as u64);
    let holds = json!({
        "integrity": "ok", "checkpoint": "ok", "books": "ok", "conformity": "ok",
    });
    assert_eq!(found, holds);
}

#[test]
fn mutations() {
    run("ledger/mutations.json", |_, case| {
        let mut lines = lines();
        for change in case.list("changes") {
            apply(change, &mut lines);
        }
        let size = case.get("checkpoint").and_then(Value::as_u64);
        judge(&lines, size.unwrap_or(crate::ledger::lines().len() as u64))
    });
}

#[test]
fn forged() {
    run("ledger/forged.json", |_, case| {
        let mut lines = lines();
        let size = lines.len() as u64;
        lines.truncate(usize::try_from(case.number("at")).expect("small"));
        lines.push(case.text("line").to_owned());
        judge(&lines, size)
    });
}

#[test]
fn entries() {
    run("ledger/entries.json", |_, case| {
        let mut lines = lines();
        let at = usize::try_from(case.number("entry")).expect("small");
        for change in case.list("changes") {
            apply(change, &mut lines);
        }
        verdict(Entry::parse(lines[at].as_bytes()).map_err(|malformed| malformed.code.as_str()))
    });
}

/// Who holds one object's entries only can tell that none is missing.
#[test]
fn passbook() {
    run("ledger/passbook.json", |_, case| {
        let object = case.text("object");
        let lines = lines();
        let mut before = None;
        let mut balance = Amount::ZERO;
        for index in case.list("entries") {
            let at = usize::try_from(index.as_u64().expect("an index")).expect("small");
            let entry = Entry::parse(lines[at].as_bytes()).expect("an entry");
            let revision = entry
                .effects
                .revisions
                .iter()
                .find(|one| one.object == object);
            let Some(revision) = revision else {
                return json!("NOT_CONCERNED");
            };
            if revision.previous != before {
                return json!("GAP");
            }
            before = Some(entry.index);
            for posting in entry
                .effects
                .postings
                .iter()
                .filter(|one| one.book == object)
            {
                balance += posting.amount;
                if posting.balance != balance {
                    return json!("BALANCE");
                }
            }
        }
        outcome(Ok(balance.to_string()))
    });
}

/// The seal in the ledger is the root that its own entries give.
#[test]
fn the_seal_follows_from_the_entries() {
    let lines = lines();
    let entries: Vec<Entry> = lines
        .iter()
        .map(|line| Entry::parse(line.as_bytes()).expect("an entry"))
        .collect();
    let mut seals = 0;
    for entry in &entries {
        let (_, body) = open_envelope(&entry.envelope, ORIGIN).expect("a transaction");
        if let Body::PeriodSeal(seal) = body {
            let size = usize::try_from(seal.size).expect("small");
            assert_eq!(seal.root.as_str(), seal_root(&entries[..size]).to_hex());
            seals += 1;
        }
    }
    assert_eq!(seals, 1);
}

fn seal_root(entries: &[Entry]) -> Hash {
    let (mut heads, mut balances) = (BTreeMap::new(), BTreeMap::new());
    for entry in entries {
        for revision in &entry.effects.revisions {
            heads.insert(revision.object.clone(), (revision.revision, entry.index));
        }
        for posting in &entry.effects.postings {
            balances.insert(posting.book.clone(), posting.balance);
        }
    }
    let leaf = |(object, (revision, entry)): (&String, &(u64, u64))| {
        let balance = match balances.get(object) {
            Some(balance) => format!("\"{balance}\""),
            None => "null".to_owned(),
        };
        let object = json!(object);
        let leaf = format!(
            r#"{{"object":{object},"revision":{revision},"entry":{entry},"balance":{balance}}}"#
        );
        Hash::leaf(leaf.as_bytes())
    };
    root_of(&heads.iter().map(leaf).collect::<Vec<_>>())
}

/// One change of a case, as the README describes them.
fn apply(change: &Value, lines: &mut Vec<String>) {
    let at = |value: &Value| usize::try_from(value.as_u64().expect("an index")).expect("small");
    if let Some(pair) = change.get("replace") {
        let entry = &mut lines[at(&change["entry"])];
        let (from, to) = (
            pair[0].as_str().expect("a text"),
            pair[1].as_str().expect("a text"),
        );
        assert!(entry.contains(from), "nothing to replace: {change}");
        *entry = entry.replacen(from, to, 1);
    } else if let Some(index) = change.get("drop") {
        lines.remove(at(index));
    } else if let Some(pair) = change.get("swap") {
        lines.swap(at(&pair[0]), at(&pair[1]));
    } else if let Some(pair) = change.get("copy") {
        lines.insert(at(&pair[1]), lines[at(&pair[0])].clone());
    } else if let Some(size) = change.get("truncate") {
        lines.truncate(at(size));
    } else if let Some(line) = change.get("append") {
        lines.push(line.as_str().expect("a text").to_owned());
    } else if change.get("renumber").is_some() {
        for (index, line) in lines.iter_mut().enumerate() {
            let rest = line.split_once(',').expect("an entry").1;
            *line = format!("{{\"index\":{index},{rest}");
        }
    } else if change.get("rechain").is_some() {
        let mut before = NO_ENTRY;
        for line in lines.iter_mut() {
            let (head, rest) = line.split_once("\"prev\":\"").expect("an entry");
            *line = format!("{head}\"prev\":\"{before}{}", &rest[64..]);
            before = Hash::leaf(line.as_bytes());
        }
    } else {
        panic!("no such change: {change}");
    }
}

/// What is found, layer by layer: see the README for the four members.
fn judge(lines: &[String], checkpoint: u64) -> Value {
    let replayed = replay(lines);
    if let Some(index) = integrity(lines) {
        // The replay stops at the first thing it finds, of either sort.
        assert!(
            replayed.as_ref().is_some_and(|(_, found)| *found <= index),
            "{replayed:?}"
        );
        return json!({ "integrity": index });
    }
    let conformity = match replayed {
        None => json!("ok"),
        Some((true, index)) => json!(index),
        Some((false, index)) => panic!("the replay misses integrity at {index}"),
    };
    let ok_or = |found: Option<u64>| found.map_or(json!("ok"), |index| json!(index));
    json!({
        "integrity": "ok",
        "checkpoint": if covers(lines, checkpoint) { "ok" } else { "refused" },
        "books": ok_or(books(lines)),
        "conformity": conformity,
    })
}

fn replay(lines: &[String]) -> Option<(bool, u64)> {
    let mut replay = Replay::new(Some(ORIGIN)).expect("an empty memory");
    for line in lines {
        match replay.next(line.as_bytes()).expect("no fault") {
            Ok(_) => {}
            Err(Finding::Integrity { index, .. }) => return Some((false, index)),
            Err(Finding::Conformity { index, .. }) => return Some((true, index)),
        }
    }
    None
}

/// The first entry that is not what was signed and chained.
fn integrity(lines: &[String]) -> Option<u64> {
    let mut last: Option<(Hash, Moment)> = None;
    let mut ids: BTreeSet<Id> = BTreeSet::new();
    let mut keys: BTreeMap<KeyId, PublicKey> = BTreeMap::new();
    for (index, line) in (0u64..).zip(lines) {
        let Ok(entry) = Entry::parse(line.as_bytes()) else {
            return Some(index);
        };
        let chained = last.map_or(entry.prev == NO_ENTRY, |(leaf, recorded)| {
            entry.prev == leaf && recorded <= entry.recorded
        });
        let Ok((transaction, body)) = open_envelope(&entry.envelope, ORIGIN) else {
            return Some(index);
        };
        for key in body.introduces(index) {
            keys.entry(key.key_id).or_insert(key.public_key);
        }
        let message = entry.envelope.signed_bytes();
        let signed = entry.envelope.signatures.iter().all(|signature| {
            keys.get(&signature.key_id)
                .is_some_and(|key| verify(key, &message, signature).is_ok())
        });
        let found = particulars::check_findings(&transaction, &body, &entry.findings);
        if entry.index != index
            || found.is_some()
            || !chained
            || !signed
            || !ids.insert(transaction.id)
        {
            return Some(index);
        }
        last = Some((Hash::leaf(line.as_bytes()), entry.recorded));
    }
    None
}

/// The first entry whose balances or back-pointers do not follow from those before.
fn books(lines: &[String]) -> Option<u64> {
    let mut balances: BTreeMap<String, Amount> = BTreeMap::new();
    let mut heads: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for line in lines {
        let entry = Entry::parse(line.as_bytes()).expect("integrity came first");
        let effects = &entry.effects;
        let sum: Amount = effects.postings.iter().map(|posting| posting.amount).sum();
        let mut holds = sum.is_zero();
        for posting in &effects.postings {
            let balance = balances.entry(posting.book.clone()).or_default();
            *balance += posting.amount;
            holds &= *balance == posting.balance;
            holds &= effects
                .revisions
                .iter()
                .any(|one| one.object == posting.book);
        }
        for revision in &effects.revisions {
            let before = heads.insert(revision.object.clone(), (revision.revision, entry.index));
            holds &= revision.revision == before.map_or(0, |(count, _)| count) + 1;
            holds &= revision.previous == before.map(|(_, index)| index);
        }
        if !holds {
            return Some(entry.index);
        }
    }
    None
}

/// Whether the checkpoint published for `size` commits to the first entries.
fn covers(lines: &[String], size: u64) -> bool {
    let site = read_json("ledger/site.json");
    let key = VerifierKey::parse(site["log_key"].as_str().expect("a key")).expect("a key");
    let notes = read_json("ledger/checkpoints.json");
    let note = notes[size.to_string()].as_str().expect("a checkpoint");
    let (head, _) = Checkpoint::open(note.as_bytes(), ORIGIN, &key).expect("a checkpoint");
    let leaves: Vec<Hash> = lines
        .iter()
        .map(|line| Hash::leaf(line.as_bytes()))
        .collect();
    let first = usize::try_from(head.size())
        .ok()
        .and_then(|size| leaves.get(..size));
    first.is_some_and(|leaves| root_of(leaves) == head.root())
}
