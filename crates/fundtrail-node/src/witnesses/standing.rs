//! How one witness is doing: what it cosigned, what went wrong, and when it is asked next.

use std::time::{Duration, Instant};

use fundtrail_model::note::VerifierKey;

use super::{Cosigned, Pace, WitnessState};

/// How often a witness may correct the size it is asked from before that counts as a
/// failure. Twice is possible: somebody else shows it a checkpoint in between.
const CORRECTIONS_MAX: u32 = 3;

/// Why a witness gives no line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// There is no answer.
    Unreachable,
    /// An answer with another status than the protocol has, such as 503.
    Status(u16),
    /// It names another size each time it is asked.
    Unsettled,
    /// 404: it does not know this log.
    UnknownLog,
    /// 403: it knows this log by another key.
    Untrusted,
    /// 400: it does not understand the request.
    BadRequest,
    /// 200 without signature lines.
    Unreadable,
    /// 200 with a line of its key that does not verify, with two, or with none.
    BadSignature,
    /// It cosigned a larger tree than this ledger has: this one was rolled back, or there
    /// are two.
    Ahead,
    /// 409 without a size: it cosigned another tree of this size.
    Conflict,
    /// 422: the tree does not grow out of the one it cosigned.
    RefusedProof,
}

/// How a witness is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    /// After a pause that doubles.
    Patiently,
    /// After the longest pause: somebody has to change something.
    Slowly,
    /// Not before the node starts again.
    Never,
}

impl Trouble {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Trouble::Unreachable => "WITNESS_UNREACHABLE",
            Trouble::Status(_) => "WITNESS_STATUS",
            Trouble::Unsettled => "WITNESS_UNSETTLED",
            Trouble::UnknownLog => "WITNESS_UNKNOWN_LOG",
            Trouble::Untrusted => "WITNESS_UNTRUSTED",
            Trouble::BadRequest => "WITNESS_BAD_REQUEST",
            Trouble::Unreadable => "WITNESS_UNREADABLE",
            Trouble::BadSignature => "WITNESS_BAD_SIGNATURE",
            Trouble::Ahead => "WITNESS_AHEAD",
            Trouble::Conflict => "WITNESS_CONFLICT",
            Trouble::RefusedProof => "WITNESS_REFUSED_PROOF",
        }
    }

    /// Whether the witness saw another tree than this ledger's. It is not asked again
    /// before the node is started again.
    pub const fn is_fatal(self) -> bool {
        matches!(self.again(), Again::Never)
    }

    const fn again(self) -> Again {
        match self {
            Trouble::Unreachable | Trouble::Status(_) | Trouble::Unsettled => Again::Patiently,
            Trouble::UnknownLog
            | Trouble::Untrusted
            | Trouble::BadRequest
            | Trouble::Unreadable
            | Trouble::BadSignature => Again::Slowly,
            Trouble::Ahead | Trouble::Conflict | Trouble::RefusedProof => Again::Never,
        }
    }
}

/// One witness as the feeder sees it.
pub(super) struct Standing {
    state: WitnessState,
    /// The size it is thought to have cosigned last; 0 until it says so.
    pub(super) old: u64,
    /// The size it is being asked to cosign.
    pub(super) asked: Option<u64>,
    /// When it may be asked again; `None`: at once.
    due: Option<Instant>,
    /// Failures in a row.
    failed: u32,
    /// Corrections in a row.
    corrected: u32,
}

impl Standing {
    pub(super) fn new(name: &str, key: &VerifierKey, url: Option<&str>) -> Standing {
        Standing {
            state: WitnessState {
                name: name.to_owned(),
                key: key.clone(),
                url: url.map(str::to_owned),
                cosigned: None,
                failures: 0,
                trouble: None,
            },
            old: 0,
            asked: None,
            due: None,
            failed: 0,
            corrected: 0,
        }
    }

    /// As others see it.
    pub(super) fn state(&self) -> &WitnessState {
        &self.state
    }

    pub(super) fn name(&self) -> &str {
        &self.state.name
    }

    pub(super) fn key(&self) -> &VerifierKey {
        &self.state.key
    }

    /// Whether it can be asked at all: it has an address, is not being asked, and did not
    /// see another tree.
    pub(super) fn is_free(&self) -> bool {
        let is_fatal = self.state.trouble.is_some_and(Trouble::is_fatal);
        self.state.url.is_some() && self.asked.is_none() && !is_fatal
    }

    /// When it may be asked, if not now.
    pub(super) fn due_after(&self, now: Instant) -> Option<Instant> {
        self.due.filter(|due| *due > now)
    }

    /// It cosigned.
    pub(super) fn cosigned(&mut self, cosigned: Cosigned) {
        self.old = self.old.max(cosigned.size);
        let newer = self
            .state
            .cosigned
            .is_none_or(|known| known.size <= cosigned.size);
        if newer {
            self.state.cosigned = Some(cosigned);
        }
        self.state.trouble = None;
        self.due = None;
        self.failed = 0;
        self.corrected = 0;
    }

    /// It says from which size to ask. Trouble if it said so too often.
    pub(super) fn corrected(&mut self, size: u64) -> Result<(), Trouble> {
        self.old = size;
        self.corrected += 1;
        if self.corrected >= CORRECTIONS_MAX {
            return Err(Trouble::Unsettled);
        }
        Ok(())
    }

    /// It could not be asked. Gives when it may be again.
    pub(super) fn postponed(&mut self, now: Instant, pace: &Pace) -> Option<Instant> {
        self.due = now.checked_add(doubled(pace, self.failed));
        self.failed = self.failed.saturating_add(1);
        self.due
    }

    /// It gave no line. Whether that is another trouble than before.
    pub(super) fn failed(&mut self, trouble: Trouble, now: Instant, pace: &Pace) -> bool {
        let is_new = self.state.trouble != Some(trouble);
        self.state.trouble = Some(trouble);
        self.state.failures += 1;
        self.corrected = 0;
        let pause = match trouble.again() {
            Again::Patiently => doubled(pace, self.failed),
            Again::Slowly | Again::Never => pace.last_retry,
        };
        self.failed = self.failed.saturating_add(1);
        self.due = now.checked_add(pause);
        is_new
    }
}

/// The pause after so many failures before this one.
fn doubled(pace: &Pace, before: u32) -> Duration {
    let factor = 1_u32.checked_shl(before).unwrap_or(u32::MAX);
    pace.first_retry.saturating_mul(factor).min(pace.last_retry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let pace = Pace {
            first_retry: Duration::from_secs(1),
            last_retry: Duration::from_secs(60),
            ..Pace::default()
        };
        let seconds: Vec<u64> = [0, 1, 2, 5, 6, 40, u32::MAX]
            .into_iter()
            .map(|before| doubled(&pace, before).as_secs())
            .collect();
        assert_eq!(seconds, [1, 2, 4, 32, 60, 60, 60]);
    }
}
