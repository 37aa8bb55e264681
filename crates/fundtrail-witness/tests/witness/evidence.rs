//! What is kept of a log that signed against what was cosigned.

use fundtrail_model::add_checkpoint::AddCheckpoint;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::note::Note;
use fundtrail_witness::Reply;
use fundtrail_witness::evidence::{KEPT_MAX, Kind};

use crate::support::{Log, NOW, ORIGIN, Place, ask, granted, refused};

/// Size and root of a note that this log's key signed.
fn signed(text: &str) -> (u64, String) {
    let note = Note::parse(text.as_bytes()).unwrap();
    note.verify(&[Log::honest().key()]).unwrap();
    let head = Checkpoint::parse(note.text()).unwrap();
    (head.size(), head.root().to_hex())
}

#[test]
fn two_roots_of_one_size_are_a_fork_whatever_the_old_size() {
    let fork = Log::forked(3);
    for (old, expected) in [(7, None), (0, Some(7)), (5, Some(7)), (8, None)] {
        let place = Place::new();
        let witness = place.open();
        granted(&witness, &Log::honest().request(0, 7), NOW);
        let request = fork.request(old, 7);
        let reply = ask(&witness, &request, NOW + 1);
        match expected {
            Some(size) => assert_eq!(reply, Reply::Conflict(size)),
            None if old == 7 => assert!(matches!(reply, Reply::Refused(_)), "{reply:?}"),
            None => assert!(matches!(reply, Reply::BadRequest(_)), "{reply:?}"),
        }
        let kept = place.evidence();
        let [(name, evidence)] = &kept[..] else {
            panic!("{kept:?}")
        };
        assert!(name.starts_with("fork-7-"), "{name}");
        assert_eq!((evidence.kind, evidence.recorded), (Kind::Fork, NOW + 1));
        assert_eq!(evidence.origin, ORIGIN);
        assert_eq!(evidence.request, request.to_text());
        // Whoever has the log's key sees both without this program.
        let first = signed(evidence.cosigned.as_deref().unwrap());
        let second = signed(&evidence.refused);
        assert_eq!((first.0, second.0), (7, 7));
        assert_eq!(second.1, fork.root(7).to_hex());
        assert_ne!(first.1, second.1);
    }
}

#[test]
fn a_branch_that_goes_on_is_kept_as_unproven() {
    let place = Place::new();
    let witness = place.open();
    granted(&witness, &Log::honest().request(0, 7), NOW);
    refused(&witness, &Log::forked(3).request(7, 12));
    let kept = place.evidence();
    let [(name, evidence)] = &kept[..] else {
        panic!("{kept:?}")
    };
    assert!(name.starts_with("unproven-12-"), "{name}");
    assert_eq!(evidence.kind, Kind::Unproven);
    assert!(evidence.meaning.contains("does not prove a fork"));
    assert_eq!(signed(&evidence.refused).0, 12);
    // The honest log goes on.
    granted(&witness, &Log::honest().request(7, 12), NOW);
}

#[test]
fn an_empty_tree_with_another_root_is_kept() {
    let (place, log) = (Place::new(), Log::honest());
    let request = AddCheckpoint {
        old: 0,
        proof: Vec::new(),
        checkpoint: log.sign(0, log.root(1)).to_text(),
    };
    refused(&place.open(), &request);
    let kept = place.evidence();
    assert_eq!((kept.len(), kept[0].1.kind), (1, Kind::Impossible));
    assert_eq!(kept[0].1.cosigned, None);
}

#[test]
fn honest_mistakes_are_no_evidence() {
    let (place, log) = (Place::new(), Log::honest());
    let witness = place.open();
    granted(&witness, &log.request(0, 7), NOW);
    ask(&witness, &log.request(0, 12), NOW);
    ask(&witness, &log.request(0, 7), NOW);
    ask(&witness, &log.request(0, 3), NOW);
    ask(&witness, &log.request(9, 8), NOW);
    let mut request = log.request(7, 12);
    request.proof.pop();
    refused(&witness, &request);
    // Strangers' forks are nobody's.
    ask(&witness, &Log::new(ORIGIN, 2, 3, 1).request(7, 7), NOW);
    assert!(place.evidence().is_empty());
}

#[test]
fn one_refused_checkpoint_is_kept_once_and_never_overwritten() {
    let place = Place::new();
    let fork = Log::forked(3);
    let witness = place.open();
    granted(&witness, &Log::honest().request(0, 7), NOW);
    refused(&witness, &fork.request(7, 7));
    let first = place.evidence();
    for (old, now) in [(7, NOW), (0, NOW + 1), (3, NOW + 2)] {
        ask(&witness, &fork.request(old, 7), now);
    }
    drop(witness);
    let witness = place.open();
    ask(&witness, &fork.request(7, 7), NOW + 9);
    assert_eq!(place.evidence(), first);
    ask(&witness, &Log::forked(4).request(7, 7), NOW + 9);
    assert_eq!(place.evidence().len(), 2);
}

#[test]
fn false_proofs_cannot_crowd_out_a_fork() {
    let (place, log) = (Place::new(), Log::honest());
    let witness = place.open();
    granted(&witness, &log.request(0, 1), NOW);
    // Roots enough for more than fit; every one of them signed by the log.
    for number in 0..KEPT_MAX + 9 {
        let mut root = log.root(2);
        root.0[..8].copy_from_slice(&number.to_be_bytes());
        let request = AddCheckpoint {
            old: 1,
            proof: vec![root],
            checkpoint: log.sign(2, root).to_text(),
        };
        refused(&witness, &request);
    }
    assert_eq!(place.evidence().len(), KEPT_MAX);
    refused(&witness, &Log::forked(0).request(1, 1));
    let kept = place.evidence();
    assert_eq!(kept.len(), KEPT_MAX + 1);
    assert_eq!(kept[0].1.kind, Kind::Fork);
}
