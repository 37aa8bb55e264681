//! `cargo xtask test`: every test of the workspace, with cargo's own output, and those of the
//! verifiers in other languages.

use std::ffi::OsString;
use std::time::Instant;

use crate::Outcome;
use crate::cargo::{cargo, run as run_command};
use crate::fuzz;
use crate::setup::{self, BUILD, TEST};
use crate::verifiers;

pub(crate) fn run(args: &[OsString]) -> Outcome {
    setup::ensure(if args.is_empty() { TEST } else { BUILD })?;
    let started = Instant::now();
    let mut command = cargo()?;
    command.arg("test");
    if !selects_packages(args) {
        command.arg("--workspace");
    }
    command.arg("--no-fail-fast").args(args);
    let mut failures: Vec<String> = run_command(&mut command)
        .map_err(|why| format!("{why}\nSome tests failed; cargo names them above."))
        .err()
        .into_iter()
        .collect();
    if args.is_empty() {
        failures.extend(verifiers::run().err());
        failures.extend(fuzz::shortly().err());
    }
    if !failures.is_empty() {
        return Err(failures.join("\nxtask: "));
    }
    let seconds = started.elapsed().as_secs();
    let which = if args.is_empty() {
        "All"
    } else {
        "The selected"
    };
    eprintln!("\n{which} tests passed in {seconds} s.");
    Ok(())
}

/// Whether the arguments name packages themselves; cargo lets `--workspace` win over `-p`.
fn selects_packages(args: &[OsString]) -> bool {
    args.iter()
        .map(|arg| arg.to_string_lossy())
        .take_while(|arg| arg != "--")
        .any(|arg| {
            let short = arg.starts_with("-p") && !arg.starts_with("--");
            short || arg == "--package" || arg.starts_with("--package=")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selects(args: &[&str]) -> bool {
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        selects_packages(&args)
    }

    #[test]
    fn packages_are_selected_before_the_double_dash_only() {
        assert!(selects(&["-p", "fundtrail-merkle"]));
        assert!(selects(&["-pfundtrail-merkle"]));
        assert!(selects(&["--package=fundtrail-merkle"]));
        assert!(!selects(&[]));
        assert!(!selects(&["inclusion", "--profile", "dev"]));
        assert!(!selects(&["--", "-p"]));
    }
}
