//! `cargo xtask lint`: formatting, clippy with warnings denied, tidy, what the dependencies
//! are, and whether the generated documents are those of the code.

use crate::Outcome;
use crate::cargo::{cargo, run as run_command};
use crate::deny;
use crate::docs;
use crate::setup::{self, LINT};
use crate::tidy;

/// Runs all of them even if one fails, so that one round shows everything.
pub(crate) fn run() -> Outcome {
    setup::ensure(LINT)?;
    let outcomes = [
        run_command(cargo()?.args(["fmt", "--all", "--check"])),
        run_command(
            cargo()?
                .args(["clippy", "--workspace", "--all-targets"])
                .args(["--", "-D", "warnings"]),
        ),
        tidy::run(),
        deny::run(),
        docs::run(true),
    ];
    let failures: Vec<String> = outcomes.into_iter().filter_map(Result::err).collect();
    if failures.is_empty() {
        eprintln!("\nLint passed.");
        Ok(())
    } else {
        Err(failures.join("\nxtask: "))
    }
}
