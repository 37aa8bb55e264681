//! `loan_amend`: an extension, an acceleration, a registration of a pledge, or the
//! cancellation of a mistaken enrolment.

use fundtrail_model::port::Table;

use super::loan_enrol::bank_loan_key;
use super::prelude::*;

/// An extension, an acceleration, a registration of a pledge, or the cancellation of a
/// mistaken enrolment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoanAmend {
    /// The loan.
    pub loan: Id,
    /// When it was signed.
    pub signed_on: Day,
    /// What changes.
    pub change: LoanChange,
}

impl Meaning for LoanAmend {
    const NAME: &'static str = "loan_amend";
    const ARTICLES: &'static [u8] = &[14, 15];
    const TITLE: Bilingual = Bilingual { zh: "变更贷款", en: "Loan amendment" };

    fn particulars(&self) -> Vec<Particular> {
        match self.change {
            LoanChange::PledgeRegistration { .. } => {
                vec![Particular::required("registration", Format::Registration)]
            }
            _ => Vec::new(),
        }
    }

    fn subject(&self) -> Subject {
        Subject { loan: Some(self.loan.clone()), ..Subject::default() }
    }

    fn follows(&self, _: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
        Ok(vec![("signed_on", self.signed_on)])
    }

    fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault> {
        let bank = case.loan()?.map(|loan| loan.bank.clone());
        Ok(vec![Need::One(vec![Role::Bank], bank)])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut loan = case.the_loan()?;
        match &self.change {
            LoanChange::Extension { due_on, new_due_on } => {
                reschedule(&mut loan.due, |due| if due == *due_on { *new_due_on } else { due });
            }
            LoanChange::Acceleration { due_on } => {
                reschedule(&mut loan.due, |due| due.min(*due_on));
            }
            LoanChange::Cancellation {} => return cancel(&loan, out),
            LoanChange::PledgeRegistration { pledge, registered_on } => {
                if let Some(pledge) = loan.pledges.get_mut(usize::from(*pledge)) {
                    pledge.registered_on = Some(*registered_on);
                }
            }
        }
        out.touch_id("loan", &loan.loan);
        out.touch_id("party", &loan.bank);
        out.touch_id("borrower", loan.borrower);
        out.put(&loan)
    }
}

/// What an amendment changes.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum LoanChange {
    /// Principal due on one day becomes due later. Counts only if signed before (A11).
    Extension {
        /// The old due date.
        due_on: Day,
        /// The new one.
        new_due_on: Day,
    },
    /// All principal due later becomes due on the day the notice states (A11).
    Acceleration {
        /// That day.
        due_on: Day,
    },
    /// The enrolment was a mistake: nothing was disbursed, and the contract may be enrolled
    /// again.
    // With braces, because serde lets unit variants carry members it does not know.
    Cancellation {},
    /// A pledge was registered (A30).
    PledgeRegistration {
        /// Which, from 0.
        pledge: u16,
        /// When.
        registered_on: Day,
    },
}

/// Moves due dates and merges what then falls on one day.
fn reschedule(due: &mut Vec<Instalment>, moved: impl Fn(Day) -> Day) {
    let mut by_day: alloc::collections::BTreeMap<Day, Amount> = alloc::collections::BTreeMap::new();
    for instalment in due.iter() {
        *by_day.entry(moved(instalment.due_on)).or_default() += instalment.amount;
    }
    *due = by_day.into_iter().map(|(due_on, amount)| Instalment { due_on, amount }).collect();
}

/// Takes the loan out of the library, with its contract's tag.
fn cancel(loan: &Loan, out: &mut Outcome<'_>) -> Result<(), Fault> {
    if let Some(tag) = &loan.contract {
        out.remove_row(Table::Tags, tag.to_string().into_bytes());
    }
    out.remove_row(Table::BankLoans, bank_loan_key(&loan.bank, &loan.borrower, &loan.loan));
    out.touch_id("loan", &loan.loan);
    out.touch_id("party", &loan.bank);
    out.touch_id("borrower", loan.borrower);
    out.remove(loan);
    Ok(())
}
