//! Scenarios: the regulation's worked examples, a step a line, as anyone can read them.
//!
//! ```text
//! include setup/fund-active.scn
//! 2022-08-28 claim_submit claim=C1 loan=L1 … => refused NOT_OVERDUE_ENOUGH overdue_days=59
//! 2022-08-29 claim_submit claim=C1 loan=L1 … => recorded alert=NO_RISK_NOTICE
//! expect balance account:main 9400000.00
//! ```
//!
//! A line is signed with throw-away keys by whoever its kind needs, submitted, and its
//! verdict compared with what stands after `=>`. The same files run on a ledger in memory
//! ([`run()`]), on a real node ([`run_on`]), and as the what-if tool ([`simulate()`]).
//! Invariant: the same file always gives the same bytes. Absent on purpose: any rule of
//! the regulation, and any way to write an expectation from what the program says.

mod answer;
mod check;
mod draft;
mod expectation;
mod field;
mod files;
mod mutant;
mod place;
mod read;
mod ring;
mod run;
mod scenario;
mod shadow;
mod simulate;
mod site;
mod value;
mod word;

pub use answer::{Answer, Objection, Target};
pub use draft::{Draft, sign};
pub use expectation::{Expectation, Wanted};
pub use field::{FieldValue, Fields};
pub use mutant::{Mutant, mutants};
pub use place::{Place, ScenarioError};
pub use read::{read, read_text};
pub use ring::{Ring, key};
pub use run::{Line, Played, Report, Run, run, run_on};
pub use scenario::{Action, Check, Scenario, Signers, Step, What};
pub use shadow::Shadow;
pub use simulate::{Language, simulate};
pub use site::{CLOCK, ORIGIN, Site};
