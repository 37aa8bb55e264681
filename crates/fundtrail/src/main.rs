//! The tool of banks, managers and auditors: keys, signatures, submissions, receipts,
//! audits, and the rules as the code has them. It knows no storage.
//!
//! Exit codes: 0 when all is well; 1 when the answer is no (refused, malformed, does not
//! verify, findings); 2 when there is no answer (usage, files, network, a fault).

mod audit;
mod backup;
mod bar;
mod books;
mod draft;
mod export;
mod failure;
mod files;
mod key;
mod language;
mod node;
mod particulars;
mod passphrase;
mod policy;
mod receipt;
mod receipt_fetch;
mod rules;
mod seal;
mod sign;
mod simulate;
mod statement;
mod statement_fetch;
mod submit;
mod tag;
mod time;
mod token;
mod witness;

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
    /// Make a key, show one, lock or unlock its file.
    #[command(subcommand)]
    Key(key::Command),
    /// Sign a short-lived token that shows a node who reads.
    Token(token::Arguments),
    /// Print the tag that stands for a borrower in entries.
    Tag(tag::Arguments),
    /// Check a policy file and print it as JSON for `policy_adopt`.
    Policy(policy::Arguments),
    /// Sign a transaction, or add signatures to a submission.
    Sign(sign::Arguments),
    /// Collect signatures at a node: post, list, show, sign and withdraw drafts.
    #[command(subcommand)]
    Draft(draft::Command),
    /// Submit to a node, print the verdict, keep the receipt.
    Submit(submit::Arguments),
    /// Verify receipts offline, or fetch one.
    #[command(subcommand)]
    Receipt(receipt::Command),
    /// Print what a transaction sealed, from a node that lets you see it.
    Particulars(particulars::Arguments),
    /// Verify the statement of an object offline, or fetch one.
    #[command(subcommand)]
    Statement(statement::Command),
    /// Verify what a period seal says of an object, fetch it, or compute a seal.
    #[command(subcommand)]
    Seal(seal::Command),
    /// List what is still owed to the fund and by it, with due dates and days late.
    Obligations(books::Obligations),
    /// Compare bank statements with the ledger, by account and day.
    Reconciliation(books::Reconciliation),
    /// Have a node make a backup of its ledger, on its own machine.
    Backup(backup::Arguments),
    /// Audit a whole ledger: every signature, the chain, the tree, every rule.
    Audit(audit::Arguments),
    /// Take a log's entries away as files, verified; or bring an earlier export up to date.
    Export(export::Arguments),
    /// Be a witness: cosign the checkpoints of logs.
    #[command(subcommand)]
    Witness(witness::Command),
    /// Play scenario files in memory: what would the regulation say?
    Simulate(simulate::Arguments),
    /// Print the rules, kinds, alerts and codes that the code has.
    Rules(rules::Arguments),
}

fn main() -> ExitCode {
    let answer = match Arguments::parse().command {
        Command::Key(command) => key::run(&command),
        Command::Token(arguments) => token::run(&arguments),
        Command::Tag(arguments) => tag::run(&arguments),
        Command::Policy(arguments) => policy::run(&arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Draft(command) => draft::run(&command),
        Command::Submit(arguments) => submit::run(&arguments),
        Command::Receipt(command) => receipt::run(&command),
        Command::Particulars(arguments) => particulars::run(&arguments),
        Command::Statement(command) => statement::run(&command),
        Command::Seal(command) => seal::run(&command),
        Command::Obligations(arguments) => books::obligations(&arguments),
        Command::Reconciliation(arguments) => books::reconciliation(&arguments),
        Command::Backup(arguments) => backup::run(&arguments),
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Witness(command) => witness::run(&command),
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
