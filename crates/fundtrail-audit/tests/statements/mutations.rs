//! One thing changed in a statement: it is refused, whatever was changed.

use fundtrail_audit::{Unproven, verify_statement};
use fundtrail_kernel::seal::PlacedLeaf;
use fundtrail_kernel::statement::{Completeness, Statement};
use fundtrail_merkle::Hash;
use fundtrail_model::{Amount, Entry};
use fundtrail_regulation::state::{Head, View};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::story::{STORY, Story};

fn verdict(story: &Story, statement: &Statement) -> Result<(), Unproven> {
    let bytes = serde_json::to_vec(statement).unwrap();
    verify_statement(&bytes, &story.policy).map(|_| ())
}

/// The code of a statement that a change has spoilt; the change must change something.
#[track_caller]
fn refused(story: &Story, whole: &Statement, change: impl Fn(&mut Statement)) -> Unproven {
    let mut statement = whole.clone();
    change(&mut statement);
    assert_ne!(&statement, whole, "nothing was changed");
    match verdict(story, &statement) {
        Err(unproven) => unproven,
        Ok(()) => panic!("accepted: {}", statement.object),
    }
}

/// Counts the items anew, as one would who hides that some are gone.
fn count_anew(statement: &mut Statement) {
    statement.revisions = statement.items.len() as u64;
    statement.newest_entry = statement.items.last().map(|item| item.index);
}

fn number_anew(statement: &mut Statement) {
    for (revision, item) in (1..).zip(&mut statement.items) {
        item.revision = revision;
    }
    count_anew(statement);
}

fn objects(story: &Story) -> Vec<String> {
    let heads: Vec<Head> = View::new(&story.memory).list(b"").unwrap();
    heads.into_iter().map(|head| head.object).collect()
}

/// Some places of a list: the first ones, the last ones, and some between.
fn places(count: usize) -> Vec<usize> {
    let all = 0..count;
    let step = (count / 4).max(1);
    all.filter(|at| *at < 2 || at + 2 >= count || at % step == 0)
        .collect()
}

#[test]
fn what_is_left_out_is_missed() {
    let story = &*STORY;
    let size = story.size();
    for object in objects(story) {
        let whole = story.statement(&object, size);
        let count = whole.items.len();
        for at in places(count) {
            let is_last = at + 1 == count;
            let left_out = whole.items[at].index;
            let dropped = |statement: &mut Statement| drop(statement.items.remove(at));
            let plain = refused(story, &whole, dropped);
            let counted = refused(story, &whole, |statement| {
                dropped(statement);
                count_anew(statement);
            });
            let numbered = refused(story, &whole, |statement| {
                dropped(statement);
                number_anew(statement);
            });
            if is_last {
                assert_eq!((plain.code, plain.entry), ("TRUNCATED", Some(left_out)));
                assert_eq!(counted.code, "TRUNCATED", "{object}: {counted}");
                assert_eq!(numbered.code, "TRUNCATED");
            } else {
                let next = Some(whole.items[at + 1].index);
                assert_eq!((plain.code, plain.entry), ("GAP", next));
                assert_eq!((counted.code, counted.entry), ("GAP", next));
                assert_eq!((numbered.code, numbered.entry), ("NOT_CONCERNED", next));
            }
            // Everything from here on.
            let cut = refused(story, &whole, |statement| {
                statement.items.truncate(at);
                count_anew(statement);
            });
            assert_eq!(cut.code, "TRUNCATED", "{object}: {cut}");
            assert!(cut.entry >= Some(left_out), "{object}: {cut}");
        }
    }
}

#[test]
fn what_is_out_of_order_is_noticed() {
    let story = &*STORY;
    for object in objects(story) {
        let whole = story.statement(&object, story.size());
        for at in places(whole.items.len()).into_iter().skip(1) {
            let swapped = refused(story, &whole, |statement| statement.items.swap(at - 1, at));
            assert_eq!(swapped.code, "GAP", "{object}: {swapped}");
            let entries = refused(story, &whole, |statement| {
                let (first, second) = statement.items.split_at_mut(at);
                std::mem::swap(&mut first[at - 1].entry, &mut second[0].entry);
            });
            assert_eq!(entries.code, "ENTRY_INDEX");
            let twice = refused(story, &whole, |statement| {
                statement.items.insert(at, statement.items[at - 1].clone());
                count_anew(statement);
            });
            assert_eq!(twice.code, "GAP");
        }
    }
}

/// An entry of an item, changed in one place.
fn altered(text: &str, change: impl Fn(&mut Entry)) -> String {
    let mut entry = Entry::parse(text.as_bytes()).unwrap();
    change(&mut entry);
    String::from_utf8(entry.to_bytes()).unwrap()
}

#[test]
fn what_is_altered_is_noticed() {
    let story = &*STORY;
    for object in objects(story) {
        let whole = story.statement(&object, story.size());
        for at in places(whole.items.len()) {
            let index = Some(whole.items[at].index);
            let alter = |change: &dyn Fn(&mut Entry)| {
                let text = altered(&whole.items[at].entry, change);
                let found = refused(story, &whole, |statement| {
                    statement.items[at].entry.clone_from(&text);
                });
                assert_eq!(found.entry, index, "{object}: {found}");
                found.code
            };
            let own = |entry: &Entry| {
                let mut revisions = entry.effects.revisions.iter();
                revisions.position(|one| one.object == object).unwrap()
            };
            let pointed = |entry: &mut Entry| {
                let own = own(entry);
                let previous = &mut entry.effects.revisions[own].previous;
                *previous = Some(previous.map_or(0, |previous| previous + 1));
            };
            assert_eq!(alter(&pointed), "GAP");
            let numbered = |entry: &mut Entry| {
                let own = own(entry);
                entry.effects.revisions[own].revision += 1;
            };
            assert_eq!(alter(&numbered), "NOT_CONCERNED");
            let renamed = |entry: &mut Entry| {
                let own = own(entry);
                entry.effects.revisions[own].object.push('x');
            };
            assert_eq!(alter(&renamed), "NOT_CONCERNED");
            assert_eq!(alter(&|entry| entry.prev = Hash([7; 32])), "PROOF");
            assert_eq!(alter(&|entry| entry.index += 1), "ENTRY_INDEX");
            assert_eq!(alter(&|entry| entry.envelope.payload.push(b' ')), "PROOF");
            let bit = |entry: &mut Entry| entry.envelope.signatures[0].bytes[9] ^= 1;
            assert_eq!(alter(&bit), "PROOF");
            let entry = Entry::parse(whole.items[at].entry.as_bytes()).unwrap();
            let mut postings = entry.effects.postings.iter();
            if let Some(line) = postings.rposition(|one| one.book == object) {
                let fen = Amount::from_fen(1);
                let amount = |entry: &mut Entry| entry.effects.postings[line].amount += fen;
                assert_eq!(alter(&amount), "BALANCE");
                let balance = |entry: &mut Entry| entry.effects.postings[line].balance += fen;
                assert_eq!(alter(&balance), "BALANCE");
                let both = |entry: &mut Entry| {
                    entry.effects.postings[line].amount += fen;
                    entry.effects.postings[line].balance += fen;
                };
                assert_eq!(alter(&both), "PROOF");
            }
        }
    }
}

fn tail(statement: &mut Statement) -> &mut Completeness {
    statement.completeness.as_mut().unwrap()
}

#[test]
fn a_tail_is_all_or_nothing() {
    let story = &*STORY;
    let seals = story.seals.iter().map(|seal| seal.entry + 3);
    for size in seals.chain([9, story.size()]) {
        let whole = story.statement("account:main", size);
        let count = whole.completeness.as_ref().unwrap().tail.len();
        let code = |change: &dyn Fn(&mut Completeness)| {
            let found = refused(story, &whole, |statement| change(tail(statement)));
            found.code
        };
        for at in places(count) {
            assert_eq!(code(&|tail| drop(tail.tail.remove(at))), "TAIL");
            assert_eq!(
                code(&|tail| tail.tail.insert(at, tail.tail[at].clone())),
                "TAIL"
            );
            assert_eq!(code(&|tail| tail.tail.truncate(at)), "TAIL");
            let later = altered(&story_tail(&whole)[at], |entry| {
                entry.effects.revisions.clear();
            });
            assert_eq!(code(&|tail| tail.tail[at].clone_from(&later)), "TAIL");
            if at > 0 {
                assert_eq!(code(&|tail| tail.tail.swap(at - 1, at)), "TAIL");
            }
        }
        let edge = whole.completeness.as_ref().unwrap().hashes.len();
        for at in 0..edge {
            assert_eq!(code(&|tail| tail.hashes[at].0[31] ^= 1), "TAIL");
            assert_eq!(code(&|tail| tail.hashes.truncate(at)), "TAIL");
        }
        assert_eq!(code(&|tail| tail.hashes.push(Hash([1; 32]))), "TAIL");
        let open = refused(story, &whole, |statement| statement.completeness = None);
        assert_eq!(open.code, "OPEN_END");
    }
}

fn story_tail(statement: &Statement) -> &[String] {
    &statement.completeness.as_ref().unwrap().tail
}

#[test]
fn a_leaf_is_that_of_the_object_or_none() {
    let story = &*STORY;
    for object in ["account:main", "party:NOBODY", "", "~"] {
        let whole = story.statement(object, story.size());
        let place = whole.completeness.as_ref().unwrap().seal.as_ref().unwrap();
        let ends = [&place.present, &place.before, &place.after].map(Option::is_some);
        for (which, _) in ends.iter().enumerate().filter(|(_, is)| **is) {
            let code = |change: &dyn Fn(&mut Option<PlacedLeaf>)| {
                let found = refused(story, &whole, |statement| {
                    let place = tail(statement).seal.as_mut().unwrap();
                    change(match which {
                        0 => &mut place.present,
                        1 => &mut place.before,
                        _ => &mut place.after,
                    });
                });
                found.code
            };
            let leaf =
                |change: &dyn Fn(&mut PlacedLeaf)| code(&|one| change(one.as_mut().unwrap()));
            assert_eq!(code(&|one| *one = None), "SEAL");
            assert_eq!(leaf(&|one| one.index += 1), "SEAL");
            assert_eq!(leaf(&|one| one.leaf.push(' ')), "SEAL");
            let more = |leaf: &str| leaf.replacen("\"revision\":", "\"revision\":9", 1);
            assert_eq!(leaf(&|one| one.leaf = more(&one.leaf)), "SEAL");
            for at in 0..place_hashes(&whole, which) {
                assert_eq!(leaf(&|one| one.hashes[at].0[0] ^= 128), "SEAL");
                assert_eq!(leaf(&|one| one.hashes.truncate(at)), "SEAL");
            }
        }
    }
}

fn place_hashes(statement: &Statement, which: usize) -> usize {
    let place = statement.completeness.as_ref().unwrap().seal.as_ref();
    let place = place.unwrap();
    let leaf = [&place.present, &place.before, &place.after][which].as_ref();
    leaf.unwrap().hashes.len()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    /// A byte changed anywhere: refused, or it changed nothing that is proved. Where the
    /// object is absent its name may become another absent one, of which the same is true.
    #[test]
    fn a_changed_byte_never_changes_what_is_proved(
        object: Index, size: Index, place: Index, byte in 0x20..0x7fu8,
    ) {
        let story = &*STORY;
        let objects = objects(story);
        let object = object.get(&objects).as_str();
        let size = size.index(story.entries.len()) as u64 + 1;
        let mut bytes = serde_json::to_vec(&story.statement(object, size)).unwrap();
        let proved = verify_statement(&bytes, &story.policy).unwrap();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Ok(other) = verify_statement(&bytes, &story.policy) {
            if other.object == object {
                prop_assert_eq!(other, proved);
            } else {
                prop_assert_eq!((other.revisions, proved.revisions), (0, 0));
                prop_assert_eq!(story.statement(&other.object, size).revisions, 0);
            }
        }
    }
}
