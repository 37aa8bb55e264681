//! `fundtrail audit`: fetches or reads a whole ledger and verifies all of it.

use std::convert::Infallible;
use std::path::{Path, PathBuf};

use clap::Args;
use fundtrail_audit::{CHECKPOINT_FILE, Export, Kept, Progress, TakeError, audit, take};
use fundtrail_model::LogPolicy;

use crate::bar::bar;
use crate::export::refused;
use crate::failure::{Answer, Ending, Failure};
use crate::files::{self, Trust};
use crate::node::{Node, NodeArgs, answered, checkpoint_of};

/// Entries asked for at a time; a node may give fewer.
const PAGE: u64 = 1000;

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    #[command(flatten)]
    node: NodeArgs,
    /// An export: a directory, or its `entries.ndjson` with `checkpoint` beside it; instead
    /// of a node.
    #[arg(long, conflicts_with = "node")]
    dir: Option<PathBuf>,
    #[command(flatten)]
    trust: Trust,
    /// A checkpoint kept from an earlier time, or an earlier export: the ledger must be a
    /// continuation of it.
    #[arg(long, alias = "kept", value_name = "FILE|DIR")]
    since: Option<PathBuf>,
    /// Save the ledger that was audited into this directory; an export that is there must be
    /// a beginning of it.
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Print the two verdicts only.
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Ending {
    let policy = arguments.trust.policy()?;
    let kept = arguments.since.as_deref().map(kept).transpose()?;
    let export = match &arguments.dir {
        Some(path) => Export::read(path)?,
        None if arguments.node.is_given() => fetched(&arguments.node.connect()?)?,
        None => return Err(Failure("--node or --dir is needed".into())),
    };
    if let Some(directory) = &arguments.save {
        save(&export, directory, &policy)?;
    }
    let bar = bar("auditing", export.entries.len() as u64);
    let show = |progress: Progress| bar.set_position(progress.done);
    let report = audit(&export, &policy, kept.as_ref(), &mut { show });
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

/// What was kept from earlier: a checkpoint, or a whole export.
fn kept(path: &Path) -> Result<Kept, Failure> {
    if path.is_dir() {
        Ok(Kept::of_export(Export::read(path)?))
    } else {
        Ok(Kept::of_checkpoint(files::read(path)?))
    }
}

/// Saves what was fetched before it is judged. What is not what the log signed is evidence:
/// it is written as it is, but never over an export that was there.
fn save(export: &Export, directory: &Path, policy: &LogPolicy) -> Result<(), Failure> {
    let mut have = |path: &str| Ok::<_, Infallible>(export.file(path));
    match take(
        directory,
        policy,
        &export.checkpoint,
        &mut have,
        &mut |_| {},
    ) {
        Ok(_) => Ok(()),
        Err(TakeError::Refused(findings)) if directory.join(CHECKPOINT_FILE).exists() => {
            eprint!("fundtrail: not saved: {}", refused(&findings));
            Ok(())
        }
        Err(TakeError::Refused(_)) => Ok(export.write(directory)?),
        Err(TakeError::Source(never)) => match never {},
        Err(TakeError::Files(error)) => Err(error.into()),
    }
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
    let size = checkpoint_of(&checkpoint)?.size();
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
