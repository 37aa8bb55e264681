//! One id from many clients at once: the same transaction, and others that take its id.

use std::collections::BTreeSet;
use std::sync::{Barrier, Mutex};

use fundtrail_scenario::Draft;
use fundtrail_tests::{ORIGIN, soak};
use serde_json::{Value, json};

use super::victim::Victim;

/// What a flood may make the node grow by, in bytes.
const MORE: u64 = 128 * 1024 * 1024;
/// Clients at once.
const CLIENTS: usize = 24;
/// Different transactions that want the one id.
const DIFFERENT: usize = 4;

/// A transfer that would be recorded, as it is posted.
pub(super) fn transfer(id: &str, date: &str) -> Vec<u8> {
    let draft = Draft {
        ledger: ORIGIN.to_owned(),
        id: id.to_owned(),
        kind: "transfer".to_owned(),
        date: date.to_owned(),
        body: json!({"from": "main", "to": "at-a", "amount": "1.00"}),
        sealed: std::collections::BTreeMap::new(),
        signers: vec!["manager/maker".to_owned(), "OFF".to_owned()],
    };
    draft.submission().unwrap().to_json().into_bytes()
}

#[test]
fn one_id_is_one_entry_and_one_receipt() {
    let mut victim = Victim::start("");
    let rounds = soak::choose(6, 200);
    let (mut posts, mut busy) = (0, 0);
    for round in 0..rounds {
        let id = format!("t-flood-{round}");
        let bodies: Vec<Vec<u8>> = (0..DIFFERENT)
            .map(|at| transfer(&id, &format!("2022-01-{}", 10 + at)))
            .collect();
        let answers: Mutex<Vec<(usize, u16, String)>> = Mutex::default();
        let barrier = Barrier::new(CLIENTS);
        std::thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (bodies, answers, barrier, victim) = (&bodies, &answers, &barrier, &victim);
                scope.spawn(move || {
                    let target = victim.scratch.client();
                    barrier.wait();
                    for turn in 0..4 {
                        let which = (client + turn) % DIFFERENT;
                        let (status, text) =
                            target.post("/v1/transactions", &bodies[which]).unwrap();
                        answers.lock().unwrap().push((which, status, text));
                    }
                });
            }
        });
        let answers = answers.into_inner().unwrap();
        posts += answers.len();
        busy += answers
            .iter()
            .filter(|(_, status, _)| *status == 503)
            .count();
        let winners: Vec<usize> = answers
            .iter()
            .filter(|(_, status, _)| *status == 201)
            .map(|(which, _, _)| *which)
            .collect();
        let [winner] = winners.as_slice() else {
            panic!("{id} was recorded {} times", winners.len());
        };
        let mut receipts = BTreeSet::new();
        for (which, status, text) in &answers {
            let answer: Value = serde_json::from_str(text).unwrap();
            match status {
                200 | 201 => {
                    assert_eq!(which, winner, "another transaction got its receipt");
                    receipts.insert(answer["receipt"].as_str().unwrap().to_owned());
                }
                409 => {
                    assert_ne!(which, winner, "it conflicts with itself");
                    assert_eq!(answer["code"], "CONFLICT");
                }
                503 => assert_eq!(answer["code"], "BUSY"),
                _ => panic!("{status}: {text}"),
            }
        }
        assert_eq!(receipts.len(), 1, "one receipt in one form");
        victim.recorded(1);
        victim.is_well(&id, MORE);
    }
    println!("floods: {rounds} ids, {posts} posts, {rounds} entries, {busy} told to come back");
}
