//! `fundtrail export`: takes a log's entries away as files, verified.

use std::path::PathBuf;

use clap::Args;
use fundtrail_audit::{Finding, Progress, TakeError, Taken, take};

use crate::bar::bar;
use crate::failure::{Answer, Ending, Failure};
use crate::files::{self, Trust};
use crate::node::{NodeArgs, Reply, no_answer};

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    #[command(flatten)]
    node: NodeArgs,
    /// The directory: a new one, or an earlier export, which is brought up to date.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    trust: Trust,
}

pub(crate) fn run(arguments: &Arguments) -> Ending {
    let policy = arguments.trust.policy()?;
    let node = arguments.node.connect()?;
    let checkpoint = node.get("/checkpoint")?;
    let Some(checkpoint) = file(checkpoint)? else {
        return Err(Failure("the log has published no checkpoint".into()));
    };
    let mut fetch = |path: &str| file(node.get(&format!("/{path}"))?);
    let bar = bar("fetching", 0);
    let mut show = |progress: Progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
    };
    let result = take(&arguments.out, &policy, &checkpoint, &mut fetch, &mut show);
    bar.finish_and_clear();
    match result {
        Ok(taken) => {
            files::print(&shown(&taken, arguments))?;
            Ok(Answer::Yes)
        }
        Err(TakeError::Refused(findings)) => {
            files::print(&refused(&findings))?;
            Ok(Answer::No)
        }
        Err(TakeError::Source(failure)) => Err(failure),
        Err(TakeError::Files(error)) => Err(error.into()),
    }
}

/// The findings, and what they mean for the directory.
pub(crate) fn refused(findings: &[Finding]) -> String {
    let lines: String = findings
        .iter()
        .map(|finding| format!("{finding}\n"))
        .collect();
    format!("{lines}nothing was exported; what is in the directory stays as it is\n")
}

fn shown(taken: &Taken, arguments: &Arguments) -> String {
    let (size, root) = (taken.head.size, taken.head.root.to_hex());
    let out = arguments.out.display();
    let added = match taken.before {
        Some(before) => format!(
            "continues the export of {before} entries: {} are new",
            size - before
        ),
        None => "new".into(),
    };
    let fetched = taken.fetched;
    format!(
        "exported   {out}\ncheckpoint {size} entries, root {root}\nsince      {added}\nfetched    {fetched} bundles\n"
    )
}

/// The body of a file that the log has.
fn file(reply: Reply) -> Result<Option<Vec<u8>>, Failure> {
    match reply.status {
        200 => Ok(Some(reply.body)),
        404 => Ok(None),
        _ => Err(no_answer(&reply)),
    }
}
