//! What time it is: the only place where the ledger asks.
//!
//! The kernel gets one reading a batch and never lets it go back. Whether a reading is to be
//! believed is decided in [`fitness`](crate::fitness). Absent: time zones; a [`Moment`] knows
//! its day in Asia/Shanghai.

mod pace;

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use fundtrail_model::{Fault, Moment};

use pace::Pace;
pub use pace::{BELIEVED_MAX, LEAP_MAX, STEADY_FOR};

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    ///
    /// # Errors
    /// [`Fault`] when the machine's clock is outside the years 1900 to 2199.
    fn now(&self) -> Result<Moment, Fault>;

    /// By how much `now` is ahead of what it should show by the time that passed, where it
    /// leapt and is not to be believed. `known` is a moment that was before now for certain, if
    /// there is one. A clock that does not know says nothing.
    fn leap(&self, now: Moment, known: Option<Moment>) -> Option<Duration> {
        let _ = (now, known);
        None
    }
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

/// The machine's clock, watched by the time that passes: see [`LEAP_MAX`], [`STEADY_FOR`] and
/// [`BELIEVED_MAX`]. What it shows when it is asked first is believed.
#[derive(Debug)]
pub struct WatchedClock {
    since: Instant,
    pace: Mutex<Pace>,
}

impl WatchedClock {
    /// Watches from now on.
    pub fn start() -> WatchedClock {
        WatchedClock {
            since: Instant::now(),
            pace: Mutex::default(),
        }
    }
}

impl Clock for WatchedClock {
    fn now(&self) -> Result<Moment, Fault> {
        SystemClock.now()
    }

    fn leap(&self, now: Moment, known: Option<Moment>) -> Option<Duration> {
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.map_or(i64::MIN, Moment::millis);
        pace.observe(now.millis(), self.since.elapsed(), known)
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
