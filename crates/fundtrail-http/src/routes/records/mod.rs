//! State by kind of record: lists with filters, and single ones.
//!
//! A record is served with what follows from it on a day (`as_of`, today where nothing is
//! said), so that a reader need not know the arithmetic.

mod books;
mod lending;
mod money;
mod parties;

use axum::Json;
use fundtrail_model::port::Read;
use fundtrail_model::{Day, Id, Tag};
use fundtrail_regulation::state::{Record, View};
use serde::Deserialize;

pub(crate) use books::{obligations, reconciliation, refusals};
pub(crate) use lending::{claim, claims, loan, loans, recoveries, recovery};
pub(crate) use money::{WithBalance, account, accounts, alert, alerts};
pub(crate) use parties::{borrower, borrowers, key, keys, partner, partners};

use crate::app::App;
use crate::failure::Failure;
use crate::page::Listed;
use crate::parameters::Known;

type Listing = Result<Json<Listed>, Failure>;
type One<T> = Result<Json<T>, Failure>;

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

/// The day asked for, or today.
fn as_of(app: &App, known: &Known) -> Result<Day, Failure> {
    match known.day("as_of")? {
        Some(day) => Ok(day),
        None => Ok(app.node.clock().now()?.day()),
    }
}
