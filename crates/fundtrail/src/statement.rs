//! `fundtrail statement`: verifies the statements of objects offline, and fetches them.

use std::path::PathBuf;

use clap::Subcommand;
use fundtrail_audit::{ProvedStatement, StatementLine, verify_statement};
use fundtrail_model::Amount;

use crate::failure::Ending;
use crate::files::{self, Trust};
use crate::statement_fetch;
use crate::time;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Fetch every entry of an object with proofs, as a file that needs nothing else.
    Fetch(statement_fetch::Arguments),
    /// Verify that a statement is complete and every entry of it is in the ledger.
    Verify {
        /// The statement.
        file: PathBuf,
        #[command(flatten)]
        trust: Trust,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) fn run(command: &Command) -> Ending {
    let (file, trust, as_json) = match command {
        Command::Fetch(arguments) => return statement_fetch::run(arguments),
        Command::Verify { file, trust, json } => (file, trust, *json),
    };
    let policy = trust.policy()?;
    let outcome = verify_statement(&files::read(file)?, &policy);
    files::proved(file, "statement", outcome, as_json, shown)
}

fn shown(proved: &ProvedStatement) -> String {
    let ProvedStatement {
        object,
        origin,
        size,
        ..
    } = proved;
    let what = match proved.revisions {
        0 => format!("no entry of the ledger {origin} concerns {object}"),
        1 => format!("{object} has 1 revision in the ledger {origin}"),
        many => format!("{object} has {many} revisions in the ledger {origin}"),
    };
    let ground = match &proved.seal {
        Some(seal) => format!(
            "the seal of {} (entry {}) and every entry since",
            seal.period, seal.entry
        ),
        None => "every entry of the ledger".into(),
    };
    let mut text = format!("verified   {what}\n");
    if let Some(balance) = proved.balance {
        text += &format!("balance    {}\n", grouped(balance));
    }
    text += &format!("complete   up to {size} entries; it rests on {ground}\n");
    text += &format!("checkpoint {size} entries, root {}\n", proved.root);
    for by in &proved.cosigned {
        text += &format!("cosigned   by {} at {}\n", by.witness, time::shown(by.time));
    }
    if !proved.lines.is_empty() {
        text.push('\n');
        text += &table(&proved.lines);
    }
    text
}

/// A line each; numbers to the right, texts to the left.
fn table(lines: &[StatementLine]) -> String {
    let head = [
        "#",
        "entry",
        "date",
        "kind",
        "amount",
        "balance",
        "transaction",
    ];
    let amount = |amount: Option<Amount>| amount.map_or_else(String::new, grouped);
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(lines.iter().map(|line| {
        [
            line.revision.to_string(),
            line.index.to_string(),
            line.date.to_string(),
            line.kind.into(),
            amount(line.amount),
            amount(line.balance),
            line.id.to_string(),
        ]
    }));
    let is_empty = |at: usize| rows.iter().skip(1).all(|row| row[at].is_empty());
    // What is no book has no columns of money.
    let columns: Vec<usize> = (0..head.len()).filter(|at| !is_empty(*at)).collect();
    let width = |at: usize| rows.iter().map(|row| row[at].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells = columns.iter().map(|at| {
            let (cell, width) = (&row[*at], widths[*at]);
            if ["date", "kind", "transaction"].contains(&head[*at]) {
                format!("{cell:<width$}")
            } else {
                format!("{cell:>width$}")
            }
        });
        text += cells.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
    }
    text
}

/// An amount with its thousands apart.
pub(crate) fn grouped(amount: Amount) -> String {
    let text = amount.to_string();
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |digits| ("-", digits));
    let (yuan, fen) = digits.split_once('.').unwrap_or((digits, "00"));
    let mut grouped = String::from(sign);
    for (at, digit) in yuan.chars().enumerate() {
        if at > 0 && (yuan.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped}.{fen}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (fen, text) in [
            (0, "0.00"),
            (-1, "-0.01"),
            (99_999, "999.99"),
            (100_000, "1,000.00"),
            (-100_000_000, "-1,000,000.00"),
            (123_456_789_012, "1,234,567,890.12"),
        ] {
            assert_eq!(grouped(Amount::from_fen(fen)), text);
        }
    }
}
