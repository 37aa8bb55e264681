//! Faults: whoever waits is told, nothing more is written, and the node is over.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use fundtrail_kernel::proofs::latest_checkpoint;
use fundtrail_model::Fault;
use fundtrail_node::{Answer, MemoryStorage, Node};

use crate::fixture::*;
use crate::support::{Fragile, Mode, open};

fn fault(answer: Answer) -> String {
    match answer {
        Answer::Fault(Fault(text)) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_failed_commit_stops_the_node_and_tells_everyone() {
    let storage = MemoryStorage::default();
    let (node, lever) = open(&storage);
    recorded(node.submit(&genesis()));
    let before = storage.state();
    std::thread::scope(|scope| {
        let _pause = lever.hold();
        let node = &node;
        let committing = scope.spawn(move || node.submit(&enrol(1)));
        lever.await_begun(2);
        let queued: Vec<_> = (2..5)
            .map(|number| scope.spawn(move || node.submit(&enrol(number))))
            .collect();
        while node.metrics().queued() < 3 {
            std::thread::yield_now();
        }
        lever.set(Mode::Fail);
        assert_eq!(fault(committing.join().unwrap()), "the disk is gone");
        for one in queued {
            assert!(fault(one.join().unwrap()).starts_with("the node stopped before deciding"));
        }
    });
    assert_eq!(node.wait_for_end(), Err(Fault("the disk is gone".into())));
    assert_eq!(node.failed(), Some(Fault("the disk is gone".into())));
    assert!(!node.is_open());
    assert!(!node.is_defect(), "the machine did it");
    assert_eq!(
        node.ended_within(Duration::ZERO),
        Some(Err(Fault("the disk is gone".into())))
    );
    let newest = node.newest().unwrap();
    assert_eq!(newest.size, 1, "what was committed, and not what failed");
    assert_eq!(
        node.storage().read(latest_checkpoint).unwrap(),
        Some(newest)
    );

    // The disk is back, but what it holds is unknown: only a new node may write.
    lever.set(Mode::Write);
    fault(node.submit(&enrol(6)));
    assert_eq!(storage.state(), before);
    assert_eq!(node.shut_down(), Err(Fault("the disk is gone".into())));
    let (again, _) = open(&storage);
    assert_eq!(recorded(again.submit(&enrol(1))), 1);
}

#[test]
fn a_panicking_commit_stops_the_node_too() {
    let (node, lever) = open(&MemoryStorage::default());
    lever.set(Mode::Panic);
    assert!(fault(node.submit(&genesis())).contains("panicked"));
    assert!(node.wait_for_end().unwrap_err().0.contains("panicked"));
    assert!(node.is_defect());
}

#[test]
fn a_panic_while_staging_stops_the_node() {
    let storage = MemoryStorage::default();
    let left = Arc::new(AtomicU64::new(u64::MAX));
    let fragile = Arc::new(Fragile(storage.clone(), Arc::clone(&left)));
    let node = Node::open(config(), fragile, Box::new(storage)).unwrap();
    recorded(node.submit(&genesis()));
    // Enough for admission, not for the sequencer.
    left.store(1, SeqCst);
    assert!(fault(node.submit(&enrol(1))).contains("the sequencer panicked"));
    assert!(node.failed().is_some());
}

#[test]
fn a_panic_in_admission_or_a_dry_run_is_the_callers_alone() {
    let storage = MemoryStorage::default();
    let left = Arc::new(AtomicU64::new(u64::MAX));
    let fragile = Arc::new(Fragile(storage.clone(), Arc::clone(&left)));
    let node = Node::open(config(), fragile, Box::new(storage)).unwrap();
    recorded(node.submit(&genesis()));
    left.store(0, SeqCst);
    assert!(fault(node.submit(&enrol(1))).contains("admission panicked"));
    left.store(1, SeqCst);
    assert!(fault(node.check(&enrol(1))).contains("a dry run panicked"));
    left.store(u64::MAX, SeqCst);
    assert_eq!(node.failed(), None);
    recorded(node.submit(&enrol(1)));
}
