//! `bank_statement`: the bank states an account's closing balance on a day; a difference from the ledger is an alert.

use super::filing::file;
use super::prelude::*;
use crate::reconciliation::{balance_at_close, object_of};

/// The bank states an account's closing balance on a day; a difference from the ledger is an alert.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BankStatement {
    /// The account.
    pub account: Id,
    /// The day whose close it states.
    pub on: Day,
    /// The closing balance.
    pub closing: Amount,
    /// The statement.
    pub digest: DocumentDigest,
}

impl Meaning for BankStatement {
    const NAME: &'static str = "bank_statement";
    const ARTICLES: &'static [u8] = &[8, 9];
    const TITLE: Bilingual = Bilingual { zh: "银行对账单", en: "Bank statement" };

    fn subject(&self) -> Subject {
        Subject { accounts: vec![self.account.clone()], ..Subject::default() }
    }

    fn follows(&self, _: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
        Ok(vec![("on", self.on)])
    }

    fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault> {
        let bank = case.account(&self.account)?.map(|account| account.bank);
        Ok(vec![Need::One(vec![Role::Bank], bank)])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let book = Account::book_of(&self.account);
        let ledger = balance_at_close(case.view, &self.account, self.on)?;
        let bank = case.account(&self.account)?.map(|account| account.bank);
        file(case, FilingKind::Statement, bank.as_ref(), Some(&self.digest), out)?;
        out.touch(book.clone());
        let object = object_of(&self.account, self.on);
        if ledger != self.closing {
            let figures = Figures::none()
                .with("on", self.on)
                .with("ledger", ledger)
                .with("statement", self.closing)
                .with("difference", ledger - self.closing);
            out.alert(&alerts::RECONCILE_DIFF, object, None, figures)?;
        } else {
            out.answer(&alerts::RECONCILE_DIFF, &object)?;
        }
        Ok(())
    }
}
