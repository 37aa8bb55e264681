//! What witnesses cosigned must be in the ledger that is opened.

use std::sync::Arc;

use fundtrail_kernel::Memory;
use fundtrail_merkle::Hash;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::NoteSigner;
use fundtrail_model::port::{Batch, Commit, Read, Table};
use fundtrail_node::RecoveryError;

use super::fake::Fakes;
use super::*;

/// A ledger of five entries, witnessed at three.
fn ledger() -> Memory {
    let fakes = Fakes::new();
    let (node, storage) = founded(&fakes, BOTH);
    recorded(node.submit(&enrol(1)));
    recorded(node.submit(&enrol(2)));
    await_witnessed(&node, 3);
    drop(node);
    let (node, _) = open_with(&storage, config());
    recorded(node.submit(&enrol(3)));
    recorded(node.submit(&enrol(4)));
    drop(node);
    storage.state().as_ref().clone()
}

/// What opening says when this note is stored for that size.
fn opened(size: u64, note: String) -> Result<Node, RecoveryError> {
    let mut memory = ledger();
    let mut batch = Batch::default();
    batch.put(Table::Witnessed, size.to_be_bytes(), note);
    memory.commit(&batch).unwrap();
    let storage = MemoryStorage::holding(memory);
    Node::open(config(), Arc::new(storage.clone()), Box::new(storage))
}

fn signed(signer: &NoteSigner, size: u64, root: Hash) -> String {
    let checkpoint = Checkpoint::new(signer.name(), size, root).unwrap();
    checkpoint.sign(signer).unwrap().to_text()
}

/// The root the log signed for a size.
fn root(size: u64) -> Hash {
    let note = ledger()
        .get(Table::Checkpoints, &size.to_be_bytes())
        .unwrap()
        .unwrap();
    let signer = log_signer();
    let (checkpoint, _) = Checkpoint::open(&note, ORIGIN, signer.verifier()).unwrap();
    checkpoint.root()
}

macro_rules! refuses {
    ($size:expr, $note:expr, $pattern:pat) => {
        let error = opened($size, $note).err().unwrap();
        assert!(matches!(error, $pattern), "{error:?}");
        assert!(error.to_string().contains("restore a backup"), "{error}");
    };
}

#[test]
fn a_witnessed_checkpoint_of_this_tree_is_taken() {
    for size in [3, 4, 5] {
        opened(size, signed(&log_signer(), size, root(size))).unwrap();
    }
}

#[test]
fn a_witnessed_checkpoint_that_does_not_fit_is_refused() {
    let own = log_signer();
    refuses!(
        4,
        "nonsense".into(),
        RecoveryError::Witnessed { size: 4, .. }
    );
    let stranger = NoteSigner::new(ORIGIN, SigningKey::from_seed(&[3; 32])).unwrap();
    refuses!(
        4,
        signed(&stranger, 4, root(4)),
        RecoveryError::Witnessed { size: 4, .. }
    );
    refuses!(
        6,
        signed(&own, 6, root(5)),
        RecoveryError::WitnessedSize {
            witnessed: 6,
            entries: 5
        }
    );
    refuses!(
        4,
        signed(&own, 5, root(5)),
        RecoveryError::WitnessedSize {
            witnessed: 5,
            entries: 5
        }
    );
    refuses!(
        4,
        signed(&own, 4, Hash([7; 32])),
        RecoveryError::WitnessedRoot { size: 4, .. }
    );
}

#[test]
fn without_witnesses_a_node_publishes_its_newest_checkpoint() {
    let storage = MemoryStorage::holding(ledger());
    let (node, _) = open_with(&storage, config());
    assert!(!node.witnessed_only());
    assert_eq!(published(&node).size, 5);
    assert!(node.witnesses().is_empty());
    drop(node);
    // What was published stays published when a quorum is asked for.
    let fakes = Fakes::new();
    fakes.with(0, |one| {
        one.acts.extend((0..1000).map(|_| super::fake::Act::Dead))
    });
    let (node, _) = open_with(&storage, fakes.config(BOTH));
    assert_eq!(published(&node).size, 5);
    recorded(node.submit(&enrol(5)));
    assert_eq!(published(&node).size, 5);
    drop(node);
    // Without it everything is published again, and that stays so too.
    let (node, _) = open_with(&storage, config());
    assert_eq!(published(&node).size, 6);
    drop(node);
    let (node, _) = open_with(&storage, fakes.config(BOTH));
    assert_eq!(published(&node).size, 6);
}

#[test]
fn with_a_quorum_from_the_start_nothing_is_published_before_it_cosigned() {
    let fakes = Fakes::new();
    fakes.with(0, |one| {
        one.acts.extend((0..1000).map(|_| super::fake::Act::Dead))
    });
    let storage = MemoryStorage::default();
    let (node, _) = open_with(&storage, fakes.config(BOTH));
    recorded(node.submit(&genesis()));
    let read = |read: &dyn fundtrail_model::port::Read| proofs::published(read, true);
    assert_eq!(node.storage().read(read).unwrap(), None);
}
