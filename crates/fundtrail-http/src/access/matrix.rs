//! What each route asks of a reader: one table, and nothing beside it.
//!
//! A route that is not here answers nobody. The table says who is let in; how much of an
//! answer they are given is the handler's, who asks the [`Reader`] about each thing.

use super::{Denied, Reader, Scope};

/// What a route asks of a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing: everybody gets the same.
    Public,
    /// Nothing, but what names a bank or an account is for readers of the whole ledger.
    PublicPart,
    /// A key that stands, whatever its scope: nobody's figures are there, or the handler
    /// shows only what waits for this key.
    Enrolled,
    /// A scope; the handler shows what lies in it.
    Own,
    /// The whole ledger.
    Whole,
}

use Need::{Enrolled, Own, Public, PublicPart, Whole};

/// Method and path as the router has them, and what they ask. `GET` answers `HEAD` too.
///
/// Submissions are open: envelopes are signed, and a stranger's is refused before a figure
/// of the fund is looked at.
#[rustfmt::skip]
pub(crate) const TABLE: &[(&str, &str, Need)] = &[
    ("POST", "/v1/transactions", Public),
    ("POST", "/v1/transactions/check", Public),
    ("POST", "/v1/transactions/batch", Public),
    ("GET", "/v1/transactions/{id}", Own),
    ("GET", "/v1/transactions/{id}/particulars", Own),
    ("GET", "/v1/entries", Whole),
    ("GET", "/v1/entries/{index}", Own),
    // Hashes only, which anybody can work out from the tiles.
    ("GET", "/v1/proofs/inclusion", Enrolled),
    ("GET", "/v1/proofs/consistency", Public),
    ("GET", "/v1/statements/{object}", Own),
    // A period, a size and a root. The leaves of a seal are somebody's.
    ("GET", "/v1/seals", Enrolled),
    ("GET", "/v1/seals/next", Enrolled),
    ("GET", "/v1/seals/{period}", Own),
    ("GET", "/v1/fund", PublicPart),
    // Totals only.
    ("GET", "/v1/fund/months", PublicPart),
    ("GET", "/v1/reports", Whole),
    ("GET", "/v1/reports/{period}", Whole),
    ("GET", "/v1/accounts", Own),
    ("GET", "/v1/accounts/{id}", Own),
    ("GET", "/v1/partners", Own),
    ("GET", "/v1/partners/{id}", Own),
    ("GET", "/v1/borrowers", Own),
    ("GET", "/v1/borrowers/{id}", Own),
    ("GET", "/v1/loans", Own),
    ("GET", "/v1/loans/{id}", Own),
    ("GET", "/v1/claims", Own),
    ("GET", "/v1/claims/{id}", Own),
    ("GET", "/v1/recoveries", Own),
    ("GET", "/v1/recoveries/{id}", Own),
    ("GET", "/v1/alerts", Own),
    ("GET", "/v1/alerts/{id}", Own),
    ("GET", "/v1/obligations", Own),
    ("GET", "/v1/reconciliation", Own),
    // And of these only who runs the ledger.
    ("POST", "/v1/backups", Whole),
    // And of these only who supervises.
    ("GET", "/v1/refusals", Whole),
    ("GET", "/v1/events", Own),
    // What everybody can read of a key, to whom it belongs.
    ("GET", "/v1/reader", Enrolled),
    ("GET", "/v1/keys", Public),
    ("GET", "/v1/keys/{id}", Public),
    ("GET", "/v1/policy", Public),
    ("GET", "/v1/policy/{version}", Public),
    ("GET", "/v1/rules", Public),
    ("GET", "/v1/witnesses", Public),
    // Who can ask for tags can find out whom a tag stands for.
    ("POST", "/v1/tags", Own),
    // Whoever posts shows a token, or a signature on the draft by a key that is enrolled.
    ("POST", "/v1/drafts", Public),
    // A manager to be appointed signs before it is in office.
    ("GET", "/v1/drafts", Enrolled),
    ("GET", "/v1/drafts/{id}", Enrolled),
    ("POST", "/v1/drafts/{id}/signatures", Enrolled),
    ("DELETE", "/v1/drafts/{id}", Enrolled),
    // As much as who posts a draft is told.
    ("POST", "/v1/dry-runs", Enrolled),
    ("GET", "/checkpoint", Public),
    (GET_TILE.0, GET_TILE.1, Public),
    (GET_BUNDLE.0, GET_BUNDLE.1, Whole),
    ("GET", "/healthz", Public),
    ("GET", "/readyz", Public),
    // Counts and times. A machine beside the node asks its own address.
    ("GET", "/metrics", Whole),
    ("GET", "/openapi.json", Public),
    ("GET", "/docs", Public),
];

const GET_TILE: (&str, &str) = ("GET", "/tile/{*position}");
/// Served under the path before it; no route of its own.
const GET_BUNDLE: (&str, &str) = ("GET", "/tile/entries/{*position}");

/// What is asked by a method of a route, `path` being the request's as it came; nothing
/// where the table does not have it.
pub(crate) fn need(method: &str, route: &str, path: &str) -> Option<Need> {
    let method = if method == "HEAD" { "GET" } else { method };
    // Hash tiles begin with their level. What does not, in whatever spelling, may be entries.
    let route = match path.strip_prefix("/tile/") {
        Some(position) if route == GET_TILE.1 && !begins_with_digit(position) => GET_BUNDLE.1,
        _ => route,
    };
    let row = TABLE.iter().find(|row| (row.0, row.1) == (method, route));
    row.map(|row| row.2)
}

/// The methods of a route, for the header `Allow`; none where the table does not have it.
pub(crate) fn methods(route: &str) -> Vec<&'static str> {
    let rows = TABLE.iter().filter(|row| row.1 == route);
    rows.flat_map(|row| match row.0 {
        "GET" => vec!["GET", "HEAD"],
        method => vec![method],
    })
    .collect()
}

impl Need {
    /// Whether a reader is let in.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for the public, `FORBIDDEN` for others.
    pub(crate) fn admits(self, reader: &Reader) -> Result<(), Denied> {
        let admitted = match self {
            Public | PublicPart => true,
            Enrolled => matches!(reader, Reader::Known(_)),
            Own => *reader.scope() != Scope::Nothing,
            Whole => reader.may_read_whole_ledger(),
        };
        match reader {
            _ if admitted => Ok(()),
            Reader::Public => Err(Denied::Unauthenticated),
            Reader::Known(_) => Err(Denied::Forbidden),
        }
    }
}

fn begins_with_digit(text: &str) -> bool {
    text.bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_digit())
}
