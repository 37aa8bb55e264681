//! Every path of the node, in one list.
//!
//! A path is added by a handler that describes itself (`#[utoipa::path]`), a line here, and
//! a row in the table of readers. Nothing is routed that is not described: the list has no
//! other way in than `routes!`.

mod backups;
mod batch;
mod description;
mod drafts;
mod entries;
mod events;
mod fund;
mod months;
mod operations;
mod particulars;
mod proofs;
mod reader;
mod records;
mod reports;
mod rules;
mod seals;
mod statements;
mod static_log;
mod submissions;
mod tags;
mod witnesses;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use utoipa::openapi::{OpenApi, OpenApiBuilder};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::app::{App, Limits};
use crate::failure::Failure;

/// The path of lists of submissions, which has bounds of its own.
pub(crate) const BATCH: &str = "/v1/transactions/batch";

/// The path of backups, which take as long as they take.
pub(crate) const BACKUPS: &str = "/v1/backups";

/// The paths, by whether they are bounded.
pub(crate) struct Routes {
    /// What works on the ledger.
    pub(crate) ledger: Router<App>,
    /// What tells how the node is: answers however busy it is.
    pub(crate) operations: Router<App>,
}

/// Every path.
pub(crate) fn all(limits: &Limits) -> Routes {
    Routes {
        ledger: routed(on_the_ledger(limits)),
        operations: routed(on_the_machine().merge(of_the_description())),
    }
}

/// What machines ask of a node.
pub(crate) fn operations() -> Router<App> {
    routed(on_the_machine())
}

/// The paths as their handlers describe them, as the router has them.
pub(crate) fn described() -> OpenApi {
    let all = on_the_ledger(&Limits::default()).merge(on_the_machine());
    all.merge(of_the_description()).into_openapi()
}

fn routed(described: OpenApiRouter<App>) -> Router<App> {
    Router::from(described).method_not_allowed_fallback(wrong_method)
}

async fn wrong_method() -> Failure {
    Failure::Method
}

fn nothing() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(OpenApiBuilder::new().build())
}

fn on_the_ledger(limits: &Limits) -> OpenApiRouter<App> {
    let single = DefaultBodyLimit::max(limits.submission_bytes_max);
    let list = DefaultBodyLimit::max(limits.batch_bytes_max);
    nothing()
        .routes(routes!(submissions::submit))
        .routes(routes!(submissions::check))
        .routes(routes!(tags::tag))
        .routes(routes!(drafts::post, drafts::list))
        .routes(routes!(drafts::sign))
        .routes(routes!(drafts::dry_run::dry_run))
        .layer(single)
        .routes(routes!(drafts::draft, drafts::withdraw))
        .routes(routes!(batch::submit_all).layer(list))
        .routes(routes!(entries::by_transaction))
        .routes(routes!(particulars::particulars))
        .routes(routes!(entries::lines))
        .routes(routes!(entries::by_index))
        .routes(routes!(events::listen))
        .routes(routes!(reader::reader))
        .routes(routes!(backups::back_up))
        .routes(routes!(proofs::inclusion))
        .routes(routes!(proofs::consistency))
        .routes(routes!(statements::statement))
        .routes(routes!(seals::seals))
        .routes(routes!(seals::next))
        .routes(routes!(seals::seal))
        .routes(routes!(fund::fund))
        .routes(routes!(months::months))
        .routes(routes!(records::money::accounts))
        .routes(routes!(records::money::account))
        .routes(routes!(records::parties::partners))
        .routes(routes!(records::parties::partner))
        .routes(routes!(records::parties::borrowers))
        .routes(routes!(records::parties::borrower))
        .routes(routes!(records::lending::loans))
        .routes(routes!(records::lending::loan))
        .routes(routes!(records::lending::claims))
        .routes(routes!(records::lending::claim))
        .routes(routes!(records::lending::recoveries))
        .routes(routes!(records::lending::recovery))
        .routes(routes!(records::money::alerts))
        .routes(routes!(records::money::alert))
        .routes(routes!(records::books::obligations))
        .routes(routes!(records::books::reconciliation))
        .routes(routes!(records::books::refusals))
        .routes(routes!(records::parties::keys))
        .routes(routes!(records::parties::key))
        .routes(routes!(reports::periods))
        .routes(routes!(reports::of_period))
        .routes(routes!(rules::policies))
        .routes(routes!(rules::policy))
        .routes(routes!(rules::rules))
        .routes(routes!(witnesses::witnesses))
        .routes(routes!(static_log::checkpoint))
        .routes(static_log::tiles(routes!(static_log::tile)))
}

fn on_the_machine() -> OpenApiRouter<App> {
    nothing()
        .routes(routes!(operations::healthz))
        .routes(routes!(operations::readyz))
        .routes(routes!(operations::metrics))
}

fn of_the_description() -> OpenApiRouter<App> {
    nothing()
        .routes(routes!(description::openapi))
        .routes(routes!(description::docs))
}
