//! What others know of this ledger: checkpoints that were kept elsewhere, and witnesses.
//!
//! A copy of a ledger is a ledger: its hashes fit, its signatures hold. That entries are
//! missing at its end, or that another copy went on under the same key, only somebody outside
//! can know. So whoever opens a ledger holds it against what they know, before it is served.
//!
//! Absent on purpose: files and the network, which are the binary's; and patience without end:
//! a witness that does not answer in time holds nobody up. The feeder asks it later.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use fundtrail_kernel::proofs::{Published, StoredNodes, last_entry, latest_checkpoint};
use fundtrail_merkle::{Frontier, Hash, consistency_proof};
use fundtrail_model::Fault;
use fundtrail_model::add_checkpoint::{AddCheckpoint, WitnessAnswer};
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::note::VerifierKey;
use fundtrail_model::port::Read;
use fundtrail_model::receipt::Receipt;

use crate::storage::Storage;
use crate::witnesses::{Link, Witnesses};

/// Why a ledger is not the one that somebody knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KnownError {
    /// There are fewer entries than somebody knows of.
    #[error(
        "SHORTER_THAN_KNOWN: {by} knows {known} entries, and this ledger has {entries}: entries \
         are lost. Put a newer backup back, or the entries from an export"
    )]
    Shorter {
        /// Who knows.
        by: String,
        /// How many they know.
        known: u64,
        /// How many there are.
        entries: u64,
    },
    /// The entries are others.
    #[error(
        "DIFFERS_FROM_KNOWN: {by} knows another ledger: at size {size} its root is {known}, and \
         here it is {root}. Two nodes went on from one copy, or entries were changed"
    )]
    Differs {
        /// Who knows.
        by: String,
        /// The size of the tree they know.
        size: u64,
        /// Its root as they know it; `not told` by a witness.
        known: String,
        /// The root that this ledger has at that size.
        root: Hash,
    },
    /// What was kept is no checkpoint of this log.
    #[error("KNOWN_UNREADABLE: {by}: {what}")]
    Unreadable {
        /// Where it was kept.
        by: String,
        /// What is wrong with it.
        what: String,
    },
    /// The storage cannot be read.
    #[error("{0}")]
    Fault(#[from] Fault),
}

impl KnownError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            KnownError::Shorter { .. } => "SHORTER_THAN_KNOWN",
            KnownError::Differs { .. } => "DIFFERS_FROM_KNOWN",
            KnownError::Unreadable { .. } => "KNOWN_UNREADABLE",
            KnownError::Fault(_) => "FAULT",
        }
    }
}

/// A checkpoint that was kept elsewhere, and that the log signed.
#[derive(Clone, Debug)]
pub struct KnownCheckpoint {
    by: String,
    checkpoint: Checkpoint,
}

impl KnownCheckpoint {
    /// Reads what was kept under the name `by`: a signed checkpoint, or a receipt, which has
    /// one in it.
    ///
    /// # Errors
    /// [`KnownError::Unreadable`] if it is neither, or the log with this key did not sign it.
    pub fn read(by: &str, bytes: &[u8], key: &VerifierKey) -> Result<KnownCheckpoint, KnownError> {
        let receipt = Receipt::parse(bytes).ok();
        let note = receipt
            .as_ref()
            .map_or(bytes, |receipt| receipt.checkpoint().as_bytes());
        let opened = Checkpoint::open(note, key.name(), key);
        opened
            .map(|(checkpoint, _)| KnownCheckpoint {
                by: by.to_owned(),
                checkpoint,
            })
            .map_err(|error| KnownError::Unreadable {
                by: by.to_owned(),
                what: format!("is no checkpoint of this log: {error}"),
            })
    }

    /// Whether the ledger has the entries that it was signed over.
    ///
    /// # Errors
    /// [`KnownError`].
    pub fn compare(&self, read: &dyn Read) -> Result<(), KnownError> {
        let (known, entries) = (self.checkpoint.size(), size(read)?);
        if known > entries {
            return Err(KnownError::Shorter {
                by: self.by.clone(),
                known,
                entries,
            });
        }
        let root = Frontier::load(known, &StoredNodes(read))?.root();
        if root == self.checkpoint.root() {
            return Ok(());
        }
        Err(KnownError::Differs {
            by: self.by.clone(),
            size: known,
            known: self.checkpoint.root().to_string(),
            root,
        })
    }
}

/// What a witness says when it is asked whether it knows this ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It cosigned the newest checkpoint, now.
    Agrees,
    /// Nothing that says anything of the ledger, or not in time.
    Silent,
}

/// Asks every witness that has an address, all at once, for at most `patience`: each is shown
/// the newest checkpoint, and how it grew out of the one it knows. Gives what each says, by the
/// name that the policy has for it; nothing of a ledger without entries.
///
/// # Errors
/// [`KnownError`] of the first that knows more, or something else.
pub fn ask_witnesses(
    storage: &dyn Storage,
    witnesses: &Witnesses,
    patience: Duration,
) -> Result<Vec<(String, Heard)>, KnownError> {
    let Some(newest) = storage.read(latest_checkpoint)? else {
        return Ok(Vec::new());
    };
    let until = Instant::now() + patience;
    let mut heard = Vec::new();
    let (sender, answers) = channel();
    for witness in witnesses.policy().witnesses() {
        let Some(url) = &witness.url else { continue };
        let asked = Asked {
            number: heard.len(),
            name: witness.name.clone(),
            url: format!("{}/add-checkpoint", url.trim_end_matches('/')),
            link: Arc::clone(witnesses.link()),
        };
        heard.push((witness.name.clone(), Heard::Silent));
        asked.start(request(storage, &newest, 0)?, sender.clone())?;
    }
    let mut left = heard.len();
    while left > 0 {
        let Ok((asked, answer)) =
            answers.recv_timeout(until.saturating_duration_since(Instant::now()))
        else {
            break;
        };
        left -= 1;
        match means(storage, &newest, &asked.name, answer)? {
            Next::Is(what) => {
                if let Some(slot) = heard.get_mut(asked.number) {
                    slot.1 = what;
                }
            }
            Next::Ask(old) => {
                left += 1;
                asked.start(request(storage, &newest, old)?, sender.clone())?;
            }
        }
    }
    Ok(heard)
}

/// What follows from an answer.
enum Next {
    Is(Heard),
    /// It is asked again, from the size that it cosigned.
    Ask(u64),
}

fn means(
    storage: &dyn Storage,
    newest: &Published,
    name: &str,
    answer: Option<WitnessAnswer>,
) -> Result<Next, KnownError> {
    let by = || format!("the witness {name}");
    let differs = || {
        let root = storage.read(|read| Frontier::load(newest.size, &StoredNodes(read)))?;
        Err(KnownError::Differs {
            by: by(),
            size: newest.size,
            known: "not told".into(),
            root: root.root(),
        })
    };
    match answer {
        Some(WitnessAnswer::Cosigned(_)) => Ok(Next::Is(Heard::Agrees)),
        Some(WitnessAnswer::Conflict(known)) if known > newest.size => Err(KnownError::Shorter {
            by: by(),
            known,
            entries: newest.size,
        }),
        // From 0 it was asked already.
        Some(WitnessAnswer::Conflict(0)) => Ok(Next::Is(Heard::Silent)),
        Some(WitnessAnswer::Conflict(known)) => Ok(Next::Ask(known)),
        Some(WitnessAnswer::ConflictWithoutSize | WitnessAnswer::ProofRefused) => differs(),
        _ => Ok(Next::Is(Heard::Silent)),
    }
}

/// A witness that is being asked.
struct Asked {
    number: usize,
    name: String,
    url: String,
    link: Arc<dyn Link>,
}

impl Asked {
    /// Asks on a thread of its own, which ends with the link's own patience.
    fn start(
        self,
        body: String,
        sender: Sender<(Asked, Option<WitnessAnswer>)>,
    ) -> Result<(), Fault> {
        let ask = move || {
            let reply = self
                .link
                .add_checkpoint(&self.name, &self.url, body.as_bytes());
            let answer = reply.ok().map(|reply| {
                WitnessAnswer::read(reply.status, reply.content_type.as_deref(), &reply.body)
            });
            // Nobody waits any more: it was too late.
            let _ = sender.send((self, answer));
        };
        let thread = thread::Builder::new().name("known".into()).spawn(ask);
        thread
            .map(|_| ())
            .map_err(|error| Fault(format!("a thread cannot be started: {error}")))
    }
}

fn request(storage: &dyn Storage, newest: &Published, old: u64) -> Result<String, Fault> {
    storage.read(|read| {
        let proof = consistency_proof(old, newest.size, &StoredNodes(read))
            .map_err(|error| Fault(format!("a proof from size {old}: {error}")))?;
        Ok(AddCheckpoint {
            old,
            proof,
            checkpoint: newest.note.clone(),
        }
        .to_text())
    })
}

fn size(read: &dyn Read) -> Result<u64, Fault> {
    Ok(last_entry(read)?.map_or(0, |(index, _)| index + 1))
}
