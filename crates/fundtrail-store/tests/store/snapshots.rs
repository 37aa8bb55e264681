//! Readers and the writer at the same time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use fundtrail_model::port::{Batch, Commit, Read, Table};

use crate::support::{newest_whole, numbered, open};

#[test]
fn a_reader_sees_one_state_from_first_to_last() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let (store, mut writer) = open(scratch.path());
    let balance = |amount: &str| {
        let mut batch = Batch::default();
        batch.put(Table::Books, "fund", amount);
        batch
    };
    writer
        .commit(&balance("100.00"))
        .expect("the batch is committed");

    let fund = |state: &dyn Read| {
        state
            .get(Table::Books, b"fund")
            .expect("the row can be read")
    };
    store.read(|state| {
        assert_eq!(fund(state), Some(b"100.00".to_vec()));
        writer
            .commit(&balance("70.00"))
            .expect("the batch is committed");
        assert_eq!(
            fund(state),
            Some(b"100.00".to_vec()),
            "a reader does not see later commits"
        );
        let rows = state
            .range(Table::Books, b"", b"z", 9)
            .expect("the range can be read");
        assert_eq!(rows, [(b"fund".to_vec(), b"100.00".to_vec())]);
        assert_eq!(
            store.read(fund),
            Some(b"70.00".to_vec()),
            "a later reader does"
        );
    });
}

#[test]
fn readers_never_see_a_part_of_a_batch() {
    const BATCHES: u64 = 150;
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let (store, mut writer) = open(&scratch.path().join("ledger"));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = || {
            let mut seen = 0;
            while !done.load(Ordering::Acquire) {
                let newest = newest_whole(&store).map_or(0, |n| n + 1);
                assert!(newest >= seen, "states do not go back");
                seen = newest;
            }
        };
        let readers = [scope.spawn(reader), scope.spawn(reader)];
        for n in 0..BATCHES {
            writer.commit(&numbered(n)).expect("the batch is committed");
            if n % 50 == 25 {
                // Backups meanwhile are states too.
                let backup = scratch.path().join(format!("backup-{n}"));
                store.checkpoint_to(&backup).expect("the backup is written");
                assert_eq!(newest_whole(&open(&backup).0), Some(n));
            }
        }
        done.store(true, Ordering::Release);
        for reader in readers {
            reader.join().expect("the reader found every state whole");
        }
    });
    assert_eq!(newest_whole(&store), Some(BATCHES - 1));
}

#[test]
fn there_is_one_writer_at_a_time() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let (store, writer) = open(scratch.path());
    assert!(store.writer().is_none());
    assert!(
        store.clone().writer().is_none(),
        "clones share the right to commit"
    );
    drop(writer);
    assert!(store.writer().is_some(), "a dropped writer gives it back");
}

#[test]
fn a_writer_keeps_the_storage_open() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let (store, mut writer) = open(scratch.path());
    drop(store);
    writer.commit(&numbered(0)).expect("the batch is committed");
    drop(writer);
    assert_eq!(newest_whole(&open(scratch.path()).0), Some(0));
}
