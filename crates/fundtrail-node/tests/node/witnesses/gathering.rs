//! Rounds: the quorum, latecomers, slow and dead witnesses, restarts.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use fundtrail_kernel::proofs;
use fundtrail_model::receipt::Receipt;
use fundtrail_node::witnesses::{Cosigned, Pace};
use fundtrail_node::{MemoryStorage, Node};

use super::fake::{Act, Fakes, TIME, policy, until};
use super::*;

fn receipt(node: &Node, index: u64) -> Receipt {
    node.storage()
        .read(|read| proofs::receipt(read, index))
        .unwrap()
}

#[test]
fn a_quorum_cosigns_what_is_published() {
    let fakes = Fakes::new();
    let (node, _) = founded(&fakes, BOTH);
    let note = await_witnessed(&node, 1);
    let opened = policy(BOTH).open(note.as_bytes()).unwrap();
    let names: Vec<&str> = opened
        .cosigned
        .iter()
        .map(|by| by.witness.as_str())
        .collect();
    assert_eq!(opened.checkpoint.size(), 1);
    assert!(names.contains(&"w1") && names.contains(&"w2") && names.len() == 2);
    assert_eq!(opened.note.signatures().len(), 3);

    recorded(node.submit(&enrol(1)));
    await_witnessed(&node, 2);
    assert_eq!(fakes.asked(0), [(0, 1), (1, 2)]);
    assert_eq!(fakes.asked(1), [(0, 1), (1, 2)]);
    for number in [0, 1] {
        let state = state(&node, number);
        assert_eq!(
            state.cosigned,
            Some(Cosigned {
                size: 2,
                time: TIME
            })
        );
        assert_eq!((state.failures, state.trouble), (0, None));
    }
    // The third has no address.
    assert_eq!(
        (state(&node, 2).url, state(&node, 2).cosigned),
        (None, None)
    );
}

#[test]
fn a_receipt_is_the_logs_alone_until_a_quorum_cosigned() {
    let fakes = Fakes::new();
    let (release, gate) = channel();
    fakes.act(1, Act::Wait(gate));
    let (node, _) = founded(&fakes, BOTH);
    until("the first witness answered", || {
        state(&node, 0).cosigned.is_some()
    });
    let first = receipt(&node, 0);
    first.verify_self_contained(&policy("quorum none")).unwrap();
    let refused = first.verify_self_contained(&policy(BOTH)).unwrap_err();
    assert_eq!(refused.code(), "CHECKPOINT_QUORUM");
    assert_eq!(
        witnessed(&node),
        None,
        "one line is no quorum, and is not stored"
    );

    // Later entries have later checkpoints; the round is still the first one.
    for number in [1, 2] {
        recorded(node.submit(&enrol(number)));
        std::thread::sleep(Duration::from_millis(20));
    }
    release.send(()).unwrap();
    await_witnessed(&node, 3);
    assert_eq!(
        fakes.asked(0),
        [(0, 1), (1, 3)],
        "the quick one waits for it"
    );
    let then = receipt(&node, 0);
    then.verify_self_contained(&policy(BOTH)).unwrap();
    assert!(
        then.checkpoint().starts_with(first.checkpoint()),
        "the same, with more lines"
    );
    // The last two entries came under the second round, the first under the first.
    for (index, size) in [(0, 1), (1, 3), (2, 3)] {
        let (_, opened) = receipt(&node, index)
            .verify_self_contained(&policy(BOTH))
            .map(|(entry, opened)| (entry.to_vec(), opened))
            .unwrap();
        assert_eq!(opened.checkpoint.size(), size, "entry {index}");
    }
    // From now on it is the same whatever is added.
    recorded(node.submit(&enrol(3)));
    await_witnessed(&node, 4);
    assert_eq!(receipt(&node, 0).to_text(), then.to_text());
}

#[test]
fn a_dead_witness_stops_what_is_published_and_nothing_else() {
    let fakes = Fakes::new();
    let (node, _) = founded(&fakes, BOTH);
    await_witnessed(&node, 1);
    fakes.with(1, |one| one.acts.extend((0..200).map(|_| Act::Dead)));
    for number in 1..10 {
        recorded(node.submit(&enrol(number)));
    }
    await_trouble(&node, 1, Trouble::Unreachable);
    until("it was asked again and again", || {
        state(&node, 1).failures > 3
    });
    assert_eq!(published(&node).size, 1);
    assert!(published(&node).note.contains("witness.example/2"));
    assert_eq!(node.metrics().size(), 10);

    fakes.with(1, |one| one.acts.clear());
    await_witnessed(&node, 10);
    assert_eq!(published(&node).size, 10);
    assert_eq!(state(&node, 1).trouble, None);
    assert!(
        state(&node, 1).failures > 3,
        "what went wrong stays counted"
    );
}

#[test]
fn a_slow_witness_holds_up_nobody_and_still_adds_its_line() {
    let fakes = Fakes::new();
    let (release, gate) = channel();
    fakes.act(1, Act::Wait(gate));
    let (node, _) = founded(&fakes, EITHER);
    let early = await_witnessed(&node, 1);
    for number in 1..5 {
        recorded(node.submit(&enrol(number)));
        await_witnessed(&node, u64::from(number) + 1);
    }
    assert_eq!(fakes.asked(1), [(0, 1)], "one question at a time");
    release.send(()).unwrap();
    let both = || {
        let late = node
            .storage()
            .read(|read| proofs::checkpoint_of(read, 1))
            .unwrap()
            .unwrap();
        late.note.starts_with(&early) && late.note.contains("witness.example/2")
    };
    until("the late line is under the first checkpoint", both);
    until("it has caught up", || fakes.with(1, |one| one.last.0) == 5);
    assert_eq!(fakes.asked(1), [(0, 1), (1, 5)]);
    until("both lines are published", || {
        policy(BOTH).open(published(&node).note.as_bytes()).is_ok()
    });
}

#[test]
fn a_witness_that_saw_a_later_checkpoint_of_ours_moves_the_round() {
    let fakes = Fakes::new();
    fakes.with(1, |one| one.acts.extend((0..1000).map(|_| Act::Dead)));
    let (node, storage) = founded(&fakes, BOTH);
    await_trouble(&node, 1, Trouble::Unreachable);
    for number in 1..4 {
        recorded(node.submit(&enrol(number)));
    }
    // Somebody else showed it the checkpoint of size 3, which the log has signed.
    let nodes = storage.state();
    let root = fundtrail_merkle::Frontier::load(3, &proofs::StoredNodes(nodes.as_ref()))
        .unwrap()
        .root();
    fakes.with(1, |one| {
        one.last = (3, root);
        one.acts.clear();
    });
    await_witnessed(&node, 4);
    assert_eq!(fakes.asked(1).last(), Some(&(3, 4)));
}

#[test]
fn a_node_that_starts_again_goes_on_from_what_it_stored() {
    let fakes = Fakes::new();
    let (node, storage) = founded(&fakes, BOTH);
    await_witnessed(&node, 1);
    drop(node);
    // Nothing new: nobody is asked.
    let (node, _) = open_with(&storage, fakes.config(BOTH));
    for number in [0, 1] {
        let known = Some(Cosigned {
            size: 1,
            time: TIME,
        });
        until("what it cosigned is known", || {
            state(&node, number).cosigned == known
        });
    }
    recorded(node.submit(&enrol(1)));
    await_witnessed(&node, 2);
    assert_eq!(fakes.asked(0), [(0, 1), (1, 2)]);
    drop(node);

    // A stricter policy: the stored note is not enough any more, and the rest is asked.
    let one = Fakes::new();
    let (node, storage) = founded(&one, "quorum w1");
    until("both cosigned", || {
        witnessed(&node).is_some_and(|newest| newest.note.contains("witness.example/2"))
    });
    drop(node);
    one.with(1, |other| other.last = (0, fundtrail_merkle::Hash([0; 32])));
    let (node, _) = open_with(&storage, one.config(BOTH));
    assert_eq!(published(&node).size, 1);
    recorded(node.submit(&enrol(1)));
    await_witnessed(&node, 2);
    assert_eq!(
        one.asked(1),
        [(0, 1), (1, 2), (0, 2)],
        "it forgot, and was asked anew"
    );
}

#[test]
fn what_witnesses_cosigned_elsewhere_is_learnt_from_them() {
    let fakes = Fakes::new();
    let (node, storage) = founded(&fakes, BOTH);
    for number in 1..7 {
        recorded(node.submit(&enrol(number)));
    }
    await_witnessed(&node, 7);
    drop(node);
    // The same ledger without the memory of its witnesses, and with more entries.
    let mut batch = fundtrail_model::port::Batch::default();
    let state = storage.state();
    for (table, key, _) in state.iter() {
        if table == fundtrail_model::port::Table::Witnessed {
            batch.delete(table, key);
        }
    }
    fundtrail_model::port::Commit::commit(&mut storage.clone(), &batch).unwrap();
    fakes.with(0, |one| one.asked.clear());
    let (plain, _) = open_with(&storage, config());
    recorded(plain.submit(&enrol(7)));
    drop(plain);
    let (node, _) = open_with(&storage, fakes.config(BOTH));
    await_witnessed(&node, 8);
    assert_eq!(fakes.asked(0), [(0, 8), (7, 8)]);
    assert_eq!(super::state(&node, 0).failures, 0, "that is no failure");
}

#[test]
fn a_busy_ledger_is_not_cosigned_at_every_commit() {
    let fakes = Fakes::new();
    let storage = MemoryStorage::default();
    let pace = Pace {
        interval: Duration::from_secs(3600),
        ..Pace::default()
    };
    let (node, _) = open_with(&storage, fakes.config_at(BOTH, pace));
    recorded(node.submit(&genesis()));
    await_witnessed(&node, 1);
    for number in 1..20 {
        recorded(node.submit(&enrol(number)));
    }
    std::thread::sleep(Duration::from_millis(30));
    assert_eq!(fakes.asked(0), [(0, 1)]);
}

#[test]
fn lines_are_gathered_where_no_quorum_is_asked_for() {
    let fakes = Fakes::new();
    fakes.with(1, |one| one.acts.extend((0..1000).map(|_| Act::Dead)));
    let (node, _) = founded(&fakes, "quorum none");
    assert!(!node.witnessed_only());
    assert_eq!(published(&node).size, 1, "at once");
    await_witnessed(&node, 1);
    assert!(published(&node).note.contains("witness.example/1"));
    recorded(node.submit(&enrol(1)));
    assert_eq!(published(&node).size, 2);
    until("the line is there", || {
        published(&node).note.contains("witness.example/1")
    });
}

#[test]
fn a_line_that_comes_after_a_later_checkpoint_changes_no_receipt() {
    let fakes = Fakes::new();
    let (release, gate) = channel();
    fakes.act(0, Act::Dead);
    fakes.act(1, Act::Wait(gate));
    let pace = Pace {
        interval: Duration::ZERO,
        first_retry: Duration::from_millis(200),
        last_retry: Duration::from_millis(200),
    };
    let (node, _) = open_with(
        &MemoryStorage::default(),
        fakes.config_at("quorum none", pace),
    );
    recorded(node.submit(&genesis()));
    await_trouble(&node, 0, Trouble::Unreachable);
    recorded(node.submit(&enrol(1)));
    await_witnessed(&node, 2);
    let bound = receipt(&node, 0).to_text();
    assert_eq!(fakes.asked(1), [(0, 1)], "still thinking");
    release.send(()).unwrap();
    until("the other cosigned both", || {
        state(&node, 1)
            .cosigned
            .is_some_and(|cosigned| cosigned.size == 2)
    });
    let checkpoint = |size| {
        let of = node
            .storage()
            .read(|read| proofs::checkpoint_of(read, size));
        of.unwrap().unwrap().note
    };
    until("both are under the later one", || {
        policy(BOTH).open(checkpoint(2).as_bytes()).is_ok()
    });
    assert!(!checkpoint(1).contains("witness.example"));
    let after = receipt(&node, 0).to_text();
    assert!(after.starts_with(&bound), "the same, with one line more");
}

#[test]
fn a_node_stops_while_a_witness_does_not_answer() {
    let fakes = Fakes::new();
    let (release, gate) = channel();
    fakes.act(0, Act::Wait(gate));
    let (node, storage) = founded(&fakes, BOTH);
    until("it was asked", || !fakes.asked(0).is_empty());
    let began = Instant::now();
    node.shut_down().unwrap();
    drop(node);
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(storage.state().range_of_witnessed(), 0);
    drop(release);
}

/// How many notes are stored.
trait Stored {
    fn range_of_witnessed(&self) -> usize;
}

impl Stored for fundtrail_kernel::Memory {
    fn range_of_witnessed(&self) -> usize {
        self.iter()
            .filter(|(table, ..)| *table == fundtrail_model::port::Table::Witnessed)
            .count()
    }
}

#[test]
fn a_note_that_cannot_be_stored_stops_the_node() {
    let fakes = Fakes::new();
    let (release, gate) = channel();
    fakes.act(1, Act::Wait(gate));
    let storage = MemoryStorage::default();
    let (node, lever) = open_with(&storage, fakes.config(BOTH));
    recorded(node.submit(&genesis()));
    lever.set(crate::support::Mode::Fail);
    release.send(()).unwrap();
    assert_eq!(node.wait_for_end().unwrap_err().0, "the disk is gone");
    assert!(!node.is_open());
    assert!(node.shut_down().is_err());
}
