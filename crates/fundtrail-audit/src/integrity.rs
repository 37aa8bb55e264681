//! Integrity: are these the entries that were signed, chained, hashed and published?
//!
//! Judged over the whole ledger, whatever else is found in it: a finding at one entry does
//! not keep the checks from going on with the next.

use std::collections::HashMap;

use fundtrail_kernel::admission::verify;
use fundtrail_merkle::{Frontier, Hash};
use fundtrail_model::checkpoint::{Checkpoint, CheckpointError};
use fundtrail_model::entry::NO_ENTRY;
use fundtrail_model::envelope::Signature;
use fundtrail_model::log_policy::{Cosigned, Opened as OpenedCheckpoint};
use fundtrail_model::note::VerifierKey;
use fundtrail_model::{Id, Moment, PublicKey};
use fundtrail_regulation::Body;
use rayon::prelude::*;

use crate::finding::{Check, Finding, Findings};
use crate::keys::{Register, Unfit};
use crate::reading::{Opened, Reading};
use crate::report::Head;
use crate::since::{Kept, Now, Since, judge, own_leaves};

/// The checks of integrity, entry by entry.
pub(crate) struct Integrity<'a> {
    log_key: &'a VerifierKey,
    /// The newest checkpoint, if it verified.
    pub(crate) checkpoint: Option<Head>,
    /// The witnesses that cosigned it.
    pub(crate) cosigned: Vec<Cosigned>,
    /// What became of the ledger since the kept checkpoint.
    pub(crate) since: Since,
    /// The leaf hashes that were kept with it.
    kept_leaves: &'a [Hash],
    /// The first entry that is another one than was kept.
    difference: Option<u64>,
    /// What was found.
    pub(crate) findings: Findings,
    /// The first entry with a finding.
    pub(crate) first_bad: Option<u64>,
    /// Signatures looked at.
    pub(crate) signatures: u64,
    keys: Register,
    frontier: Frontier,
    roots: HashMap<u64, Hash>,
    last_leaf: Hash,
    last_recorded: Option<Moment>,
    ids: HashMap<Id, u64>,
}

/// A signature whose key is known, to be verified.
struct Claimed {
    key: PublicKey,
    signature: Signature,
}

impl<'a> Integrity<'a> {
    /// Takes the checkpoint as the policy opened it, and opens the kept one, which only has
    /// to be signed by the log; nothing is known of the entries yet.
    pub(crate) fn new(
        log_key: &'a VerifierKey,
        opened: Result<OpenedCheckpoint, CheckpointError>,
        kept: Option<&'a Kept>,
    ) -> Self {
        let mut findings = Findings::default();
        let mut unsigned = |check: Check, error: CheckpointError| {
            findings.push(Finding {
                index: None,
                check,
                detail: error.to_string(),
            });
        };
        let (checkpoint, cosigned) = match opened {
            Ok(opened) => (Some(Head::of(&opened.checkpoint)), opened.cosigned),
            Err(error) => {
                unsigned(Check::Checkpoint, error);
                (None, Vec::new())
            }
        };
        let mut since = Since::NOT_GIVEN;
        let mut kept_leaves: &[Hash] = &[];
        if let Some(kept) = kept {
            match Checkpoint::open(&kept.checkpoint, log_key.name(), log_key) {
                Ok((checkpoint, _)) => {
                    let head = Head::of(&checkpoint);
                    since.kept = Some(head);
                    kept_leaves = own_leaves(head, &kept.leaves);
                }
                Err(error) => {
                    unsigned(Check::Kept, error);
                    since = Since::UNSIGNED;
                }
            }
        }
        let frontier = Frontier::empty();
        let roots = HashMap::from([(0, frontier.root())]);
        Integrity {
            log_key,
            checkpoint,
            cosigned,
            since,
            kept_leaves,
            difference: None,
            findings,
            first_bad: None,
            signatures: 0,
            keys: Register::default(),
            frontier,
            roots,
            last_leaf: NO_ENTRY,
            last_recorded: None,
            ids: HashMap::new(),
        }
    }

    /// Number of entries seen.
    pub(crate) fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Root of the tree over the entries seen.
    pub(crate) fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// Number of keys the ledger ever knew.
    pub(crate) fn keys(&self) -> usize {
        self.keys.len()
    }

    /// Judges the next entries. Order matters for all but the signatures, which are
    /// verified side by side.
    pub(crate) fn take(&mut self, chunk: &[Reading<'_>]) {
        let mut found = Vec::new();
        let mut claimed = Vec::with_capacity(chunk.len());
        let from = self.size();
        for (index, reading) in (from..).zip(chunk) {
            claimed.push(match &reading.opened {
                Ok(opened) => self.follow(index, opened, &mut found),
                Err(detail) => {
                    found.push(finding(index, Check::Form, detail.clone()));
                    Vec::new()
                }
            });
            self.append(reading.leaf);
        }
        let jobs = chunk.par_iter().zip(&claimed).enumerate();
        let failed: Vec<Finding> = jobs
            .flat_map_iter(|(at, (reading, claimed))| {
                verify_all(from + at as u64, reading, claimed)
            })
            .collect();
        found.extend(failed);
        found.sort_by_key(|finding| finding.index);
        self.signatures += claimed.iter().map(|one| one.len() as u64).sum::<u64>();
        if self.first_bad.is_none() {
            self.first_bad = found.first().and_then(|finding| finding.index);
        }
        found
            .into_iter()
            .for_each(|finding| self.findings.push(finding));
    }

    /// Compares the tree with the checkpoints, once all entries were seen.
    pub(crate) fn finish(&mut self) {
        if let Some(head) = self.checkpoint {
            self.compare(head);
            if head.size != self.size() {
                let (committed, here) = (head.size, self.size());
                let detail =
                    format!("the checkpoint commits to {committed} entries, {here} are here");
                self.findings.push(Finding {
                    index: None,
                    check: Check::Size,
                    detail,
                });
            }
        }
        if let Some(kept) = self.since.kept {
            let now = Now {
                checkpoint: self.checkpoint,
                size: self.size(),
                root: self.roots.get(&kept.size).copied(),
                difference: self.difference,
            };
            let (since, findings) = judge(kept, &now);
            self.since = since;
            findings
                .into_iter()
                .for_each(|finding| self.findings.push(finding));
        }
    }

    /// Compares the tree with the checkpoint's, if there were so many entries.
    fn compare(&mut self, head: Head) {
        let root = self.roots.get(&head.size);
        if let Some(root) = root.filter(|root| **root != head.root) {
            let (size, root, own) = (head.size, root.to_hex(), head.root.to_hex());
            let detail =
                format!("the root over {size} entries is {root}, the checkpoint says {own}");
            self.findings.push(Finding {
                index: None,
                check: Check::Root,
                detail,
            });
        }
    }

    /// The checks of one entry that depend on those before it.
    fn follow(&mut self, index: u64, opened: &Opened, found: &mut Vec<Finding>) -> Vec<Claimed> {
        let Opened {
            entry,
            transaction,
            body,
        } = opened;
        let mut note = |check, detail| found.push(finding(index, check, detail));
        if entry.index != index {
            note(
                Check::Index,
                format!("the entry says it is number {}", entry.index),
            );
        }
        if entry.prev != self.last_leaf {
            note(
                Check::Chain,
                "prev is not the leaf hash of the entry before".into(),
            );
        }
        if self.last_recorded.is_some_and(|last| entry.recorded < last) {
            note(
                Check::Clock,
                format!("recorded {}, before the entry before", entry.recorded),
            );
        }
        self.last_recorded = self.last_recorded.max(Some(entry.recorded));
        let first = *self.ids.entry(transaction.id.clone()).or_insert(index);
        if first != index {
            note(Check::Identity, format!("its id is that of entry {first}"));
        }
        if let Body::Genesis(genesis) = body
            && genesis.log_key != self.log_key.to_string()
        {
            note(Check::LogKey, "the genesis names another log key".into());
        }
        let mut claimed = Vec::with_capacity(entry.envelope.signatures.len());
        for signature in &entry.envelope.signatures {
            match self.keys.key_for(signature.key_id, body, index) {
                Ok(key) => claimed.push(Claimed {
                    key,
                    signature: *signature,
                }),
                Err(unfit) => note(Check::Key, unfit_detail(signature, unfit)),
            }
        }
        self.keys.follow(body, index);
        claimed
    }

    fn append(&mut self, leaf: Hash) {
        let index = self.frontier.size();
        let place = usize::try_from(index).unwrap_or(usize::MAX);
        let kept = self.kept_leaves.get(place);
        if self.difference.is_none() && kept.is_some_and(|kept| *kept != leaf) {
            self.difference = Some(index);
        }
        self.frontier.append(leaf, |_, _| {});
        self.last_leaf = leaf;
        let size = self.frontier.size();
        let wanted = [self.checkpoint, self.since.kept]
            .into_iter()
            .flatten()
            .any(|head| head.size == size);
        if wanted {
            self.roots.insert(size, self.frontier.root());
        }
    }
}

fn finding(index: u64, check: Check, detail: String) -> Finding {
    Finding {
        index: Some(index),
        check,
        detail,
    }
}

fn unfit_detail(signature: &Signature, unfit: Unfit) -> String {
    let key = signature.key_id;
    match unfit {
        Unfit::Unknown => format!("signed by key {key}, which the ledger does not know"),
        Unfit::Revoked(entry) => format!("signed by key {key}, which entry {entry} revoked"),
    }
}

fn verify_all(index: u64, reading: &Reading<'_>, claimed: &[Claimed]) -> Vec<Finding> {
    let Ok(opened) = &reading.opened else {
        return Vec::new();
    };
    let message = opened.entry.envelope.signed_bytes();
    let failed = claimed
        .iter()
        .filter_map(|one| verify(&one.key, &message, &one.signature).err());
    failed
        .map(|malformed| finding(index, Check::Signature, malformed.detail))
        .collect()
}
