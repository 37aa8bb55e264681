//! What the witnesses know: each is shown the newest checkpoint, and how it grew out of the one
//! that it knows.
//!
//! Of a ledger without entries they are shown the checkpoint of the empty tree, from size 0. To
//! a witness that never saw the log that is a request as any other (C2SP tlog-witness), which
//! it may grant: every tree continues the empty one, and nothing is promised with it. One that
//! cosigned entries has to refuse it, and says how many they were.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use fundtrail_kernel::proofs::{Published, StoredNodes, latest_checkpoint};
use fundtrail_merkle::{Hash, consistency_proof};
use fundtrail_model::Fault;
use fundtrail_model::add_checkpoint::AddCheckpoint;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::note::{Note, VerifierKey};

use super::{Hindrance, KnownError, size};
use crate::recovery::Watched;
use crate::storage::Storage;
use crate::witnesses::{Link, Meaning, Reply, Trouble, Witnesses, meaning};

/// What a witness says when it is asked whether it knows this ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It cosigned the newest checkpoint, now, with a line that verifies under its key.
    Agrees,
    /// Nothing that says anything of the ledger, or not in time.
    Silent,
}

/// The checkpoint that witnesses are shown.
struct Shown {
    note: Note,
    size: u64,
    root: Hash,
}

/// Asks every witness that has an address, all at once, for at most `patience`.
pub(super) fn ask(
    storage: &dyn Storage,
    witnesses: &Witnesses,
    patience: Duration,
    hindrance: &mut Hindrance,
) -> Result<Vec<(String, Heard)>, KnownError> {
    let Some(Some(shown)) = hindrance.note(shown(storage, witnesses))? else {
        return Ok(Vec::new());
    };
    let until = Instant::now() + patience;
    let mut heard = Vec::new();
    let mut left = 0;
    let (sender, answers) = channel();
    for witness in witnesses.policy().witnesses() {
        let Some(url) = &witness.url else { continue };
        let asked = Asked {
            number: heard.len(),
            name: witness.name.clone(),
            key: witness.key.clone(),
            url: format!("{}/add-checkpoint", url.trim_end_matches('/')),
            link: Arc::clone(witnesses.link()),
        };
        heard.push((witness.name.clone(), Heard::Silent));
        let started = asked.start(storage, &shown, 0, &sender);
        left += usize::from(hindrance.note(started)?.is_some());
    }
    while left > 0 {
        let Ok((asked, reply)) =
            answers.recv_timeout(until.saturating_duration_since(Instant::now()))
        else {
            break;
        };
        left -= 1;
        match asked.means(&shown, reply)? {
            Next::Is(what) => {
                if let Some(slot) = heard.get_mut(asked.number) {
                    slot.1 = what;
                }
            }
            Next::Ask(old) => {
                let started = asked.start(storage, &shown, old, &sender);
                left += usize::from(hindrance.note(started)?.is_some());
            }
        }
    }
    Ok(heard)
}

/// The newest checkpoint, or that of the empty tree. Nothing of entries without a checkpoint,
/// which recovery refuses.
fn shown(storage: &dyn Storage, witnesses: &Witnesses) -> Result<Option<Shown>, KnownError> {
    let (newest, entries) =
        storage.read(|read| Ok::<_, Fault>((latest_checkpoint(read)?, size(read)?)))?;
    let note = match newest {
        Some(Published { note, .. }) => note,
        None => match witnesses.empty() {
            Some(empty) if entries == 0 => empty.to_owned(),
            _ => return Ok(None),
        },
    };
    let damaged = |error: &dyn std::error::Error| KnownError::Damaged {
        by: "a witness".into(),
        what: Fault(format!("the newest checkpoint: {error}")),
    };
    let note = Note::parse(note.as_bytes()).map_err(|error| damaged(&error))?;
    let checkpoint = Checkpoint::parse(note.text()).map_err(|error| damaged(&error))?;
    Ok(Some(Shown {
        note,
        size: checkpoint.size(),
        root: checkpoint.root(),
    }))
}

/// What follows from an answer.
enum Next {
    Is(Heard),
    /// It is asked again, from the size that it cosigned.
    Ask(u64),
}

/// A witness that is being asked.
struct Asked {
    number: usize,
    name: String,
    key: VerifierKey,
    url: String,
    link: Arc<dyn Link>,
}

impl Asked {
    /// Asks on a thread of its own, which ends with the link's own patience.
    fn start(
        self,
        storage: &dyn Storage,
        shown: &Shown,
        old: u64,
        sender: &Sender<(Asked, Option<Reply>)>,
    ) -> Result<(), KnownError> {
        let (body, sender) = (self.request(storage, shown, old)?, sender.clone());
        let ask = move || {
            let reply = self
                .link
                .add_checkpoint(&self.name, &self.url, body.as_bytes());
            // Nobody waits any more: it was too late.
            let _ = sender.send((self, reply.ok()));
        };
        let thread = thread::Builder::new().name("known".into()).spawn(ask);
        thread
            .map(|_| ())
            .map_err(|error| Fault(format!("a thread cannot be started: {error}")).into())
    }

    fn request(
        &self,
        storage: &dyn Storage,
        shown: &Shown,
        old: u64,
    ) -> Result<String, KnownError> {
        storage.read(|read| {
            let read = Watched::new(read);
            let proof =
                consistency_proof(old, shown.size, &StoredNodes(&read)).map_err(|error| {
                    let fault = Fault(format!("a proof from size {old}: {error}"));
                    KnownError::hindered(&self.by(), &read, fault)
                })?;
            Ok(AddCheckpoint {
                old,
                proof,
                checkpoint: shown.note.to_text(),
            }
            .to_text())
        })
    }

    fn means(&self, shown: &Shown, reply: Option<Reply>) -> Result<Next, KnownError> {
        let silent = Ok(Next::Is(Heard::Silent));
        let Some(reply) = reply else { return silent };
        match meaning(&reply, &self.key, shown.note.text()) {
            Meaning::Line(..) => Ok(Next::Is(Heard::Agrees)),
            Meaning::At(known) if known > shown.size => Err(KnownError::Shorter {
                by: self.by(),
                known,
                entries: shown.size,
            }),
            // From 0 it was asked already.
            Meaning::At(0) => silent,
            Meaning::At(known) => Ok(Next::Ask(known)),
            // Nothing can be said against the empty tree: it takes none.
            Meaning::Trouble(Trouble::RefusedProof) if shown.size == 0 => silent,
            Meaning::Trouble(Trouble::Conflict | Trouble::RefusedProof) => {
                Err(KnownError::Differs {
                    by: self.by(),
                    size: shown.size,
                    known: "not told".into(),
                    root: shown.root,
                })
            }
            Meaning::Trouble(_) => silent,
        }
    }

    fn by(&self) -> String {
        format!("the witness {}", self.name)
    }
}
