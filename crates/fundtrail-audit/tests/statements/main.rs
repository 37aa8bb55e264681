//! Statements over two years of the fund, sealed now and then: what is whole verifies for
//! every object at every height, and nothing that was dropped, swapped, cut or altered does.

#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod mutations;
mod story;

use std::collections::BTreeMap;

use fundtrail_audit::{compute_seal, verify_seal, verify_statement};
use fundtrail_kernel::proofs::checkpoint_of;
use fundtrail_kernel::seal::SealDocument;
use fundtrail_model::{Amount, Entry};
use fundtrail_regulation::state::{Head, PeriodSeal, View};

use story::{STORY, Story};

/// What the entries below a height say of an object: revisions, newest entry, balance.
type Truth = BTreeMap<String, (u64, u64, Option<Amount>)>;

/// Read off the entries, one after the other.
fn truth(story: &Story, size: u64) -> Truth {
    let mut truth = Truth::new();
    for entry in &story.entries[..usize::try_from(size).unwrap()] {
        let entry = Entry::parse(entry).unwrap();
        for revision in &entry.effects.revisions {
            let head = truth.entry(revision.object.clone()).or_default();
            (head.0, head.1) = (head.0 + 1, entry.index);
        }
        for posting in &entry.effects.postings {
            truth.get_mut(&posting.book).unwrap().2 = Some(posting.balance);
        }
    }
    truth
}

#[test]
fn every_object_is_proved_at_every_kind_of_height() {
    let story = &*STORY;
    let seals: Vec<u64> = story.seals.iter().map(|seal| seal.entry).collect();
    assert_eq!(seals.len(), 4);
    let mut sizes = vec![1, 12, story.size()];
    sizes.extend(seals.iter().flat_map(|seal| [*seal, seal + 1, seal + 3]));
    let heads: Vec<Head> = View::new(&story.memory).list(b"").unwrap();
    assert!(heads.len() > 100, "only {} objects", heads.len());
    for size in sizes {
        let truth = truth(story, size);
        let resting = seals.iter().filter(|seal| **seal < size).max();
        for object in
            heads
                .iter()
                .map(|head| head.object.as_str())
                .chain(["", "a", "party:NOBODY", "~"])
        {
            let document = serde_json::to_vec(&story.statement(object, size)).unwrap();
            let proved = verify_statement(&document, &story.policy)
                .unwrap_or_else(|unproven| panic!("{object} of {size}: {unproven}"));
            let (revisions, newest, balance) = match truth.get(object) {
                Some((revisions, newest, balance)) => (*revisions, Some(*newest), *balance),
                None => (0, None, None),
            };
            assert_eq!(proved.revisions, revisions, "{object} of {size}");
            assert_eq!(proved.newest_entry, newest, "{object} of {size}");
            assert_eq!(proved.balance, balance, "{object} of {size}");
            assert_eq!(proved.lines.len() as u64, revisions);
            assert_eq!(proved.seal.map(|seal| seal.entry), resting.copied());
        }
    }
}

#[test]
fn every_seal_says_of_every_object_what_the_entries_say() {
    let story = &*STORY;
    let heads: Vec<Head> = View::new(&story.memory).list(b"").unwrap();
    for seal in &story.seals {
        let truth = truth(story, seal.entry);
        let computed = &story.entries[..usize::try_from(seal.entry).unwrap()];
        let tree = compute_seal(computed).unwrap();
        assert_eq!(tree.root().unwrap().to_hex(), seal.root.as_str());
        assert_eq!(tree.leaves(), truth.len() as u64);
        let first = truth.keys().next().unwrap().clone();
        let last = truth.keys().next_back().unwrap().clone();
        let mut present = 0;
        let names = heads.iter().map(|head| head.object.clone());
        // Before the first name, after the last, and right beside each.
        let besides = [
            String::new(),
            "~".into(),
            format!("{first}\u{1}"),
            format!("{last}\u{1}"),
            first[..first.len() - 1].to_owned(),
        ];
        for object in names.chain(besides) {
            let proved = verified(story, seal, &object, story.size());
            let found = proved.map(|head| (head.revision, head.entry, head.balance));
            assert_eq!(found, truth.get(&object).copied(), "{object}");
            present += usize::from(truth.contains_key(&object));
        }
        assert_eq!(present, truth.len());
        // Right after it was made, too.
        verified(story, seal, &first, seal.entry + 1).unwrap();
    }
}

fn verified(
    story: &Story,
    seal: &PeriodSeal,
    object: &str,
    size: u64,
) -> Option<fundtrail_audit::SealedHead> {
    let checkpoint = checkpoint_of(&story.memory, size).unwrap().unwrap();
    let tree = &story.trees[&seal.entry];
    let document = SealDocument::of(&story.memory, object, seal, tree, &checkpoint).unwrap();
    let document = serde_json::to_vec(&document).unwrap();
    let proved = verify_seal(&document, &story.policy)
        .unwrap_or_else(|unproven| panic!("{object} in {}: {unproven}", seal.period));
    assert_eq!((proved.index, proved.size), (seal.entry, size));
    proved.present
}

#[test]
fn a_seal_is_computed_from_whole_entries_only() {
    let story = &*STORY;
    let code = |change: &dyn Fn(&mut Vec<Vec<u8>>)| {
        let mut entries = story.entries[..30].to_vec();
        change(&mut entries);
        let refused = compute_seal(&entries).unwrap_err();
        (refused.code, refused.entry)
    };
    assert_eq!(code(&|entries| drop(entries.remove(4))), ("INDEX", Some(4)));
    assert_eq!(code(&|entries| entries.swap(4, 5)), ("INDEX", Some(4)));
    assert_eq!(code(&|entries| entries[7].push(b' ')), ("FORM", Some(7)));
    let altered = |entries: &mut Vec<Vec<u8>>| {
        let mut entry = Entry::parse(&entries[9]).unwrap();
        entry.effects.revisions.clear();
        entries[9] = entry.to_bytes();
    };
    assert_eq!(code(&altered), ("CHAIN", Some(10)));
}
