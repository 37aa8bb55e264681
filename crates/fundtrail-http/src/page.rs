//! Lists of records: a page at a time, behind an opaque cursor.
//!
//! A page is read from one state; the next one from a newer state, beginning after the
//! last key seen. Records are found in the order of their keys. With `as_of` every page is of
//! the same state, once anything dated later is on record.

use axum::Json;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fundtrail_kernel::proofs::last_entry;
use fundtrail_model::port::{Read, Table, past_prefix};
use fundtrail_model::{Day, Fault};
use fundtrail_regulation::state::Record;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::failure::Failure;
use crate::parameters::Known;

/// Items on a page where nothing is said, and at most.
const LIMIT: (usize, usize) = (100, 1000);
/// Rows read at a time.
const PIECE: usize = 256;
/// Rows looked at for one page: a filter that fits little gives a short page and a cursor.
const ROWS_MAX: usize = 20_000;

/// Which page is asked for.
pub(crate) struct Page {
    limit: usize,
    /// The key it begins at, as the page before said.
    from: Option<Vec<u8>>,
    /// The day that was asked for, said again in the answer.
    as_of: Option<Day>,
}

/// A page as it is served.
#[derive(Serialize)]
pub(crate) struct Listed {
    /// The day the state was asked for, if one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<Day>,
    /// Number of entries of the state it was read from.
    size: u64,
    items: Vec<Box<RawValue>>,
    /// Where the next page begins; null after the last.
    next: Option<String>,
}

impl Page {
    /// From `limit`, `cursor` and, where the list has it, `as_of`.
    pub(crate) fn of(known: &Known) -> Result<Page, Failure> {
        let malformed = || Failure::Parameter("cursor".into(), "the \"next\" of the page before");
        let from = known
            .text("cursor")
            .map(|text| URL_SAFE_NO_PAD.decode(text).map_err(|_| malformed()))
            .transpose()?;
        Ok(Page {
            limit: known.limit(LIMIT.0, LIMIT.1)?,
            from,
            as_of: known.day("as_of")?,
        })
    }

    /// The page with nothing on it yet.
    fn begin(&self, read: &dyn Read) -> Result<Listed, Fault> {
        Ok(Listed {
            as_of: self.as_of,
            size: size(read)?,
            items: Vec::new(),
            next: None,
        })
    }

    /// The records under `prefix` that `show` has something to say about.
    pub(crate) fn list<R: Record, T: Serialize>(
        &self,
        read: &dyn Read,
        prefix: &[u8],
        mut show: impl FnMut(R) -> Result<Option<T>, Fault>,
    ) -> Result<Json<Listed>, Failure> {
        let until = if prefix.is_empty() {
            [0xff; 9].to_vec()
        } else {
            past_prefix(prefix)
        };
        self.rows(read, R::TABLE, (prefix, &until), |_, bytes| {
            let record = serde_json::from_slice(bytes)
                .map_err(|error| Fault(format!("{}: {error}", R::TABLE.name())))?;
            show(record)
        })
    }

    /// The rows from one key until another that `show` has something to say about.
    pub(crate) fn rows<T: Serialize>(
        &self,
        read: &dyn Read,
        table: Table,
        (first, until): (&[u8], &[u8]),
        mut show: impl FnMut(&[u8], &[u8]) -> Result<Option<T>, Fault>,
    ) -> Result<Json<Listed>, Failure> {
        let mut from = match &self.from {
            Some(key) if (first..until).contains(&key.as_slice()) => key.clone(),
            Some(_) => {
                return Err(Failure::Parameter(
                    "cursor".into(),
                    "the \"next\" of another list",
                ));
            }
            None => first.to_vec(),
        };
        let mut listed = self.begin(read)?;
        // A cursor names what was shown, and nothing that may not be.
        let (mut seen, mut cursor) = (0, from.clone());
        loop {
            let rows = read.range(table, &from, until, PIECE)?;
            let is_last = rows.len() < PIECE;
            for (key, bytes) in rows {
                let is_enough = seen >= ROWS_MAX && !listed.items.is_empty();
                if listed.items.len() == self.limit || is_enough {
                    listed.next = Some(URL_SAFE_NO_PAD.encode(cursor));
                    return Ok(Json(listed));
                }
                seen += 1;
                from = after(&key);
                if let Some(shown) = show(&key, &bytes)? {
                    listed.items.push(raw(&shown)?);
                    cursor.clone_from(&from);
                }
            }
            if is_last {
                return Ok(Json(listed));
            }
        }
    }

    /// Of a list that is computed, and sorted by `key`, what `show` has something to say of.
    pub(crate) fn sorted<T, S: Serialize>(
        &self,
        read: &dyn Read,
        list: Vec<T>,
        key: impl Fn(&T) -> Vec<u8>,
        mut show: impl FnMut(T) -> Result<Option<S>, Fault>,
    ) -> Result<Json<Listed>, Failure> {
        let mut listed = self.begin(read)?;
        let mut from = self.from.clone().unwrap_or_default();
        for item in list {
            let own = key(&item);
            if own < from {
                continue;
            }
            if listed.items.len() == self.limit {
                listed.next = Some(URL_SAFE_NO_PAD.encode(from));
                break;
            }
            // A cursor names what was shown, and nothing that may not be.
            if let Some(shown) = show(item)? {
                listed.items.push(raw(&shown)?);
                from = after(&own);
            }
        }
        Ok(Json(listed))
    }
}

/// Number of entries of a state.
pub(crate) fn size(read: &dyn Read) -> Result<u64, Fault> {
    Ok(last_entry(read)?.map_or(0, |(index, _)| index + 1))
}

/// The first key after `key`.
fn after(key: &[u8]) -> Vec<u8> {
    [key, &[0]].concat()
}

fn raw<T: Serialize>(value: &T) -> Result<Box<RawValue>, Fault> {
    to_raw_value(value).map_err(|error| Fault(format!("a record has no JSON form: {error}")))
}
