//! Random histories: what is read of the past is what a replay of so many entries has.

use alloc::string::ToString;
use alloc::vec::Vec;

use fundtrail_model::Day;
use fundtrail_model::port::{Batch, Commit, Read, Table};
use fundtrail_regulation::state::NEWEST_DATE;
use proptest::prelude::*;

use super::rows::{self, Sort};
use super::{Past, record, size_on};
use crate::memory::Memory;

/// A state table with keys of every sort, two whose rows are only added, and one beside.
const TABLES: [Table; 5] = [
    Table::Books,
    Table::Queue,
    Table::BankLoans,
    Table::Revisions,
    Table::Entries,
];

/// What one entry writes: its date, and rows to set or to remove.
type Writes = (u8, Vec<(usize, Vec<u8>, Option<Vec<u8>>)>);

fn day(number: u8) -> Day {
    Day::parse("2022-01-01")
        .and_then(|first| first.plus_days(i64::from(number)))
        .unwrap()
}

/// Short keys of few bytes, so that they meet, begin each other, and hold the bytes that are
/// escaped.
fn key() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop_oneof![Just(0), Just(1), Just(0x61), Just(0xff)], 0..4)
}

fn entry() -> impl Strategy<Value = Writes> {
    let value = prop::option::of(prop::collection::vec(any::<u8>(), 0..3));
    let write = (0..3_usize, key(), value);
    (0..12_u8, prop::collection::vec(write, 0..6))
}

/// What the kernel does with an entry, less the law: its writes and the history of them.
fn play(memory: &mut Memory, index: u64, newest: &mut Option<Day>, (date, writes): &Writes) {
    let (mut batch, mut kept) = (Batch::default(), Batch::default());
    let date = day(*date);
    if newest.is_none_or(|newest| newest < date) {
        *newest = Some(date);
        batch.put(Table::Fund, NEWEST_DATE, date.to_string().into_bytes());
    }
    for (table, key, value) in writes {
        match value {
            Some(value) => batch.put(TABLES[*table], key.clone(), value.clone()),
            None => batch.delete(TABLES[*table], key.clone()),
        }
    }
    let revision = [&date.number().to_be_bytes()[3..], &index.to_be_bytes()].concat();
    batch.put(Table::Revisions, revision, index.to_be_bytes());
    record(&mut kept, index, date, &batch);
    batch.put(Table::Entries, index.to_be_bytes(), index.to_le_bytes());
    batch.absorb(kept);
    memory.commit(&batch).unwrap();
}

fn ledger(entries: &[Writes]) -> Memory {
    let (mut memory, mut newest) = (Memory::default(), None);
    for (index, writes) in (0..).zip(entries) {
        play(&mut memory, index, &mut newest, writes);
    }
    memory
}

proptest! {
    #[test]
    fn the_past_reads_as_a_replay_of_the_beginning(
        entries in prop::collection::vec(entry(), 0..24),
        cut in 0..25_usize,
        probes in prop::collection::vec((key(), key(), 0..40_usize), 1..8),
    ) {
        let whole = ledger(&entries);
        let cut = cut.min(entries.len());
        let replayed = ledger(&entries[..cut]);
        let past = Past::new(&whole, cut as u64);
        for table in TABLES {
            for (from, until, limit) in &probes {
                prop_assert_eq!(past.get(table, from).unwrap(), replayed.get(table, from).unwrap());
                for until in [until.as_slice(), &[0xff; 9]] {
                    prop_assert_eq!(
                        past.range(table, from, until, *limit).unwrap(),
                        replayed.range(table, from, until, *limit).unwrap()
                    );
                    prop_assert_eq!(
                        past.range_back(table, from, until, *limit).unwrap(),
                        replayed.range_back(table, from, until, *limit).unwrap()
                    );
                }
            }
            let all = (&[][..], &[0xff; 9][..]);
            prop_assert_eq!(
                past.range(table, all.0, all.1, usize::MAX).unwrap(),
                replayed.range(table, all.0, all.1, usize::MAX).unwrap()
            );
            prop_assert_eq!(
                past.range_back(table, all.0, all.1, usize::MAX).unwrap(),
                replayed.range_back(table, all.0, all.1, usize::MAX).unwrap()
            );
        }
    }

    #[test]
    fn a_day_is_the_longest_beginning_with_nothing_dated_after_it(
        entries in prop::collection::vec(entry(), 0..24),
        on in 0..14_u8,
    ) {
        let whole = ledger(&entries);
        let beginning = entries.iter().take_while(|(date, _)| *date <= on).count();
        let wanted = (beginning < entries.len()).then_some(beginning as u64);
        prop_assert_eq!(size_on(&whole, day(on)).unwrap(), wanted);
    }

    #[test]
    fn versions_sort_as_their_rows_and_newest_first(one in key(), other in key(), at: u64, later: u64) {
        let (a, b) = (rows::key(7, &one, at), rows::key(7, &other, later));
        prop_assert_eq!(a.cmp(&b), one.cmp(&other).then(later.cmp(&at)));
        prop_assert_eq!(rows::row_key(rows::split(&a).unwrap().0).unwrap(), one.clone());
        prop_assert_eq!(rows::split(&a).unwrap().1, at);
        prop_assert_eq!(rows::bound(7, &other) <= a, other <= one);
    }
}

/// One row changes with every entry; every third entry adds a row beside it, and takes an
/// older one away.
fn churn(size: u64) -> Memory {
    let (mut memory, mut newest) = (Memory::default(), None);
    for index in 0..size {
        let row = |index: u64| [b"k", &index.to_be_bytes()[..]].concat();
        let mut writes = Vec::from([(0, b"m".to_vec(), Some(index.to_string().into_bytes()))]);
        if index % 3 == 0 {
            writes.push((0, row(index), Some(row(index))));
            writes.extend(index.checked_sub(300).map(|old| (0, row(old), None)));
        }
        play(&mut memory, index, &mut newest, &(0, writes));
    }
    memory
}

#[test]
fn few_rows_of_many_versions_and_many_of_few() {
    let memory = churn(900);
    for size in [0_u64, 1, 2, 299, 300, 301, 600, 899, 900] {
        let replayed = churn(size);
        let past = Past::new(&memory, size);
        for table in [Table::Books, Table::Revisions, Table::Entries] {
            for limit in [1, 7, 8, 9, 100, usize::MAX] {
                let bounds = (&[][..], &[0xff; 9][..]);
                assert_eq!(
                    past.range(table, bounds.0, bounds.1, limit),
                    replayed.range(table, bounds.0, bounds.1, limit)
                );
                assert_eq!(
                    past.range_back(table, bounds.0, bounds.1, limit),
                    replayed.range_back(table, bounds.0, bounds.1, limit)
                );
            }
        }
    }
}

#[test]
fn no_number_of_a_table_is_used_twice() {
    let numbers = Table::ALL
        .iter()
        .filter_map(|table| match rows::sort(*table) {
            Sort::Kept(number) => Some(number),
            _ => None,
        });
    let mut numbers: Vec<u8> = numbers.collect();
    let count = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), count);
}

#[test]
fn a_row_that_is_no_version_is_a_fault() {
    let mut memory = Memory::default();
    let mut batch = Batch::default();
    batch.put(Table::Versions, rows::key(7, b"a", 0), [2, 2]);
    batch.put(Table::Days, day(5).number().to_be_bytes(), [1]);
    memory.commit(&batch).unwrap();
    let past = Past::new(&memory, 1);
    assert!(past.get(Table::Books, b"a").is_err());
    assert!(past.range(Table::Books, b"", b"z", 9).is_err());
    assert!(past.range_back(Table::Books, b"", b"z", 9).is_err());
    assert!(size_on(&memory, day(4)).is_err());
    assert_eq!(size_on(&memory, day(5)), Ok(None));
    // A key that no version has.
    let mut batch = Batch::default();
    batch.put(
        Table::Versions,
        [&[7, 0, 1, 0, 0][..], &[0xff; 8]].concat(),
        [1],
    );
    memory.commit(&batch).unwrap();
    let past = Past::new(&memory, 1);
    assert!(past.range(Table::Books, b"", b"a", 9).is_err());
}
