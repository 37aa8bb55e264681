//! `fundtrail audit`: fetches or reads a whole ledger and verifies all of it.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;
use fundtrail_audit::{Export, Progress, audit};
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::note::Note;
use indicatif::{ProgressBar, ProgressStyle};

use crate::failure::{Answer, Ending, Failure};
use crate::files;
use crate::node::{Node, Reply, no_answer};

/// Entries asked for at a time; a node may give fewer.
const PAGE: u64 = 1000;

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The node to fetch the ledger from, as http://host:port.
    #[arg(
        long,
        env = "FUNDTRAIL_NODE",
        conflicts_with = "dir",
        required_unless_present = "dir"
    )]
    node: Option<String>,
    /// A directory with `checkpoint` and `entries.ndjson`, or the latter with the former
    /// beside it.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The log's verifier key, or a file with it. Have it from somewhere else than the node.
    #[arg(long, env = "FUNDTRAIL_LOG_KEY")]
    log_key: String,
    /// A checkpoint kept from an earlier time: the ledger must be a continuation of it.
    #[arg(long)]
    kept: Option<PathBuf>,
    /// Save the ledger that was audited into this directory.
    #[arg(long)]
    save: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Print the two verdicts only.
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Ending {
    let log_key = files::log_key(&arguments.log_key)?;
    let kept = arguments.kept.as_deref().map(files::read).transpose()?;
    let export = match (&arguments.dir, &arguments.node) {
        (Some(path), _) => Export::read(path)?,
        (None, Some(url)) => fetched(&Node::new(url)?)?,
        (None, None) => return Err(Failure("--node or --dir is needed".into())),
    };
    if let Some(directory) = &arguments.save {
        export.write(directory)?;
    }
    let bar = bar("auditing", export.entries.len() as u64);
    let show = |progress: Progress| bar.set_position(progress.done);
    let report = audit(&export, &log_key, kept.as_deref(), &mut { show });
    bar.finish_and_clear();
    let text = if arguments.json {
        serde_json::to_string_pretty(&report)? + "\n"
    } else if arguments.quiet {
        verdicts(&report.to_string())
    } else {
        report.to_string()
    };
    files::print(&text)?;
    Ok(if report.is_clean() {
        Answer::Yes
    } else {
        Answer::No
    })
}

/// The lines of a report that begin with its verdicts.
fn verdicts(report: &str) -> String {
    let wanted = |line: &&str| line.starts_with("INTEGRITY") || line.starts_with("CONFORMITY");
    report
        .lines()
        .filter(wanted)
        .map(|line| line.to_owned() + "\n")
        .collect()
}

/// Fetches the newest checkpoint and the entries under it. A node that has fewer than it
/// signed for is for the audit to find.
fn fetched(node: &Node) -> Result<Export, Failure> {
    let checkpoint = answered(node.get("/checkpoint")?)?;
    let size = size_of(&checkpoint)?;
    let mut export = Export {
        checkpoint,
        entries: Vec::new(),
    };
    let bar = bar("fetching", size);
    loop {
        let from = export.entries.len() as u64;
        let limit = PAGE.min(size.saturating_sub(from));
        if limit == 0 {
            break;
        }
        let page = answered(node.get(&format!("/v1/entries?from={from}&limit={limit}"))?)?;
        if page.is_empty() {
            break;
        }
        export.add_page(&page);
        bar.set_position(export.entries.len() as u64);
    }
    bar.finish_and_clear();
    export.entries.truncate(usize::try_from(size)?);
    Ok(export)
}

/// The size a checkpoint states. Whether it is signed is for the audit to say.
fn size_of(checkpoint: &[u8]) -> Result<u64, Failure> {
    let note =
        Note::parse(checkpoint).map_err(|error| Failure::at("the node's checkpoint", error))?;
    let checkpoint = Checkpoint::parse(note.text());
    let checkpoint = checkpoint.map_err(|error| Failure::at("the node's checkpoint", error))?;
    Ok(checkpoint.size())
}

fn answered(reply: Reply) -> Result<Vec<u8>, Failure> {
    if reply.status == 200 {
        Ok(reply.body)
    } else {
        Err(no_answer(&reply))
    }
}

/// A progress bar on standard error; none where that is not a terminal.
fn bar(what: &'static str, total: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} {elapsed}");
    let bar = ProgressBar::new(total).with_message(what);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
