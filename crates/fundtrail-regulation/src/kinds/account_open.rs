//! `account_open`: names an account of the fund at a bank: the special account, or one placed with a partner bank. Its number is sealed.

use super::prelude::*;

/// Names an account of the fund at a bank: the special account, or one placed with a partner bank. Its number is sealed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountOpen {
    /// Its id.
    pub account: Id,
    /// `main` or `dedicated`.
    pub purpose: AccountUse,
    /// The bank that keeps it.
    pub bank: Id,
}

impl Meaning for AccountOpen {
    const NAME: &'static str = "account_open";
    const ARTICLES: &'static [u8] = &[9];
    const TITLE: Bilingual = Bilingual { zh: "开立账户", en: "Account opening" };

    fn particulars(&self) -> Vec<Particular> {
        vec![Particular::required("account_number", Format::Account)]
    }

    fn subject(&self) -> Subject {
        let creates =
            vec![Creation::of::<Account>(self.account.as_bytes(), format!("account {}", self.account))];
        Subject { party: Some(self.bank.clone()), creates, ..Subject::default() }
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::role(Role::Manager), Need::role(Role::Office)])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        out.touch(Account::book_of(&self.account));
        out.touch_id("party", &self.bank);
        out.put(&Account {
            account: self.account.clone(),
            purpose: self.purpose,
            bank: self.bank.clone(),
            opened_on: case.date(),
        })
    }
}
