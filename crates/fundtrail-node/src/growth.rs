//! Who is told that the ledger grew: for those who read on as it does.
//!
//! The sequencer tells the new size and goes on. Whoever is told reads the entries from the
//! storage, as slowly as they like. Absent on purpose: the entries, and any queue of them.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use crate::node::contained;

/// Is told a size; false where it need not be told again.
type Tell = Box<dyn Fn(u64) -> bool + Send>;

/// All who are told.
#[derive(Default)]
pub(crate) struct Growth(Mutex<Vec<Tell>>);

impl Growth {
    /// Adds somebody, who is told the present size at once. `size` is read when nobody else is
    /// told anything: no later size can come first.
    pub(crate) fn add(&self, tell: Tell, size: impl FnOnce() -> u64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told(&tell, size()) {
            all.push(tell);
        }
    }

    /// Tells everybody.
    pub(crate) fn tell(&self, size: u64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|tell| told(tell, size));
    }
}

impl fmt::Debug for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Growth").finish_non_exhaustive()
    }
}

/// A panic of whoever is told is theirs: they are not told again.
fn told(tell: &Tell, size: u64) -> bool {
    contained("whoever was told of a new size", || tell(size)).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn whoever_wants_no_more_or_panics_is_not_told_again() {
        let growth = Growth::default();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let note = |name: &'static str| {
            let heard = Arc::clone(&heard);
            move |size| {
                heard
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push((name, size))
            }
        };
        let (all, few, bad) = (note("all"), note("few"), note("bad"));
        growth.add(
            Box::new(move |size| {
                all(size);
                true
            }),
            || 1,
        );
        growth.add(
            Box::new(move |size| {
                few(size);
                size < 2
            }),
            || 1,
        );
        growth.add(
            Box::new(move |size| {
                bad(size);
                assert!(size < 2);
                true
            }),
            || 1,
        );
        growth.tell(2);
        growth.tell(3);
        let heard = heard.lock().unwrap_or_else(PoisonError::into_inner).clone();
        assert_eq!(
            heard,
            [
                ("all", 1),
                ("few", 1),
                ("bad", 1),
                ("all", 2),
                ("few", 2),
                ("bad", 2),
                ("all", 3)
            ]
        );
    }
}
