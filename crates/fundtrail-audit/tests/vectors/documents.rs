//! The frozen documents were not made by this program; it must make the same.

use fundtrail_kernel::Memory;
use fundtrail_kernel::proofs::Published;
use fundtrail_kernel::replay::Replay;
use fundtrail_kernel::seal::{SealDocument, SealTree, newest_seal};
use fundtrail_kernel::statement::{Completeness, Statement};
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::note::Note;
use fundtrail_regulation::state::{PeriodSeal, View};
use serde_json::Value;

use crate::{read, read_json};

/// Beyond any document here.
const BYTES_MAX: usize = 1 << 24;

fn state() -> Memory {
    let origin = read_json("statements.json")["origin"].clone();
    let mut replay = Replay::new(origin.as_str()).unwrap();
    for line in read("ledger-after-seal/entries.jsonl").lines() {
        replay.next(line.as_bytes()).unwrap().unwrap();
    }
    replay.state().clone()
}

/// The files of documents that cases of a file of vectors refer to, forged ones aside.
fn documents(file: &str) -> Vec<String> {
    let vectors = read_json(file);
    let cases = vectors["cases"].as_array().unwrap().iter();
    let mut found: Vec<String> = cases
        .map(|case| case["document"].as_str().unwrap().to_owned())
        .filter(|name| !name.contains("forged"))
        .collect();
    found.sort();
    found.dedup();
    found
}

fn published(note: &str) -> Published {
    let parsed = Note::parse(note.as_bytes()).unwrap();
    Published {
        size: Checkpoint::parse(parsed.text()).unwrap().size(),
        note: note.to_owned(),
    }
}

#[test]
fn statements_are_made_as_frozen() {
    let memory = state();
    let files = documents("statements.json");
    assert!(files.len() >= 15);
    for file in files {
        let frozen = Statement::parse(read(&file).as_bytes()).unwrap();
        let checkpoint = published(&frozen.checkpoint);
        // State of the last height, whatever height is asked for.
        let mut made = Statement::of(&memory, &frozen.object, &checkpoint, 1, BYTES_MAX).unwrap();
        assert!(made.is_whole());
        let seal = newest_seal(&memory, checkpoint.size).unwrap();
        let tree = seal
            .as_ref()
            .map(|seal| SealTree::of_seal(&memory, seal).unwrap());
        made.completeness = Completeness::of(
            &memory,
            &frozen.object,
            checkpoint.size,
            seal.as_ref().zip(tree.as_ref()),
            BYTES_MAX,
        )
        .unwrap();
        assert_eq!(made, frozen, "{file}");
    }
}

#[test]
fn seals_are_made_as_frozen() {
    let memory = state();
    let files = documents("seals.json");
    assert!(files.len() >= 10);
    for file in files {
        let frozen = SealDocument::parse(read(&file).as_bytes()).unwrap();
        let seal: Option<PeriodSeal> = View::new(&memory).get(frozen.period.as_bytes()).unwrap();
        let seal = seal.unwrap();
        let tree = SealTree::of_seal(&memory, &seal).unwrap();
        let checkpoint = published(&frozen.checkpoint);
        let made = SealDocument::of(&memory, &frozen.object, &seal, &tree, &checkpoint).unwrap();
        assert_eq!(made, frozen, "{file}");
        let text: Value = serde_json::from_str(&read(&file)).unwrap();
        assert_eq!(serde_json::to_value(&made).unwrap(), text, "{file}");
    }
}

#[test]
fn a_part_is_served_and_is_not_whole() {
    let memory = state();
    let frozen = Statement::parse(read("statements/party-31.json").as_bytes()).unwrap();
    let checkpoint = published(&frozen.checkpoint);
    let mut items = Vec::new();
    // One entry exceeds the bound: each part has one item.
    while items.len() < frozen.items.len() {
        let from = items.len() as u64 + 1;
        let part = Statement::of(&memory, &frozen.object, &checkpoint, from, 1).unwrap();
        assert_eq!((part.items.len(), part.is_whole()), (1, false));
        assert_eq!(part.revisions, frozen.revisions);
        items.extend(part.items);
    }
    assert_eq!(items, frozen.items);
    let beyond = Statement::of(&memory, &frozen.object, &checkpoint, 16, 1).unwrap();
    assert!(beyond.items.is_empty());
    let tail = |bytes| Completeness::of(&memory, &frozen.object, 31, None, bytes).unwrap();
    assert!(tail(40_000).is_none() && tail(50_000).is_some());
}
