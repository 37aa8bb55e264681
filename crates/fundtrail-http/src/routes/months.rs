//! The fund month by month: what there was at each month's end, and what came in and went out
//! by purpose.
//!
//! A month is of the states at its end and at the end of the month before, as `as_of` has
//! them: what is recorded late shows in the month in which it was recorded.

use axum::Json;
use axum::extract::State;
use fundtrail_kernel::history::Past;
use fundtrail_model::port::Read;
use fundtrail_model::{Amount, Day, Fault, amount};
use fundtrail_regulation::period::{Period, Span};
use fundtrail_regulation::report::Totals;
use fundtrail_regulation::state::{Book, View};
use serde::Serialize;
use utoipa::ToSchema;

use super::reports::first_and_last;
use crate::app::App;
use crate::failure::Failure;
use crate::page::size;
use crate::parameters::{Known, Parameters};

/// The most months of one answer.
const MONTHS_MAX: usize = 240;

/// The fund by month.
#[derive(Serialize, ToSchema)]
#[schema(as = FundMonths)]
pub(crate) struct Months {
    /// Number of entries of the state they are worked out from.
    size: u64,
    items: Vec<Month>,
}

/// One month.
#[derive(Serialize, ToSchema)]
#[schema(as = FundMonth)]
struct Month {
    month: Period,
    /// Number of entries at its end.
    size: u64,
    /// Over all accounts, at its end.
    #[serde(with = "amount::signed")]
    balance: Amount,
    /// In this month, each positive where it went its usual way.
    moved: Totals,
}

/// `GET /v1/fund/months?from=&until=`: from the first entry's month, but the newest 240 at
/// most, until the newest date's where nothing is said
#[utoipa::path(
    get,
    path = "/v1/fund/months",
    operation_id = "list_fund_months",
    tag = "records",
    summary = "Balance at the end of each month, and what came in and went out by purpose.",
    params(
        ("from" = Option<String>, Query, pattern = "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$", description = "The first month, such as 2022-01; that of the first entry, or the newest 240, where nothing is said."),
        ("until" = Option<String>, Query, pattern = "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$", description = "The last month; that of the newest date where nothing is said. At most 240 months."),
    ),
    responses(
        (status = 200, body = Months, description = "The months, oldest first."),
    )
)]
pub(crate) async fn months(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<Months>, Failure> {
    let known = parameters.only(&["from", "until"])?;
    let (from, until) = (month(&known, "from")?, month(&known, "until")?);
    app.read(move |read| {
        let size = size(read)?;
        let Some((first, last)) = first_and_last(read)? else {
            let items = Vec::new();
            return Ok(Json(Months { size, items }));
        };
        let containing = |day| Period::containing(day, Span::Month);
        let until = until.or_else(|| containing(last));
        let begin = from.or_else(|| containing(first));
        let mut wanted: Vec<Period> = std::iter::successors(begin, |one| one.next())
            .take_while(|one| until.is_some_and(|until| *one <= until))
            .collect();
        let beyond = wanted.len().saturating_sub(MONTHS_MAX);
        if beyond > 0 && from.is_some() {
            let bound = "at most 240 months in one answer";
            return Err(Failure::Parameter("until".into(), bound));
        }
        wanted.drain(..beyond);
        let before = wanted.first().and_then(|one| one.first_day().plus_days(-1));
        let mut earlier = match before {
            Some(day) => Totals::of(&books(read, day)?.1),
            None => Totals::default(),
        };
        let mut items = Vec::with_capacity(wanted.len());
        for month in wanted {
            let (size, books) = books(read, month.last_day())?;
            let totals = Totals::of(&books);
            let held = books
                .iter()
                .filter(|book| book.book.starts_with("account:"));
            items.push(Month {
                month,
                size,
                balance: held.map(|book| book.balance).sum(),
                moved: totals.less(&earlier),
            });
            earlier = totals;
        }
        Ok(Json(Months { size, items }))
    })
    .await
}

/// The books as they stood on a day, and the number of entries.
fn books(read: &dyn Read, day: Day) -> Result<(u64, Vec<Book>), Fault> {
    match Past::on(read, day)? {
        Some(past) => Ok((past.size(), View::new(&past).list(b"")?)),
        None => Ok((size(read)?, View::new(read).list(b"")?)),
    }
}

fn month(known: &Known, name: &str) -> Result<Option<Period>, Failure> {
    let malformed = || Failure::Parameter(name.into(), "a month, YYYY-MM");
    let read = |text| Period::parse(text).filter(|period| period.span() == Span::Month);
    known
        .text(name)
        .map(|text| read(text).ok_or_else(malformed))
        .transpose()
}
