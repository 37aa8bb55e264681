//! The entries of a period, as a report looks at them.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use fundtrail_model::port::Table;
use fundtrail_model::{Day, Effects, Entry, Fault, Transaction};

use crate::kinds::{Body, original};
use crate::state::View;

/// An entry of the period.
#[derive(Debug)]
pub struct Fact {
    /// The entry.
    pub index: u64,
    /// Its business date.
    pub date: Day,
    /// What it says; of a reversal, what it takes back.
    pub body: Body,
    /// Whether it takes that back.
    pub is_reversal: bool,
    /// What it did.
    pub effects: Effects,
}

/// The entries from one size to another.
///
/// # Errors
/// [`Fault`] when the storage fails or holds something else there.
pub fn facts(view: View<'_>, from: u64, until: u64) -> Result<Vec<Fact>, Fault> {
    (from..until).map(|index| fact(view, index)).collect()
}

fn fact(view: View<'_>, index: u64) -> Result<Fact, Fault> {
    let unreadable = |what: String| Fault(format!("entry {index}: {what}"));
    let bytes = view.read().get(Table::Entries, &index.to_be_bytes())?;
    let bytes = bytes.ok_or_else(|| unreadable("is missing".into()))?;
    let entry = Entry::parse(&bytes).map_err(|error| unreadable(format!("{error}")))?;
    let transaction = Transaction::parse(&entry.envelope.payload)
        .map_err(|error| unreadable(format!("{error}")))?;
    let body = Body::parse(&transaction).map_err(|error| unreadable(format!("{error}")))?;
    let (body, is_reversal) = match &body {
        Body::Reversal(reversal) => match original(view, &reversal.of)? {
            Some(original) => (original.body, true),
            None => (body, false),
        },
        _ => (body, false),
    };
    Ok(Fact {
        index,
        date: transaction.date,
        body,
        is_reversal,
        effects: entry.effects,
    })
}
