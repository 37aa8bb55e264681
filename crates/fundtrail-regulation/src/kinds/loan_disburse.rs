//! `loan_disburse`: money of an enrolled loan paid out to the borrower. The first disbursement decides which policy version covers the loan (A44).

use super::prelude::*;
use fundtrail_model::Rounding;

use crate::brake;
use crate::case::lost;

/// Money of an enrolled loan paid out to the borrower. The first disbursement decides which policy version covers the loan (A44).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoanDisburse {
    /// The loan.
    pub loan: Id,
    /// How much.
    pub amount: Amount,
    /// When: a time with offset, or a date where the time is not known (A17).
    pub disbursed_at: When,
}

impl Meaning for LoanDisburse {
    const NAME: &'static str = "loan_disburse";
    const ARTICLES: &'static [u8] = &[3, 4, 12, 13];
    const TITLE: Bilingual = Bilingual { zh: "发放贷款", en: "Disbursement" };

    fn subject(&self) -> Subject {
        Subject { loan: Some(self.loan.clone()), ..Subject::default() }
    }

    fn amount(&self) -> Option<Amount> {
        Some(self.amount)
    }

    fn follows(&self, _: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
        Ok(vec![("disbursed_at", self.disbursed_at.day())])
    }

    fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault> {
        let bank = case.loan()?.map(|loan| loan.bank.clone());
        Ok(vec![Need::One(vec![Role::Bank], bank)])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let (mut loan, mut bank) = (case.the_loan()?, case.the_bank()?);
        let object = format!("loan:{}", loan.loan);
        if loan.first_disbursed.is_none() {
            let bound = applying(case.versions()?, self.disbursed_at.day());
            loan.policy = bound.map_or(loan.policy, |version| version.version);
            loan.first_disbursed = Some(self.disbursed_at);
        } else if loan.first_disbursed.is_some_and(|first| self.is_early(first)) {
            loan.earlier_disbursed.push(self.disbursed_at);
        }
        loan.disbursed += self.amount;
        let ip = loan.disbursed.fraction(loan.ip_amount, loan.total, Rounding::HalfUp);
        if loan.counts_for_brake {
            bank.disbursed += self.amount;
            bank.disbursed_ip += ip - loan.disbursed_ip;
        }
        loan.disbursed_ip = ip;
        brake::recount_borrower(case.view, &mut bank, &mut loan, out)?;
        out.touch(object.clone());
        out.touch_id("party", &bank.party);
        out.touch_id("borrower", loan.borrower);
        if brake::suspended_at(&bank, self.disbursed_at).is_some() {
            let figures = Figures::none()
                .with("disbursed_on", self.disbursed_at.day())
                .with("covered", if loan.counts_for_brake { "yes" } else { "no" });
            out.alert(&alerts::NEW_LOAN_WHILE_SUSPENDED, object, None, figures)?;
        }
        brake::watch(case.the_policy()?, &mut bank, case.date(), out)?;
        out.put(&bank)?;
        out.put(&loan)
    }

    fn reversal_blocked(&self, case: &Case<'_>) -> Result<Option<Figures>, Fault> {
        let found: Option<Loan> = case.view.get(self.loan.as_bytes())?;
        let Some(loan) = found.filter(|loan| loan.disbursed >= self.amount) else {
            return Ok(gone());
        };
        // What follows the first disbursement was judged by its moment.
        let is_only_first =
            loan.first_disbursed == Some(self.disbursed_at) && !loan.earlier_disbursed.contains(&self.disbursed_at);
        if is_only_first && loan.disbursed > self.amount {
            return Ok(Some(Figures::none().with("reason", "later disbursements stand")));
        }
        let rest = loan.disbursed.less(self.amount);
        let in_use = !loan.claims.is_empty() || loan.compensated_on.is_some() || loan.repaid > rest;
        Ok(in_use.then(|| Figures::none().with("claims", loan.claims.len()).with("repaid", loan.repaid)))
    }

    fn undo(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let found: Option<Loan> = case.view.get(self.loan.as_bytes())?;
        let mut loan = found.ok_or_else(|| lost("loan"))?;
        let found: Option<Party> = case.view.get(loan.bank.as_bytes())?;
        let mut bank = found.ok_or_else(|| lost("bank"))?;
        loan.disbursed -= self.amount;
        let ip = loan.disbursed.fraction(loan.ip_amount, loan.total, Rounding::HalfUp);
        if loan.counts_for_brake {
            bank.disbursed -= self.amount;
            bank.disbursed_ip -= loan.disbursed_ip - ip;
        }
        loan.disbursed_ip = ip;
        let early = loan.earlier_disbursed.iter().position(|when| *when == self.disbursed_at);
        if let Some(at) = early {
            loan.earlier_disbursed.remove(at);
        }
        if loan.disbursed.is_zero() {
            loan.first_disbursed = None;
            loan.earlier_disbursed.clear();
            loan.counts_for_brake = true;
        }
        brake::recount_borrower(case.view, &mut bank, &mut loan, out)?;
        out.touch_id("loan", &loan.loan);
        out.touch_id("party", &bank.party);
        out.touch_id("borrower", loan.borrower);
        brake::watch(case.the_policy()?, &mut bank, case.date(), out)?;
        out.put(&bank)?;
        out.put(&loan)
    }
}

impl LoanDisburse {
    /// Whether it was in the moment of the one recorded first, or may have been before it.
    fn is_early(&self, first: When) -> bool {
        self.disbursed_at.day() <= first.day()
    }
}
