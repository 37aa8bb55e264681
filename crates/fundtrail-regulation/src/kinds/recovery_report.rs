//! `recovery_report`: money actually collected after compensation: creates the duty to return a share of it.

use super::prelude::*;
use crate::case::lost;
use crate::calendar::{Calendar, CalendarMissing};
use crate::loss;
use crate::policy::Policy;

/// Money actually collected after compensation: creates the duty to return a share of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecoveryReport {
    /// Its id.
    pub recovery: Id,
    /// The loan.
    pub loan: Id,
    /// Who collected.
    pub collector: Id,
    /// When the money reached it.
    pub received_on: Day,
    /// How much.
    pub amount: Amount,
    /// Of which proceeds of the pledged rights.
    #[serde(default)]
    pub from_pledge: Amount,
    /// Of which interest and penalties.
    #[serde(default)]
    pub interest: Amount,
    /// Costs of enforcement.
    #[serde(default)]
    pub costs: Amount,
}

impl Meaning for RecoveryReport {
    const NAME: &'static str = "recovery_report";
    const ARTICLES: &'static [u8] = &[16];
    const TITLE: Bilingual = Bilingual { zh: "追偿报告", en: "Recovery report" };

    fn check(&self) -> Result<(), Malformed> {
        if self.from_pledge + self.interest <= self.amount {
            return Ok(());
        }
        Err(misfit("from_pledge and interest are parts of the amount"))
    }

    fn subject(&self) -> Subject {
        let name = format!("recovery {}", self.recovery);
        Subject {
            loan: Some(self.loan.clone()),
            party: Some(self.collector.clone()),
            creates: vec![
                Creation::of::<Recovery>(self.recovery.as_bytes(), name).for_ever(format!("recovery:{}", self.recovery)),
            ],
            ..Subject::default()
        }
    }

    fn amount(&self) -> Option<Amount> {
        Some(self.amount)
    }

    fn follows(&self, _: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
        Ok(vec![("received_on", self.received_on)])
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::partner(&self.collector)])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut loan = case.the_loan()?;
        let policy = case.the_loan_policy()?;
        let counted = loss::counted(&loan, self.collected(), policy);
        let due = loss::return_due(&loan, counted, policy);
        let deadline = self
            .deadline(&loan, due, policy, case.the_calendar()?)
            .map_err(|missing| Fault(format!("calendar of {}", missing.year)))?;
        loan.collected += counted;
        loan.return_due += due;
        let previous = loan.last_recovery.replace(self.recovery.clone());
        out.touch_id("recovery", &self.recovery);
        out.touch_id("loan", &loan.loan);
        out.touch_id("party", &self.collector);
        out.touch_id("party", &loan.bank);
        out.touch_id("borrower", loan.borrower);
        out.put(&Recovery {
            recovery: self.recovery.clone(),
            loan: self.loan.clone(),
            collector: self.collector.clone(),
            received_on: self.received_on,
            amount: self.amount,
            counted,
            due,
            deadline,
            returned: Amount::ZERO,
            previous,
        })?;
        out.put(&loan)
    }

    fn reversal_blocked(&self, case: &Case<'_>) -> Result<Option<Figures>, Fault> {
        let found: Option<Recovery> = case.view.get(self.recovery.as_bytes())?;
        let loan: Option<Loan> = case.view.get(self.loan.as_bytes())?;
        let (Some(recovery), Some(loan)) = (found, loan) else { return Ok(gone()) };
        let newest = loan.last_recovery.as_ref() == Some(&self.recovery);
        Ok((!newest || !recovery.returned.is_zero()).then(|| {
            Figures::none().with("returned", recovery.returned).with("newest", if newest { "yes" } else { "no" })
        }))
    }

    fn undo(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let found: Option<Recovery> = case.view.get(self.recovery.as_bytes())?;
        let recovery = found.ok_or_else(|| lost("recovery"))?;
        let found: Option<Loan> = case.view.get(self.loan.as_bytes())?;
        let mut loan = found.ok_or_else(|| lost("loan"))?;
        loan.collected -= recovery.counted;
        loan.return_due -= recovery.due;
        loan.last_recovery = recovery.previous.clone();
        out.answer(&alerts::SHORT_RETURN_ARREARS, &format!("recovery:{}", self.recovery))?;
        out.touch_id("recovery", &self.recovery);
        out.touch_id("loan", &loan.loan);
        out.touch_id("borrower", loan.borrower);
        out.remove(&recovery);
        catch_up(case, &mut loan, out)?;
        out.put(&loan)
    }
}

impl RecoveryReport {
    /// The collection as the arithmetic sees it.
    pub fn collected(&self) -> loss::Collected {
        loss::Collected {
            amount: self.amount,
            from_pledge: self.from_pledge,
            interest: self.interest,
            costs: self.costs,
        }
    }

    /// Last day to return `due`. Where nothing is due there is nothing to count.
    ///
    /// # Errors
    /// [`CalendarMissing`] where counting needs a year that was not adopted.
    pub fn deadline(
        &self,
        loan: &Loan,
        due: Amount,
        policy: &Policy,
        calendar: &Calendar,
    ) -> Result<Day, CalendarMissing> {
        if due.is_zero() {
            return Ok(self.received_on);
        }
        loss::deadline(self.received_on, loan.compensated_on, policy, calendar)
    }
}

/// What is due on everything collected so far, and was not made due by any report: the
/// newest recovery owes it. So it is where more compensation raises the limit of the duty
/// (A21), and where a report that carried it is taken back. The deadline counts from the
/// business date, or from the receipt where that is later; but what is late already stays late.
pub(super) fn catch_up(case: &Case<'_>, loan: &mut Loan, out: &mut Outcome<'_>) -> Result<(), Fault> {
    let policy = case.the_loan_policy()?;
    let due = loss::return_due(loan, Amount::ZERO, policy);
    let newest: Option<Recovery> = match &loan.last_recovery {
        Some(id) if !due.is_zero() => out.get(id.as_bytes())?,
        _ => None,
    };
    let Some(mut recovery) = newest else { return Ok(()) };
    if recovery.owed().is_zero() {
        let counted = loss::deadline(recovery.received_on, Some(case.date()), policy, case.the_calendar()?);
        // A payment is refused where the calendar does not reach; a reversal need not be.
        recovery.deadline = counted.unwrap_or(recovery.deadline);
    }
    recovery.due += due;
    loan.return_due += due;
    out.touch_id("recovery", &recovery.recovery);
    out.put(&recovery)
}
