//! Checking a whole ledger: what is wrong has its code, its table and its row; and what follows
//! from the entries is written anew as it was.

use fundtrail_kernel::{Desk, Memory};
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::port::{Batch, Commit, Read, Table};
use fundtrail_node::fsck::{Known, NotRebuilt, Rebuilt, Report, check, rebuild, resign};
use fundtrail_node::known::KnownCheckpoint;
use fundtrail_node::{Config, MemoryStorage, Storage};

use crate::fixture::*;
use crate::support::{open, open_with};

/// Entries of the ledger, each in a commit of its own.
const SIZE: u64 = 12;

fn ledger() -> Memory {
    static LEDGER: std::sync::OnceLock<Memory> = std::sync::OnceLock::new();
    let make = || {
        let storage = MemoryStorage::default();
        let (node, _) = open(&storage);
        recorded(node.submit(&genesis()));
        for number in 1..u32::try_from(SIZE).unwrap() {
            recorded(node.submit(&enrol(number)));
        }
        drop(node);
        storage.state().as_ref().clone()
    };
    LEDGER.get_or_init(make).clone()
}

fn with_known<T>(f: impl FnOnce(Known<'_>) -> T) -> T {
    let signer = log_signer();
    let desk = Desk {
        origin: ORIGIN.into(),
        log_key: signer.verifier().to_string(),
        tag_key: tag_key(),
    };
    f(Known {
        desk: &desk,
        log_key: signer.verifier(),
        policy: None,
        witnesses: &[],
        schema: None,
        kept: &[],
    })
}

fn checked(memory: &Memory) -> Report {
    with_known(|known| check(memory, known))
}

fn damaged(damage: impl FnOnce(&Memory, &mut Batch)) -> Memory {
    let mut memory = ledger();
    let mut batch = Batch::default();
    damage(&memory, &mut batch);
    memory.commit(&batch).unwrap();
    memory
}

/// Code, table and key of everything that is found after `damage`, but for what start says.
fn found(damage: impl FnOnce(&Memory, &mut Batch)) -> Vec<String> {
    let report = checked(&damaged(damage));
    assert_eq!(report.more, 0);
    let findings = report.findings.iter();
    let named = findings.filter(|finding| finding.code.as_str() != "START_REFUSED");
    named
        .map(|finding| {
            let (table, key) = (finding.table.unwrap(), finding.key.as_deref().unwrap());
            format!("{} {table} {key}", finding.code.as_str())
        })
        .collect()
}

fn value(memory: &Memory, table: Table, key: &[u8]) -> Vec<u8> {
    memory.get(table, key).unwrap().unwrap()
}

/// Turns one bit of a row in its middle.
fn turn(memory: &Memory, batch: &mut Batch, table: Table, key: &[u8]) {
    let mut value = value(memory, table, key);
    let middle = value.len() / 2;
    value[middle] ^= 1;
    batch.put(table, key, value);
}

fn first_of(memory: &Memory, table: Table) -> Vec<u8> {
    let rows = memory.range(table, &[], &[0xff; 64], 1).unwrap();
    rows.into_iter().next().unwrap().0
}

fn place(index: u64) -> [u8; 8] {
    index.to_be_bytes()
}

fn node_key(level: u8, index: u64) -> [u8; 9] {
    fundtrail_merkle::NodeId { level, index }.key()
}

#[test]
fn a_whole_ledger_is_clean() {
    let report = checked(&ledger());
    assert!(report.is_clean(), "{:?}", report.findings);
    assert_eq!(report.size, SIZE);
    assert_eq!(report.rows["entries"], SIZE);
    assert_eq!(report.rows["nodes"], 12 + 6 + 3 + 1);
    assert!(report.rows["versions"] > SIZE);
    let empty = checked(&Memory::default());
    assert!(empty.is_clean() && empty.size == 0, "{:?}", empty.findings);
}

#[test]
fn a_damaged_entry_is_named_and_not_those_around_it() {
    for index in [0, 5, SIZE - 1] {
        let found = found(|memory, batch| turn(memory, batch, Table::Entries, &place(index)));
        let hash = format!("ENTRY_HASH entries {index}");
        assert!(found.contains(&hash), "{found:?}");
        let is_about = |line: &String| line.ends_with(&format!("entries {index}"));
        assert!(found.iter().all(is_about), "{found:?}");
    }
}

#[test]
fn an_entry_that_is_gone_moved_or_too_much_is_named() {
    let gone = found(|_, batch| batch.delete(Table::Entries, place(5)));
    assert_eq!(gone, ["ENTRY_MISSING entries 5", "ENTRY_REPLAY entries 5"]);
    let last = found(|_, batch| batch.delete(Table::Entries, place(SIZE - 1)));
    assert_eq!(last[0], "ENTRY_MISSING entries 11");
    let extra = found(|memory, batch| {
        let bytes = value(memory, Table::Entries, &place(3));
        batch.put(Table::Entries, place(1 << 40), bytes.clone());
        batch.put(Table::Entries, "short", bytes);
    });
    assert_eq!(extra.len(), 2, "{extra:?}");
    assert!(extra.contains(&format!("ROW_UNEXPECTED entries {}", 1_u64 << 40)));
    let copied = found(|memory, batch| {
        batch.put(
            Table::Entries,
            place(5),
            value(memory, Table::Entries, &place(4)),
        );
    });
    assert!(
        copied.contains(&"ENTRY_INDEX entries 5".to_string()),
        "{copied:?}"
    );
    assert!(
        copied.contains(&"ENTRY_CHAIN entries 5".to_string()),
        "{copied:?}"
    );
    assert!(
        copied.contains(&"ENTRY_HASH entries 5".to_string()),
        "{copied:?}"
    );
}

#[test]
fn every_table_that_follows_from_the_entries_is_compared() {
    for table in [
        Table::Nodes,
        Table::Ids,
        Table::Fund,
        Table::Keys,
        Table::Heads,
    ]
    .into_iter()
    .chain([Table::Revisions, Table::Versions, Table::Days])
    {
        let name = table.name();
        let key = first_of(&ledger(), table);
        let turned = found(|memory, batch| turn(memory, batch, table, &key));
        assert_eq!(turned.len(), 1, "{turned:?}");
        assert!(
            turned[0].starts_with(&format!("ROW_DIFFERS {name} ")),
            "{turned:?}"
        );
        let gone = found(|_, batch| batch.delete(table, key.clone()));
        assert_eq!(gone.len(), 1, "{gone:?}");
        assert!(
            gone[0].starts_with(&format!("ROW_MISSING {name} ")),
            "{gone:?}"
        );
        let extra = found(|_, batch| batch.put(table, "~~~", "1"));
        assert_eq!(extra.len(), 1, "{extra:?}");
        assert!(
            extra[0].starts_with(&format!("ROW_UNEXPECTED {name} ")),
            "{extra:?}"
        );
    }
    let node = found(|_, batch| batch.put(Table::Nodes, node_key(2, 1), vec![7; 32]));
    assert_eq!(node, ["ROW_DIFFERS nodes 2/1"]);
    // A leaf that the bytes and the entry after it speak against.
    let leaf = found(|_, batch| batch.put(Table::Nodes, node_key(0, 5), vec![7; 32]));
    assert_eq!(leaf, ["ROW_DIFFERS nodes 0/5"]);
    let leaf = found(|_, batch| batch.put(Table::Nodes, node_key(0, SIZE - 1), vec![7; 32]));
    assert_eq!(leaf, ["ROW_DIFFERS nodes 0/11"]);
    let unmarked = found(|_, batch| batch.delete(Table::Meta, "history"));
    assert_eq!(unmarked, ["ROW_MISSING meta history"]);
}

/// A checkpoint of another size or root, signed with the right key.
fn signed(size: u64, root: [u8; 32]) -> String {
    let checkpoint = Checkpoint::new(ORIGIN, size, fundtrail_merkle::Hash(root)).unwrap();
    checkpoint.sign(&log_signer()).unwrap().to_text()
}

#[test]
fn checkpoints_are_signed_of_the_right_root_and_all_there() {
    let table = Table::Checkpoints;
    let turned = found(|memory, batch| turn(memory, batch, table, &place(4)));
    assert_eq!(turned[0], "CHECKPOINT_INVALID checkpoints 4");
    let root = found(|_, batch| batch.put(table, place(4), signed(4, [7; 32])));
    assert_eq!(root, ["CHECKPOINT_ROOT checkpoints 4"]);
    let size = found(|memory, batch| {
        batch.put(table, place(4), value(memory, table, &place(5)));
    });
    assert_eq!(size, ["CHECKPOINT_SIZE checkpoints 4"]);
    let newest = found(|_, batch| batch.delete(table, place(SIZE)));
    assert_eq!(newest, ["CHECKPOINT_MISSING checkpoints 12"]);
    let ahead = found(|_, batch| batch.put(Table::Witnessed, place(20), signed(20, [7; 32])));
    assert_eq!(
        ahead,
        ["WITNESSED_SIZE witnessed 20", "WITNESSED_TEXT witnessed 20"]
    );
}

#[test]
fn a_checkpoint_kept_elsewhere_knows_of_a_newer_and_of_another_ledger() {
    let memory = ledger();
    let codes = |note: String| -> Vec<&'static str> {
        with_known(|known| {
            let kept = KnownCheckpoint::read("kept", note.as_bytes(), known.log_key).unwrap();
            let known = Known {
                kept: &[kept],
                ..known
            };
            let report = check(&memory, known);
            let findings = report.findings.iter();
            findings.map(|finding| finding.code.as_str()).collect()
        })
    };
    let own = value(&memory, Table::Checkpoints, &place(3));
    assert_eq!(codes(String::from_utf8(own).unwrap()), [""; 0]);
    assert_eq!(codes(signed(3, [7; 32])), ["DIFFERS_FROM_KNOWN"]);
    assert_eq!(codes(signed(13, [7; 32])), ["SHORTER_THAN_KNOWN"]);
}

fn rebuilt(storage: &MemoryStorage) -> Result<Rebuilt, NotRebuilt> {
    let mut writer = storage.clone();
    let mut outcome = None;
    storage.with_snapshot(&mut |read| {
        outcome = Some(with_known(|known| rebuild(read, known, &mut writer)));
    });
    outcome.unwrap()
}

#[test]
fn what_follows_from_the_entries_is_written_anew_as_it_was() {
    let memory = damaged(|memory, batch| {
        for table in [
            Table::Ids,
            Table::Fund,
            Table::Keys,
            Table::Versions,
            Table::Days,
        ] {
            let rows = memory.range(table, &[], &[0xff; 64], usize::MAX).unwrap();
            for (number, (key, _)) in rows.iter().enumerate() {
                match number % 3 {
                    0 => batch.delete(table, key.clone()),
                    1 => turn(memory, batch, table, key),
                    _ => {}
                }
            }
            batch.put(table, "~~~", "1");
        }
        batch.put(Table::Nodes, node_key(1, 2), vec![7; 32]);
        batch.delete(Table::Meta, "history");
    });
    let storage = MemoryStorage::holding(memory);
    let done = rebuilt(&storage).unwrap();
    assert!(done.written > 20 && done.removed == 5, "{done:?}");
    assert_eq!(*storage.state(), ledger());
    assert_eq!(rebuilt(&storage).unwrap(), Rebuilt::default());
}

#[test]
fn nothing_is_derived_from_entries_that_nobody_vouches_for() {
    let refused = |damage: fn(&Memory, &mut Batch)| {
        let memory = damaged(damage);
        let storage = MemoryStorage::holding(memory.clone());
        let error = rebuilt(&storage).unwrap_err();
        assert_eq!(*storage.state(), memory, "something was written");
        error
    };
    let error = refused(|memory, batch| turn(memory, batch, Table::Entries, &place(5)));
    let NotRebuilt::Entries(finding) = error else {
        panic!("{error:?}");
    };
    assert_eq!(finding.key.as_deref(), Some("5"));
    let error = refused(|_, batch| batch.delete(Table::Checkpoints, place(SIZE)));
    assert_eq!(error, NotRebuilt::Checkpoint);
    let error = refused(|_, batch| {
        batch.put(Table::Checkpoints, place(SIZE), signed(SIZE, [7; 32]));
    });
    assert_eq!(error, NotRebuilt::Checkpoint);
    let error = refused(|_, batch| {
        batch.put(Table::Witnessed, place(SIZE - 1), signed(SIZE - 1, [7; 32]));
    });
    assert_eq!(error, NotRebuilt::Checkpoint);
}

/// Signs again what is not there; gives how many, and what there is then.
fn resigned(memory: Memory) -> (Result<u64, NotRebuilt>, Memory) {
    let storage = MemoryStorage::holding(memory);
    let mut writer = storage.clone();
    let mut outcome = None;
    storage.with_snapshot(&mut |read| {
        let sign = |known: Known<'_>| resign(read, known, &log_signer(), &mut writer);
        outcome = Some(with_known(sign));
    });
    (outcome.unwrap(), storage.state().as_ref().clone())
}

#[test]
fn checkpoints_are_signed_again_as_they_were() {
    let (storage, clock) = (MemoryStorage::default(), clock());
    let config = Config::new(log_signer(), tag_key(), clock.clone());
    let (node, _) = open_with(&storage, config);
    recorded(node.submit(&genesis()));
    for number in 1..12_u32 {
        // Two commits at each moment but the first: 1, 3, 5, 7, 9, 11 and 12 are known of.
        if number % 2 == 1 {
            let moment = format!("2022-03-01T11:{number:02}:00+08:00");
            clock.set(fundtrail_model::Moment::parse(&moment).unwrap());
        }
        recorded(node.submit(&enrol(number)));
    }
    drop(node);
    let whole = storage.state().as_ref().clone();
    assert_eq!(resigned(whole.clone()), (Ok(0), whole.clone()));
    let known_of = [1, 3, 5, 7, 9, 11];
    let without = |sizes: &[u64]| {
        let mut memory = whole.clone();
        let mut batch = Batch::default();
        for size in sizes {
            batch.delete(Table::Checkpoints, place(*size));
        }
        memory.commit(&batch).unwrap();
        memory
    };
    assert_eq!(resigned(without(&known_of)), (Ok(6), whole.clone()));
    // Between two commits of one moment nobody sees an end.
    let between = without(&[2, 4]);
    assert_eq!(resigned(between.clone()), (Ok(0), between));
    // The newest vouches for all before it: without it, or over other entries, nothing is signed.
    let all: Vec<u64> = (1..=12).collect();
    let none = without(&all);
    assert_eq!(resigned(none.clone()), (Err(NotRebuilt::Checkpoint), none));
    let mut other = without(&known_of);
    let mut batch = Batch::default();
    batch.put(Table::Checkpoints, place(12), signed(12, [7; 32]));
    other.commit(&batch).unwrap();
    assert_eq!(
        resigned(other.clone()),
        (Err(NotRebuilt::Checkpoint), other)
    );
    let mut turned = without(&known_of);
    let mut batch = Batch::default();
    turn(&turned, &mut batch, Table::Entries, &place(5));
    turned.commit(&batch).unwrap();
    let (outcome, after) = resigned(turned.clone());
    assert!(
        matches!(outcome, Err(NotRebuilt::Entries(_))),
        "{outcome:?}"
    );
    assert_eq!(after, turned);
}
