//! The console's pages over the real API, on a ledger in memory that a scenario was played on,
//! and over an API that answers with hostile texts.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod browser;
mod errors;
mod hostile;
mod markup;
mod overview;
mod pages;
mod played;
mod reports;
mod session;
mod vouchers;
mod walk;
mod work_drafts;
mod work_forms;

/// What every answer of the console says may be loaded: written out here, so that a change of
/// it is seen.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'";
