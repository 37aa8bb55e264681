//! Every path of the node, in one list.

mod batch;
mod description;
mod drafts;
mod entries;
mod fund;
mod operations;
mod particulars;
mod proofs;
mod records;
mod rules;
mod seals;
mod statements;
mod static_log;
mod submissions;
mod tags;
mod witnesses;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::app::{App, Limits};
use crate::failure::Failure;

/// The path of lists of submissions, which has bounds of its own.
pub(crate) const BATCH: &str = "/v1/transactions/batch";

/// The paths, by whether they are bounded.
pub(crate) struct Routes {
    /// What works on the ledger.
    pub(crate) ledger: Router<App>,
    /// What tells how the node is: answers however busy it is.
    pub(crate) operations: Router<App>,
}

/// Every path.
pub(crate) fn all(limits: &Limits) -> Routes {
    let single = DefaultBodyLimit::max(limits.submission_bytes_max);
    let list = DefaultBodyLimit::max(limits.batch_bytes_max);
    let ledger = Router::new()
        .route("/v1/transactions", post(submissions::submit))
        .route("/v1/transactions/check", post(submissions::check))
        .route("/v1/tags", post(tags::tag))
        .route("/v1/drafts", post(drafts::post).get(drafts::list))
        .route("/v1/drafts/{id}/signatures", post(drafts::sign))
        .layer(single)
        .route(
            "/v1/drafts/{id}",
            get(drafts::draft).delete(drafts::withdraw),
        )
        .route(BATCH, post(batch::submit_all).layer(list))
        .route("/v1/transactions/{id}", get(entries::by_transaction))
        .route(
            "/v1/transactions/{id}/particulars",
            get(particulars::particulars),
        )
        .route("/v1/entries", get(entries::lines))
        .route("/v1/entries/{index}", get(entries::by_index))
        .route("/v1/proofs/inclusion", get(proofs::inclusion))
        .route("/v1/proofs/consistency", get(proofs::consistency))
        .route("/v1/statements/{object}", get(statements::statement))
        .route("/v1/seals", get(seals::seals))
        .route("/v1/seals/next", get(seals::next))
        .route("/v1/seals/{period}", get(seals::seal))
        .route("/v1/fund", get(fund::fund))
        .route("/v1/accounts", get(records::accounts))
        .route("/v1/accounts/{id}", get(records::account))
        .route("/v1/partners", get(records::partners))
        .route("/v1/partners/{id}", get(records::partner))
        .route("/v1/borrowers", get(records::borrowers))
        .route("/v1/borrowers/{id}", get(records::borrower))
        .route("/v1/loans", get(records::loans))
        .route("/v1/loans/{id}", get(records::loan))
        .route("/v1/claims", get(records::claims))
        .route("/v1/claims/{id}", get(records::claim))
        .route("/v1/recoveries", get(records::recoveries))
        .route("/v1/recoveries/{id}", get(records::recovery))
        .route("/v1/alerts", get(records::alerts))
        .route("/v1/alerts/{id}", get(records::alert))
        .route("/v1/obligations", get(records::obligations))
        .route("/v1/reconciliation", get(records::reconciliation))
        .route("/v1/refusals", get(records::refusals))
        .route("/v1/keys", get(records::keys))
        .route("/v1/keys/{id}", get(records::key))
        .route("/v1/policy", get(rules::policies))
        .route("/v1/policy/{version}", get(rules::policy))
        .route("/v1/rules", get(rules::rules))
        .route("/v1/witnesses", get(witnesses::witnesses))
        .route("/checkpoint", get(static_log::checkpoint))
        .route("/tile/{*position}", static_log::tiles())
        .method_not_allowed_fallback(wrong_method);
    let operations = operations()
        .route("/openapi.json", get(description::openapi))
        .route("/docs", get(description::docs))
        .method_not_allowed_fallback(wrong_method);
    Routes { ledger, operations }
}

/// What machines ask of a node.
pub(crate) fn operations() -> Router<App> {
    Router::new()
        .route("/healthz", get(operations::healthz))
        .route("/readyz", get(operations::readyz))
        .route("/metrics", get(operations::metrics))
        .method_not_allowed_fallback(wrong_method)
}

async fn wrong_method() -> Failure {
    Failure::Method
}
