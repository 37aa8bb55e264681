//! Witnesses: who is asked what, which lines get under a checkpoint, and which never do.

mod answers;
mod fake;
mod gathering;
mod knowing;
mod policies;
mod queued;
mod stored;

use fundtrail_kernel::proofs::{self, Published};
use fundtrail_node::witnesses::{Trouble, WitnessState};
use fundtrail_node::{MemoryStorage, Node};

use crate::fixture::*;
use crate::support::open_with;
use fake::{Fakes, until};

/// Both of the witnesses that can be asked.
const BOTH: &str = "group g all w1 w2\nquorum g";
/// Either of them.
const EITHER: &str = "group g any w1 w2\nquorum g";

/// A node over an empty storage with the genesis as entry 0.
fn founded(fakes: &Fakes, rest: &str) -> (Node, MemoryStorage) {
    let storage = MemoryStorage::default();
    let (node, _) = open_with(&storage, fakes.config(rest));
    recorded(node.submit(&genesis()));
    (node, storage)
}

/// The newest witnessed checkpoint.
fn witnessed(node: &Node) -> Option<Published> {
    node.storage().read(proofs::latest_witnessed).unwrap()
}

/// Waits until the newest witnessed checkpoint is of this size. Gives its note.
#[track_caller]
fn await_witnessed(node: &Node, size: u64) -> String {
    let is_there = || witnessed(node).is_some_and(|newest| newest.size == size);
    until(&format!("witnessed at {size}"), is_there);
    witnessed(node).unwrap().note
}

fn published(node: &Node) -> Published {
    let read =
        |read: &dyn fundtrail_model::port::Read| proofs::published(read, node.witnessed_only());
    node.storage().read(read).unwrap().unwrap()
}

fn state(node: &Node, number: usize) -> WitnessState {
    node.witnesses()[number].clone()
}

/// Waits until a witness is in this trouble, and nothing is asked of it any more.
#[track_caller]
fn await_trouble(node: &Node, number: usize, trouble: Trouble) {
    until(trouble.code(), || {
        state(node, number).trouble == Some(trouble)
    });
}
