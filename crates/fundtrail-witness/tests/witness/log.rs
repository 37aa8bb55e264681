//! A log, honest or not. Also used by the tests of the `fundtrail` command.

use fundtrail_merkle::{Hash, root_of};
use fundtrail_model::add_checkpoint::AddCheckpoint;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::{Note, NoteSigner, VerifierKey};

pub(crate) const ORIGIN: &str = "log.example/a";

/// A log: its leaves, and the key it signs with.
pub(crate) struct Log {
    signer: NoteSigner,
    leaves: Vec<Hash>,
}

impl Log {
    /// A log of 40 leaves. `branch` decides all leaves from `from` on: two logs with
    /// different branches have the same history before.
    pub(crate) fn new(origin: &str, seed: u8, from: u8, branch: u8) -> Log {
        let leaf = |at: u8| Hash::leaf(&[at, if at < from { 0 } else { branch }]);
        Log {
            signer: NoteSigner::new(origin, SigningKey::from_seed(&[seed; 32])).unwrap(),
            leaves: (0..40).map(leaf).collect(),
        }
    }

    pub(crate) fn honest() -> Log {
        Log::new(ORIGIN, 1, 0, 0)
    }

    /// The same log's other history, from leaf `from` on.
    pub(crate) fn forked(from: u8) -> Log {
        Log::new(ORIGIN, 1, from, 1)
    }

    pub(crate) fn key(&self) -> VerifierKey {
        self.signer.verifier().clone()
    }

    pub(crate) fn root(&self, size: usize) -> Hash {
        root_of(&self.leaves[..size])
    }

    pub(crate) fn note(&self, size: usize) -> Note {
        self.sign(size as u64, self.root(size))
    }

    pub(crate) fn sign(&self, size: u64, root: Hash) -> Note {
        let checkpoint = Checkpoint::new(self.signer.name(), size, root).unwrap();
        checkpoint.sign(&self.signer).unwrap()
    }

    /// PROOF(m, D\[n\]) as RFC 6962, 2.1.2 defines it.
    pub(crate) fn proof(&self, old: usize, size: usize) -> Vec<Hash> {
        if old == 0 || old >= size {
            return Vec::new();
        }
        subproof(old, &self.leaves[..size], true)
    }

    /// A request with a true proof.
    pub(crate) fn request(&self, old: usize, size: usize) -> AddCheckpoint {
        AddCheckpoint {
            old: old as u64,
            proof: self.proof(old, size),
            checkpoint: self.note(size).to_text(),
        }
    }
}

fn subproof(old: usize, leaves: &[Hash], complete: bool) -> Vec<Hash> {
    let size = leaves.len();
    if old == size {
        return match complete {
            true => Vec::new(),
            false => vec![root_of(leaves)],
        };
    }
    let split = size.next_power_of_two() / 2;
    let (left, right) = leaves.split_at(split);
    let (mut proof, beside) = match old <= split {
        true => (subproof(old, left, complete), root_of(right)),
        false => (subproof(old - split, right, false), root_of(left)),
    };
    proof.push(beside);
    proof
}
