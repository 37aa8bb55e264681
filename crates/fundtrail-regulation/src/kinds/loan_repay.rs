//! `loan_repay`: money the borrower paid before any compensation. Its split follows the contract's order, by law costs, interest, principal (A23).

use super::prelude::*;
use crate::case::lost;

/// Money the borrower paid before any compensation. Its split follows the contract's order, by law costs, interest, principal (A23).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoanRepay {
    /// The loan.
    pub loan: Id,
    /// When it arrived.
    pub received_on: Day,
    /// How much.
    pub amount: Amount,
    /// Costs due on that day.
    #[serde(default)]
    pub costs_due: Amount,
    /// Interest and penalties due on that day.
    #[serde(default)]
    pub interest_due: Amount,
    /// The part that pays principal.
    pub principal: Amount,
}

impl Meaning for LoanRepay {
    const NAME: &'static str = "loan_repay";
    const ARTICLES: &'static [u8] = &[12, 15];
    const TITLE: Bilingual = Bilingual { zh: "偿还贷款", en: "Repayment" };

    fn subject(&self) -> Subject {
        Subject { loan: Some(self.loan.clone()), ..Subject::default() }
    }

    fn amount(&self) -> Option<Amount> {
        Some(self.amount)
    }

    fn follows(&self, _: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
        Ok(vec![("received_on", self.received_on)])
    }

    fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault> {
        let bank = case.loan()?.map(|loan| loan.bank.clone());
        Ok(vec![Need::One(vec![Role::Bank], bank)])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut loan = case.the_loan()?;
        loan.repaid += self.principal;
        out.touch_id("loan", &loan.loan);
        out.touch_id("party", &loan.bank);
        out.touch_id("borrower", loan.borrower);
        out.put(&loan)
    }

    fn reversal_blocked(&self, case: &Case<'_>) -> Result<Option<Figures>, Fault> {
        let loan: Option<Loan> = case.view.get(self.loan.as_bytes())?;
        let Some(loan) = loan.filter(|loan| loan.repaid >= self.principal) else {
            return Ok(gone());
        };
        Ok(loan.compensated_on.map(|day| Figures::none().with("compensated_on", day)))
    }

    fn undo(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let found: Option<Loan> = case.view.get(self.loan.as_bytes())?;
        let mut loan = found.ok_or_else(|| lost("loan"))?;
        loan.repaid -= self.principal;
        out.touch_id("loan", &loan.loan);
        out.touch_id("party", &loan.bank);
        out.touch_id("borrower", loan.borrower);
        out.put(&loan)
    }
}

impl LoanRepay {
    /// The principal this repayment pays under an order of repayment.
    pub fn principal_paid(&self, order: RepaymentOrder, outstanding: Amount) -> Amount {
        match order {
            RepaymentOrder::PrincipalFirst => self.amount.min(outstanding),
            RepaymentOrder::CostsInterestPrincipal => {
                self.amount.less(self.costs_due).less(self.interest_due).min(outstanding)
            }
        }
    }
}
