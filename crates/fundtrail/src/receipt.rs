//! `fundtrail receipt`: verifies receipts offline, and fetches them.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Subcommand;
use fundtrail_audit::{EntrySummary, verify_receipt};
use serde_json::json;

use crate::failure::{Answer, Ending};
use crate::files::{self, Trust};
use crate::receipt_fetch;
use crate::time;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Verify that a receipt's entry is in the ledger, and print what it says.
    Verify {
        /// The receipt.
        file: PathBuf,
        #[command(flatten)]
        trust: Trust,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Fetch a transaction's receipt from a node, once enough witnesses cosigned.
    Fetch(receipt_fetch::Arguments),
}

pub(crate) fn run(command: &Command) -> Ending {
    let (file, trust, as_json) = match command {
        Command::Verify { file, trust, json } => (file, trust, json),
        Command::Fetch(arguments) => return receipt_fetch::run(arguments),
    };
    let policy = trust.policy()?;
    match verify_receipt(&files::read(file)?, &policy) {
        Ok(summary) => {
            let text = if *as_json {
                format!("{:#}\n", json!({ "verified": true, "entry": summary }))
            } else {
                shown(&summary)
            };
            files::print(&text)?;
            Ok(Answer::Yes)
        }
        Err(finding) => {
            if *as_json {
                let found = json!({ "verified": false, "code": finding.code(), "detail": finding.to_string() });
                files::print(&format!("{found:#}\n"))?;
            } else {
                eprintln!("{}: does not verify: {finding}", file.display());
            }
            Ok(Answer::No)
        }
    }
}

fn shown(summary: &EntrySummary) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        // Writing to memory cannot fail.
        let _ = writeln!(text, "{name:<10} {value}");
    };
    let EntrySummary {
        origin,
        index,
        size,
        root,
        ..
    } = summary;
    line(
        "verified",
        format!("entry {index} is in the ledger {origin}"),
    );
    line("checkpoint", format!("{size} entries, root {root}"));
    for by in &summary.cosigned {
        line(
            "cosigned",
            format!("by {} at {}", by.witness, time::shown(by.time)),
        );
    }
    line(
        "kind",
        format!(
            "{} · {} · {}",
            summary.kind, summary.title.en, summary.title.zh
        ),
    );
    line("id", summary.id.to_string());
    line("date", summary.date.to_string());
    line("recorded", summary.recorded.to_string());
    for signer in &summary.signers {
        let how = if signer.verified {
            "verified here"
        } else {
            "verified by the node and by audits"
        };
        line("signer", format!("{} ({how})", signer.key));
    }
    for posting in &summary.effects.postings {
        line(
            "posting",
            format!(
                "{} {}, balance {}",
                posting.book, posting.amount, posting.balance
            ),
        );
    }
    for revision in &summary.effects.revisions {
        let before = revision
            .previous
            .map_or("its first".into(), |entry| format!("after entry {entry}"));
        line(
            "revision",
            format!("{} #{} ({before})", revision.object, revision.revision),
        );
    }
    for alert in &summary.effects.alerts {
        line(
            "alert",
            format!(
                "{} {}, owed by {} {}",
                alert.code, alert.object, alert.owed_by, alert.figures
            ),
        );
    }
    text
}
