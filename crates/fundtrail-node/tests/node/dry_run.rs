//! Dry runs: the same verdict, nothing recorded, and nobody kept waiting.

use fundtrail_kernel::Verdict;
use fundtrail_node::{Answer, MemoryStorage};

use crate::fixture::*;
use crate::support::open;

#[test]
fn a_dry_run_says_what_would_be_and_leaves_no_trace() {
    let storage = MemoryStorage::default();
    let (node, lever) = open(&storage);
    let (id, body, key) = enrolment(1);
    let list: Vec<Vec<u8>> = vec![
        genesis(),
        enrol(1),
        enrol(1),
        submission(&id, "key_enrol", TODAY, &serde_json::json!({}), &[&key]),
        submission("other", "key_enrol", TODAY, &body, &[&key]),
        submission(
            "later",
            "key_enrol",
            "2023-01-01",
            &body,
            &[&office(), &regulator(), &key],
        ),
        submission(
            "genesis",
            "key_enrol",
            TODAY,
            &body,
            &[&office(), &regulator(), &key],
        ),
        b"[]".to_vec(),
    ];
    for bytes in list {
        let before = storage.state();
        let begun = lever.begun();
        let checked = node.check(&bytes);
        assert_eq!((storage.state(), lever.begun()), (before, begun));
        assert_eq!(checked, node.submit(&bytes));
    }
    assert_eq!(node.metrics().size(), 2);
}

#[test]
fn a_dry_run_does_not_wait_for_the_sequencer() {
    let (node, lever) = open(&MemoryStorage::default());
    recorded(node.submit(&genesis()));
    std::thread::scope(|scope| {
        let pause = lever.hold();
        let node = &node;
        let held = scope.spawn(move || node.submit(&enrol(1)));
        lever.await_begun(2);
        // Entry 1 is not durable yet, so the dry run does not see it.
        assert_eq!(recorded(node.check(&enrol(2))), 1);
        drop(pause);
        assert_eq!(recorded(held.join().unwrap()), 1);
    });
    assert_eq!(recorded(node.check(&enrol(2))), 2);
    assert_eq!(
        node.check(&enrol(1)),
        Answer::Decided(Verdict::Repeated { index: 1 })
    );
}
