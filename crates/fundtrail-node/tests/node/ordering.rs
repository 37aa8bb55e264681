//! Order, time and idempotency: each transaction once, in one chain.

use fundtrail_kernel::Verdict;
use fundtrail_kernel::proofs;
use fundtrail_model::port::{Read, Table};
use fundtrail_model::{Entry, Moment};
use fundtrail_node::{Answer, Config, MemoryStorage};

use crate::fixture::*;
use crate::support::{open, open_with, verified_receipt};

#[test]
fn a_repeat_gets_the_same_receipt_and_records_nothing() {
    let (node, lever) = open(&MemoryStorage::default());
    assert_eq!(recorded(node.submit(&genesis())), 0);
    assert_eq!(recorded(node.submit(&enrol(1))), 1);
    let receipt = verified_receipt(&node, 1);
    recorded(node.submit(&enrol(2)));
    assert_eq!(lever.begun(), 3);

    assert_eq!(
        node.submit(&enrol(1)),
        Answer::Decided(Verdict::Repeated { index: 1 })
    );
    assert_eq!(verified_receipt(&node, 1), receipt);
    assert_eq!(lever.begun(), 3, "nothing to commit");
    assert_eq!(node.metrics().commits().0, 3);
    assert_eq!(node.metrics().size(), 3);
}

#[test]
fn an_id_is_taken_once() {
    let (node, _) = open(&MemoryStorage::default());
    recorded(node.submit(&genesis()));
    recorded(node.submit(&enrol(1)));
    let (_, body, key) = enrolment(2);
    let other = submission(
        "enrol-1",
        "key_enrol",
        TODAY,
        &body,
        &[&office(), &regulator(), &key],
    );
    assert_eq!(
        node.submit(&other),
        Answer::Decided(Verdict::Conflict { index: 1 })
    );
}

#[test]
fn what_is_malformed_or_refused_records_nothing() {
    let (node, lever) = open(&MemoryStorage::default());
    let malformed = |bytes: &[u8]| match node.submit(bytes) {
        Answer::Decided(Verdict::Malformed(malformed)) => malformed.code.as_str(),
        other => panic!("{other:?}"),
    };
    let refused = |bytes: &[u8]| match node.submit(bytes) {
        Answer::Decided(Verdict::Refused(refusals)) => refusals[0].code,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(&enrol(1)), "LEDGER_NOT_FOUNDED");
    assert_eq!(malformed(b"nonsense"), "NOT_JSON");
    assert_eq!(malformed(&[b'x'; 200_000]), "TOO_LARGE");
    recorded(node.submit(&genesis()));

    let (id, body, key) = enrolment(1);
    let tomorrow = submission(
        &id,
        "key_enrol",
        "2022-03-02",
        &body,
        &[&office(), &regulator(), &key],
    );
    assert_eq!(refused(&tomorrow), "DATE_IN_FUTURE");
    assert_eq!(
        refused(&submission(&id, "key_enrol", TODAY, &body, &[&key])),
        "SIG_MISSING"
    );
    assert_eq!(
        malformed(&submission(&id, "no_kind", TODAY, &body, &[&key])),
        "UNKNOWN_KIND"
    );
    let forged = String::from_utf8(enrol(1)).unwrap();
    let forged = forged.replace(
        &office().public().id().to_string(),
        &key.public().id().to_string(),
    );
    assert_eq!(
        malformed(forged.as_bytes()),
        "SIGNATURE_FORM",
        "one key twice"
    );
    let swapped = String::from_utf8(enrol(1)).unwrap();
    let swapped = swapped.replace(&signature_of(&enrol(1)), &signature_of(&enrol(2)));
    assert_eq!(malformed(swapped.as_bytes()), "SIGNATURE_INVALID");
    let payload =
        br#"{"ledger":"elsewhere","id":"x","kind":"genesis","date":"2022-03-01","body":{}}"#;
    assert_eq!(
        malformed(&sign(payload.to_vec(), &[&office()])),
        "WRONG_LEDGER"
    );

    assert_eq!(
        lever.begun(),
        2,
        "the genesis, and a refusal beside the log"
    );
    assert_eq!(node.metrics().size(), 1);
    assert_eq!(node.metrics().refusals().get("DATE_IN_FUTURE"), Some(&1));
    assert_eq!(node.metrics().malformed().get("WRONG_LEDGER"), Some(&1));
}

#[test]
fn what_waits_during_a_commit_becomes_one_batch() {
    let storage = MemoryStorage::default();
    let (node, lever) = open(&storage);
    recorded(node.submit(&genesis()));
    std::thread::scope(|scope| {
        let pause = lever.hold();
        let node = &node;
        let first = scope.spawn(move || node.submit(&enrol(0)));
        lever.await_begun(2);
        let rest: Vec<_> = (1..=20)
            .map(|number| scope.spawn(move || node.submit(&enrol(number))))
            .collect();
        while node.metrics().queued() < 20 {
            std::thread::yield_now();
        }
        drop(pause);
        recorded(first.join().unwrap());
        let mut indices: Vec<u64> = rest
            .into_iter()
            .map(|one| recorded(one.join().unwrap()))
            .collect();
        indices.sort_unstable();
        assert_eq!(indices, (2..22).collect::<Vec<_>>());
    });
    assert_eq!(lever.begun(), 3);
    assert_eq!(node.metrics().commits().0, 3);
    // One checkpoint a commit, and every receipt proves its entry.
    let state = storage.state();
    let checkpoints = state
        .range(Table::Checkpoints, &[], &[0xff; 9], 99)
        .unwrap();
    let sizes: Vec<&[u8]> = checkpoints.iter().map(|(size, _)| &size[7..]).collect();
    assert_eq!(sizes, [&[1], &[2], &[22]]);
    for index in 0..22 {
        verified_receipt(&node, index);
    }
}

#[test]
fn a_full_queue_is_busy_and_loses_nothing() {
    let storage = MemoryStorage::default();
    let (node, lever) = open_with(
        &storage,
        Config {
            queue_max: 2,
            ..config()
        },
    );
    recorded(node.submit(&genesis()));
    std::thread::scope(|scope| {
        let pause = lever.hold();
        let node = &node;
        let mut waiting = vec![scope.spawn(move || node.submit(&enrol(0)))];
        lever.await_begun(2);
        for number in 1..=2 {
            waiting.push(scope.spawn(move || node.submit(&enrol(number))));
        }
        while node.metrics().queued() < 2 {
            std::thread::yield_now();
        }
        assert_eq!(node.submit(&enrol(3)), Answer::Busy);
        // A list waits for room instead.
        let list = scope.spawn(move || {
            let (a, b, c) = (enrol(4), enrol(5), enrol(6));
            node.submit_all(&[&a, &b, b"{}", &c])
        });
        drop(pause);
        for one in waiting {
            recorded(one.join().unwrap());
        }
        let [a, b, malformed, c] = list.join().unwrap().try_into().unwrap();
        let indices = [a, b, c].map(recorded);
        assert!(indices.is_sorted(), "a list keeps its order");
        assert!(matches!(malformed, Answer::Decided(Verdict::Malformed(_))));
    });
    assert_eq!(node.metrics().size(), 7);
    recorded(node.submit(&enrol(3)));
}

#[test]
fn a_list_may_build_on_itself() {
    let (node, _) = open(&MemoryStorage::default());
    // At admission the office's key is still unknown: the sequencer verifies it.
    let other = String::from_utf8(enrol(3)).unwrap();
    let forged = other.replace(&signature_of(&enrol(3)), &signature_of(&enrol(2)));
    let list = [genesis(), enrol(1), forged.into_bytes(), enrol(1), enrol(3)];
    let list: Vec<&[u8]> = list.iter().map(Vec::as_slice).collect();
    let [genesis, first, forged, repeat, third] = node.submit_all(&list).try_into().unwrap();
    assert_eq!(
        (recorded(genesis), recorded(first), recorded(third)),
        (0, 1, 2)
    );
    assert_eq!(repeat, Answer::Decided(Verdict::Repeated { index: 1 }));
    match forged {
        Answer::Decided(Verdict::Malformed(malformed)) => {
            assert_eq!(malformed.code.as_str(), "SIGNATURE_INVALID");
        }
        other => panic!("{other:?}"),
    }
}

/// The text of an envelope's first signature, which is the office's.
fn signature_of(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).unwrap();
    let (_, rest) = text.split_once("\"sig\":\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[test]
fn a_long_list_keeps_its_order() {
    let (node, _) = open(&MemoryStorage::default());
    recorded(node.submit(&genesis()));
    let list: Vec<Vec<u8>> = (0..600).map(enrol).collect();
    let list: Vec<&[u8]> = list.iter().map(Vec::as_slice).collect();
    let indices: Vec<u64> = node.submit_all(&list).into_iter().map(recorded).collect();
    assert_eq!(indices, (1..=600).collect::<Vec<_>>());
}

#[test]
fn recorded_time_never_goes_back() {
    let clock = clock();
    let (node, _) = open_with(
        &MemoryStorage::default(),
        Config {
            clock: clock.clone(),
            ..config()
        },
    );
    recorded(node.submit(&genesis()));
    clock.set(Moment::parse("2022-03-01T01:59:30Z").unwrap());
    recorded(node.submit(&enrol(1)));
    let bytes = node
        .storage()
        .read(|read| proofs::entry(read, 1))
        .unwrap()
        .unwrap();
    let entry = Entry::parse(&bytes).unwrap();
    assert_eq!(entry.recorded.to_string(), "2022-03-01T02:00:00.000Z");
}
