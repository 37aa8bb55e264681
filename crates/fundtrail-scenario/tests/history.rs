//! The past of every scenario's ledger: each beginning reads as a replay of that beginning,
//! table by table, and a day is the beginning that it should be.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

use std::fs;
use std::path::{Path, PathBuf};

use fundtrail_kernel::history::{self, Past, size_on};
use fundtrail_kernel::replay::Replay;
use fundtrail_kernel::{Memory, proofs};
use fundtrail_model::port::{Batch, Commit, Read, Table};
use fundtrail_model::{Day, Entry, Transaction};
use fundtrail_regulation::obligations::obligations;
use fundtrail_regulation::state::View;
use fundtrail_scenario::{Run, read};

const SCENARIOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/scenarios");

/// What a replay does not have: checkpoints are signed by a log only.
const BESIDE: [Table; 5] = [
    Table::Meta,
    Table::Nodes,
    Table::Checkpoints,
    Table::Disclosures,
    Table::Versions,
];

fn files() -> Vec<PathBuf> {
    let found = fs::read_dir(SCENARIOS)
        .unwrap()
        .map(|one| one.unwrap().path());
    let mut files: Vec<PathBuf> = found
        .filter(|path| path.extension().is_some_and(|extension| extension == "scn"))
        .collect();
    files.sort();
    files
}

/// A scenario's ledger; what is expected of it is another test's.
fn played(file: &Path) -> Memory {
    let scenario = read(file).unwrap();
    let mut run = Run::alone(&scenario).unwrap();
    for action in &scenario.actions {
        run.play(action, None).unwrap();
    }
    run.shadow().memory().clone()
}

fn entries(memory: &Memory) -> Vec<Vec<u8>> {
    let rows = memory.range(Table::Entries, &[], &[0xff; 9], usize::MAX);
    rows.unwrap().into_iter().map(|(_, bytes)| bytes).collect()
}

fn date(entry: &[u8]) -> Day {
    let entry = Entry::parse(entry).unwrap();
    Transaction::parse(&entry.envelope.payload).unwrap().date
}

/// The tables of a state that follow from its entries.
fn assert_same(past: &Past<'_>, replayed: &Memory, what: &str) {
    let bounds = (&[][..], &[0xff; 48][..]);
    for table in Table::ALL.iter().filter(|table| !BESIDE.contains(table)) {
        if *table == Table::Days {
            continue;
        }
        let rows = replayed
            .range(*table, bounds.0, bounds.1, usize::MAX)
            .unwrap();
        let found = past.range(*table, bounds.0, bounds.1, usize::MAX).unwrap();
        assert_eq!(found, rows, "{what}: {table:?}");
        let back = past
            .range_back(*table, bounds.0, bounds.1, usize::MAX)
            .unwrap();
        assert!(
            back.into_iter().rev().eq(rows.clone()),
            "{what}: {table:?} back"
        );
        for (key, value) in rows.iter().step_by(7) {
            assert_eq!(
                past.get(*table, key).unwrap().as_ref(),
                Some(value),
                "{what}: {table:?}"
            );
            let short = past.range(*table, key, bounds.1, 2).unwrap();
            assert_eq!(short, replayed.range(*table, key, bounds.1, 2).unwrap());
            let short = past.range_back(*table, bounds.0, key, 2).unwrap();
            assert_eq!(
                short,
                replayed.range_back(*table, bounds.0, key, 2).unwrap()
            );
        }
    }
}

#[test]
fn every_beginning_of_every_scenario_reads_as_its_replay() {
    for file in files() {
        let memory = played(&file);
        let entries = entries(&memory);
        let mut replay = Replay::new(None).unwrap().leaving_signatures();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        assert_same(&Past::new(&memory, 0), replay.state(), &name);
        for (index, bytes) in (1_u64..).zip(&entries) {
            replay.next(bytes).unwrap().unwrap();
            let past = Past::new(&memory, index);
            assert_same(&past, replay.state(), &format!("{name} {index}"));
        }
        assert!(!entries.is_empty(), "{name}");
    }
}

#[test]
fn a_day_of_every_scenario_is_its_longest_beginning_without_a_later_date() {
    let mut late = 0;
    for file in files() {
        let memory = played(&file);
        let dates: Vec<Day> = entries(&memory).iter().map(|entry| date(entry)).collect();
        late += usize::from(!dates.is_sorted());
        let around = dates
            .iter()
            .flat_map(|day| [-1, 0, 1].map(|by| day.plus_days(by)));
        for day in around.flatten() {
            let beginning = dates.iter().take_while(|date| **date <= day).count();
            let wanted = (beginning < dates.len()).then_some(beginning as u64);
            assert_eq!(size_on(&memory, day).unwrap(), wanted, "{file:?} {day}");
        }
    }
    assert!(late > 5, "some scenarios record late: {late}");
}

// S65: reported 2022-09-22, the money of 2022-09-20 is owed; before the report nobody owed it.
#[test]
fn what_is_owed_follows_the_height() {
    let memory = played(&Path::new(SCENARIOS).join("life-cycle.scn"));
    for (size, bytes) in (1_u64..).zip(&entries(&memory)) {
        let mut replay = Replay::new(None).unwrap().leaving_signatures();
        for bytes in entries(&memory).iter().take(usize::try_from(size).unwrap()) {
            replay.next(bytes).unwrap().unwrap();
        }
        let past = Past::new(&memory, size);
        let on = date(bytes);
        let owed = obligations(View::new(&past), on).unwrap();
        assert_eq!(owed, obligations(View::new(replay.state()), on).unwrap());
        assert_eq!(proofs::last_entry(&past).unwrap().unwrap().0 + 1, size);
    }
}

#[test]
fn a_ledger_without_history_gets_the_one_it_would_have() {
    let rows = |memory: &Memory, table| memory.range(table, &[], &[0xff; 64], usize::MAX).unwrap();
    for file in [
        "life-cycle.scn",
        "reversals.scn",
        "late-stays-late.scn",
        "linhai.scn",
    ] {
        let with = played(&Path::new(SCENARIOS).join(file));
        let mut without = with.clone();
        let mut removal = Batch::default();
        for table in [Table::Versions, Table::Days] {
            for (key, _) in rows(&with, table) {
                removal.delete(table, key);
            }
        }
        removal.delete(Table::Meta, "history");
        without.commit(&removal).unwrap();
        assert!(!history::is_made(&without).unwrap());
        assert!(history::is_made(&with).unwrap() && history::is_made(&Memory::default()).unwrap());

        let size = entries(&with).len() as u64;
        let before = without.clone();
        history::make(&before, size, &mut without).unwrap().unwrap();
        assert!(history::is_made(&without).unwrap());
        assert!(with == without, "{file}");
    }
}
