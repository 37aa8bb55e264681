//! A storage in memory behind the node's ports: for tests and simulation. Nothing of it
//! outlives the process.

use std::sync::{Arc, PoisonError, RwLock};

use fundtrail_kernel::Memory;
use fundtrail_model::Fault;
use fundtrail_model::port::{Batch, Commit, Read};

use crate::storage::Storage;

/// Tables in memory, shared by their clones.
#[derive(Clone, Debug, Default)]
pub struct MemoryStorage(Arc<RwLock<Arc<Memory>>>);

impl MemoryStorage {
    /// A storage that begins with these tables.
    pub fn holding(memory: Memory) -> MemoryStorage {
        MemoryStorage(Arc::new(RwLock::new(Arc::new(memory))))
    }

    /// The tables as of the newest commit.
    pub fn state(&self) -> Arc<Memory> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Storage for MemoryStorage {
    fn with_snapshot(&self, f: &mut dyn FnMut(&dyn Read)) {
        f(self.state().as_ref());
    }
}

impl Commit for MemoryStorage {
    fn commit(&mut self, batch: &Batch) -> Result<(), Fault> {
        let mut tables = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Copies the tables only while somebody still reads the state before.
        Arc::make_mut(&mut tables).commit(batch)
    }
}
