//! Who still owes what, seen on a day: money to come back or to refund, notices to send,
//! reports and reviews to file, and alerts that stand.
//!
//! Everything follows from the records of one state. The day asked for decides what is due
//! by then and how late it is; what was answered since is no longer there, so a day of the
//! past shows what is still open of it. An obligation is gone with the entry that answers it.
//! Nothing here is a rule: nothing is refused because something is owed.

mod money;
mod notices;
mod reports;

use alloc::string::String;
use alloc::vec::Vec;

use fundtrail_model::{Amount, Day, Fault, Figures, Id};
use serde::{Deserialize, Serialize};

use crate::period::Period;
use crate::state::{Party, Role, View};

pub use money::{days_late, returns};
pub use notices::{alerts, notices};
pub use reports::{annual_due, quarterly_due, review_due};

/// What sort of thing is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Owed {
    /// The share of a recovery (Art. 16).
    RecoveryReturn,
    /// Compensation that the leading group ordered back (Art. 22).
    ClawbackReturn,
    /// Money that arrived in excess (Art. 16).
    SuspenseRefund,
    /// A warning to a bank (Art. 13).
    WarnNotice,
    /// A notice to a bank to suspend (Art. 13).
    SuspendNotice,
    /// A bank's notice that principal is overdue (Art. 14).
    RiskNotice,
    /// The manager's report on a quarter (Art. 8).
    QuarterlyReport,
    /// The manager's report on a year (Art. 8).
    AnnualReport,
    /// The half-yearly review of a partner or of the manager (Art. 7, 20).
    PerformanceReview,
    /// An alert that stands and is none of the above.
    Alert,
}

/// Who owes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Owner {
    /// As what.
    pub role: Role,
    /// Which institution, where there is exactly one.
    pub party: Option<Id>,
}

/// Something owed, seen on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Obligation {
    /// What sort of thing.
    pub kind: Owed,
    /// The article it rests on; 0 where it rests on none.
    pub article: u8,
    /// Who owes it.
    pub owed_by: Owner,
    /// What it is about: `recovery:R1`, `party:BANK-A`.
    pub object: String,
    /// How much is left of it, where it is money.
    pub amount: Option<Amount>,
    /// The period it covers, where it covers one.
    pub period: Option<Period>,
    /// First day on which it was owed, where the ledger knows it.
    pub since: Option<Day>,
    /// Last day to do it in time.
    pub due: Option<Day>,
    /// Why there is no such day.
    pub no_due_date: Option<String>,
    /// Calendar days past that day, 0 up to it; none where there is no such day.
    pub days_late: Option<i64>,
    /// The entry it follows from.
    pub entry: Option<u64>,
    /// The kind of transaction that answers it, where one does.
    pub answered_by: Option<&'static str>,
    /// Number of the alert, where it is one.
    pub alert: Option<u64>,
    /// Code of the alert, where there is one.
    pub code: Option<String>,
    /// Further figures.
    pub figures: Figures,
}

/// The text sets no date, or says "promptly".
const NO_DATE_IN_TEXT: &str = "the text sets no date";

impl Obligation {
    /// Without money, period, date, alert and figures.
    fn new(kind: Owed, article: u8, role: Role, party: Option<Id>, object: String) -> Obligation {
        Obligation {
            kind,
            article,
            owed_by: Owner { role, party },
            object,
            amount: None,
            period: None,
            since: None,
            due: None,
            no_due_date: Some(NO_DATE_IN_TEXT.into()),
            days_late: None,
            entry: None,
            answered_by: None,
            alert: None,
            code: None,
            figures: Figures::none(),
        }
    }

    /// The same with a last day, and how late it is on `on`.
    fn due_on(mut self, due: Day, on: Day) -> Obligation {
        self.due = Some(due);
        self.no_due_date = None;
        self.days_late = Some(days_late(due, on));
        self
    }

    /// The place in the list: it stays the same for as long as the thing is owed.
    pub fn key(&self) -> Vec<u8> {
        let mut key = Vec::from([self.kind as u8]);
        key.extend_from_slice(self.object.as_bytes());
        key.push(0);
        let period = self.period.map_or(0, |period| period.first_day().number());
        key.extend_from_slice(&period.to_be_bytes());
        key.extend_from_slice(&self.alert.unwrap_or_default().to_be_bytes());
        key
    }
}

/// Everything owed, seen on a day, in the order of [`Obligation::key`].
///
/// # Errors
/// [`Fault`] when the storage fails.
pub fn obligations(view: View<'_>, on: Day) -> Result<Vec<Obligation>, Fault> {
    let mut owed = returns(view, on)?;
    owed.extend(money::clawbacks(view, on)?);
    owed.extend(money::suspense(view, on)?);
    owed.extend(notices(view, on)?);
    owed.extend(notices::risks(view, on)?);
    owed.extend(reports::reports(view, on)?);
    owed.extend(
        alerts(view, on)?
            .into_iter()
            .filter(notices::stands_for_itself),
    );
    owed.sort_by_cached_key(Obligation::key);
    Ok(owed)
}

/// The one institution of a role, where there is exactly one.
fn only_party(view: View<'_>, role: Role) -> Result<Option<Id>, Fault> {
    let parties: Vec<Party> = view.list(b"")?;
    let mut found = parties
        .into_iter()
        .filter(|party| party.roles.contains(&role));
    let first = found.next();
    Ok(first
        .filter(|_| found.next().is_none())
        .map(|party| party.party))
}
