//! Which requests are granted, and with what the others are answered.

use std::sync::Barrier;

use fundtrail_merkle::Hash;
use fundtrail_model::LogPolicy;
use fundtrail_model::add_checkpoint::AddCheckpoint;
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::{Note, NoteError, NoteSignature, NoteSigner};
use fundtrail_witness::Reply;
use fundtrail_witness::directory::origin_hash;

use crate::support::{Log, NOW, ORIGIN, Place, ask, granted, refused};

#[test]
fn a_log_that_only_grows_is_cosigned_from_any_size_to_any() {
    let log = Log::honest();
    for old in 0..20 {
        for size in old..20 {
            let place = Place::new();
            let witness = place.open();
            if old > 0 {
                granted(&witness, &log.request(0, old), NOW);
            }
            granted(&witness, &log.request(old, size), NOW + 1);
            let next = log.request(size, 33);
            granted(&witness, &next, NOW + 2);
        }
    }
}

#[test]
fn monitors_get_the_note_with_the_log_and_this_witness_alone() {
    let (place, log) = (Place::new(), Log::honest());
    let witness = place.open();
    let hash = origin_hash(ORIGIN);
    assert_eq!(witness.checkpoint(&hash), None);
    let mut request = log.request(0, 7);
    let mut note = log.note(7);
    let stranger = NoteSigner::new("other", SigningKey::from_seed(&[5; 32])).unwrap();
    note.add(stranger.sign(note.text()).unwrap()).unwrap();
    request.checkpoint = note.to_text();
    granted(&witness, &request, NOW);
    let served = witness.checkpoint(&hash).unwrap();
    let policy = format!("log {}\nwitness w {}\nquorum w\n", log.key(), place.key);
    let opened = LogPolicy::parse(&policy).unwrap().open(served.as_bytes());
    let opened = opened.unwrap();
    assert_eq!(opened.checkpoint.size(), 7);
    let names = opened.note.signatures().iter().map(NoteSignature::name);
    assert_eq!(names.collect::<Vec<_>>(), [ORIGIN, "w.example"]);
    assert_eq!(witness.checkpoint(&hash.to_uppercase()), None);
    assert_eq!(witness.checkpoint(&origin_hash("other")), None);
}

#[test]
fn the_same_size_again_renews_the_time() {
    let (place, log) = (Place::new(), Log::honest());
    let witness = place.open();
    granted(&witness, &log.request(0, 7), NOW);
    granted(&witness, &log.request(7, 7), NOW + 5);
    granted(&witness, &log.request(7, 7), NOW + 5);
    let served = witness.checkpoint(&origin_hash(ORIGIN)).unwrap();
    let keys = [place.key.clone()];
    let note = Note::parse(served.as_bytes()).unwrap();
    assert_eq!(note.verify(&keys).unwrap()[0].time, Some(NOW + 5));
    // What was cosigned under the first time's request is not a way back.
    assert_eq!(
        ask(&witness, &log.request(0, 7), NOW + 6),
        Reply::Conflict(7)
    );
}

#[test]
fn an_unknown_origin_comes_before_all_else() {
    let place = Place::new();
    let other = Log::new("log.example/other", 1, 0, 0);
    let reply = ask(&place.open(), &other.request(9, 7), NOW);
    assert_eq!(reply, Reply::UnknownOrigin);
}

#[test]
fn what_the_log_did_not_sign_is_untrusted() {
    let (place, log) = (Place::new(), Log::honest());
    let witness = place.open();
    let stranger = Log::new(ORIGIN, 2, 0, 0);
    assert_eq!(
        ask(&witness, &stranger.request(0, 7), NOW),
        Reply::Untrusted(NoteError::Untrusted)
    );
    // The log's line over another size.
    let mut request = log.request(0, 7);
    request.checkpoint = request.checkpoint.replace("\n7\n", "\n8\n");
    assert_eq!(
        ask(&witness, &request, NOW),
        Reply::Untrusted(NoteError::Signature)
    );
    // A good line and a bad one of the log: malformed as a note.
    let line = log.note(7).signatures()[0].clone();
    request.checkpoint = log.request(0, 7).checkpoint + &format!("{line}\n");
    assert_eq!(
        ask(&witness, &request, NOW),
        Reply::Untrusted(NoteError::Duplicate)
    );
    // Untrusted is said before the old size is looked at.
    assert!(matches!(
        ask(&witness, &stranger.request(9, 7), NOW),
        Reply::Untrusted(_)
    ));
    assert!(place.evidence().is_empty());
}

#[test]
fn malformed_requests_and_old_sizes_above_are_bad() {
    let (place, log) = (Place::new(), Log::honest());
    let witness = place.open();
    let bad = |bytes: &[u8]| {
        let reply = witness.add_checkpoint(bytes, NOW);
        assert!(matches!(reply, Reply::BadRequest(_)), "{reply:?}");
    };
    bad(b"");
    bad(b"old 0\n\n");
    bad(log
        .request(0, 7)
        .to_text()
        .replace("old 0", "old 00")
        .as_bytes());
    // Above the checkpoint's size, though it is not the last one either.
    bad(log.request(8, 7).to_text().as_bytes());
    // Signed by the log, and no checkpoint.
    let signer = NoteSigner::new(ORIGIN, SigningKey::from_seed(&[1; 32])).unwrap();
    let text = format!("{ORIGIN}\nseven\nroot\n");
    let note = Note::new(text.clone(), signer.sign(&text).unwrap()).unwrap();
    bad(format!("old 0\n\n{note}").as_bytes());
}

#[test]
fn another_old_size_is_told_the_last_one() {
    let (place, log) = (Place::new(), Log::honest());
    let witness = place.open();
    let conflict = |old, size, expected| {
        let reply = ask(&witness, &log.request(old, size), NOW + 9);
        assert_eq!(reply, Reply::Conflict(expected), "{old} to {size}");
    };
    conflict(3, 7, 0);
    conflict(7, 7, 0);
    granted(&witness, &log.request(0, 7), NOW);
    conflict(0, 7, 7);
    conflict(0, 12, 7);
    conflict(6, 7, 7);
    conflict(6, 12, 7);
    conflict(8, 12, 7);
    conflict(0, 3, 7);
    // The conflict is said before the proof is looked at, and changes nothing.
    let mut request = log.request(6, 12);
    request.proof.clear();
    assert_eq!(ask(&witness, &request, NOW), Reply::Conflict(7));
    granted(&witness, &log.request(7, 12), NOW);
    assert!(place.evidence().is_empty());
}

#[test]
fn proofs_that_do_not_hold_are_refused() {
    let (place, log) = (Place::new(), Log::honest());
    let witness = place.open();
    // From 0 there is nothing to prove.
    let mut request = log.request(0, 7);
    request.proof = vec![log.root(1)];
    refused(&witness, &request);
    granted(&witness, &log.request(0, 7), NOW);
    let good = log.request(7, 12);
    for at in 0..good.proof.len() {
        let mut request = good.clone();
        request.proof[at].0[31] ^= 1;
        refused(&witness, &request);
        request = good.clone();
        request.proof.remove(at);
        refused(&witness, &request);
        request = good.clone();
        request.proof.insert(at, Hash([0; 32]));
        refused(&witness, &request);
    }
    let mut same = log.request(7, 7);
    same.proof = vec![log.root(7)];
    refused(&witness, &same);
    granted(&witness, &good, NOW);
}

#[test]
fn an_empty_tree_has_one_root() {
    let (place, log) = (Place::new(), Log::honest());
    let witness = place.open();
    let empty = |root| AddCheckpoint {
        old: 0,
        proof: Vec::new(),
        checkpoint: log.sign(0, root).to_text(),
    };
    refused(&witness, &empty(log.root(1)));
    granted(&witness, &empty(log.root(0)), NOW);
    refused(&witness, &empty(log.root(1)));
    granted(&witness, &log.request(0, 7), NOW);
}

#[test]
fn a_clock_that_went_back_signs_nothing() {
    let (place, log) = (Place::new(), Log::honest());
    let witness = place.open();
    assert_eq!(ask(&witness, &log.request(0, 7), 0), Reply::ClockBehind);
    granted(&witness, &log.request(0, 7), NOW);
    for request in [log.request(7, 7), log.request(7, 12)] {
        assert_eq!(ask(&witness, &request, NOW - 1), Reply::ClockBehind);
        assert_eq!(ask(&witness, &request, 0), Reply::ClockBehind);
    }
    drop(witness);
    let witness = place.open();
    assert_eq!(
        ask(&witness, &log.request(7, 12), NOW - 1),
        Reply::ClockBehind
    );
    granted(&witness, &log.request(7, 12), NOW);
}

#[test]
fn a_log_may_have_two_keys_and_two_logs_do_not_meet() {
    let place = Place::new();
    let (second, other) = (Log::new(ORIGIN, 2, 0, 0), Log::new("b.example", 3, 0, 7));
    fundtrail_witness::add_log(place.path(), ORIGIN, &second.key()).unwrap();
    fundtrail_witness::add_log(place.path(), "b.example", &other.key()).unwrap();
    let witness = place.open();
    granted(&witness, &Log::honest().request(0, 7), NOW);
    granted(&witness, &second.request(7, 12), NOW);
    granted(&witness, &other.request(0, 5), NOW);
    assert_eq!(witness.origins().collect::<Vec<_>>(), ["b.example", ORIGIN]);
    // A key is trusted for its own origin only.
    let borrowed = Log::new("b.example", 1, 0, 7);
    assert_eq!(
        ask(&witness, &borrowed.request(5, 9), NOW),
        Reply::Untrusted(NoteError::Untrusted)
    );
}

#[test]
fn of_racing_branches_exactly_one_is_cosigned() {
    for round in 0..20 {
        let place = Place::new();
        let witness = place.open();
        granted(&witness, &Log::honest().request(0, 5), NOW);
        let start = Barrier::new(32);
        let replies: Vec<Reply> = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..32_u8)
                .map(|racer| {
                    let (witness, start) = (&witness, &start);
                    scope.spawn(move || {
                        let branch = Log::new(ORIGIN, 1, 5, racer);
                        let request = branch.request(5, 6 + usize::from(racer % 4));
                        start.wait();
                        ask(witness, &request, NOW)
                    })
                })
                .collect();
            racers.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let won = |reply: &&Reply| matches!(reply, Reply::Cosigned(_));
        assert_eq!(replies.iter().filter(won).count(), 1, "round {round}");
        let size = witness.checkpoint(&origin_hash(ORIGIN)).unwrap();
        let size: u64 = size.lines().nth(1).unwrap().parse().unwrap();
        let lost = |reply: &&Reply| **reply == Reply::Conflict(size);
        assert_eq!(replies.iter().filter(lost).count(), 31, "{replies:?}");
        // Eight branches sign each size: seven against the one that won are forks.
        assert_eq!(place.evidence().len(), 7);
    }
}

#[test]
fn a_line_in_the_name_of_the_witness_is_not_taken_over() {
    let (place, log) = (Place::new(), Log::honest());
    let witness = place.open();
    let forged = NoteSignature::new("w.example", place.key.id(), vec![0; 72]).unwrap();
    let mut note = log.note(7);
    note.add(forged).unwrap();
    let mut request = log.request(0, 7);
    request.checkpoint = note.to_text();
    granted(&witness, &request, NOW);
    drop(witness);
    let again = place.open();
    granted(&again, &log.request(7, 8), NOW);
}
