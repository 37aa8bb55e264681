//! Refused submissions of enrolled keys are kept beside the log, and nothing else is.

use fundtrail_kernel::Verdict;
use fundtrail_model::Figures;
use fundtrail_model::port::{Read, Table};
use fundtrail_node::{Answer, MemoryStorage, Node, RefusedSubmission};
use fundtrail_regulation::state::View;

use crate::fixture::*;
use crate::support::open;

fn kept(node: &Node) -> Vec<RefusedSubmission> {
    node.storage()
        .read(|read| View::new(read).list(b""))
        .unwrap()
}

/// Lacks the signature of the party whose key it enrols, and that key's own.
fn lacking(number: u32) -> Vec<u8> {
    let (id, body, _) = enrolment(number);
    submission(&id, "key_enrol", TODAY, &body, &[&office()])
}

#[track_caller]
fn refused(answer: Answer) -> Vec<&'static str> {
    match answer {
        Answer::Decided(Verdict::Refused(refusals)) => {
            refusals.iter().map(|refusal| refusal.code).collect()
        }
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_refusal_is_kept_with_its_figures_and_never_in_the_log() {
    let storage = MemoryStorage::default();
    let (node, _) = open(&storage);
    recorded(node.submit(&genesis()));
    let codes = refused(node.submit(&lacking(1)));
    let found = kept(&node);
    assert_eq!(found.len(), 1);
    let one = &found[0];
    assert_eq!((one.number, one.kind.as_str()), (1, "key_enrol"));
    assert_eq!(one.transaction.as_str(), "enrol-1");
    assert_eq!(one.decided.to_string(), "2022-03-01T02:00:00.000Z");
    assert_eq!(one.keys, [office().public().id()]);
    assert_eq!(one.parties[0].as_str(), "OFF");
    let objected: Vec<&str> = one.refusals.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(objected, codes);
    assert!(codes.contains(&"SIG_MISSING"), "{codes:?}");
    assert_ne!(one.refusals[0].figures, Figures::none());
    let size = |read: &dyn Read| read.range(Table::Entries, &[], &[0xff; 9], 9);
    assert_eq!(node.storage().read(size).unwrap().len(), 1);

    // The numbers go on after a restart.
    drop(node);
    let (node, _) = open(&storage);
    refused(node.submit(&lacking(2)));
    let numbers: Vec<u64> = kept(&node).iter().map(|one| one.number).collect();
    assert_eq!(numbers, [1, 2]);
}

#[test]
fn strangers_dry_runs_and_what_is_not_refused_leave_nothing() {
    let (node, lever) = open(&MemoryStorage::default());
    recorded(node.submit(&genesis()));
    recorded(node.submit(&enrol(1)));
    let begun = lever.begun();
    let (id, body, key) = enrolment(2);
    // Signed by the key that it would enrol: it verifies, and vouches for nobody yet.
    refused(node.submit(&submission(&id, "key_enrol", TODAY, &body, &[&key])));
    refused(node.submit(&submission(
        &id,
        "key_enrol",
        TODAY,
        &body,
        &[&crate::fixture::key(77)],
    )));
    refused(node.check(&lacking(2)));
    // Repeated, in conflict, malformed; and a signature of an enrolled key that is forged.
    node.submit(&enrol(1));
    node.submit(&submission(
        "enrol-1",
        "key_enrol",
        TODAY,
        &body,
        &[&office()],
    ));
    node.submit(b"[]");
    let mut forged: serde_json::Value = serde_json::from_slice(&lacking(2)).unwrap();
    let other: serde_json::Value = serde_json::from_slice(&lacking(3)).unwrap();
    forged["envelope"]["signatures"] = other["envelope"]["signatures"].clone();
    let answer = node.submit(forged.to_string().as_bytes());
    assert!(
        matches!(answer, Answer::Decided(Verdict::Malformed(_))),
        "{answer:?}"
    );
    assert_eq!(kept(&node), []);
    assert_eq!(lever.begun(), begun, "nothing was committed");
}

#[test]
fn a_revoked_key_vouches_for_nothing() {
    let (node, _) = open(&MemoryStorage::default());
    recorded(node.submit(&genesis()));
    recorded(node.submit(&enrol(1)));
    let (_, _, key) = enrolment(1);
    let (id, body, _) = enrolment(2);
    refused(node.submit(&submission(&id, "key_enrol", TODAY, &body, &[&key])));
    assert_eq!(kept(&node).len(), 1);
    let revocation = serde_json::json!({ "key": key.public().id().to_string() });
    recorded(node.submit(&submission(
        "revoke",
        "key_revoke",
        TODAY,
        &revocation,
        &[&office()],
    )));
    refused(node.submit(&submission(&id, "key_enrol", TODAY, &body, &[&key])));
    assert_eq!(kept(&node).len(), 1);
}

#[test]
fn many_refusals_cost_one_commit_and_go_with_the_entries_of_their_batch() {
    const MANY: u32 = 100;
    let (node, lever) = open(&MemoryStorage::default());
    recorded(node.submit(&genesis()));
    let before = lever.begun();
    std::thread::scope(|scope| {
        let pause = lever.hold();
        let node = &node;
        let first = scope.spawn(move || refused(node.submit(&lacking(0))));
        lever.await_begun(before + 1);
        // The sequencer waits for its commit; everything else queues up behind it.
        let flood = scope.spawn(move || {
            let mut list: Vec<Vec<u8>> = (1..MANY).map(lacking).collect();
            list.insert(50, enrol(MANY));
            let list: Vec<&[u8]> = list.iter().map(Vec::as_slice).collect();
            node.submit_all(&list)
        });
        while node.metrics().queued() < u64::from(MANY) {
            std::thread::yield_now();
        }
        drop(pause);
        first.join().unwrap();
        let answers = flood.join().unwrap();
        assert_eq!(recorded(answers[50].clone()), 1);
    });
    assert_eq!(
        lever.begun() - before,
        2,
        "one for the first, one for the rest"
    );
    assert_eq!(kept(&node).len(), usize::try_from(MANY).unwrap());
}

#[test]
fn a_commit_that_fails_stops_the_node_before_anybody_hears_of_the_refusal() {
    let (node, lever) = open(&MemoryStorage::default());
    recorded(node.submit(&genesis()));
    lever.set(crate::support::Mode::Fail);
    assert!(matches!(node.submit(&lacking(1)), Answer::Fault(_)));
    assert_eq!(kept(&node), []);
}
