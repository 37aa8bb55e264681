//! `fundtrail statement fetch`: a whole statement from a node, in one file.
//!
//! Nothing is verified here, and nothing left out: where the node answers in parts, or
//! leaves the end to its client, the parts are put together.

use std::path::PathBuf;

use clap::Args;
use fundtrail_kernel::seal::SealDocument;
use fundtrail_kernel::statement::{Completeness, Statement, edge_of_proof};
use serde_json::Value;

use crate::failure::{Answer, Ending, Failure};
use crate::files;
use crate::node::{Node, NodeArgs, answered, checkpoint_of, encoded};

/// Entries asked for at a time; a node may give fewer.
const PAGE: u64 = 1000;

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The object: `account:main`, `loan:L1`, `party:BANK`, `borrower:<tag>` and so on.
    object: String,
    #[command(flatten)]
    node: NodeArgs,
    /// The file; without it, standard output.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The size of the checkpoint to bind it to; without it, the published one.
    #[arg(long)]
    size: Option<u64>,
}

pub(crate) fn run(arguments: &Arguments) -> Ending {
    let node = arguments.node.connect()?;
    let object = &arguments.object;
    let path = format!("/v1/statements/{}", encoded(object));
    let query = arguments
        .size
        .map_or(String::new(), |size| format!("?size={size}"));
    let first = answered(node.get(&format!("{path}{query}"))?)?;
    let mut statement = read(&first)?;
    let bytes = if statement.is_whole() && statement.completeness.is_some() {
        first
    } else {
        let size = checkpoint_of(statement.checkpoint.as_bytes())?.size();
        while !statement.is_whole() {
            let from = statement.items.len() + 1;
            let part = format!("{path}?size={size}&from={from}&complete=false");
            let items = read(&answered(node.get(&part)?)?)?.items;
            if items.is_empty() {
                return Err(Failure(format!(
                    "the node has no revision {from} of {object}"
                )));
            }
            statement.items.extend(items);
        }
        if statement.completeness.is_none() {
            statement.completeness = Some(completeness(&node, object, size)?);
        }
        serde_json::to_vec(&statement)?
    };
    let text = String::from_utf8(bytes).map_err(|_| Failure("the answer is not text".into()))?;
    files::put(arguments.out.as_deref(), &(text + "\n"))?;
    Ok(Answer::Yes)
}

/// The end of a statement, put together from what the node says of seals and entries.
fn completeness(node: &Node, object: &str, size: u64) -> Result<Completeness, Failure> {
    let Some((period, from)) = newest_seal(node, size)? else {
        return Ok(Completeness {
            seal: None,
            tail: tail(node, 0, size)?,
            hashes: Vec::new(),
        });
    };
    let path = format!(
        "/v1/seals/{}?object={}&size={size}",
        encoded(&period),
        encoded(object)
    );
    let document = SealDocument::parse(&answered(node.get(&path)?)?)
        .map_err(|error| Failure::at("the node's seal", error))?;
    Ok(Completeness {
        seal: Some(document.place()),
        tail: tail(node, from, size)?,
        hashes: edge_of_proof(from, size, &document.hashes),
    })
}

/// Period and entry of the newest seal below a size.
fn newest_seal(node: &Node, size: u64) -> Result<Option<(String, u64)>, Failure> {
    let mut newest: Option<(String, u64)> = None;
    let mut path = "/v1/seals".to_owned();
    loop {
        let page: Value = serde_json::from_slice(&answered(node.get(&path)?)?)?;
        for seal in page["items"].as_array().into_iter().flatten() {
            let (Some(period), Some(entry)) = (seal["period"].as_str(), seal["entry"].as_u64())
            else {
                return Err(Failure("the node's list of seals is not one".into()));
            };
            if entry < size && newest.as_ref().is_none_or(|(_, newest)| *newest < entry) {
                newest = Some((period.into(), entry));
            }
        }
        match page["next"].as_str() {
            Some(cursor) => path = format!("/v1/seals?cursor={}", encoded(cursor)),
            None => return Ok(newest),
        }
    }
}

/// The exact entries from an index to the end of a tree.
fn tail(node: &Node, from: u64, size: u64) -> Result<Vec<String>, Failure> {
    let mut tail: Vec<String> = Vec::new();
    loop {
        let next = from + tail.len() as u64;
        if next >= size {
            return Ok(tail);
        }
        let limit = PAGE.min(size - next);
        let page = answered(node.get(&format!("/v1/entries?from={next}&limit={limit}"))?)?;
        let page = String::from_utf8(page).map_err(|_| Failure("an entry is not text".into()))?;
        let before = tail.len();
        tail.extend(page.split_terminator('\n').map(str::to_owned));
        if tail.len() == before {
            return Err(Failure(format!("the node has no entry {next}")));
        }
    }
}

fn read(bytes: &[u8]) -> Result<Statement, Failure> {
    Statement::parse(bytes).map_err(|error| Failure::at("the node's statement", error))
}
