//! `cargo xtask bench`: the benchmarks of `tests/benches`.
//!
//! They run in the dev profile with our own code optimised. The dependencies have the same
//! settings in all our profiles, so the RocksDB that the tests compiled is used again; cargo's
//! bench profile would compile a second one.

use std::ffi::OsString;

use crate::Outcome;
use crate::cargo::{cargo, run as run_command};
use crate::setup::{self, BUILD};

pub(crate) fn run(args: &[OsString]) -> Outcome {
    setup::ensure(BUILD)?;
    // `--bench *`: only the benchmarks; the package's library has a harness that would not
    // understand their arguments.
    run_command(
        cargo()?
            .args(["bench", "--profile", "dev"])
            .args(["--config", "profile.dev.opt-level=3"])
            .args(["-p", "fundtrail-tests", "--bench", "*"])
            .args(args),
    )
}
