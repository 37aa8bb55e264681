//! Commits: what was put can be read back, from every table, now and after reopening.

use std::fs;

use fundtrail_model::port::{Batch, Commit, Table};
use fundtrail_store::Store;

use crate::support::{all, newest_whole, numbered, open};

#[test]
fn every_table_keeps_its_own_rows() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let mut batch = Batch::default();
    for table in Table::ALL {
        // The same key everywhere, so that a mixed-up table would show.
        batch.put(*table, "key", table.name());
        batch.put(*table, "empty", "");
        batch.put(*table, [0x00, 0xff], [0xff, 0x00, 0x80]);
    }
    let (store, mut writer) = open(scratch.path());
    writer.commit(&batch).expect("the batch is committed");

    let check = |store: &Store| {
        store.read(|state| {
            for table in Table::ALL {
                let get = |key: &[u8]| state.get(*table, key).expect("the row can be read");
                assert_eq!(get(b"key"), Some(table.name().into()), "{table:?}");
                assert_eq!(get(b"empty"), Some(Vec::new()), "{table:?}");
                assert_eq!(
                    get(&[0x00, 0xff]),
                    Some(vec![0xff, 0x00, 0x80]),
                    "{table:?}"
                );
                assert_eq!(get(b"absent"), None, "{table:?}");
                let rows = all(state, *table).len();
                assert_eq!(rows, if *table == Table::Meta { 4 } else { 3 }, "{table:?}");
            }
        });
    };
    check(&store);
    drop((store, writer));
    check(&open(scratch.path()).0);
}

#[test]
fn a_batch_removes_and_overwrites() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let (store, mut writer) = open(scratch.path());
    let mut batch = Batch::default();
    batch.put(Table::Loans, "kept", "old");
    batch.put(Table::Loans, "gone", "old");
    writer.commit(&batch).expect("the first batch is committed");

    let mut batch = Batch::default();
    batch.put(Table::Loans, "kept", "new");
    batch.delete(Table::Loans, "gone");
    batch.delete(Table::Loans, "never there");
    writer
        .commit(&batch)
        .expect("the second batch is committed");

    let rows = store.read(|state| all(state, Table::Loans));
    assert_eq!(rows, [(b"kept".to_vec(), b"new".to_vec())]);
}

#[test]
fn an_empty_batch_is_nothing() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let (_store, mut writer) = open(scratch.path());
    assert_eq!(writer.commit(&Batch::default()), Ok(()));
}

#[test]
fn reopening_keeps_everything() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    for n in 0..20 {
        let (store, mut writer) = open(scratch.path());
        assert_eq!(newest_whole(&store), u64::checked_sub(n, 1));
        writer.commit(&numbered(n)).expect("the batch is committed");
    }
    assert_eq!(newest_whole(&open(scratch.path()).0), Some(19));
}

#[test]
fn a_backup_holds_the_newest_state_and_can_be_opened() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let (original, backup) = (
        scratch.path().join("original"),
        scratch.path().join("backup"),
    );
    let (store, mut writer) = open(&original);
    for n in 0..20 {
        writer.commit(&numbered(n)).expect("the batch is committed");
    }
    store.checkpoint_to(&backup).expect("the backup is written");
    for n in 20..40 {
        writer.commit(&numbered(n)).expect("the batch is committed");
    }

    // Open at the same time as the original, and able to go on by itself.
    let (copy, mut copy_writer) = open(&backup);
    assert_eq!(newest_whole(&copy), Some(19));
    assert_eq!(newest_whole(&store), Some(39));
    copy_writer
        .commit(&numbered(20))
        .expect("the copy can be written to");
    drop((copy, copy_writer));
    assert_eq!(newest_whole(&open(&backup).0), Some(20));
}

#[test]
fn a_backup_never_overwrites() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let (original, backup) = (
        scratch.path().join("original"),
        scratch.path().join("backup"),
    );
    let (store, _writer) = open(&original);
    fs::create_dir(&backup).expect("a directory in the way");
    let fault = store
        .checkpoint_to(&backup)
        .expect_err("the directory exists");
    assert!(
        fault.0.contains("backup") && fault.0.contains("exists"),
        "{fault}"
    );
}
