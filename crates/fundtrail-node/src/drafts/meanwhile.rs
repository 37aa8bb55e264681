//! What becomes of drafts without a request about them: their ids are recorded, and time goes
//! by.

use std::sync::Arc;
use std::time::Duration;

use fundtrail_kernel::Verdict;
use fundtrail_model::port::{Batch, Read};
use fundtrail_model::{Fault, Moment};

use super::table::Rows;
use crate::aside::Aside;
use crate::clock::Clock;
use crate::refusals::Seen;

/// How often what is over is looked for.
pub(crate) const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// Ends the drafts of a decided batch's recorded transactions. `read` is the state after it,
/// `keep` for how many milliseconds drafts that have ended are kept.
pub(crate) fn recorded(
    read: &dyn Read,
    now: Moment,
    keep: i64,
    seen: &[Seen],
    verdicts: &[Verdict],
) -> Result<Batch, Fault> {
    let mut batch = Batch::default();
    for (seen, verdict) in seen.iter().zip(verdicts) {
        if let Verdict::Recorded { index, .. } = verdict {
            let mut rows = Rows::new(read, &mut batch, keep);
            rows.record(&seen.transaction, seen.payload_digest, *index, now)?;
        }
    }
    Ok(batch)
}

/// Ends drafts whose time is over, and removes those that ended long ago. Nobody waits for it.
pub(crate) fn sweep(clock: Arc<dyn Clock>, keep: i64) -> Aside {
    let sweeping =
        move |read: &dyn Read, batch: &mut Batch| Rows::new(read, batch, keep).sweep(clock.now()?);
    Aside::new(sweeping).0
}
