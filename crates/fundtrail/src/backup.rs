//! `fundtrail backup`: has a node make a backup of its ledger, and says where and of what.
//!
//! The backup is made on the node's machine, in the directory that it is configured with.

use clap::Args;
use serde_json::Value;

use crate::failure::{Answer, Ending};
use crate::files;
use crate::node::{NodeArgs, no_answer};

/// Asks for a backup, as the manager or the office.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    #[command(flatten)]
    node: NodeArgs,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The status of a backup that was made.
const MADE: u16 = 201;

pub(crate) fn run(arguments: &Arguments) -> Ending {
    let reply = arguments.node.connect()?.post_once("/v1/backups")?;
    if reply.status != MADE {
        return Err(no_answer(&reply));
    }
    let made = reply.json();
    let text = if arguments.json {
        format!("{made}\n")
    } else {
        lines(&made)
    };
    files::print(&text)?;
    Ok(Answer::Yes)
}

fn lines(made: &Value) -> String {
    let text = |member: &str| match &made[member] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    format!(
        "{}\n{} entries, root {}\n{} files, {} bytes, begun {}\n",
        text("folder"),
        text("size"),
        text("root"),
        text("files"),
        text("bytes"),
        text("made")
    )
}
