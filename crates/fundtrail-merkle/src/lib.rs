//! The Merkle tree of RFC 6962 and RFC 9162 §2 over SHA-256: hash, append, prove, verify, tiles.
//!
//! A tree is its number of leaves and the roots of its perfect subtrees, which never change once
//! written; every other hash follows from those. Whoever stores them implements [`Nodes`];
//! [`Frontier`] says which to store when a leaf is appended.
//!
//! Invariants: nothing here panics, whatever the index, size or proof, up to `u64::MAX`; a hash is
//! 32 bytes by type; a tree of any size is proved in at most 64 hashes.
//!
//! Absent: storage, entries and their bytes, signatures, checkpoints.

#![no_std]

extern crate alloc;

mod frontier;
mod hash;
mod node;
mod proof;
pub mod tile;
mod tree;
mod verify;

pub use frontier::Frontier;
pub use hash::Hash;
pub use node::{NodeId, Nodes};
pub use proof::{ProofError, consistency_proof, inclusion_proof, inclusion_proof_of};
pub use tree::{root, root_of};
pub use verify::{VerifyError, verify_consistency, verify_inclusion};
