//! The ledger as it stood on a day of the past, at a cost that does not grow with what came
//! after.
//!
//! What a day means: the longest beginning of the ledger in which no transaction is dated
//! after it. So an entry recorded late, with an early date, is seen from the day on which
//! the ledger had nothing newer before it. With each entry, in the same batch, the kernel
//! writes the value that the entry gave to every row of a state table ([`rows`]), and the
//! entry with which the newest date went on. [`Past`] reads the tables as they were.
//!
//! All of it follows from the entries: [`make`] makes it for a ledger that has none yet.
//! Records of state hold digests and tags, so nothing is kept here that could be erased.

mod making;
mod past;
mod rows;

#[cfg(test)]
mod tests;

use alloc::vec::Vec;

use fundtrail_model::port::{Batch, Read, Table};
use fundtrail_model::{Day, Fault};
use fundtrail_regulation::state::NEWEST_DATE;

pub use making::{is_made, make};
pub use past::Past;

/// Key in [`Table::Meta`]: the form of these rows.
const MADE: &[u8] = b"history";
/// The form that this program writes and reads.
const FORM: &[u8] = b"1";

/// Number of entries of the longest beginning of the ledger in which none is dated after
/// `day`; none where that is the whole ledger.
///
/// # Errors
/// [`Fault`] when the storage cannot be read.
pub fn size_on(read: &dyn Read, day: Day) -> Result<Option<u64>, Fault> {
    let from = day.number().saturating_add(1).to_be_bytes();
    let next = read.range(Table::Days, &from, &[0xff; 5], 1)?;
    let Some((_, index)) = next.into_iter().next() else {
        return Ok(None);
    };
    let index = index.try_into().map(u64::from_be_bytes);
    index
        .map(Some)
        .map_err(|_| Fault("table days: not an index".into()))
}

/// What a key of [`Table::Versions`] names: a table, the key of a row in it, and the index of
/// the entry that left the row so. None where it is not such a key.
pub fn version(key: &[u8]) -> Option<(Table, Vec<u8>, u64)> {
    rows::version(key)
}

/// What entry `index` of that date adds to the history, given its `writes`.
pub(crate) fn record(history: &mut Batch, index: u64, date: Day, writes: &Batch) {
    if index == 0 {
        history.put(Table::Meta, MADE, FORM);
    }
    if writes.pending(Table::Fund, NEWEST_DATE).is_some() {
        history.put(
            Table::Days,
            date.number().to_be_bytes(),
            index.to_be_bytes(),
        );
    }
    for (table, key, value) in writes.iter() {
        if let rows::Sort::Kept(number) = rows::sort(table) {
            history.put(
                Table::Versions,
                rows::key(number, key, index),
                rows::value(value),
            );
        }
    }
}
