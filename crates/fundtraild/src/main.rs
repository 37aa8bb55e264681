//! `fundtraild`: the node. Configuration and wiring only: what a ledger is, how it is
//! stored and how it is served are other crates' business.
//!
//! This is the one place where the rules and RocksDB meet, each behind a port.

mod backup;
mod configuration;
mod fsck;
mod init;
mod keys;
mod known;
mod logs;
mod restore;
mod serve;
mod storage;
mod witnesses;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use configuration::{Flags, Settings};

/// The ledger node of a risk-compensation fund.
#[derive(Parser)]
#[command(name = "fundtraild", version, about, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes the keys and the configuration of a new ledger, and what its founders sign.
    /// Overwrites nothing.
    Init(init::Flags),
    /// Checks a ledger at rest from its entries' bytes, and names everything that is wrong.
    Fsck(fsck::Flags),
    /// Puts a ledger back into a new directory, from a backup or exported entries, checked.
    /// Overwrites nothing.
    Restore(restore::Flags),
    /// Runs the node until it is told to stop.
    Serve(Flags),
}

/// Why the program ends without having done what it was asked: a sentence for its user.
#[derive(Debug)]
pub(crate) struct Complaint(pub(crate) String);

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Init(flags) => init::init(&flags),
        Command::Fsck(flags) => return fsck::fsck(flags),
        Command::Restore(flags) => restore::restore(flags),
        Command::Serve(flags) => Settings::gather(flags).and_then(|settings| {
            logs::start();
            serve::serve(settings)
        }),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Complaint(sentence)) => {
            eprintln!("fundtraild: {sentence}");
            ExitCode::FAILURE
        }
    }
}
