//! Operation reports on quarters and years, worked out from the ledger's own past.
//!
//! A report is of the state at its close: once anything dated later is on record, it stays as
//! it is.

use axum::Json;
use axum::extract::State;
use fundtrail_kernel::history::{self, Past};
use fundtrail_kernel::proofs::StoredNodes;
use fundtrail_merkle::{Frontier, Hash};
use fundtrail_model::port::{Read, Table};
use fundtrail_model::{Day, Fault};
use fundtrail_regulation::period::{Period, Span};
use fundtrail_regulation::report::{Report, report};
use fundtrail_regulation::state::View;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::failure::Failure;
use crate::page::size;
use crate::parameters::{Parameters, Segment};

/// The periods that have entries.
#[derive(Serialize, ToSchema)]
#[schema(as = ReportList)]
pub(crate) struct Periods {
    /// Number of entries of the state they are worked out from.
    size: u64,
    /// By their first days, a year before its quarters.
    items: Vec<Between>,
}

/// A period and its entries.
#[derive(Serialize, ToSchema)]
#[schema(as = ReportPeriod)]
pub(crate) struct Between {
    period: Period,
    from: Day,
    until: Day,
    /// Number of entries before it.
    opening_size: u64,
    /// Number of entries at its close.
    closing_size: u64,
    /// Whether anything dated later is on record: then nothing is added to it.
    is_closed: bool,
}

/// A report and what it is bound to.
#[derive(Serialize, ToSchema)]
#[schema(as = ReportOfPeriod)]
pub(crate) struct Bound {
    #[serde(flatten)]
    report: Report,
    /// Whether anything dated later is on record: then nothing is added to it.
    is_closed: bool,
    /// The ledger it is of.
    ledger: String,
    /// Root of the tree over the entries until the close, in hex.
    root: String,
}

/// `GET /v1/reports`
#[utoipa::path(
    get,
    path = "/v1/reports",
    operation_id = "list_reports",
    tag = "reports",
    summary = "Quarters and years that can be reported on.",
    responses(
        (status = 200, body = Periods, description = "All of them."),
    )
)]
pub(crate) async fn periods(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<Periods>, Failure> {
    parameters.only(&[])?;
    app.read(|read| {
        let mut items = Vec::new();
        if let Some((first, last)) = first_and_last(read)? {
            for span in [Span::Year, Span::Quarter] {
                let periods =
                    std::iter::successors(Period::containing(first, span), |one| one.next());
                for period in periods.take_while(|one| one.first_day() <= last) {
                    let between = between(read, period)?;
                    if between.opening_size < between.closing_size {
                        items.push(between);
                    }
                }
            }
        }
        items.sort_by_key(|one| (one.from, std::cmp::Reverse(one.until)));
        let size = size(read)?;
        Ok(Json(Periods { size, items }))
    })
    .await
}

/// `GET /v1/reports/{period}`: a quarter or a year
#[utoipa::path(
    get,
    path = "/v1/reports/{period}",
    operation_id = "get_report",
    tag = "reports",
    summary = "The operation report of a quarter or a year.",
    description = "Every figure has the entries it is made of. The entries of a period are those recorded between its opening and its close; what was recorded late is named.",
    params(
        ("period" = String, Path, pattern = "^(19|20|21)[0-9]{2}(Q[1-4])?$", description = "A quarter or a year, such as 2022Q1 or 2022."),
    ),
    responses(
        (status = 200, body = Bound, description = "The report."),
    )
)]
pub(crate) async fn of_period(
    State(app): State<App>,
    Segment(period): Segment,
    parameters: Parameters,
) -> Result<Json<Bound>, Failure> {
    parameters.only(&[])?;
    let malformed = || Failure::Parameter("period".into(), "a quarter or a year, 2022Q1 or 2022");
    let period = Period::parse(&period)
        .filter(|period| matches!(period.span(), Span::Quarter | Span::Year))
        .ok_or_else(malformed)?;
    let origin = app.node().origin().to_owned();
    app.read(move |read| {
        let Between {
            opening_size,
            closing_size,
            is_closed,
            ..
        } = between(read, period)?;
        let has_begun = first_and_last(read)?
            .is_some_and(|(first, last)| first <= period.last_day() && period.first_day() <= last);
        if !has_begun {
            let missing = "the ledger has nothing of that period";
            return Err(Failure::NotFound(missing.into()));
        }
        let (opening, close) = (Past::new(read, opening_size), Past::new(read, closing_size));
        let report = report(
            period,
            (View::new(&opening), opening_size),
            (View::new(&close), closing_size),
        )?;
        Ok(Json(Bound {
            report,
            is_closed,
            ledger: origin,
            root: root(read, closing_size)?.to_string(),
        }))
    })
    .await
}

/// The first and the newest business date on record.
pub(crate) fn first_and_last(read: &dyn Read) -> Result<Option<(Day, Day)>, Fault> {
    let first = read.range(Table::Days, &[], &[0xff; 5], 1)?;
    let Some((_, index)) = first.first() else {
        return Ok(None);
    };
    let index = index.first_chunk().map(|index| u64::from_be_bytes(*index));
    let view = View::new(read);
    let said = fundtrail_regulation::said::said(view, index.unwrap_or_default())?;
    let newest = view.newest_date()?;
    Ok(said.map(|said| said.date).zip(newest))
}

/// A period's entries.
fn between(read: &dyn Read, period: Period) -> Result<Between, Fault> {
    let all = size(read)?;
    let (from, until) = (period.first_day(), period.last_day());
    let opening = match from.plus_days(-1) {
        Some(before) => history::size_on(read, before)?.unwrap_or(all),
        None => 0,
    };
    let close = history::size_on(read, until)?;
    Ok(Between {
        period,
        from,
        until,
        opening_size: opening,
        closing_size: close.unwrap_or(all),
        is_closed: close.is_some(),
    })
}

fn root(read: &dyn Read, size: u64) -> Result<Hash, Fault> {
    Ok(Frontier::load(size, &StoredNodes(read))?.root())
}
