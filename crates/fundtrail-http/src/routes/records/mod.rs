//! State by kind of record: lists with filters, and single ones.
//!
//! A record is served as it stood on a day, with what follows from it on that day ([`as_of`];
//! now and today where nothing is said), so that a reader need not know the arithmetic.
//!
//! [`as_of`]: crate::as_of

pub(super) mod books;
pub(super) mod lending;
pub(super) mod money;
pub(super) mod parties;
mod ratio;

use axum::Json;
use fundtrail_model::port::Read;
use fundtrail_model::{Day, Id, Tag};
use fundtrail_regulation::state::{Record, View};
use serde::Deserialize;

pub(crate) use money::WithBalance;

use crate::as_of::Dated;
use crate::failure::Failure;
use crate::page::Listed;
use crate::parameters::Known;

type Listing = Result<Json<Listed>, Failure>;
type One<T> = Result<Json<Dated<T>>, Failure>;

/// A list's own parameters and those of every list.
fn listed<'a>(own: &[&'a str]) -> Vec<&'a str> {
    [own, &["as_of", "limit", "cursor"]].concat()
}

fn get<R: Record>(read: &dyn Read, key: &[u8]) -> Result<R, Failure> {
    View::new(read).get(key)?.ok_or_else(missing)
}

fn missing() -> Failure {
    Failure::NotFound("the ledger has nothing of that name".into())
}

fn fits(wanted: Option<&str>, found: &str) -> bool {
    wanted.is_none_or(|wanted| wanted == found)
}

fn id_of(text: &str) -> Result<Id, Failure> {
    Id::parse(text).ok_or_else(|| Failure::Parameter("id".into(), "an id"))
}

fn tag_of(name: &str, text: &str) -> Result<Tag, Failure> {
    Tag::parse(text).ok_or_else(|| Failure::Parameter(name.into(), "64 lower-case hex digits"))
}

/// One of the wire names of a record's enum.
fn choice<T: for<'de> Deserialize<'de>>(known: &Known, name: &str) -> Result<Option<T>, Failure> {
    let malformed = |_| Failure::Parameter(name.into(), "there is no such value");
    let value = |text: &str| serde_json::from_value(text.into()).map_err(malformed);
    known.text(name).map(value).transpose()
}

/// The days from `from` until `until`, both within; all of them where nothing is said.
struct Days {
    from: Option<Day>,
    until: Option<Day>,
}

impl Days {
    fn of(known: &Known) -> Result<Days, Failure> {
        Ok(Days {
            from: known.day("from")?,
            until: known.day("until")?,
        })
    }

    fn has(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}
