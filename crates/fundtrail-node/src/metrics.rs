//! What a node counts about itself: numbers only, never anything that was submitted.
//!
//! Absent: the text form in which they are served, and anything a verdict depends on.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fundtrail_kernel::Verdict;

use crate::node::Answer;

/// Upper bounds of the commit histogram's buckets, in microseconds.
pub const COMMIT_BOUNDS_MICROS: [u64; 10] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
];

/// Counters since the node was opened.
#[derive(Debug, Default)]
pub struct Metrics {
    size: AtomicU64,
    queued: AtomicU64,
    recorded: AtomicU64,
    repeated: AtomicU64,
    conflicts: AtomicU64,
    busy: AtomicU64,
    faults: AtomicU64,
    unfit: AtomicU64,
    halted: AtomicU64,
    refusals: Mutex<BTreeMap<&'static str, u64>>,
    malformed: Mutex<BTreeMap<&'static str, u64>>,
    commits: AtomicU64,
    commit_micros: AtomicU64,
    commit_buckets: [AtomicU64; COMMIT_BOUNDS_MICROS.len()],
}

impl Metrics {
    /// Entries in the ledger.
    pub fn size(&self) -> u64 {
        self.size.load(Relaxed)
    }

    /// Submissions admitted and waiting for the sequencer.
    pub fn queued(&self) -> u64 {
        self.queued.load(Relaxed)
    }

    /// Submissions answered, by what became of them.
    pub fn answers(&self) -> [(&'static str, u64); 9] {
        let sum = |by_code: &Mutex<BTreeMap<&'static str, u64>>| locked(by_code).values().sum();
        [
            ("recorded", self.recorded.load(Relaxed)),
            ("repeated", self.repeated.load(Relaxed)),
            ("conflict", self.conflicts.load(Relaxed)),
            ("refused", sum(&self.refusals)),
            ("malformed", sum(&self.malformed)),
            ("busy", self.busy.load(Relaxed)),
            ("fault", self.faults.load(Relaxed)),
            ("unfit", self.unfit.load(Relaxed)),
            ("halted", self.halted.load(Relaxed)),
        ]
    }

    /// Refused submissions by the code of their first refusal.
    pub fn refusals(&self) -> BTreeMap<&'static str, u64> {
        locked(&self.refusals).clone()
    }

    /// Malformed submissions by code.
    pub fn malformed(&self) -> BTreeMap<&'static str, u64> {
        locked(&self.malformed).clone()
    }

    /// Commits, and what they took altogether.
    pub fn commits(&self) -> (u64, Duration) {
        (
            self.commits.load(Relaxed),
            Duration::from_micros(self.commit_micros.load(Relaxed)),
        )
    }

    /// For each of [`COMMIT_BOUNDS_MICROS`], the commits that took no longer.
    pub fn commit_buckets(&self) -> [u64; COMMIT_BOUNDS_MICROS.len()] {
        self.commit_buckets
            .each_ref()
            .map(|bucket| bucket.load(Relaxed))
    }

    pub(crate) fn set_size(&self, size: u64) {
        self.size.store(size, Relaxed);
    }

    pub(crate) fn queue(&self) {
        self.queued.fetch_add(1, Relaxed);
    }

    pub(crate) fn unqueue(&self) {
        self.queued.fetch_sub(1, Relaxed);
    }

    pub(crate) fn commit(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.commits.fetch_add(1, Relaxed);
        self.commit_micros.fetch_add(micros, Relaxed);
        for (bound, bucket) in COMMIT_BOUNDS_MICROS.iter().zip(&self.commit_buckets) {
            if micros <= *bound {
                bucket.fetch_add(1, Relaxed);
            }
        }
    }

    pub(crate) fn answer(&self, answer: &Answer) {
        match answer {
            Answer::Decided(Verdict::Recorded { .. }) => add(&self.recorded),
            Answer::Decided(Verdict::Repeated { .. }) => add(&self.repeated),
            Answer::Decided(Verdict::Conflict { .. }) => add(&self.conflicts),
            Answer::Decided(Verdict::Refused(refusals)) => {
                let code = refusals.first().map_or("none", |refusal| refusal.code);
                *locked(&self.refusals).entry(code).or_default() += 1;
            }
            Answer::Decided(Verdict::Malformed(malformed)) => {
                *locked(&self.malformed)
                    .entry(malformed.code.as_str())
                    .or_default() += 1;
            }
            Answer::Busy => add(&self.busy),
            Answer::Fault(_) => add(&self.faults),
            Answer::Unfit(_) => add(&self.unfit),
            Answer::Halted(_) => add(&self.halted),
        }
    }
}

fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Relaxed);
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
