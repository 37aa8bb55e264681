//! `cargo xtask deny`: licences, sources, versions and known faults of the dependencies
//! (`deny.toml`), by cargo-deny.

use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::cargo::{root, run as run_command};
use crate::cargo_tool::cargo_tool;

const VERSION: &str = "0.20.2";

/// Known faults are looked up in the RustSec database, which is elsewhere: where it cannot be
/// had, that is said, and everything else is checked all the same.
pub(crate) fn run() -> Outcome {
    let program = cargo_tool("cargo-deny", VERSION)?;
    deny(&program, &["check", "licenses", "bans", "sources"])?;
    match deny(&program, &["fetch", "db"]) {
        Ok(()) => deny(&program, &["--offline", "check", "advisories"]),
        Err(why) => {
            eprintln!("Known faults were not looked up: {why}");
            Ok(())
        }
    }
}

fn deny(program: &Path, args: &[&str]) -> Outcome {
    let mut command = Command::new(program);
    run_command(command.current_dir(root()?).args(args))
}
