//! `bank_statement`: the bank states an account's closing balance on a day; a difference from the ledger is an alert.

use super::prelude::*;
use fundtrail_model::port::Table;

use super::filing::file;
use crate::outcome::day_key;

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
        let object = format!("{book}/{}", self.on);
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

/// An account's balance at the close of a business date: what it is now, less what moved
/// on later dates.
fn balance_at_close(view: View<'_>, account: &Id, on: Day) -> Result<Amount, Fault> {
    let now = view.balance(&Account::book_of(account))?;
    let Some(next) = on.plus_days(1) else { return Ok(now) };
    let mut until = pair_key(account.as_bytes(), b"");
    until.extend_from_slice(&[0xff; 5]);
    let later = view.read().range(Table::Movements, &day_key(account, next), &until, usize::MAX)?;
    let mut balance = now;
    for (_, bytes) in later {
        let moved: Book =
            serde_json::from_slice(&bytes).map_err(|error| Fault(format!("movements: {error}")))?;
        balance -= moved.balance;
    }
    Ok(balance)
}
