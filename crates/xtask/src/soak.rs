//! `cargo xtask soak`: the long runs of what `cargo xtask test` tries shortly.

use clap::ValueEnum;

use crate::Outcome;
use crate::cargo::{cargo, run as run_command};
use crate::setup::{self, TEST};
use crate::verifiers;

/// What can be tried for long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Trial {
    /// Every write and sync of a commit, failed in turn
    Crash,
    /// Changed and lost bytes in the files of a ledger
    Corruption,
    /// Backups under load, cut short and spoiled, and coming back from one
    Backup,
    /// Connections and floods that mean harm
    Hostile,
    /// Envelopes that hold, whatever they say
    Envelopes,
    /// Random business steps against a model written apart, then in another build and language
    Model,
}

impl Trial {
    /// The package that does it, its test binary, and the module there.
    const fn place(self) -> [&'static str; 3] {
        match self {
            Self::Crash => ["fundtrail-tests", "robustness", "crash_matrix::"],
            Self::Corruption => ["fundtrail-tests", "robustness", "corruption::"],
            Self::Backup => ["fundtrail-tests", "robustness", "backup::"],
            Self::Hostile => ["fundtrail-tests", "robustness", "hostile::"],
            Self::Envelopes => ["fundtrail-properties", "properties", "envelopes::"],
            Self::Model => ["fundtrail-oracle", "model", ""],
        }
    }
}

pub(crate) fn run(what: &[Trial]) -> Outcome {
    setup::ensure(TEST)?;
    let all = Trial::value_variants();
    for trial in if what.is_empty() { all } else { what } {
        if *trial == Trial::Model {
            model()?;
            continue;
        }
        let [package, binary, module] = trial.place();
        run_command(
            cargo()?
                .args(["test", "-p", package, "--test", binary, module])
                .args(["--", "--nocapture"])
                .env("FUNDTRAIL_SOAK", "1"),
        )?;
    }
    verifiers::ledgers(AUDITED, &["--config", OPTIMISED])
}

const OPTIMISED: &str = "profile.dev.opt-level=3";
/// Ledgers of the model that the verifier in Python audits.
const AUDITED: u64 = 500;

/// Optimised, as the benchmarks are; then what that build left is replayed without any
/// optimisation, and some more ledgers are audited by a verifier that shares no code with this.
fn model() -> Outcome {
    let [package, binary, _] = Trial::Model.place();
    let builds = [
        (OPTIMISED, ["--skip", "another_build"]),
        ("profile.dev.opt-level=0", ["another_build", "--exact"]),
    ];
    for (level, which) in builds {
        run_command(
            cargo()?
                .args(["test", "-p", package, "--test", binary])
                .args(["--config", level, "--", "--nocapture"])
                .args(which)
                .env("FUNDTRAIL_SOAK", "1"),
        )?;
    }
    Ok(())
}
