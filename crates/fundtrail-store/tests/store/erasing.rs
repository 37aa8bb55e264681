//! What was disclosed and then removed is in no file of the directory any more.

use std::fs;
use std::path::Path;
use std::sync::mpsc::channel;
use std::thread;

use fundtrail_model::port::{Batch, Commit as _, Table};
use fundtrail_store::{Store, Writer};
use tempfile::TempDir;

use crate::support::open;

/// Bytes that LZ4 cannot shorten, so that a search finds them in any file they are in.
fn canary(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()
    };
    (0..32).flat_map(|_| next()).collect()
}

/// Files that hold a piece of the canary long enough to know it by.
fn found(directory: &Path, canary: &[u8]) -> Vec<String> {
    let piece = &canary[64..80];
    let mut names = Vec::new();
    for file in fs::read_dir(directory).expect("the directory can be read") {
        let file = file.expect("its entries can be read");
        // A file may be gone by now.
        let bytes = fs::read(file.path()).unwrap_or_default();
        if bytes.windows(piece.len()).any(|window| window == piece) {
            names.push(file.file_name().to_string_lossy().into_owned());
        }
    }
    names
}

fn extension(names: &[String], wanted: &str) -> bool {
    names.iter().any(|name| {
        Path::new(name)
            .extension()
            .is_some_and(|found| found == wanted)
    })
}

fn put(writer: &mut Writer, table: Table, key: &str, value: &[u8]) {
    let mut batch = Batch::default();
    batch.put(table, key, value);
    writer.commit(&batch).expect("the row is committed");
}

fn erase(writer: &mut Writer, key: &str) {
    let mut batch = Batch::default();
    batch.delete(Table::Disclosures, key);
    batch.put(Table::Erased, "T1", "{}");
    writer.commit(&batch).expect("the erasure is committed");
}

/// Writes past the memory of a table, so that RocksDB makes files of it by itself.
fn fill(writer: &mut Writer) {
    for n in 0..40_u64 {
        let mut batch = Batch::default();
        for k in 0..64_u64 {
            let row: Vec<u8> = (0..32)
                .flat_map(|part| canary(7 + n * 64 + k + part))
                .collect();
            batch.put(Table::Disclosures, format!("filler-{n}-{k}"), row);
        }
        writer.commit(&batch).expect("the filler is committed");
    }
}

fn row(store: &Store, key: &str) -> Option<Vec<u8>> {
    store.read(|state| {
        state
            .get(Table::Disclosures, key.as_bytes())
            .expect("the row can be read")
    })
}

#[test]
fn what_waits_in_the_log_goes() {
    let directory = TempDir::new().expect("a directory");
    let (store, mut writer) = open(directory.path());
    let secret = canary(1);
    put(&mut writer, Table::Disclosures, "d1", &secret);
    put(&mut writer, Table::Disclosures, "d2", &canary(2));
    assert!(extension(&found(directory.path(), &secret), "log"));

    erase(&mut writer, "d1");
    assert_eq!(found(directory.path(), &secret), Vec::<String>::new());
    assert_eq!(row(&store, "d1"), None);
    assert_eq!(row(&store, "d2"), Some(canary(2)), "the others stay");
    assert!(!found(directory.path(), &canary(2)).is_empty());
}

#[test]
fn what_is_in_files_of_any_level_goes() {
    let directory = TempDir::new().expect("a directory");
    let secret = canary(1);
    {
        let (_store, mut writer) = open(directory.path());
        put(&mut writer, Table::Disclosures, "d1", &secret);
        fill(&mut writer);
    }
    // Opened again: the log was read into files.
    let (store, mut writer) = open(directory.path());
    assert!(extension(&found(directory.path(), &secret), "sst"));
    fill(&mut writer);
    erase(&mut writer, "d1");
    assert_eq!(found(directory.path(), &secret), Vec::<String>::new());
    assert_eq!(row(&store, "d1"), None);
    drop((store, writer));

    let (store, _writer) = open(directory.path());
    assert_eq!(found(directory.path(), &secret), Vec::<String>::new());
    assert_eq!(row(&store, "d1"), None);
    assert!(row(&store, "filler-39-63").is_some());
}

#[test]
fn what_was_written_over_beside_it_goes() {
    let directory = TempDir::new().expect("a directory");
    let (_store, mut writer) = open(directory.path());
    let secret = canary(1);
    put(&mut writer, Table::Drafts, "t1", &secret);
    put(&mut writer, Table::Drafts, "t1", b"without it");
    put(&mut writer, Table::Disclosures, "d1", &secret);
    erase(&mut writer, "d1");
    assert_eq!(found(directory.path(), &secret), Vec::<String>::new());
}

/// What a draft disclosed goes when its row is written anew, if the batch says so.
#[test]
fn what_is_to_be_erased_of_a_row_that_stays_goes() {
    let directory = TempDir::new().expect("a directory");
    let (store, mut writer) = open(directory.path());
    let secret = canary(1);
    put(&mut writer, Table::Drafts, "t1", &secret);
    put(&mut writer, Table::Drafts, "t1", b"signed");
    put(&mut writer, Table::Disclosures, "d2", &canary(2));
    assert!(
        !found(directory.path(), &secret).is_empty(),
        "replaced is not erased"
    );
    let mut batch = Batch::default();
    batch.put(Table::Drafts, "t1", "ended");
    batch.erase(Table::Drafts);
    // Nobody is waited for: a draft is no reason to hold up the ledger.
    store.read(|_| writer.commit(&batch).expect("it is committed"));
    assert!(!found(directory.path(), &secret).is_empty());
    writer
        .commit(&Batch::default())
        .expect("what is owed is done");
    assert_eq!(found(directory.path(), &secret), Vec::<String>::new());
    assert_eq!(row(&store, "d2"), Some(canary(2)), "the others stay");

    put(&mut writer, Table::Drafts, "t1", &secret);
    writer.commit(&batch).expect("it is committed");
    assert_eq!(found(directory.path(), &secret), Vec::<String>::new());
}

#[test]
fn a_removal_elsewhere_rewrites_nothing() {
    let directory = TempDir::new().expect("a directory");
    let (_store, mut writer) = open(directory.path());
    put(&mut writer, Table::Disclosures, "d1", &canary(1));
    let mut batch = Batch::default();
    batch.delete(Table::Queue, "q1");
    writer.commit(&batch).expect("the removal is committed");
    assert!(extension(&found(directory.path(), &canary(1)), "log"));
    assert!(!extension(&found(directory.path(), &canary(1)), "sst"));
}

/// A reader keeps the state it began with. The commit waits for it.
#[test]
fn a_reader_of_the_older_state_is_waited_for() {
    let directory = TempDir::new().expect("a directory");
    let (store, mut writer) = open(directory.path());
    let secret = canary(1);
    put(&mut writer, Table::Disclosures, "d1", &secret);
    let (begun, has_begun) = channel();
    let reader = {
        let (store, secret) = (store.clone(), secret.clone());
        thread::spawn(move || {
            store.read(|state| {
                begun.send(()).expect("the test waits");
                thread::sleep(std::time::Duration::from_millis(300));
                let row = state.get(Table::Disclosures, b"d1");
                assert_eq!(row.expect("the row can be read"), Some(secret));
            });
        })
    };
    has_begun.recv().expect("the reader began");
    erase(&mut writer, "d1");
    reader.join().expect("the reader saw its state");
    assert_eq!(found(directory.path(), &secret), Vec::<String>::new());
}

/// A reader that stays longer than the commit waits: the bytes go with a later commit.
#[test]
fn a_reader_that_stays_puts_it_off() {
    let directory = TempDir::new().expect("a directory");
    let (store, mut writer) = open(directory.path());
    let secret = canary(1);
    put(&mut writer, Table::Disclosures, "d1", &secret);
    store.read(|_| {
        erase(&mut writer, "d1");
        put(&mut writer, Table::Queue, "q1", b"waits");
        assert!(!found(directory.path(), &secret).is_empty());
    });
    assert_eq!(row(&store, "d1"), None);
    put(&mut writer, Table::Queue, "q1", b"waits");
    assert_eq!(found(directory.path(), &secret), Vec::<String>::new());
}

/// Killed between the commit and the end of the erasure: the next opening ends it.
#[test]
fn a_crash_puts_it_off_until_the_next_opening() {
    let directory = TempDir::new().expect("a directory");
    let copy = TempDir::new().expect("a directory");
    let secret = canary(1);
    {
        let (store, mut writer) = open(directory.path());
        put(&mut writer, Table::Disclosures, "d1", &secret);
        // A reader keeps the erasure from ending: this is how the directory looks when the
        // process dies after the commit.
        store.read(|_| {
            erase(&mut writer, "d1");
            for file in fs::read_dir(directory.path()).expect("it can be read") {
                let file = file.expect("its entries can be read");
                fs::copy(file.path(), copy.path().join(file.file_name())).expect("copied");
            }
        });
    }
    assert!(!found(copy.path(), &secret).is_empty());
    let (store, _writer) = open(copy.path());
    assert_eq!(found(copy.path(), &secret), Vec::<String>::new());
    assert_eq!(row(&store, "d1"), None);
}
