//! What a transaction would bring if it were recorded now: for a form that is being filled
//! in, and for somebody who is about to sign.
//!
//! The same `apply` as in the pipeline, over the same state, and thrown away.

use alloc::vec::Vec;

use fundtrail_model::{Alert, Amount, Fault, Figures, Posting};
use serde::Serialize;

use crate::case::Case;
use crate::chapters::claims;
use crate::obligations::{Obligation, obligations};
use crate::outcome::Outcome;
use crate::state::{Overlay, View};

/// What would follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Prospect {
    /// What it moves, claims or reports, in yuan, where there is one such amount.
    pub amount: Option<Amount>,
    /// What the regulation computes for it, where it computes more than the effects say: of a
    /// claim the loss that counts, the ceiling that is left, and the last day to file.
    pub figures: Figures,
    /// Lines of double entry, with the balances they would leave.
    pub postings: Vec<Posting>,
    /// Alerts it would raise.
    pub alerts: Vec<Alert>,
    /// What would be owed because of it, as of its business date: new or changed.
    pub owed: Vec<Obligation>,
}

impl Prospect {
    /// What would follow from a case that nothing stands against, but for missing signers.
    ///
    /// # Errors
    /// [`Fault`] when the storage fails.
    pub fn of(case: &Case<'_>) -> Result<Prospect, Fault> {
        let mut outcome = Outcome::new(case.view.read(), case.index, case.date());
        case.body.apply(case, &mut outcome)?;
        let (batch, effects) = outcome.finish()?;
        let after = Overlay {
            base: case.view.read(),
            batch: &batch,
        };
        let before = obligations(case.view, case.date())?;
        let mut owed = obligations(View::new(&after), case.date())?;
        owed.retain(|obligation| !before.contains(obligation));
        Ok(Prospect {
            amount: case.body.amount(),
            figures: claims::figures(case)?,
            postings: effects.postings,
            alerts: effects.alerts,
            owed,
        })
    }
}
