//! Before a ledger is served: what kept checkpoints and witnesses know of it, a ledger without
//! entries and one with holes among them.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use fundtrail_merkle::{Hash, NodeId};
use fundtrail_model::add_checkpoint::SIZE_MEDIA_TYPE;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::port::{Batch, Commit, Table};
use fundtrail_node::known::{Heard, KnownCheckpoint, KnownError, compare};
use fundtrail_node::{Answer, Storage, Witnesses};

use super::fake::{Act, Fakes, NAMES, TIME, line, witness_key};
use super::*;
use crate::support::open;

/// Longer than any answer takes here.
const PATIENCE: Duration = Duration::from_secs(20);

fn asked(fakes: &Fakes) -> Witnesses {
    let witnesses = fakes.config(EITHER).witnesses.unwrap();
    witnesses.asked_when_empty(&log_signer()).unwrap()
}

/// What the two witnesses say of this ledger.
fn said(storage: &MemoryStorage, fakes: &Fakes) -> Result<[Heard; 2], KnownError> {
    let heard = compare(storage, &[], Some(&asked(fakes)), PATIENCE)?;
    let [(first, one), (second, two)] = heard.try_into().unwrap();
    assert_eq!([first, second], ["w1", "w2"]);
    Ok([one, two])
}

/// A ledger of so many entries, and no witnesses.
fn ledger(size: u32) -> MemoryStorage {
    let storage = MemoryStorage::default();
    let (node, _) = open(&storage);
    recorded(node.submit(&genesis()));
    for number in 1..size {
        recorded(node.submit(&enrol(number)));
    }
    storage
}

fn delete(storage: &MemoryStorage, level: u8, index: u64) {
    let mut batch = Batch::default();
    batch.delete(Table::Nodes, NodeId { level, index }.key());
    storage.clone().commit(&batch).unwrap();
}

/// A checkpoint that was kept, signed by the log.
fn kept(size: u64, root: Hash) -> KnownCheckpoint {
    let signer = log_signer();
    let checkpoint = Checkpoint::new(ORIGIN, size, root).unwrap();
    let note = checkpoint.sign(&signer).unwrap().to_text();
    KnownCheckpoint::read("kept", note.as_bytes(), signer.verifier()).unwrap()
}

fn says(status: u16, kind: Option<&'static str>, body: &str) -> Act {
    Act::Say(status, kind, body.to_owned())
}

#[test]
fn a_new_ledger_is_shown_to_witnesses_that_never_saw_it_and_founded() {
    let (fakes, storage) = (Fakes::new(), MemoryStorage::default());
    let agreed = Ok([Heard::Agrees, Heard::Agrees]);
    assert_eq!(said(&storage, &fakes), agreed);
    assert_eq!(fakes.asked(0), [(0, 0)]);
    assert_eq!(fakes.with(0, |one| one.last), (0, Hash::empty_root()));
    // Started again before it is founded.
    assert_eq!(said(&storage, &fakes), agreed);
    let (node, _) = open_with(&storage, fakes.config(BOTH));
    recorded(node.submit(&genesis()));
    await_witnessed(&node, 1);
}

#[test]
fn a_new_ledger_waits_for_no_witness() {
    let cases: [fn() -> Act; 6] = [
        || Act::Dead,
        || says(404, None, ""),
        || says(409, Some(SIZE_MEDIA_TYPE), "0\n"),
        || says(422, None, ""),
        || says(503, None, ""),
        || says(200, None, "nothing signed\n"),
    ];
    for (at, act) in cases.into_iter().enumerate() {
        let fakes = Fakes::new();
        fakes.act(0, act());
        let heard = said(&MemoryStorage::default(), &fakes);
        assert_eq!(heard, Ok([Heard::Silent, Heard::Agrees]), "case {at}");
    }
}

#[test]
fn an_empty_ledger_of_which_a_witness_cosigned_entries_is_a_lost_one() {
    let fakes = Fakes::new();
    fakes.with(1, |one| one.last = (5, Hash([7; 32])));
    let error = said(&MemoryStorage::default(), &fakes).unwrap_err();
    let (by, known, entries) = ("the witness w2".to_owned(), 5, 0);
    assert_eq!(error, KnownError::Shorter { by, known, entries });
    assert_eq!(error.code(), "SHORTER_THAN_KNOWN");
    assert_eq!(fakes.asked(1), [(0, 0)]);
    // One that does not say of how many.
    let fakes = Fakes::new();
    fakes.act(0, says(409, None, ""));
    let error = said(&MemoryStorage::default(), &fakes).unwrap_err();
    assert_eq!(error.code(), "DIFFERS_FROM_KNOWN");
}

#[test]
fn only_a_line_that_verifies_is_agreement() {
    let storage = ledger(3);
    let lines: [fn(&str) -> String; 3] = [
        // Another's key, another's name, another text.
        |text| line(&witness_key(2), NAMES[0], TIME, text),
        |text| line(&witness_key(1), NAMES[1], TIME, text),
        |text| {
            line(
                &witness_key(0),
                NAMES[0],
                TIME,
                &text.replacen("\n3\n", "\n2\n", 1),
            )
        },
    ];
    for (at, lines) in lines.into_iter().enumerate() {
        let fakes = Fakes::new();
        fakes.act(0, Act::Lines(lines));
        let heard = said(&storage, &fakes);
        assert_eq!(heard, Ok([Heard::Silent, Heard::Agrees]), "case {at}");
    }
}

#[test]
fn what_cannot_be_compared_keeps_nothing_else_from_being_compared() {
    let storage = ledger(5);
    // The third entry's own node, which only the tree of three needs.
    delete(&storage, 0, 2);
    let hole = kept(3, Hash([1; 32]));
    let code = |kept: &[KnownCheckpoint], witnesses: Option<&Witnesses>| {
        let compared = compare(&storage, kept, witnesses, PATIENCE);
        compared.map_err(|error| (error.code(), error.to_string()))
    };
    let (alone, text) = code(std::slice::from_ref(&hole), None).unwrap_err();
    assert_eq!(alone, "LEDGER_DAMAGED");
    assert!(text.contains("tree node 0/2 is missing"), "{text}");
    // What was kept beside it, and the witnesses, are asked all the same.
    let newer = kept(6, Hash([1; 32]));
    let (shorter, _) = code(&[hole.clone(), newer], None).unwrap_err();
    assert_eq!(shorter, "SHORTER_THAN_KNOWN");
    let other = kept(4, Hash([1; 32]));
    let (differs, _) = code(&[hole.clone(), other], None).unwrap_err();
    assert_eq!(differs, "DIFFERS_FROM_KNOWN");
    let fakes = Fakes::new();
    fakes.with(1, |one| one.last = (6, Hash([1; 32])));
    let (shorter, _) = code(&[hole], Some(&asked(&fakes))).unwrap_err();
    assert_eq!(shorter, "SHORTER_THAN_KNOWN");
    // A witness that cannot be given its proof is told of; the other one is asked.
    let fakes = Fakes::new();
    fakes.with(0, |one| one.last = (3, Hash([1; 32])));
    let (damaged, text) = code(&[], Some(&asked(&fakes))).unwrap_err();
    assert_eq!(damaged, "LEDGER_DAMAGED");
    assert!(text.contains("the witness w1"), "{text}");
    assert_eq!(fakes.with(1, |one| one.last.0), 5);
}

#[test]
fn the_size_of_one_is_compared_before_the_root_of_another() {
    let storage = ledger(5);
    let (other, newer) = (kept(3, Hash([1; 32])), kept(6, Hash([1; 32])));
    let error = compare(&storage, &[other, newer], None, PATIENCE).unwrap_err();
    assert_eq!(error.code(), "SHORTER_THAN_KNOWN");
}

/// A storage that gives no state.
struct Gone;

impl Storage for Gone {
    fn with_snapshot(&self, _: &mut dyn FnMut(&dyn fundtrail_model::port::Read)) {}
}

#[test]
fn a_machine_that_fails_is_no_damage() {
    let error = compare(&Gone, &[kept(3, Hash([1; 32]))], None, PATIENCE).unwrap_err();
    assert_eq!(error.code(), "FAULT");
}

#[test]
fn a_witness_that_cannot_be_asked_keeps_no_other_from_being_asked() {
    let (fakes, storage) = (Fakes::new(), ledger(5));
    let (free, gate) = channel();
    fakes.act(0, Act::Wait(gate));
    fakes.with(0, |one| one.last = (3, Hash([1; 32])));
    let (node, _) = open_with(&storage, fakes.config("quorum w2"));
    await_witnessed(&node, 5);
    delete(&storage, 0, 2);
    // It says that it knows three, of which there is no proof.
    free.send(()).unwrap();
    recorded(node.submit(&enrol(5)));
    await_witnessed(&node, 6);
    recorded(node.submit(&enrol(6)));
    await_witnessed(&node, 7);
    assert_eq!(fakes.asked(0).len(), 1);
}

#[test]
fn what_a_witness_said_holds_for_the_node_that_follows() {
    let (fakes, storage) = (Fakes::new(), ledger(2));
    fakes.act(0, says(422, None, ""));
    let (first, _) = open_with(&storage, fakes.config(EITHER));
    await_trouble(&first, 0, Trouble::RefusedProof);
    first.shut_down().unwrap();
    let again = || {
        Node::open(
            config(),
            Arc::new(storage.clone()),
            Box::new(storage.clone()),
        )
    };
    let second = again().unwrap();
    assert_eq!(second.halted(), None);
    second.stay_halted_as(&first);
    match second.submit(&enrol(5)) {
        Answer::Halted(halt) => assert_eq!(halt.code(), "DIFFERS_FROM_KNOWN"),
        other => panic!("{other:?}"),
    }
    // And through one more; but not out of nothing.
    second.shut_down().unwrap();
    let third = again().unwrap();
    third.stay_halted_as(&second);
    assert_eq!(third.halted(), first.halted());
    third.shut_down().unwrap();
    let fourth = again().unwrap();
    let (well, _) = open(&MemoryStorage::default());
    fourth.stay_halted_as(&well);
    assert_eq!(fourth.halted(), None);
}
