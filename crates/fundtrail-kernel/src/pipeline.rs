//! The way of a transaction: signature before state, state before bytes, bytes before
//! hash, hash before disk, disk before answer.
//!
//! [`Kernel::stage`] writes nothing and knows the new root; [`Kernel::commit`] is one
//! atomic batch. A consensus engine needs the same two calls.

use alloc::string::ToString;
use alloc::vec::Vec;

use fundtrail_merkle::{Frontier, Hash};
use fundtrail_model::entry::{ENTRY_BYTES_MAX, NO_ENTRY};
use fundtrail_model::port::{Batch, Commit, Read, Table};
use fundtrail_model::{Effects, Entry, Fault, KeyId, Malformed, MalformedCode, Moment};
use fundtrail_regulation::state::{Key, Overlay, View};
use fundtrail_regulation::{Case, Outcome, Refusal, judge};

use crate::admission::{Admitted, verify};
use crate::history;
use crate::proofs::{StoredNodes, last_entry};

/// What became of one submission of a batch.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It is entry `index`, with these effects.
    Recorded {
        /// Position in the ledger.
        index: u64,
        /// What it did.
        effects: Effects,
    },
    /// It was recorded before, as entry `index`.
    Repeated {
        /// Position in the ledger.
        index: u64,
    },
    /// Its id was taken by another transaction, entry `index`.
    Conflict {
        /// Position in the ledger.
        index: u64,
    },
    /// The regulation says no.
    Refused(Vec<Refusal>),
    /// Its bytes say nothing.
    Malformed(Malformed),
}

/// The right edge of the ledger.
#[derive(Clone, Debug)]
struct Edge {
    frontier: Frontier,
    last_leaf: Hash,
    last_recorded: Option<Moment>,
}

/// The kernel over one ledger.
#[derive(Clone, Debug)]
pub struct Kernel {
    edge: Edge,
}

/// A batch decided but not written.
#[derive(Debug)]
pub struct Staged {
    /// What became of each submission, in order.
    pub verdicts: Vec<Verdict>,
    /// The exact bytes of each new entry.
    pub entries: Vec<Vec<u8>>,
    batch: Batch,
    /// What later readers of this height need. Nothing reads it while the batch is decided.
    history: Batch,
    edge: Edge,
}

impl Staged {
    /// Number of entries after this batch.
    pub fn size(&self) -> u64 {
        self.edge.frontier.size()
    }

    /// Root of the tree after this batch.
    pub fn root(&self) -> Hash {
        self.edge.frontier.root()
    }

    /// Whether the batch changes nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Everything it would write, but for its history.
    pub fn writes(&self) -> &Batch {
        &self.batch
    }

    /// Takes out what it would write to [`history`], for one who keeps it elsewhere or not
    /// at all.
    pub(crate) fn take_history(&mut self) -> Batch {
        core::mem::take(&mut self.history)
    }

    /// Adds rows of tables beside the log, to be written with it.
    pub fn put_beside(&mut self, rows: Batch) {
        self.batch.absorb(rows);
    }
}

impl Kernel {
    /// A kernel over what is stored.
    ///
    /// # Errors
    /// [`Fault`] when the storage cannot be read or its tree has holes.
    pub fn open(read: &dyn Read) -> Result<Kernel, Fault> {
        let (size, last) = match last_entry(read)? {
            Some((index, bytes)) => (index + 1, Some(bytes)),
            None => (0, None),
        };
        let frontier = Frontier::load(size, &StoredNodes(read))?;
        let last_leaf = last.as_deref().map_or(NO_ENTRY, Hash::leaf);
        let last_recorded = match &last {
            Some(bytes) => {
                let entry = Entry::parse(bytes).map_err(|malformed| {
                    Fault(alloc::format!("entry {}: {malformed}", size - 1))
                })?;
                Some(entry.recorded)
            }
            None => None,
        };
        Ok(Kernel {
            edge: Edge {
                frontier,
                last_leaf,
                last_recorded,
            },
        })
    }

    /// Number of entries.
    pub fn size(&self) -> u64 {
        self.edge.frontier.size()
    }

    /// When the newest entry was recorded.
    pub fn last_recorded(&self) -> Option<Moment> {
        self.edge.last_recorded
    }

    /// Root of the tree.
    pub fn root(&self) -> Hash {
        self.edge.frontier.root()
    }

    /// Decides a batch at one moment, in its order. Writes nothing.
    ///
    /// The moment never goes back: a clock that did is held at the last entry's.
    ///
    /// # Errors
    /// [`Fault`] when the storage cannot be read. The kernel is unchanged then.
    pub fn stage(
        &self,
        read: &dyn Read,
        now: Moment,
        batch: Vec<Admitted>,
    ) -> Result<Staged, Fault> {
        let time = self.edge.last_recorded.map_or(now, |last| last.max(now));
        let mut staged = Staged {
            verdicts: Vec::with_capacity(batch.len()),
            entries: Vec::new(),
            batch: Batch::default(),
            history: Batch::default(),
            edge: self.edge.clone(),
        };
        for admitted in batch {
            let verdict = staged.take(read, time, admitted)?;
            staged.verdicts.push(verdict);
        }
        Ok(staged)
    }

    /// Writes a staged batch, with the checkpoint that was signed over its root, as one.
    ///
    /// # Errors
    /// [`Fault`]: what was written is unknown, and this kernel must not be used again.
    pub fn commit(
        &mut self,
        staged: Staged,
        checkpoint: &str,
        store: &mut dyn Commit,
    ) -> Result<Vec<Verdict>, Fault> {
        let Staged {
            verdicts,
            entries,
            mut batch,
            history,
            edge,
        } = staged;
        if !entries.is_empty() {
            let size = edge.frontier.size();
            batch.put(
                Table::Checkpoints,
                size.to_be_bytes(),
                checkpoint.as_bytes(),
            );
            batch.absorb(history);
            store.commit(&batch)?;
        }
        self.edge = edge;
        Ok(verdicts)
    }
}

impl Staged {
    fn take(
        &mut self,
        read: &dyn Read,
        time: Moment,
        admitted: Admitted,
    ) -> Result<Verdict, Fault> {
        let state = Overlay {
            base: read,
            batch: &self.batch,
        };

        // Known already?
        if let Some(known) = known(&state, &admitted)? {
            return Ok(known);
        }

        // Signatures by keys that were not known at admission.
        if let Some(malformed) = verify_rest(&state, &admitted)? {
            return Ok(Verdict::Malformed(malformed));
        }

        // The law, in the order of the text.
        let index = self.edge.frontier.size();
        let keys: Vec<KeyId> = admitted
            .envelope
            .signatures
            .iter()
            .map(|one| one.key_id)
            .collect();
        let case = Case::new(
            time,
            index,
            &admitted.transaction,
            &admitted.body,
            &admitted.findings,
            &keys,
            &state,
        )?;
        let mut refusals = judge(&case)?;
        refusals.extend(admitted.refusals.iter().cloned());
        if !refusals.is_empty() {
            return Ok(Verdict::Refused(refusals));
        }

        // The effects.
        let mut outcome = Outcome::new(&state, index, admitted.transaction.date);
        admitted.body.apply(&case, &mut outcome)?;
        let (writes, effects) = outcome.finish()?;

        // The bytes.
        let payload_digest = admitted.envelope.payload_digest();
        let entry = Entry {
            index,
            prev: self.edge.last_leaf,
            recorded: time,
            envelope: admitted.envelope,
            findings: admitted.findings,
            effects,
        };
        let bytes = entry.to_bytes();
        if bytes.len() > ENTRY_BYTES_MAX {
            let detail = alloc::format!(
                "the entry would be {} bytes of {ENTRY_BYTES_MAX}",
                bytes.len()
            );
            return Ok(Verdict::Malformed(Malformed::new(
                MalformedCode::TooLarge,
                detail,
            )));
        }

        // The hash, and everything that will be written.
        history::record(&mut self.history, index, admitted.transaction.date, &writes);
        self.batch.absorb(writes);
        let leaf = Hash::leaf(&bytes);
        let Staged { batch, edge, .. } = self;
        edge.frontier.append(leaf, |node, hash| {
            batch.put(Table::Nodes, node.key().to_vec(), hash.as_bytes().to_vec());
        });
        edge.last_leaf = leaf;
        edge.last_recorded = Some(time);
        let mut id_row = index.to_be_bytes().to_vec();
        id_row.extend_from_slice(&payload_digest);
        batch.put(Table::Ids, admitted.transaction.id.as_bytes(), id_row);
        batch.put(Table::Entries, index.to_be_bytes(), bytes.clone());
        for kept in &admitted.kept {
            batch.put(
                Table::Disclosures,
                kept.digest.as_bytes(),
                kept.disclosure.as_bytes(),
            );
        }
        self.entries.push(bytes);
        Ok(Verdict::Recorded {
            index,
            effects: entry.effects,
        })
    }
}

fn known(state: &Overlay<'_>, admitted: &Admitted) -> Result<Option<Verdict>, Fault> {
    let Some(row) = state.get(Table::Ids, admitted.transaction.id.as_bytes())? else {
        return Ok(None);
    };
    let index = row
        .first_chunk()
        .map(|bytes| u64::from_be_bytes(*bytes))
        .unwrap_or_default();
    let same = row.get(8..) == Some(admitted.envelope.payload_digest().as_slice());
    Ok(Some(if same {
        Verdict::Repeated { index }
    } else {
        Verdict::Conflict { index }
    }))
}

fn verify_rest(state: &Overlay<'_>, admitted: &Admitted) -> Result<Option<Malformed>, Fault> {
    let mut message = None;
    for signature in &admitted.envelope.signatures {
        if admitted.verified.contains(&signature.key_id) {
            continue;
        }
        let key: Option<Key> = View::new(state).get(signature.key_id.to_string().as_bytes())?;
        if let Some(key) = key {
            let message = message.get_or_insert_with(|| admitted.envelope.signed_bytes());
            if let Err(malformed) = verify(&key.public_key, message, signature) {
                return Ok(Some(malformed));
            }
        }
    }
    Ok(None)
}
