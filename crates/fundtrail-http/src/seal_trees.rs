//! Trees of past seals, kept once computed: they never change.
//!
//! Computing one reads every object's head, and entries of those revised since the seal;
//! from then on a proof costs a search and a logarithm of hashes. Few are kept, because
//! auditors ask for the newest ones. Absent on purpose: anything that could go stale.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fundtrail_kernel::seal::SealTree;
use fundtrail_model::Fault;
use fundtrail_model::port::Read;
use fundtrail_regulation::state::PeriodSeal;

/// Trees kept at a time.
const KEPT_MAX: usize = 4;

/// A tree that is computed, or being computed by whoever holds the lock.
type Slot = Arc<Mutex<Option<Arc<SealTree>>>>;

/// What a seal made at a height must contain.
#[derive(Clone, Debug)]
pub(crate) struct Contents {
    pub(crate) size: u64,
    pub(crate) root: String,
    pub(crate) leaves: u64,
}

/// The trees kept, the one used last at the end.
#[derive(Default)]
pub(crate) struct SealTrees {
    kept: Mutex<Vec<(u64, Slot)>>,
    newest: Mutex<Option<Contents>>,
}

impl SealTrees {
    /// The tree of a recorded seal. Whoever asks for one that is being computed waits.
    pub(crate) fn of(&self, read: &dyn Read, seal: &PeriodSeal) -> Result<Arc<SealTree>, Fault> {
        let slot = self.slot(seal.entry);
        let mut held = lock(&slot);
        if let Some(tree) = &*held {
            return Ok(Arc::clone(tree));
        }
        let tree = Arc::new(SealTree::of_seal(read, seal)?);
        *held = Some(Arc::clone(&tree));
        Ok(tree)
    }

    /// What a seal must contain that is made when the ledger has `size` entries, as `read`
    /// has it.
    pub(crate) fn next(&self, read: &dyn Read, size: u64) -> Result<Contents, Fault> {
        let mut newest = lock(&self.newest);
        if let Some(contents) = newest.as_ref().filter(|contents| contents.size == size) {
            return Ok(contents.clone());
        }
        let tree = SealTree::at(read, size)?;
        let contents = Contents {
            size,
            root: tree.root()?.to_hex(),
            leaves: tree.leaves(),
        };
        Ok(newest.insert(contents).clone())
    }

    fn slot(&self, entry: u64) -> Slot {
        let mut kept = lock(&self.kept);
        let found = kept.iter().position(|(of, _)| *of == entry);
        let slot = found.map_or_else(|| (entry, Slot::default()), |at| kept.remove(at));
        if kept.len() == KEPT_MAX {
            kept.remove(0);
        }
        kept.push(slot.clone());
        slot.1
    }
}

/// A thread that panicked while it held the lock left what was there before.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_trees_are_kept_and_the_one_used_last_the_longest() {
        let trees = SealTrees::default();
        let first = trees.slot(1);
        for entry in 2..=4 {
            trees.slot(entry);
        }
        assert!(Arc::ptr_eq(&first, &trees.slot(1)));
        trees.slot(5);
        let kept: Vec<u64> = lock(&trees.kept).iter().map(|(of, _)| *of).collect();
        assert_eq!(kept, [3, 4, 1, 5]);
        assert!(Arc::ptr_eq(&first, &trees.slot(1)));
    }
}
