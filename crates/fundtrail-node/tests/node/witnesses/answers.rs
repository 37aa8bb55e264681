//! What a witness may answer, and what follows: every status, and every bad line.

use std::time::Duration;

use fundtrail_model::add_checkpoint::SIZE_MEDIA_TYPE;
use fundtrail_node::Answer;
use fundtrail_node::witnesses::Pace;

use super::fake::{Act, Fakes, NAMES, TIME, line, policy, witness_key};
use super::*;

/// Only the first witness counts.
const FIRST: &str = "quorum w1";

/// A node whose first witness has done `act` and is not asked again, which is in `trouble`
/// for it; nothing is stored for the second one's line is not enough.
fn after(act: Act, trouble: Trouble) -> (Node, Fakes) {
    let fakes = Fakes::new();
    fakes.act(0, act);
    let pace = Pace {
        interval: Duration::ZERO,
        first_retry: Duration::from_secs(3600),
        last_retry: Duration::from_secs(3600),
    };
    let (node, _) = open_with(&MemoryStorage::default(), fakes.config_at(FIRST, pace));
    recorded(node.submit(&genesis()));
    await_trouble(&node, 0, trouble);
    assert_eq!(state(&node, 0).failures, 1);
    assert_eq!(state(&node, 0).cosigned, None);
    assert_eq!(witnessed(&node), None, "{}", trouble.code());
    (node, fakes)
}

/// The first witness does `act`, and then its duty: it recovers.
#[track_caller]
fn passes(act: Act, trouble: Trouble) {
    assert!(!trouble.is_fatal());
    let fakes = Fakes::new();
    fakes.act(0, act);
    let (node, _) = founded(&fakes, FIRST);
    await_witnessed(&node, 1);
    until(trouble.code(), || state(&node, 0).trouble.is_none());
    assert_eq!(state(&node, 0).failures, 1, "{}", trouble.code());
}

fn say(status: u16, body: &str) -> Act {
    Act::Say(status, Some("text/plain"), body.to_owned())
}

/// What a witness does, the trouble that follows, and its code.
type Case = (fn() -> Act, Trouble, &'static str);

#[test]
fn what_may_pass_is_tried_again() {
    let cases: [Case; 13] = [
        (|| Act::Dead, Trouble::Unreachable, "WITNESS_UNREACHABLE"),
        (|| Act::Panic, Trouble::Unreachable, "WITNESS_UNREACHABLE"),
        (|| say(503, ""), Trouble::Status(503), "WITNESS_STATUS"),
        (|| say(429, ""), Trouble::Status(429), "WITNESS_STATUS"),
        (|| say(302, ""), Trouble::Status(302), "WITNESS_STATUS"),
        (|| say(201, ""), Trouble::Status(201), "WITNESS_STATUS"),
        (|| say(404, ""), Trouble::UnknownLog, "WITNESS_UNKNOWN_LOG"),
        (|| say(403, ""), Trouble::Untrusted, "WITNESS_UNTRUSTED"),
        (|| say(400, ""), Trouble::BadRequest, "WITNESS_BAD_REQUEST"),
        (|| say(200, ""), Trouble::Unreadable, "WITNESS_UNREADABLE"),
        (|| say(200, "\n"), Trouble::Unreadable, "WITNESS_UNREADABLE"),
        (
            || say(200, "<html>\n"),
            Trouble::Unreadable,
            "WITNESS_UNREADABLE",
        ),
        (
            || say(200, "— name AAAA\n"),
            Trouble::Unreadable,
            "WITNESS_UNREADABLE",
        ),
    ];
    for (act, trouble, code) in cases {
        assert_eq!(trouble.code(), code);
        after(act(), trouble);
        passes(act(), trouble);
    }
}

#[test]
fn a_witness_that_saw_another_tree_is_never_asked_again() {
    let size = |text: &str| Act::Say(409, Some(SIZE_MEDIA_TYPE), text.to_owned());
    let cases = [
        (size("2\n"), Trouble::Ahead, "WITNESS_AHEAD"),
        (
            size("18446744073709551615\n"),
            Trouble::Ahead,
            "WITNESS_AHEAD",
        ),
        (say(409, "0\n"), Trouble::Conflict, "WITNESS_CONFLICT"),
        (size(""), Trouble::Conflict, "WITNESS_CONFLICT"),
        (size("1"), Trouble::Conflict, "WITNESS_CONFLICT"),
        (size("01\n"), Trouble::Conflict, "WITNESS_CONFLICT"),
        (size("-1\n"), Trouble::Conflict, "WITNESS_CONFLICT"),
        (
            Act::Say(409, None, "1\n".into()),
            Trouble::Conflict,
            "WITNESS_CONFLICT",
        ),
        (say(422, ""), Trouble::RefusedProof, "WITNESS_REFUSED_PROOF"),
    ];
    for (act, trouble, code) in cases {
        assert!(trouble.is_fatal());
        assert_eq!(trouble.code(), code);
        let fakes = Fakes::new();
        fakes.act(0, act);
        let (node, storage) = founded(&fakes, EITHER);
        await_trouble(&node, 0, trouble);
        // Nothing more is recorded. What is there is cosigned by the other one.
        let halt = node.halted().unwrap();
        let expected = match trouble {
            Trouble::Ahead => "SHORTER_THAN_KNOWN",
            _ => "DIFFERS_FROM_KNOWN",
        };
        assert_eq!(halt.code(), expected);
        for number in 1..4 {
            assert_eq!(node.submit(&enrol(number)), Answer::Halted(halt.clone()));
        }
        assert_eq!(node.metrics().size(), 1);
        let note = await_witnessed(&node, 1);
        assert!(!note.contains("witness.example/1"));
        assert_eq!(fakes.asked(0).len(), 1, "{code}");
        assert_eq!(
            (state(&node, 0).failures, state(&node, 0).trouble),
            (1, Some(trouble))
        );
        // Starting again is how an operator says that he looked into it.
        drop(node);
        let (node, _) = open_with(&storage, fakes.config(EITHER));
        until("it cosigns again", || state(&node, 0).cosigned.is_some());
        assert_eq!(state(&node, 0).trouble, None);
        assert_eq!(node.halted(), None);
        recorded(node.submit(&enrol(1)));
    }
}

#[test]
fn a_witness_that_names_another_size_each_time_is_left_alone_for_a_while() {
    let fakes = Fakes::new();
    for _ in 0..3 {
        fakes.act(0, Act::Say(409, Some(SIZE_MEDIA_TYPE), "1\n".into()));
    }
    let (node, _) = founded(&fakes, FIRST);
    until("it settled", || fakes.asked(0).len() > 3);
    await_witnessed(&node, 1);
    assert_eq!(state(&node, 0).failures, 1);
    assert_eq!(fakes.asked(0)[..4], [(0, 1), (1, 1), (1, 1), (1, 1)]);
}

#[test]
fn no_line_that_does_not_verify_is_stored() {
    fn own(text: &str) -> String {
        line(&witness_key(0), NAMES[0], TIME, text)
    }
    let cases: [fn(&str) -> String; 8] = [
        // Signed with another key, under the own name and hash.
        |text| forged(&own(text), &line(&witness_key(2), NAMES[0], TIME, text)),
        // Of another text.
        |text| own(&text.replacen("\n1\n", "\n2\n", 1)),
        // Of another time than it says.
        |text| {
            let (then, now) = (line(&witness_key(0), NAMES[0], TIME + 1, text), own(text));
            retimed(&now, &then)
        },
        // At the time 0, which is not one.
        |text| line(&witness_key(0), NAMES[0], 0, text),
        // Two of one key, both good, and one of them bad.
        |text| own(text) + &line(&witness_key(0), NAMES[0], TIME + 1, text),
        |text| own(text) + &own(&text.replacen("\n1\n", "\n2\n", 1)),
        // Good ones, but of others: a stranger, and a witness of this policy.
        |text| line(&witness_key(2), "stranger", TIME, text),
        |text| line(&witness_key(1), NAMES[1], TIME, text),
    ];
    for (at, lines) in cases.into_iter().enumerate() {
        let (node, fakes) = after(Act::Lines(lines), Trouble::BadSignature);
        assert_eq!(fakes.asked(0).len(), 1, "case {at}");
        drop(node);
        passes(Act::Lines(lines), Trouble::BadSignature);
    }
    assert_eq!(Trouble::BadSignature.code(), "WITNESS_BAD_SIGNATURE");
}

/// The line `own` with the signature of `other` in it.
fn forged(own: &str, other: &str) -> String {
    spliced(own, other, 4)
}

/// The line `own` with its time, and the signature of `other`.
fn retimed(own: &str, other: &str) -> String {
    spliced(own, other, 12)
}

/// The first bytes of one line's base64 and the rest of another's.
fn spliced(head: &str, tail: &str, at: usize) -> String {
    use fundtrail_model::note::NoteSignature;
    let parse = |text: &str| NoteSignature::parse(text.trim_end()).unwrap();
    let (head, tail) = (parse(head), parse(tail));
    let mut bytes = head.bytes()[..at - 4].to_vec();
    bytes.extend_from_slice(&tail.bytes()[at - 4..]);
    format!(
        "{}\n",
        NoteSignature::new(head.name(), head.key_id(), bytes).unwrap()
    )
}

#[test]
fn lines_of_other_keys_are_dropped() {
    let fakes = Fakes::new();
    fakes.act(
        0,
        Act::Lines(|text| {
            // A stranger's, a forged one of the other witness, and its own.
            line(&witness_key(2), "stranger", TIME, text)
                + &line(&witness_key(2), NAMES[1], TIME, text)
                + &forged(
                    &line(&witness_key(1), NAMES[1], TIME, text),
                    &line(&witness_key(2), NAMES[1], TIME, text),
                )
                + &line(&witness_key(0), NAMES[0], TIME, text)
        }),
    );
    fakes.with(1, |one| one.acts.extend((0..1000).map(|_| Act::Dead)));
    let (node, _) = founded(&fakes, FIRST);
    let note = await_witnessed(&node, 1);
    let opened = policy(FIRST).open(note.as_bytes()).unwrap();
    assert_eq!(opened.note.signatures().len(), 2, "the log's and its own");
    assert_eq!(opened.cosigned.len(), 1);
    assert_eq!(state(&node, 0).failures, 0);
}
