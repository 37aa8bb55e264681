//! How the sequencer ended, for whoever waits to know.

use std::sync::{Condvar, Mutex, PoisonError};

use fundtrail_model::Fault;

/// Set once, when the sequencer ends.
#[derive(Debug, Default)]
pub(crate) struct Ending {
    outcome: Mutex<Option<Result<(), Fault>>>,
    changed: Condvar,
}

impl Ending {
    /// Records the end. The first one stands.
    pub(crate) fn set(&self, outcome: Result<(), Fault>) {
        let mut held = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        held.get_or_insert(outcome);
        self.changed.notify_all();
    }

    /// Waits for the end.
    pub(crate) fn wait(&self) -> Result<(), Fault> {
        let mut held = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(outcome) = held.as_ref() {
                return outcome.clone();
            }
            held = self
                .changed
                .wait(held)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The end, if it has come.
    pub(crate) fn get(&self) -> Option<Result<(), Fault>> {
        self.outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
