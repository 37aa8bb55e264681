//! How the sequencer ended, for whoever waits to know.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use fundtrail_model::Fault;

/// Set once, when the sequencer ends.
#[derive(Debug, Default)]
pub(crate) struct Ending {
    outcome: Mutex<Option<Result<(), Fault>>>,
    changed: Condvar,
    is_defect: AtomicBool,
}

impl Ending {
    /// Records the end. The first one stands.
    pub(crate) fn set(&self, outcome: Result<(), Fault>) {
        let mut held = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        held.get_or_insert(outcome);
        self.changed.notify_all();
    }

    /// Records that the end that comes is the program's own doing, not the machine's.
    pub(crate) fn set_defect(&self) {
        self.is_defect.store(true, SeqCst);
    }

    /// Whether that was recorded.
    pub(crate) fn is_defect(&self) -> bool {
        self.is_defect.load(SeqCst)
    }

    /// The end, if it comes within that time.
    pub(crate) fn wait_for(&self, time: Duration) -> Option<Result<(), Fault>> {
        let held = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        let (held, _) = self
            .changed
            .wait_timeout_while(held, time, |outcome| outcome.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        held.clone()
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
