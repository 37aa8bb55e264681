//! What banks state against what the ledger has (I10): by account and day, the difference,
//! and whether it was cleared.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use fundtrail_model::port::Table;
use fundtrail_model::{Amount, Day, Fault, Id, amount};
use serde::Serialize;

use crate::alerts::RECONCILE_DIFF;
use crate::kinds::{BankStatement, Body};
use crate::outcome::day_key;
use crate::said;
use crate::state::{Account, AlertRecord, Book, Filing, FilingKind, View, pair_key};

/// A bank statement as it was filed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// The account.
    pub account: Id,
    /// The day whose close it states.
    pub on: Day,
    /// What it states.
    pub closing: Amount,
    /// The entry.
    pub entry: u64,
    /// Id of the transaction.
    pub transaction: Id,
}

/// A bank statement beside the ledger as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReconciliationLine))]
pub struct Line {
    /// The account.
    pub account: Id,
    /// The day whose close is compared.
    pub on: Day,
    /// What the bank states.
    pub stated: Amount,
    /// What the ledger has at the close of that business date.
    #[serde(with = "amount::signed")]
    pub ledger: Amount,
    /// Ledger less statement.
    #[serde(with = "amount::signed")]
    pub difference: Amount,
    /// The entry of the statement.
    pub entry: u64,
    /// Id of its transaction.
    pub transaction: Id,
    /// Number of the alert that it raised or found standing, if it differed when recorded.
    pub alert: Option<u64>,
    /// The entry of the later statement for the same close that agreed.
    pub cleared_by: Option<u64>,
}

impl Stated {
    /// The place in the list: account, day, entry.
    pub fn key(&self) -> Vec<u8> {
        let mut key = day_key(&self.account, self.on);
        key.extend_from_slice(&self.entry.to_be_bytes());
        key
    }
}

/// Every bank statement, in the order of [`Stated::key`].
///
/// # Errors
/// [`Fault`] when the storage fails. So for all that follow.
pub fn statements(view: View<'_>) -> Result<Vec<Stated>, Fault> {
    let prefix = pair_key(FilingKind::Statement.name().as_bytes(), b"");
    let mut found = Vec::new();
    for filing in view.list::<Filing>(&prefix)? {
        let Some(said) = said::said(view, filing.entry)? else {
            continue;
        };
        let Body::BankStatement(BankStatement {
            account,
            on,
            closing,
            ..
        }) = said.body
        else {
            continue;
        };
        found.push(Stated {
            account,
            on,
            closing,
            entry: said.entry,
            transaction: said.transaction,
        });
    }
    found.sort_by_cached_key(Stated::key);
    Ok(found)
}

/// Every difference that a statement ever showed, cleared or not.
pub fn differences(view: View<'_>) -> Result<Vec<AlertRecord>, Fault> {
    let mut alerts: Vec<AlertRecord> = view.list(b"n")?;
    alerts.retain(|record| record.alert.code == RECONCILE_DIFF.code);
    Ok(alerts)
}

/// A statement beside the ledger; `differences` are those of the same state.
pub fn compare(view: View<'_>, differences: &[AlertRecord], stated: Stated) -> Result<Line, Fault> {
    let ledger = balance_at_close(view, &stated.account, stated.on)?;
    let object = object_of(&stated.account, stated.on);
    // What stood when this statement had been recorded: raised by it, or before it.
    let differed = differences.iter().find(|record| {
        record.alert.object == object
            && record.entry <= stated.entry
            && record.closed_by.is_none_or(|closed| closed > stated.entry)
    });
    let Stated {
        account,
        on,
        closing,
        entry,
        transaction,
    } = stated;
    Ok(Line {
        account,
        on,
        stated: closing,
        ledger,
        difference: ledger - closing,
        entry,
        transaction,
        alert: differed.map(|record| record.number),
        cleared_by: differed.and_then(|record| record.closed_by),
    })
}

/// The name under which a difference is known.
pub fn object_of(account: &Id, on: Day) -> String {
    format!("{}/{on}", Account::book_of(account))
}

/// An account's balance at the close of a business date: what it is now, less what moved
/// on later dates.
pub fn balance_at_close(view: View<'_>, account: &Id, on: Day) -> Result<Amount, Fault> {
    let now = view.balance(&Account::book_of(account))?;
    let Some(next) = on.plus_days(1) else {
        return Ok(now);
    };
    let mut until = pair_key(account.as_bytes(), b"");
    until.extend_from_slice(&[0xff; 5]);
    let from = day_key(account, next);
    let later = view
        .read()
        .range(Table::Movements, &from, &until, usize::MAX)?;
    let mut balance = now;
    for (_, bytes) in later {
        let moved: Book =
            serde_json::from_slice(&bytes).map_err(|error| Fault(format!("movements: {error}")))?;
        balance -= moved.balance;
    }
    Ok(balance)
}
