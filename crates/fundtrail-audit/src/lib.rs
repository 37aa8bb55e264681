//! Offline verification: receipts, statements, seals and whole ledgers, from bytes alone.
//!
//! [`audit`] asks two questions and keeps them apart. *Integrity*: are these the entries
//! that were signed, chained, hashed and published? *Conformity*: does the regulation,
//! applied anew to each of them, give the same effects, and do the invariants hold?
//! Neither says whether what was signed is true: see [`report::LIMITS`].
//!
//! Absent on purpose: the network (whoever fetches hands over bytes), any clock, and any
//! trust in the node that the bytes came from. The only thing to be trusted is the log's
//! verifier key, which an auditor has from somewhere else.

mod audit;
mod books;
mod conformity;
mod export;
mod finding;
mod integrity;
mod invariants;
mod keys;
mod procedures;
mod reading;
mod receipt;
pub mod report;
mod seal;
mod since;
mod statement;
mod tail;
mod unproven;

pub use audit::{Progress, audit};
pub use export::{
    BUNDLE_BYTES_MAX, CHECKPOINT_FILE, ENTRIES_FILE, Export, ExportError, Fetched, TakeError,
    Taken, take,
};
pub use finding::{Check, FINDINGS_SHOWN_MAX, Finding, Findings};
pub use invariants::{Invariant, Status};
pub use receipt::{EntrySummary, ReceiptFinding, SignerSummary, verify_receipt};
pub use report::{Head, Report, Verdict};
pub use seal::{ProvedSeal, SealedHead, compute_seal, verify_seal};
pub use since::{Continuation, Kept, Since};
pub use statement::{ProvedStatement, StatementLine, verify_statement};
pub use tail::Ground;
pub use unproven::Unproven;
