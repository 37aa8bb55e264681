//! Every page of the console, in one list: a file for each group of them.

mod accounts;
mod alerts;
mod books;
mod borrowers;
mod claims;
mod entries;
mod entry;
mod keys;
mod law;
mod loans;
mod overview;
mod partners;
mod recoveries;
mod reports;
pub(crate) mod sign_in;
pub(crate) mod trouble;
mod verify;
mod vouchers;
mod work;

use axum::Router;
use axum::routing::get;

use crate::trouble::Trouble;

/// The pages, by path.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/", get(overview::page))
        .route("/work", get(work::list))
        .route("/work/new/{kind}", get(work::new))
        .route("/work/{draft}", get(work::draft))
        .route("/reports", get(reports::list))
        .route("/reports/{period}", get(reports::one))
        .route("/vouchers/{index}", get(vouchers::page))
        .route("/verify", get(verify::page))
        .route("/sign-in", get(sign_in::page))
        .route("/entries", get(entries::list))
        .route("/entries/{index}", get(entry::page))
        .route("/entries/{index}/receipt", get(entry::receipt))
        .route("/accounts", get(accounts::list))
        .route("/accounts/{id}", get(accounts::one))
        .route("/partners", get(partners::list))
        .route("/partners/{id}", get(partners::one))
        .route("/borrowers", get(borrowers::list))
        .route("/borrowers/{tag}", get(borrowers::one))
        .route("/loans", get(loans::list))
        .route("/loans/{id}", get(loans::one))
        .route("/claims", get(claims::list))
        .route("/claims/{id}", get(claims::one))
        .route("/recoveries", get(recoveries::list))
        .route("/recoveries/{id}", get(recoveries::one))
        .route("/alerts", get(alerts::list))
        .route("/alerts/{number}", get(alerts::one))
        .route("/obligations", get(books::obligations))
        .route("/reconciliation", get(books::reconciliation))
        .route("/refusals", get(books::refusals))
        .route("/keys", get(keys::list))
        .route("/keys/{keyid}", get(keys::one))
        .route("/policy", get(law::versions))
        .route("/policy/{version}", get(law::version))
        .route("/rules", get(law::rules))
        .method_not_allowed_fallback(async || Trouble::method())
}
