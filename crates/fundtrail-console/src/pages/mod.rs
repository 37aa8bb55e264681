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
use axum::routing::{MethodRouter, get};

use crate::trouble::Trouble;

/// The pages, by path.
pub(crate) fn routes() -> Router {
    let table: &[(&str, fn() -> MethodRouter)] = &[
        ("/", || get(overview::page)),
        ("/work", || get(work::list)),
        ("/work/new/{kind}", || get(work::new)),
        ("/work/{draft}", || get(work::draft)),
        ("/reports", || get(reports::list)),
        ("/reports/{period}", || get(reports::one)),
        ("/vouchers/{index}", || get(vouchers::page)),
        ("/verify", || get(verify::page)),
        ("/sign-in", || get(sign_in::page)),
        ("/entries", || get(entries::list)),
        ("/entries/{index}", || get(entry::page)),
        ("/entries/{index}/receipt", || get(entry::receipt)),
        ("/accounts", || get(accounts::list)),
        ("/accounts/{id}", || get(accounts::one)),
        ("/partners", || get(partners::list)),
        ("/partners/{id}", || get(partners::one)),
        ("/borrowers", || get(borrowers::list)),
        ("/borrowers/{tag}", || get(borrowers::one)),
        ("/loans", || get(loans::list)),
        ("/loans/{id}", || get(loans::one)),
        ("/claims", || get(claims::list)),
        ("/claims/{id}", || get(claims::one)),
        ("/recoveries", || get(recoveries::list)),
        ("/recoveries/{id}", || get(recoveries::one)),
        ("/alerts", || get(alerts::list)),
        ("/alerts/{number}", || get(alerts::one)),
        ("/obligations", || get(books::obligations)),
        ("/reconciliation", || get(books::reconciliation)),
        ("/refusals", || get(books::refusals)),
        ("/keys", || get(keys::list)),
        ("/keys/{keyid}", || get(keys::one)),
        ("/policy", || get(law::versions)),
        ("/policy/{version}", || get(law::version)),
        ("/rules", || get(law::rules)),
    ];
    let mut routes = Router::new();
    for (path, page) in table {
        routes = routes.route(path, page());
    }
    routes.method_not_allowed_fallback(async || Trouble::method())
}
