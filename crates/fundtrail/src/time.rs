//! Witnesses' times for people.

use fundtrail_model::Moment;

/// A witness's time, in seconds after 1970-01-01T00:00:00Z, as a date; the number where it
/// is none.
pub(crate) fn shown(seconds: u64) -> String {
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| Moment::from_millis(seconds.checked_mul(1000)?))
        .map_or_else(|| format!("{seconds} s"), |moment| moment.to_string())
}
