//! Words that many operations share: parameters, and a page of a list.

use fundtrail_model::Day;
use utoipa::{IntoParams, ToSchema};

/// Which page of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "only described: the handlers read parameters one by one"
)]
pub(crate) struct Paging {
    /// How many items at most; 100 where nothing is said.
    #[param(minimum = 1, maximum = 1000, example = 100)]
    limit: Option<u32>,
    /// The `next` of the page before.
    #[param(
        pattern = "^([A-Za-z0-9_-]{4})*([A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?$"
    )]
    cursor: Option<String>,
}

/// The day on which the ledger is looked at.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "only described: the handlers read parameters one by one"
)]
pub(crate) struct AsOfDay {
    /// The ledger as it stood on this day, before anything dated later was recorded, and as
    /// it looks on that day. Everything recorded, and today, where nothing is said.
    as_of: Option<Day>,
}

/// A page of a list.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "only described: pages are written from what records are kept as"
)]
pub(crate) struct ListOf<T> {
    /// Number of entries of the state it was read from.
    size: u64,
    /// The day the state was asked for, if one was.
    #[schema(nullable = false)]
    as_of: Option<Day>,
    /// The items, in the order of their keys.
    items: Vec<T>,
    /// Where the next page begins; null after the last.
    next: Option<String>,
}

/// An event of the stream (WHATWG HTML, section 9.2).
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "only described: the stream is written piece by piece"
)]
pub(crate) struct SentEvent {
    /// Index of the entry.
    #[schema(pattern = "^(0|[1-9][0-9]*)$")]
    id: String,
    #[schema(pattern = "^entry$")]
    event: String,
    /// A line of JSON with `index`, `id`, `kind`, `date`, `recorded` and `size`.
    data: String,
}
