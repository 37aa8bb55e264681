//! What is kept beside the log: in order, durable before the answer, and never in the log.

use std::collections::BTreeSet;

use fundtrail_model::Fault;
use fundtrail_model::port::{Batch, Read, Table};
use fundtrail_node::{Config, MemoryStorage, NotKept};

use crate::fixture::*;
use crate::support::{Mode, open, open_with};

/// Adds one to a number, and gives it.
fn count(read: &dyn Read, batch: &mut Batch) -> Result<u64, Fault> {
    let row = read.get(Table::Drafts, b"\0count")?;
    let before = row.map_or(0, |bytes| u64::from_be_bytes(bytes.try_into().unwrap()));
    let next = before + 1;
    batch.put(Table::Drafts, b"\0count", next.to_be_bytes());
    Ok(next)
}

fn fault<T: std::fmt::Debug>(kept: Result<T, NotKept>) -> String {
    match kept {
        Err(NotKept::Fault(Fault(text))) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn whoever_reads_and_writes_does_so_with_nobody_in_between() {
    let storage = MemoryStorage::default();
    let (node, lever) = open(&storage);
    recorded(node.submit(&genesis()));
    let mut numbers: Vec<u64> = std::thread::scope(|scope| {
        // Most of them wait for one commit, and are decided one over the other.
        let pause = lever.hold();
        let (node, begun) = (&node, lever.begun());
        let first = scope.spawn(move || node.put_aside(count).unwrap());
        lever.await_begun(begun + 1);
        let others: Vec<_> = (0..40)
            .map(|_| scope.spawn(move || node.put_aside(count).unwrap()))
            .collect();
        let between = scope.spawn(move || recorded(node.submit(&enrol(1))));
        while node.metrics().queued() < 1 {
            std::thread::yield_now();
        }
        drop(pause);
        assert_eq!(between.join().unwrap(), 1);
        let others = others.into_iter().map(|one| one.join().unwrap());
        others.chain([first.join().unwrap()]).collect()
    });
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=41).collect::<Vec<u64>>());
    let row = storage.state().get(Table::Drafts, b"\0count").unwrap();
    assert_eq!(row, Some(41_u64.to_be_bytes().to_vec()));
    // It is no entry, and a node that opens over it finds its ledger whole.
    assert_eq!(node.metrics().size(), 2);
    node.shut_down().unwrap();
    let (again, _) = open(&storage);
    assert_eq!(again.put_aside(count), Ok(42));
}

#[test]
fn nothing_of_the_log_is_written_so() {
    let storage = MemoryStorage::default();
    let (node, _) = open(&storage);
    recorded(node.submit(&genesis()));
    let before = storage.state();
    for table in Table::ALL {
        if matches!(table, Table::Drafts | Table::Refusals) {
            continue;
        }
        let said = fault(node.put_aside(|_, batch| {
            batch.put(Table::Drafts, b"x", b"y");
            batch.put(*table, b"x", b"y");
            Ok(())
        }));
        assert!(said.contains("not beside the log"), "{said}");
    }
    assert_eq!(storage.state(), before);
    assert_eq!(node.failed(), None);
}

#[test]
fn a_fault_or_a_panic_of_one_is_its_own() {
    let storage = MemoryStorage::default();
    let (node, _) = open(&storage);
    let failing = |_: &dyn Read, batch: &mut Batch| {
        batch.put(Table::Refusals, b"x", b"y");
        Err::<(), _>(Fault("no".into()))
    };
    assert_eq!(fault(node.put_aside(failing)), "no");
    let panicking = |_: &dyn Read, _: &mut Batch| -> Result<(), Fault> { panic!("oh") };
    assert!(fault(node.put_aside(panicking)).contains("panicked"));
    assert_eq!(node.failed(), None);
    assert_eq!(storage.state().get(Table::Refusals, b"x"), Ok(None));
    assert_eq!(node.put_aside(count), Ok(1));
}

#[test]
fn a_failed_commit_is_no_answer() {
    let (node, lever) = open(&MemoryStorage::default());
    lever.set(Mode::Fail);
    assert!(!fault(node.put_aside(count)).is_empty());
    assert_eq!(node.wait_for_end(), Err(Fault("the disk is gone".into())));
    lever.set(Mode::Write);
    assert!(node.put_aside(count).is_err());
}

#[test]
fn a_full_queue_and_a_closed_one_are_busy() {
    let storage = MemoryStorage::default();
    let config = Config {
        queue_max: 1,
        batch_max: 1,
        ..config()
    };
    let (node, lever) = open_with(&storage, config);
    std::thread::scope(|scope| {
        let pause = lever.hold();
        let node = &node;
        let first = scope.spawn(move || node.put_aside(count));
        lever.await_begun(1);
        // One fits into the queue; of two more that come, one finds no room.
        let (one, other) = (
            scope.spawn(move || node.put_aside(count)),
            scope.spawn(move || node.put_aside(count)),
        );
        while !one.is_finished() && !other.is_finished() {
            std::thread::yield_now();
        }
        drop(pause);
        let outcomes = [one.join().unwrap(), other.join().unwrap()];
        assert_eq!(first.join().unwrap(), Ok(1));
        assert!(outcomes.contains(&Err(NotKept::Busy)), "{outcomes:?}");
        assert!(outcomes.contains(&Ok(2)), "{outcomes:?}");
    });
    node.shut_down().unwrap();
    assert_eq!(node.put_aside(count), Err(NotKept::Busy));
}

#[test]
fn what_has_to_leave_the_disk_is_said_with_the_batch() {
    let storage = MemoryStorage::default();
    let (node, lever) = open(&storage);
    node.put_aside(count).unwrap();
    assert_eq!(lever.erased(), BTreeSet::new());
    let erase = |_: &dyn Read, batch: &mut Batch| {
        batch.delete(Table::Drafts, b"\0count");
        batch.erase(Table::Drafts);
        Ok(())
    };
    node.put_aside(erase).unwrap();
    assert_eq!(lever.erased(), BTreeSet::from([Table::Drafts]));
    node.put_aside(count).unwrap();
    assert_eq!(lever.erased(), BTreeSet::new());
}
