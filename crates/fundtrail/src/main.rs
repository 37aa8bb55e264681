//! The tool of banks, managers and auditors: keys, signatures, submissions, receipts,
//! audits, and the rules as the code has them. It knows no storage.
//!
//! Exit codes: 0 when all is well; 1 when the answer is no (refused, malformed, does not
//! verify, findings); 2 when there is no answer (usage, files, network, a fault).

mod audit;
mod failure;
mod files;
mod key;
mod language;
mod node;
mod policy;
mod receipt;
mod rules;
mod sign;
mod simulate;
mod submit;
mod tag;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::{Answer, Failure};

/// Fundtrail: keys, signatures, submissions, receipts and audits of a fund's ledger.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a key, or show one.
    #[command(subcommand)]
    Key(key::Command),
    /// Print the tag that stands for a borrower in entries.
    Tag(tag::Arguments),
    /// Check a policy file and print it as JSON for `policy_adopt`.
    Policy(policy::Arguments),
    /// Sign a transaction, or add signatures to a submission.
    Sign(sign::Arguments),
    /// Submit to a node, print the verdict, keep the receipt.
    Submit(submit::Arguments),
    /// Verify receipts offline.
    #[command(subcommand)]
    Receipt(receipt::Command),
    /// Audit a whole ledger: every signature, the chain, the tree, every rule.
    Audit(audit::Arguments),
    /// Play scenario files in memory: what would the regulation say?
    Simulate(simulate::Arguments),
    /// Print the rules, kinds, alerts and codes that the code has.
    Rules(rules::Arguments),
}

fn main() -> ExitCode {
    let answer = match Arguments::parse().command {
        Command::Key(command) => key::run(&command),
        Command::Tag(arguments) => tag::run(&arguments),
        Command::Policy(arguments) => policy::run(&arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Submit(arguments) => submit::run(&arguments),
        Command::Receipt(command) => receipt::run(&command),
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
    };
    match answer {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        Err(Failure(why)) => {
            eprintln!("fundtrail: {why}");
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
