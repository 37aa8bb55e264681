//! The port through which a node reads: one consistent state at a time.
//!
//! The binary adapts its storage to it; this crate knows none. Writing goes through
//! [`fundtrail_model::port::Commit`], which only the sequencer holds.

use fundtrail_model::Fault;
use fundtrail_model::port::Read;

/// Gives consistent states to read, to any number of threads at a time.
pub trait Storage: Send + Sync + 'static {
    /// Calls `f` once with the state as of the newest commit. What is committed meanwhile
    /// is not seen.
    fn with_snapshot(&self, f: &mut dyn FnMut(&dyn Read));

    /// How many bytes are free where it writes, if that is known.
    fn free_bytes(&self) -> Option<u64> {
        None
    }
}

impl dyn Storage {
    /// Reads from one consistent state.
    ///
    /// # Errors
    /// Whatever `f` says, and a [`Fault`] of a storage that gave no state.
    pub fn read<T, E: From<Fault>>(
        &self,
        f: impl FnOnce(&dyn Read) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut once = Some(f);
        let mut result = None;
        self.with_snapshot(&mut |read| {
            if let Some(f) = once.take() {
                result = Some(f(read));
            }
        });
        result.unwrap_or_else(|| Err(Fault("the storage gave no state to read".into()).into()))
    }
}
