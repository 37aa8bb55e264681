//! Witnesses without a network: honest by themselves, and anything else when told to.

use std::collections::VecDeque;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fundtrail_merkle::{Hash, verify_consistency};
use fundtrail_model::LogPolicy;
use fundtrail_model::add_checkpoint::{AddCheckpoint, SIZE_MEDIA_TYPE};
use fundtrail_model::checkpoint::{Checkpoint, cosign};
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::{SignatureType, VerifierKey};
use fundtrail_node::witnesses::{Link, Pace, Reply};
use fundtrail_node::{Config, Witnesses};

use crate::fixture::{ORIGIN, config, log_signer};

/// What a witness does instead of its duty, once.
pub(crate) enum Act {
    /// Answers with a status, a content type and a body.
    Say(u16, Option<&'static str>, String),
    /// 200 with what this makes of the checkpoint's text.
    Lines(fn(&str) -> String),
    /// Does not answer.
    Dead,
    /// Panics.
    Panic,
    /// Answers as it should, but only when it is let go.
    Wait(Receiver<()>),
}

/// One witness.
pub(crate) struct One {
    name: &'static str,
    key: SigningKey,
    /// What it cosigned last.
    pub(crate) last: (u64, Hash),
    /// What it does next, before it returns to its duty.
    pub(crate) acts: VecDeque<Act>,
    /// Every request: the size it was asked from, and the size to cosign.
    pub(crate) asked: Vec<(u64, u64)>,
}

/// The witnesses `w1`, `w2` and `w3`.
#[derive(Clone)]
pub(crate) struct Fakes(Arc<[Mutex<One>; 3]>);

/// The time all of them have.
pub(crate) const TIME: u64 = 1_760_000_000;

pub(crate) const NAMES: [&str; 3] = [
    "witness.example/1",
    "witness.example/2",
    "witness.example/3",
];

/// The key of the witness with this number.
pub(crate) fn witness_key(number: usize) -> SigningKey {
    SigningKey::from_seed(&[0xc1 + u8::try_from(number).unwrap(); 32])
}

/// What others verify its lines with.
pub(crate) fn verifier(number: usize) -> VerifierKey {
    let public = witness_key(number).public();
    VerifierKey::new(NAMES[number], SignatureType::Cosignature, public).unwrap()
}

/// The policy file: three witnesses, and whatever follows.
pub(crate) fn policy_text(rest: &str) -> String {
    let log = log_signer().verifier().to_string();
    let [first, second, third] = [0, 1, 2].map(|number| verifier(number).to_string());
    format!(
        "log {log}\n\
         witness w1 {first} http://one.example\n\
         witness w2 {second} http://two.example/\n\
         witness w3 {third}\n\
         {rest}\n"
    )
}

pub(crate) fn policy(rest: &str) -> LogPolicy {
    LogPolicy::parse(&policy_text(rest)).unwrap()
}

impl Fakes {
    pub(crate) fn new() -> Fakes {
        let one = |number: usize| {
            Mutex::new(One {
                name: NAMES[number],
                key: witness_key(number),
                last: (0, Hash([0; 32])),
                acts: VecDeque::new(),
                asked: Vec::new(),
            })
        };
        Fakes(Arc::new([one(0), one(1), one(2)]))
    }

    /// Looks at a witness, or changes it.
    pub(crate) fn with<T>(&self, number: usize, f: impl FnOnce(&mut One) -> T) -> T {
        f(&mut self.0[number].lock().unwrap())
    }

    /// Makes a witness do something else, the next time it is asked.
    pub(crate) fn act(&self, number: usize, act: Act) {
        self.with(number, |one| one.acts.push_back(act));
    }

    pub(crate) fn asked(&self, number: usize) -> Vec<(u64, u64)> {
        self.with(number, |one| one.asked.clone())
    }

    /// A node's configuration with these witnesses, a policy that ends in `rest`, and quick
    /// retries.
    pub(crate) fn config(&self, rest: &str) -> Config {
        let pace = Pace {
            interval: Duration::ZERO,
            first_retry: Duration::from_millis(2),
            last_retry: Duration::from_millis(8),
        };
        self.config_at(rest, pace)
    }

    pub(crate) fn config_at(&self, rest: &str, pace: Pace) -> Config {
        let link = Arc::new(self.clone());
        let mut witnesses = Witnesses::new(policy(rest), log_signer().verifier(), link).unwrap();
        witnesses.pace = pace;
        Config {
            witnesses: Some(witnesses),
            ..config()
        }
    }
}

impl Link for Fakes {
    fn add_checkpoint(&self, witness: &str, url: &str, body: &[u8]) -> Result<Reply, String> {
        let number = match (witness, url) {
            ("w1", "http://one.example/add-checkpoint") => 0,
            ("w2", "http://two.example/add-checkpoint") => 1,
            other => panic!("{other:?} is no witness of these tests"),
        };
        let request = AddCheckpoint::parse(body).unwrap();
        let signer = log_signer();
        let (checkpoint, note) =
            Checkpoint::open(request.checkpoint.as_bytes(), ORIGIN, signer.verifier()).unwrap();
        assert_eq!(
            note.signatures().len(),
            1,
            "witnesses see the log's line only"
        );
        let act = self.with(number, |one| {
            one.asked.push((request.old, checkpoint.size()));
            one.acts.pop_front()
        });
        match act {
            Some(Act::Say(status, content_type, body)) => Ok(Reply {
                status,
                content_type: content_type.map(str::to_owned),
                body: body.into_bytes(),
            }),
            Some(Act::Lines(lines)) => Ok(reply(200, None, lines(note.text()))),
            Some(Act::Dead) => Err("connection refused".into()),
            Some(Act::Panic) => panic!("the link broke"),
            Some(Act::Wait(gate)) => {
                let _ = gate.recv();
                Ok(self.with(number, |one| one.duty(&request, &checkpoint)))
            }
            None => Ok(self.with(number, |one| one.duty(&request, &checkpoint))),
        }
    }
}

impl One {
    /// What C2SP tlog-witness says.
    fn duty(&mut self, request: &AddCheckpoint, checkpoint: &Checkpoint) -> Reply {
        let (size, root) = self.last;
        if request.old != size {
            return reply(409, Some(SIZE_MEDIA_TYPE), format!("{size}\n"));
        }
        let grows = size == 0 && request.proof.is_empty()
            || size > 0
                && verify_consistency(
                    size,
                    checkpoint.size(),
                    &root,
                    &checkpoint.root(),
                    &request.proof,
                )
                .is_ok();
        if !grows {
            return reply(422, None, String::new());
        }
        self.last = (checkpoint.size(), checkpoint.root());
        reply(
            200,
            None,
            line(&self.key, self.name, TIME, &checkpoint.to_text()),
        )
    }
}

/// A cosignature line.
pub(crate) fn line(key: &SigningKey, name: &str, time: u64, text: &str) -> String {
    format!("{}\n", cosign(key, name, time, text).unwrap())
}

fn reply(status: u16, content_type: Option<&str>, body: String) -> Reply {
    Reply {
        status,
        content_type: content_type.map(str::to_owned),
        body: body.into_bytes(),
    }
}

/// Waits until something holds.
#[track_caller]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(20), "never: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}
