//! `reversal`: takes back a mistaken money entry by an opposite one. Both stay visible; the signers of the original sign again, and the office.

use super::prelude::*;
use fundtrail_model::port::Table;
use fundtrail_model::{Entry, Transaction};

use super::Body;
use crate::case::lost;

/// Takes back a mistaken money entry by an opposite one. Both stay visible; the signers of the original sign again, and the office.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reversal {
    /// Id of the transaction to take back.
    pub of: Id,
}

impl Meaning for Reversal {
    const NAME: &'static str = "reversal";
    const ARTICLES: &'static [u8] = &[8];
    const TITLE: Bilingual = Bilingual { zh: "红字冲销", en: "Reversal" };

    fn subject(&self) -> Subject {
        Subject {
            creates: vec![Creation::of::<Reversed>(self.of.as_bytes(), format!("reversal of {}", self.of))],
            ..Subject::default()
        }
    }

    fn follows(&self, case: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
        Ok(original(case.view, &self.of)?.map(|original| ("original", original.transaction.date)).into_iter().collect())
    }

    fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault> {
        let mut needs = match original(case.view, &self.of)? {
            Some(original) => original.body.needs(case)?,
            None => Vec::new(),
        };
        let office = Need::role(Role::Office);
        if !needs.contains(&office) {
            needs.push(office);
        }
        Ok(needs)
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let original = original(case.view, &self.of)?.ok_or_else(|| lost("transaction"))?;
        for posting in &original.entry.effects.postings {
            match posting.book.strip_prefix("account:").and_then(Id::parse) {
                Some(account) => out.post_account(&account, -posting.amount)?,
                None => out.post(&posting.book, -posting.amount)?,
            }
        }
        original.body.undo(case, out)?;
        out.touch_id("transaction", &self.of);
        out.put(&Reversed {
            transaction: self.of.clone(),
            entry: original.entry.index,
            reversed_by: case.index,
        })
    }
}

/// A recorded transaction, read back from its entry.
#[derive(Debug)]
pub struct Original {
    /// The entry.
    pub entry: Entry,
    /// What was signed.
    pub transaction: Transaction,
    /// What it says.
    pub body: Body,
}

/// Reads a recorded transaction by its id.
pub fn original(view: View<'_>, id: &Id) -> Result<Option<Original>, Fault> {
    let read = view.read();
    let Some(row) = read.get(Table::Ids, id.as_bytes())? else { return Ok(None) };
    let unreadable = |what: &str| Fault(format!("transaction {id}: unreadable {what}"));
    let index = row.get(..8).ok_or_else(|| unreadable("id row"))?;
    let bytes = read.get(Table::Entries, index)?.ok_or_else(|| lost("entry"))?;
    let entry: Entry = serde_json::from_slice(&bytes).map_err(|_| unreadable("entry"))?;
    let transaction =
        Transaction::parse(&entry.envelope.payload).map_err(|_| unreadable("payload"))?;
    let body = Body::parse(&transaction).map_err(|_| unreadable("body"))?;
    Ok(Some(Original { entry, transaction, body }))
}

/// What the case's reversal takes back, where the case is a reversal of something recorded.
fn taken_back(case: &Case<'_>) -> Result<Option<Original>, Fault> {
    match case.body {
        Body::Reversal(reversal) => original(case.view, &reversal.of),
        _ => Ok(None),
    }
}

/// The business date of the transaction that a reversal takes back.
pub(super) fn original_date(case: &Case<'_>) -> Result<Day, Fault> {
    Ok(taken_back(case)?.map_or(case.date(), |original| original.transaction.date))
}

/// The entry that a reversal takes back.
pub(super) fn original_index(case: &Case<'_>) -> Result<Option<u64>, Fault> {
    Ok(taken_back(case)?.map(|original| original.entry.index))
}

/// The keys that signed what a reversal takes back.
pub(super) fn original_signers(case: &Case<'_>) -> Result<Option<Vec<Key>>, Fault> {
    let Some(original) = taken_back(case)? else { return Ok(None) };
    let signatures = original.entry.envelope.signatures.iter();
    let keys = signatures.map(|signature| {
        let key: Option<Key> = case.view.get(signature.key_id.to_string().as_bytes())?;
        key.ok_or_else(|| lost("key"))
    });
    keys.collect::<Result<_, _>>().map(Some)
}
