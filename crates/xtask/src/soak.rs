//! `cargo xtask soak`: the long runs of what `cargo xtask test` tries shortly.

use clap::ValueEnum;

use crate::Outcome;
use crate::cargo::{cargo, run as run_command};
use crate::setup::{self, BUILD};

/// What can be tried for long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Trial {
    /// Every write and sync of a commit, failed in turn
    Crash,
    /// Changed and lost bytes in the files of a ledger
    Corruption,
    /// Connections and floods that mean harm
    Hostile,
}

impl Trial {
    /// The module of `tests/robustness` that does it.
    const fn module(self) -> &'static str {
        match self {
            Self::Crash => "crash_matrix",
            Self::Corruption => "corruption",
            Self::Hostile => "hostile",
        }
    }
}

pub(crate) fn run(what: &[Trial]) -> Outcome {
    setup::ensure(BUILD)?;
    let all = Trial::value_variants();
    for trial in if what.is_empty() { all } else { what } {
        run_command(
            cargo()?
                .args(["test", "-p", "fundtrail-tests", "--test", "robustness"])
                .args([&format!("{}::", trial.module()), "--", "--nocapture"])
                .env("FUNDTRAIL_SOAK", "1"),
        )?;
    }
    Ok(())
}
