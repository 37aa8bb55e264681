//! What time it is: the only place where the ledger asks.
//!
//! The kernel gets one reading a batch and never lets it go back. Absent: time zones;
//! a [`Moment`] knows its day in Asia/Shanghai.

use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use fundtrail_model::{Fault, Moment};

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    ///
    /// # Errors
    /// [`Fault`] when the machine's clock is outside the years 1900 to 2199.
    fn now(&self) -> Result<Moment, Fault>;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Result<Moment, Fault> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).ok();
        let millis = since.and_then(|since| i64::try_from(since.as_millis()).ok());
        millis.and_then(Moment::from_millis).ok_or_else(|| {
            Fault("the machine's clock is outside the years 1970 to 2199: set it".into())
        })
    }
}

/// A clock that stands until it is set: for tests and simulation.
#[derive(Debug)]
pub struct FixedClock(Mutex<Moment>);

impl FixedClock {
    /// A clock that stands at `moment`.
    pub fn at(moment: Moment) -> FixedClock {
        FixedClock(Mutex::new(moment))
    }

    /// Sets the clock, also back.
    pub fn set(&self, moment: Moment) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = moment;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Result<Moment, Fault> {
        Ok(*self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
