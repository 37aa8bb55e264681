//! Whether a clock keeps pace with the time that passes: how a leap ahead is noticed.
//!
//! A clock that is put ahead gives entries a time that no later entry can be before, so one
//! wrong hour costs an hour, and one wrong year the ledger. What a clock says is compared with
//! what passed by a second clock that nobody sets. Absent: clocks. Both readings are given.

use std::time::Duration;

/// A clock may gain this much at once: what time services correct in one step.
pub const LEAP_MAX: Duration = Duration::from_secs(5 * 60);
/// One that gained more is believed once it kept pace for so long: the machine slept, or it
/// was behind before.
pub const STEADY_FOR: Duration = Duration::from_secs(10 * 60);
/// One that gained more than this is not believed by itself, however steady.
pub const BELIEVED_MAX: Duration = Duration::from_secs(24 * 60 * 60);
/// What it may stray by while it is called steady, in milliseconds.
const STEADY_WITHIN: u64 = 2_000;

/// How a clock kept pace so far.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    /// What it showed beyond the time that had passed, in milliseconds, when last believed.
    believed: Option<i64>,
    /// The same of a reading that is not believed, and how much time had passed then.
    doubted: Option<(i64, Duration)>,
}

impl Pace {
    /// Takes a reading, and how much time has passed since any fixed moment. By how much the
    /// reading is ahead, if it is not believed. Both readings and `known`, before which it
    /// cannot be, in milliseconds.
    pub(crate) fn observe(
        &mut self,
        millis: i64,
        passed: Duration,
        known: i64,
    ) -> Option<Duration> {
        // Wrong for certain: nothing is learned from it, and nothing held against the next.
        if millis < known {
            return None;
        }
        let beyond = millis.saturating_sub(whole_millis(passed));
        let ahead = beyond.saturating_sub(*self.believed.get_or_insert(beyond));
        let is_near = ahead.unsigned_abs() <= LEAP_MAX.as_millis().try_into().unwrap_or(u64::MAX);
        let is_far = ahead > whole_millis(BELIEVED_MAX);
        if is_near || (self.is_steady(beyond, passed) && !is_far) {
            (self.believed, self.doubted) = (Some(beyond), None);
            return None;
        }
        // One that is back may be used, and is no measure for the next before it was steady.
        (ahead > 0).then(|| Duration::from_millis(ahead.unsigned_abs()))
    }

    /// Whether a reading that is doubted has kept pace for long enough.
    fn is_steady(&mut self, beyond: i64, passed: Duration) -> bool {
        match self.doubted {
            Some((doubted, since)) if doubted.abs_diff(beyond) <= STEADY_WITHIN => {
                passed.saturating_sub(since) >= STEADY_FOR
            }
            _ => {
                self.doubted = Some((beyond, passed));
                false
            }
        }
    }
}

fn whole_millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000;
    const HOUR: i64 = 3_600 * SECOND;
    /// The newest entry's time.
    const KNOWN: i64 = -HOUR;

    /// Readings at seconds passed: by how many seconds each is not believed.
    fn observe(readings: &[(u64, i64)]) -> Vec<Option<u64>> {
        let mut pace = Pace::default();
        let each = readings.iter().map(|(passed, millis)| {
            let ahead = pace.observe(*millis, Duration::from_secs(*passed), KNOWN);
            ahead.map(|ahead| ahead.as_secs())
        });
        each.collect()
    }

    #[test]
    fn a_clock_that_keeps_pace_is_believed_and_small_steps_are_followed() {
        let start = 50 * HOUR;
        let step = 299 * SECOND;
        assert_eq!(
            observe(&[
                (7, start),
                (8, start + SECOND),
                (9, start + 2 * SECOND + step),
                (10, start + 3 * SECOND + 2 * step),
            ]),
            [None; 4]
        );
    }

    #[test]
    fn a_leap_is_not_believed_until_the_clock_is_back() {
        assert_eq!(
            observe(&[
                (0, 0),
                (1, 301 * SECOND + SECOND),
                (2, HOUR + 2 * SECOND),
                (3, 300 * SECOND + 3 * SECOND),
                (4, 4 * SECOND),
            ]),
            [None, Some(301), Some(3600), None, None]
        );
    }

    #[test]
    fn a_leap_is_believed_once_the_clock_was_steady_for_ten_minutes() {
        let after = |passed: u64| (passed, HOUR + i64::try_from(passed).unwrap() * SECOND);
        assert_eq!(
            observe(&[
                (0, 0),
                after(1),
                after(300),
                after(600),
                after(601),
                after(602)
            ]),
            [None, Some(3600), Some(3600), Some(3600), None, None]
        );
        // It strayed meanwhile: the ten minutes begin anew.
        let (passed, millis) = after(300);
        let strayed = (passed, millis + 3 * SECOND);
        assert_eq!(
            observe(&[
                (0, 0),
                after(1),
                strayed,
                after(601),
                after(1200),
                after(1201)
            ]),
            [None, Some(3600), Some(3603), Some(3600), Some(3600), None]
        );
    }

    #[test]
    fn a_clock_that_was_back_may_return() {
        let start = 50 * HOUR;
        let wrong = KNOWN - 20 * HOUR;
        // Whether or not the newest entry shows that it was wrong, and from the start on.
        assert_eq!(
            observe(&[
                (0, start),
                (1, start - 40 * HOUR),
                (2, wrong),
                (1_000_000, wrong),
                (1_000_001, start + 1_000_001 * SECOND),
            ]),
            [None; 5]
        );
        assert_eq!(
            observe(&[(0, wrong), (900, wrong), (901, start)]),
            [None; 3]
        );
        // One that was steady back there has to be steady again.
        let back = |passed: u64| (passed, i64::try_from(passed).unwrap() * SECOND);
        assert_eq!(
            observe(&[
                (0, 2 * HOUR),
                back(1),
                back(600),
                back(601),
                (602, 2 * HOUR)
            ]),
            [None, None, None, None, Some(2 * 3600 - 602)]
        );
    }

    #[test]
    fn a_leap_of_more_than_a_day_is_never_believed_by_itself() {
        let leap = 24 * HOUR + SECOND;
        let after = |passed: u64| (passed, leap + i64::try_from(passed).unwrap() * SECOND);
        assert_eq!(
            observe(&[
                (0, 0),
                after(1),
                after(601),
                after(1_000_000),
                (1_000_001, 0)
            ]),
            [None, Some(86_401), Some(86_401), Some(86_401), None]
        );
        assert_eq!(
            Pace::default().observe(i64::MAX, Duration::MAX, i64::MIN),
            None
        );
        let mut pace = Pace::default();
        assert_eq!(
            pace.observe(i64::MIN, Duration::MAX, i64::MIN),
            None,
            "no overflow"
        );
        assert!(pace.observe(i64::MAX, Duration::ZERO, i64::MIN).is_some());
    }
}
