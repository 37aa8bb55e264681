//! The developer's commands: `cargo xtask demo`, `test`, `verifiers`, `lint`, `tidy`,
//! `deny`, `bench`, `docs`.
//!
//! One file per command. `setup.rs` installs what a command needs and the machine lacks;
//! `cargo.rs` runs cargo. Nothing here is part of the product: no other crate depends on it.

mod bench;
mod cargo;
mod cargo_tool;
mod demo;
mod deny;
mod docs;
mod fuzz;
mod lint;
mod setup;
mod soak;
mod test;
mod tidy;
mod verifiers;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Why a command stopped, as a sentence for the developer.
type Outcome = Result<(), String>;

/// The developer's commands. Each installs what it needs, or says what to install.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the node and the tools, and run the demonstration
    Demo {
        /// Passed on to the demonstration; `--exit` ends it instead of leaving the node running
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Run all tests
    Test {
        /// Passed on to `cargo test`: names, `-p <crate>`, `-- --nocapture`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Try for a long time to lose, fake or stop something, and print the figures
    Soak {
        /// What to try; everything if nothing is named
        what: Vec<soak::Trial>,
    },
    /// Send the parsers what nobody would, and print what was reached
    Fuzz {
        /// Which targets; all if none is named
        targets: Vec<String>,
        /// How long each runs
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// Afterwards, put the few inputs that reach most into the repository's corpus
        #[arg(long)]
        keep: bool,
    },
    /// Run the tests of the verifiers in Python and JavaScript only
    Verifiers,
    /// Check formatting, clippy with warnings denied, and tidy
    Lint,
    /// Check the rules of the house that the compiler does not know
    Tidy,
    /// Check licences, sources, versions and known faults of the dependencies
    Deny,
    /// Run the benchmarks
    Bench {
        /// Passed on to `cargo bench`: names, `-- --save-baseline main`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Write docs/RULES.md from the rules in the code
    Docs {
        /// Write nothing; fail if the file is out of date
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let outcome = match CommandLine::parse().command {
        Command::Demo { .. } => demo::run(&passed_on()),
        Command::Test { .. } => test::run(&passed_on()),
        Command::Soak { what } => soak::run(&what),
        Command::Fuzz {
            targets,
            seconds,
            keep,
        } => fuzz::run(&targets, seconds, keep),
        Command::Verifiers => verifiers::run(),
        Command::Lint => lint::run(),
        Command::Tidy => tidy::run(),
        Command::Deny => deny::run(),
        Command::Bench { .. } => bench::run(&passed_on()),
        Command::Docs { check } => docs::run(check),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Everything after the command's name, as typed: clap would drop a leading `--`.
fn passed_on() -> Vec<OsString> {
    std::env::args_os().skip(2).collect()
}
