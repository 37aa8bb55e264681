//! What the API gives, as pages read it: the regulation's own records where it gives those,
//! and here what it puts around and beside them.

use fundtrail_model::{Amount, Day, Figures, Id, KeyId, Moment, amount};
use fundtrail_regulation::obligations::Owed;
use fundtrail_regulation::state::{Account, Borrower, Ledger, Party, Recovery, Role};
use serde::Deserialize;

/// A page of a list.
#[derive(Deserialize)]
pub(crate) struct Listed<T> {
    /// Number of entries of the state it was read from.
    pub(crate) size: u64,
    /// The day that was asked for, where one was.
    #[serde(default)]
    pub(crate) as_of: Option<Day>,
    /// The records.
    pub(crate) items: Vec<T>,
    /// Where the next page begins.
    pub(crate) next: Option<String>,
}

/// What the fund's overview says of the ledger itself.
#[derive(Deserialize)]
pub(crate) struct Founded {
    /// What genesis set; none before it.
    pub(crate) ledger: Option<Ledger>,
}

/// An entry with its proof.
#[derive(Deserialize)]
pub(crate) struct Proved {
    /// Its place.
    pub(crate) index: u64,
    /// The exact text that is hashed.
    pub(crate) entry: String,
    /// The proof.
    pub(crate) receipt: String,
}

/// An account with its balance.
#[derive(Deserialize)]
pub(crate) struct WithBalance {
    /// The account.
    #[serde(flatten)]
    pub(crate) account: Account,
    /// What is on it.
    #[serde(with = "amount::signed")]
    pub(crate) balance: Amount,
}

/// An institution and how it stands on a day.
#[derive(Deserialize)]
pub(crate) struct Standing {
    /// The institution.
    #[serde(flatten)]
    pub(crate) party: Party,
    /// The day.
    pub(crate) as_of: Day,
    /// Whether it is an admitted partner on that day.
    pub(crate) active: bool,
    /// Whether a warning stands.
    pub(crate) warned: bool,
    /// Whether a suspension stands.
    pub(crate) suspended: bool,
    /// A bank's compensation against what it lent.
    pub(crate) ratio: Option<Ratio>,
}

/// A bank's ratio under the policy (Art. 13), as the API works it out.
#[derive(Deserialize)]
pub(crate) struct Ratio {
    /// What counts as compensated.
    #[serde(with = "amount::signed")]
    pub(crate) compensated: Amount,
    /// What counts as lent.
    #[serde(with = "amount::signed")]
    pub(crate) disbursed: Amount,
    /// The line of the warning, in hundredths of a percent.
    pub(crate) warn_bp: u32,
    /// The line of the notice to suspend.
    pub(crate) suspend_bp: u32,
    /// Whether the first is reached.
    pub(crate) warn_reached: bool,
    /// Whether the second is.
    pub(crate) suspend_reached: bool,
}

/// A borrower and how it stands on a day.
#[derive(Deserialize)]
pub(crate) struct BorrowerOn {
    /// The enterprise, by its tag.
    #[serde(flatten)]
    pub(crate) borrower: Borrower,
    /// The day.
    pub(crate) as_of: Day,
    /// Whether it is disqualified on that day.
    pub(crate) blacklisted: bool,
}

/// A recovery and what is owed of it on a day.
#[derive(Deserialize)]
pub(crate) struct Owing {
    /// The recovery.
    #[serde(flatten)]
    pub(crate) recovery: Recovery,
    /// The day.
    pub(crate) as_of: Day,
    /// Due and not yet returned.
    #[serde(with = "amount::signed")]
    pub(crate) owed: Amount,
    /// Calendar days past the deadline while something is owed.
    pub(crate) days_late: i64,
}

/// Something owed, seen on a day.
#[derive(Deserialize)]
pub(crate) struct Obligation {
    /// What sort of thing.
    pub(crate) kind: Owed,
    /// The article it rests on; 0 where it rests on none.
    pub(crate) article: u8,
    /// Who owes it.
    pub(crate) owed_by: Owner,
    /// What it is about.
    pub(crate) object: String,
    /// How much is left of it, where it is money.
    pub(crate) amount: Option<Amount>,
    /// The period it covers.
    pub(crate) period: Option<String>,
    /// Last day to do it in time.
    pub(crate) due: Option<Day>,
    /// Calendar days past that day.
    pub(crate) days_late: Option<i64>,
    /// The entry it follows from.
    pub(crate) entry: Option<u64>,
    /// The kind that answers it.
    pub(crate) answered_by: Option<String>,
    /// Number of the alert, where it is one.
    pub(crate) alert: Option<u64>,
    /// Code of the alert.
    pub(crate) code: Option<String>,
}

/// Who owes something.
#[derive(Deserialize)]
pub(crate) struct Owner {
    /// As what.
    pub(crate) role: Role,
    /// Which institution, where there is exactly one.
    pub(crate) party: Option<Id>,
}

/// A bank statement beside the ledger.
#[derive(Deserialize)]
pub(crate) struct Reconciled {
    /// The account.
    pub(crate) account: Id,
    /// The day whose close is compared.
    pub(crate) on: Day,
    /// What the bank states.
    pub(crate) stated: Amount,
    /// What the ledger has.
    #[serde(with = "amount::signed")]
    pub(crate) ledger: Amount,
    /// Ledger less statement.
    #[serde(with = "amount::signed")]
    pub(crate) difference: Amount,
    /// The entry of the statement.
    pub(crate) entry: u64,
    /// Number of the alert it raised or found standing.
    pub(crate) alert: Option<u64>,
    /// The entry of the later statement that agreed.
    pub(crate) cleared_by: Option<u64>,
}

/// A submission that was refused.
#[derive(Deserialize)]
pub(crate) struct RefusedSubmission {
    /// From 1.
    pub(crate) number: u64,
    /// When it was decided.
    pub(crate) decided: Moment,
    /// Id of the transaction.
    pub(crate) transaction: Id,
    /// Its kind.
    pub(crate) kind: String,
    /// The enrolled keys whose signatures it had.
    pub(crate) keys: Vec<KeyId>,
    /// The parties they sign for.
    pub(crate) parties: Vec<Id>,
    /// Every rule that objected.
    pub(crate) refusals: Vec<Objection>,
}

/// A rule that objected, and on which figures.
#[derive(Deserialize)]
pub(crate) struct Objection {
    /// Stable code.
    pub(crate) code: String,
    /// Article of the text; 0 for rules of the ledger itself.
    pub(crate) article: u8,
    /// The figures that decided it.
    pub(crate) figures: Figures,
}

/// A rule of the regulation.
#[derive(Deserialize)]
pub(crate) struct Rule {
    /// Stable refusal code.
    pub(crate) code: String,
    /// Id in the rule reference.
    pub(crate) rule: String,
    /// Article of the text; 0 for rules of the ledger itself.
    pub(crate) article: u8,
    /// What it says.
    pub(crate) title: Both,
    /// First business date it binds.
    pub(crate) from: Option<Day>,
    /// Last business date it binds.
    pub(crate) until: Option<Day>,
    /// When it is asked.
    pub(crate) stage: String,
    /// The kinds it binds.
    pub(crate) binds: Vec<String>,
}

/// A text in both languages.
#[derive(Clone, Deserialize)]
pub(crate) struct Both {
    /// Chinese.
    pub(crate) zh: String,
    /// English.
    pub(crate) en: String,
}

/// What a transaction sealed.
#[derive(Deserialize)]
pub(crate) struct Particulars {
    /// Each of them.
    pub(crate) particulars: Vec<Particular>,
}

/// One particular.
#[derive(Deserialize)]
pub(crate) struct Particular {
    /// Its name.
    pub(crate) name: String,
    /// What it says, where it is kept.
    pub(crate) value: Option<String>,
    /// The entry that ordered it erased.
    pub(crate) erased_by: Option<u64>,
}

/// Every entry of an object, as far as a page lists them.
#[derive(Deserialize)]
pub(crate) struct Statement {
    /// Number of the object's revisions.
    pub(crate) revisions: u64,
    /// The revisions, oldest first.
    pub(crate) items: Vec<StatementItem>,
}

/// One revision.
#[derive(Deserialize)]
pub(crate) struct StatementItem {
    /// From 1.
    pub(crate) revision: u64,
    /// The exact text of the entry.
    pub(crate) entry: String,
}

impl Both {
    /// The one in a language.
    pub(crate) fn in_words(&self, words: crate::i18n::Words) -> &str {
        match words.lang() {
            crate::i18n::Lang::Zh => &self.zh,
            crate::i18n::Lang::En => &self.en,
        }
    }
}
