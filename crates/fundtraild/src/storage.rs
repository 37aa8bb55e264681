//! RocksDB behind the node's port. The one place where both are known.

use fundtrail_model::port::Read;
use fundtrail_node::Storage;
use fundtrail_store::Store;

/// A store as the node reads it.
pub(crate) struct Rocks(pub(crate) Store);

impl Storage for Rocks {
    fn with_snapshot(&self, f: &mut dyn FnMut(&dyn Read)) {
        self.0.read(|state| f(state));
    }
}
