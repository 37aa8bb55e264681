//! Replay: the entries alone give the state back, and each must do again exactly what it
//! says it did.
//!
//! Two questions are kept apart. *Integrity*: are these the bytes that were signed,
//! chained and hashed? *Conformity*: does the regulation, applied anew, accept each
//! transaction with the same effects?

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use fundtrail_merkle::Hash;
use fundtrail_model::entry::NO_ENTRY;
use fundtrail_model::port::Batch;
use fundtrail_model::{Entry, Fault, KeyId};
use fundtrail_regulation::particulars;
use fundtrail_regulation::state::{Key, View};

use crate::admission::{Admitted, open_envelope, verify};
use crate::memory::Memory;
use crate::pipeline::{Kernel, Verdict};

/// What a replay finds at an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The bytes are not what they should be.
    Integrity {
        /// The entry.
        index: u64,
        /// What is wrong.
        what: String,
    },
    /// The regulation, applied anew, says otherwise.
    Conformity {
        /// The entry.
        index: u64,
        /// What is wrong.
        what: String,
    },
}

/// Replays a ledger from its first entry.
#[derive(Debug)]
pub struct Replay {
    origin: Option<String>,
    kernel: Kernel,
    memory: Memory,
    last_leaf: Hash,
    leaves_signatures: bool,
    /// Where the history goes; it is not kept where nobody asked for it.
    history: Option<Batch>,
}

impl Replay {
    /// A replay of nothing yet. Without an origin, the first entry's is taken.
    ///
    /// # Errors
    /// None in practice: an empty memory can be read.
    pub fn new(origin: Option<&str>) -> Result<Replay, Fault> {
        let memory = Memory::default();
        let kernel = Kernel::open(&memory)?;
        Ok(Replay {
            origin: origin.map(ToString::to_string),
            kernel,
            memory,
            last_leaf: NO_ENTRY,
            leaves_signatures: false,
            history: None,
        })
    }

    /// The same replay for a caller that verifies every signature itself, on all processors
    /// at once, before it hands over the entry: they are not verified again.
    #[must_use]
    pub fn leaving_signatures(self) -> Replay {
        Replay {
            leaves_signatures: true,
            ..self
        }
    }

    /// The same replay for one who wants the rows of [`history`](crate::history): see
    /// [`Replay::take_history`].
    #[must_use]
    pub fn keeping_history(self) -> Replay {
        Replay {
            history: Some(Batch::default()),
            ..self
        }
    }

    /// The rows of history of the entries replayed since they were taken last.
    pub fn take_history(&mut self) -> Batch {
        self.history
            .as_mut()
            .map(core::mem::take)
            .unwrap_or_default()
    }

    /// Number of entries replayed.
    pub fn size(&self) -> u64 {
        self.kernel.size()
    }

    /// Root of the tree over the entries replayed.
    pub fn root(&self) -> Hash {
        self.kernel.root()
    }

    /// The state after the entries replayed.
    pub fn state(&self) -> &Memory {
        &self.memory
    }

    /// The origin of the ledger, once known.
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// Replays the next entry. After a finding nothing further can be said about the
    /// entries that follow, and the replay stays where it was.
    ///
    /// # Errors
    /// [`Fault`] when memory cannot be read, which does not happen.
    pub fn next(&mut self, bytes: &[u8]) -> Result<Result<Entry, Finding>, Fault> {
        let index = self.kernel.size();
        let integrity = |what: String| Ok(Err(Finding::Integrity { index, what }));
        let entry = match Entry::parse(bytes) {
            Ok(entry) => entry,
            Err(malformed) => return integrity(malformed.to_string()),
        };
        if entry.index != index {
            return integrity(format!("the entry says it is number {}", entry.index));
        }
        if entry.prev != self.last_leaf {
            return integrity("prev is not the leaf hash of the entry before".to_string());
        }
        let admitted = match self.admit(&entry)? {
            Ok(admitted) => admitted,
            Err(what) => return integrity(what),
        };
        let conformity = |what: String| Ok(Err(Finding::Conformity { index, what }));
        let mut staged = self
            .kernel
            .stage(&self.memory, entry.recorded, [admitted].into())?;
        match staged.verdicts.first() {
            Some(Verdict::Recorded { effects, .. }) if *effects == entry.effects => {}
            Some(Verdict::Recorded { .. }) => {
                return conformity("the effects differ from what the regulation gives".to_string());
            }
            Some(Verdict::Refused(refusals)) => {
                let codes: Vec<&str> = refusals.iter().map(|refusal| refusal.code).collect();
                return conformity(format!("the regulation refuses it: {}", codes.join(", ")));
            }
            Some(Verdict::Malformed(malformed)) => return integrity(malformed.to_string()),
            Some(Verdict::Repeated { index: first } | Verdict::Conflict { index: first }) => {
                return integrity(format!("its id is that of entry {first}"));
            }
            None => return conformity("no verdict".to_string()),
        }
        if staged.entries.first().map(Vec::as_slice) != Some(bytes) {
            return integrity("recorded goes back before the entry before".to_string());
        }
        let history = staged.take_history();
        if let Some(kept) = &mut self.history {
            kept.absorb(history);
        }
        self.kernel.commit(staged, "", &mut self.memory)?;
        self.last_leaf = Hash::leaf(bytes);
        Ok(Ok(entry))
    }

    fn admit(&mut self, entry: &Entry) -> Result<Result<Admitted, String>, Fault> {
        if self.origin.is_none() {
            let first = fundtrail_model::Transaction::parse(&entry.envelope.payload);
            self.origin = first.ok().map(|transaction| transaction.ledger);
        }
        let origin = self.origin.clone().unwrap_or_default();
        let (transaction, body) = match open_envelope(&entry.envelope, &origin) {
            Ok(opened) => opened,
            Err(malformed) => return Ok(Err(malformed.to_string())),
        };
        if let Some(what) = particulars::check_findings(&transaction, &body, &entry.findings) {
            return Ok(Err(what));
        }
        let verified = match self.verify_all(entry, &body)? {
            Ok(verified) => verified,
            Err(what) => return Ok(Err(what)),
        };
        Ok(Ok(Admitted {
            envelope: entry.envelope.clone(),
            transaction,
            body: Arc::new(body),
            findings: entry.findings.clone(),
            refusals: Vec::new(),
            kept: Vec::new(),
            verified,
        }))
    }

    /// In a recorded entry every signature is by a key the ledger knew.
    fn verify_all(
        &self,
        entry: &Entry,
        body: &fundtrail_regulation::Body,
    ) -> Result<Result<Vec<KeyId>, String>, Fault> {
        let message = entry.envelope.signed_bytes();
        let introduced = body.introduces(entry.index);
        let mut verified = Vec::new();
        for signature in &entry.envelope.signatures {
            let name = signature.key_id.to_string();
            let known: Option<Key> = View::new(&self.memory).get(name.as_bytes())?;
            let key = known.or_else(|| {
                introduced
                    .iter()
                    .find(|key| key.key_id == signature.key_id)
                    .cloned()
            });
            let Some(key) = key else {
                return Ok(Err(format!(
                    "signed by key {name}, which the ledger does not know"
                )));
            };
            if !self.leaves_signatures
                && let Err(malformed) = verify(&key.public_key, &message, signature)
            {
                return Ok(Err(malformed.to_string()));
            }
            verified.push(signature.key_id);
        }
        Ok(Ok(verified))
    }
}
