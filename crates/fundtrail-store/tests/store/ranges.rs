//! Ranges, forwards and backwards, against a `BTreeMap` that cannot be wrong.

use std::collections::BTreeMap;

use fundtrail_model::port::{Batch, Commit, Read, Row, Table, past_prefix};
use fundtrail_store::Store;

use crate::support::{Seeded, open};

const TABLE: Table = Table::Movements;

type Oracle = BTreeMap<Vec<u8>, Vec<u8>>;

fn expected(oracle: &Oracle, from: &[u8], until: &[u8]) -> Vec<Row> {
    if until <= from {
        return Vec::new();
    }
    oracle
        .range(from.to_vec()..until.to_vec())
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn check(state: &dyn Read, oracle: &Oracle, from: &[u8], until: &[u8], limit: usize) {
    let mut rows = expected(oracle, from, until);
    let first: Vec<Row> = rows.iter().take(limit).cloned().collect();
    assert_eq!(
        state.range(TABLE, from, until, limit),
        Ok(first),
        "{from:?}..{until:?} × {limit}"
    );
    rows.reverse();
    rows.truncate(limit);
    assert_eq!(
        state.range_back(TABLE, from, until, limit),
        Ok(rows),
        "{from:?}..{until:?} × {limit} backwards"
    );
}

fn three_rows() -> (tempfile::TempDir, Store) {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let (store, mut writer) = open(scratch.path());
    let mut batch = Batch::default();
    for key in ["a", "b", "c"] {
        batch.put(TABLE, key, key.to_uppercase());
    }
    // Neighbours in other tables, which must not leak in.
    batch.put(Table::Books, "b", "another table's");
    batch.put(Table::Interest, "b", "another table's");
    writer.commit(&batch).expect("the batch is committed");
    (scratch, store)
}

fn keys(rows: Result<Vec<Row>, fundtrail_model::port::Fault>) -> String {
    let rows = rows.expect("the range can be read");
    rows.into_iter()
        .map(|(key, _)| String::from_utf8_lossy(&key).into_owned())
        .collect()
}

#[test]
fn bounds_are_inclusive_below_and_exclusive_above() {
    let (_scratch, store) = three_rows();
    let cases: [(&str, &str, &str); 10] = [
        ("a", "c", "ab"),
        ("a", "c\0", "abc"),
        ("b", "c", "b"),
        ("a\0", "c", "b"),
        ("", "a", ""),
        ("", "z", "abc"),
        ("c", "z", "c"),
        ("b", "b", ""),
        ("c", "a", ""),
        ("a", "", ""),
    ];
    store.read(|state| {
        for (from, until, found) in cases {
            let (from, until) = (from.as_bytes(), until.as_bytes());
            assert_eq!(
                keys(state.range(TABLE, from, until, 9)),
                found,
                "{from:?}..{until:?}"
            );
            let back: String = found.chars().rev().collect();
            assert_eq!(
                keys(state.range_back(TABLE, from, until, 9)),
                back,
                "{from:?}..{until:?}"
            );
        }
    });
}

#[test]
fn a_limit_keeps_the_rows_nearest_the_start() {
    let (_scratch, store) = three_rows();
    store.read(|state| {
        for (limit, forwards, back) in [
            (0, "", ""),
            (1, "a", "c"),
            (2, "ab", "cb"),
            (9, "abc", "cba"),
        ] {
            assert_eq!(keys(state.range(TABLE, b"", b"z", limit)), forwards);
            assert_eq!(keys(state.range_back(TABLE, b"", b"z", limit)), back);
        }
    });
}

#[test]
fn ranges_agree_with_a_map_whatever_is_written() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let (mut store, mut writer) = open(scratch.path());
    let mut oracle = Oracle::new();
    let mut seeded = Seeded::new(7);
    for round in 0..60 {
        let mut batch = Batch::default();
        for _ in 0..seeded.below(40) {
            let key = short_key(&mut seeded);
            if seeded.below(3) == 0 {
                batch.delete(TABLE, key.clone());
                oracle.remove(&key);
            } else {
                let value = short_key(&mut seeded);
                batch.put(TABLE, key.clone(), value.clone());
                oracle.insert(key, value);
            }
        }
        writer.commit(&batch).expect("the batch is committed");
        // Reopening moves rows from the log into files: some rounds read a mixture.
        if round % 20 == 19 {
            drop((store, writer));
            (store, writer) = open(scratch.path());
        }
        store.read(|state| {
            for _ in 0..60 {
                let (from, until) = (short_key(&mut seeded), short_key(&mut seeded));
                let limit = seeded.below(12) as usize;
                check(state, &oracle, &from, &until, limit);
                check(state, &oracle, &from, &past_prefix(&from), usize::MAX);
                let found = state.get(TABLE, &from);
                assert_eq!(found, Ok(oracle.get(&from).cloned()));
            }
            check(state, &oracle, b"", &[0xff; 9], usize::MAX);
        });
    }
    assert!(oracle.len() > 50, "the rounds left rows to compare");
}

/// Few different bytes, extremes among them, so that keys collide and share prefixes.
fn short_key(seeded: &mut Seeded) -> Vec<u8> {
    let length = seeded.below(5);
    (0..length)
        .map(|_| [0x00, 0x01, b'a', 0xfe, 0xff][seeded.below(5) as usize])
        .collect()
}
