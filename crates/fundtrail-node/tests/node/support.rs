//! A storage whose commits can be held, refused or made to panic.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex};

use fundtrail_kernel::proofs;
use fundtrail_model::Fault;
use fundtrail_model::LogPolicy;
use fundtrail_model::port::{Batch, Commit, Read, Table};
use fundtrail_model::receipt::Receipt;
use fundtrail_node::{MemoryStorage, Node, Storage};

use crate::fixture::log_signer;

/// What the next commits do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    Hold,
    Fail,
    Panic,
}

/// The lever beside a storage.
#[derive(Clone)]
pub(crate) struct Lever {
    mode: Arc<(Mutex<Mode>, Condvar)>,
    begun: Arc<AtomicU64>,
    erased: Arc<Mutex<BTreeSet<Table>>>,
}

impl Lever {
    pub(crate) fn new() -> Lever {
        Lever {
            mode: Arc::new((Mutex::new(Mode::Write), Condvar::new())),
            begun: Arc::default(),
            erased: Arc::default(),
        }
    }

    pub(crate) fn set(&self, mode: Mode) {
        *self.mode.0.lock().unwrap() = mode;
        self.mode.1.notify_all();
    }

    /// Holds every commit until the guard is dropped, by a failing test too.
    pub(crate) fn hold(&self) -> Held {
        self.set(Mode::Hold);
        Held(self.clone())
    }

    /// Commits begun so far.
    pub(crate) fn begun(&self) -> u64 {
        self.begun.load(SeqCst)
    }

    /// The tables of which something had to leave the disk, since this was asked last.
    pub(crate) fn erased(&self) -> BTreeSet<Table> {
        std::mem::take(&mut *self.erased.lock().unwrap())
    }

    /// Waits until so many commits have begun.
    pub(crate) fn await_begun(&self, count: u64) {
        while self.begun() < count {
            std::thread::yield_now();
        }
    }

    fn pass(&self) -> Mode {
        self.begun.fetch_add(1, SeqCst);
        let held = self.mode.0.lock().unwrap();
        *self
            .mode
            .1
            .wait_while(held, |mode| *mode == Mode::Hold)
            .unwrap()
    }
}

/// Holds commits while it lives.
pub(crate) struct Held(Lever);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.set(Mode::Write);
    }
}

/// A writer that obeys a lever.
pub(crate) struct Levered(pub(crate) MemoryStorage, pub(crate) Lever);

impl Commit for Levered {
    fn commit(&mut self, batch: &Batch) -> Result<(), Fault> {
        match self.1.pass() {
            Mode::Fail => Err(Fault("the disk is gone".into())),
            Mode::Panic => panic!("the disk bit back"),
            Mode::Write | Mode::Hold => {
                let mut erased = self.1.erased.lock().unwrap();
                erased.extend(batch.erased());
                self.0.commit(batch)
            }
        }
    }
}

/// A storage that can be made to panic when read.
pub(crate) struct Fragile(pub(crate) MemoryStorage, pub(crate) Arc<AtomicU64>);

impl Storage for Fragile {
    /// Works as often as its number says, then panics.
    fn with_snapshot(&self, f: &mut dyn FnMut(&dyn Read)) {
        let left = self
            .1
            .fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1));
        assert!(left.is_ok(), "the memory forgot");
        self.0.with_snapshot(f);
    }
}

/// A node over `storage`, and the lever of its commits.
pub(crate) fn open(storage: &MemoryStorage) -> (Node, Lever) {
    open_with(storage, crate::fixture::config())
}

/// As [`open`], with another configuration.
pub(crate) fn open_with(storage: &MemoryStorage, config: fundtrail_node::Config) -> (Node, Lever) {
    let lever = Lever::new();
    let writer = Levered(storage.clone(), lever.clone());
    let node = Node::open(config, Arc::new(storage.clone()), Box::new(writer)).unwrap();
    (node, lever)
}

/// The receipt of an entry, after verifying it under the log's key.
pub(crate) fn verified_receipt(node: &Node, index: u64) -> String {
    let receipt = node
        .storage()
        .read(|read| proofs::receipt(read, index))
        .unwrap();
    let text = receipt.to_text();
    let policy = LogPolicy::of_log(log_signer().verifier().clone()).unwrap();
    let again = Receipt::parse(text.as_bytes()).unwrap();
    again.verify_self_contained(&policy).unwrap();
    assert_eq!(again.index(), index);
    text
}
