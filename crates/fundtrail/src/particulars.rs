//! `fundtrail particulars`: what a transaction sealed, from a node that lets its reader see it.
//!
//! Each disclosure is held against the digest that the node gives with it, and what it says
//! against the disclosure. That the digest is the transaction's is what a receipt shows.

use std::path::PathBuf;

use clap::Args;
use fundtrail_model::Id;
use fundtrail_model::disclosure::{Disclosure, DisclosureDigest, digest};
use serde::{Deserialize, Serialize};

use crate::failure::{Answer, Ending, Failure};
use crate::files;
use crate::node::{NodeArgs, no_answer};

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The transaction's id.
    id: String,
    #[command(flatten)]
    node: NodeArgs,
    /// One particular, by its name; without it, all.
    #[arg(long)]
    name: Option<String>,
    /// A new file, which only its owner may read; without it, standard output.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// What a transaction sealed, as a node says it. Not `Debug`: values must not reach a log.
#[derive(Serialize, Deserialize)]
struct Particulars {
    transaction: Id,
    particulars: Vec<Opened>,
}

#[derive(Serialize, Deserialize)]
struct Opened {
    name: String,
    digest: DisclosureDigest,
    disclosure: Option<String>,
    value: Option<String>,
    erased_by: Option<u64>,
}

pub(crate) fn run(arguments: &Arguments) -> Ending {
    let id = Id::parse(&arguments.id).ok_or_else(|| Failure::at(&arguments.id, "not an id"))?;
    let query = match &arguments.name {
        Some(name) if !is_name(name) => {
            return Err(Failure::at(name, "not the name of a particular"));
        }
        Some(name) => format!("?name={name}"),
        None => String::new(),
    };
    let node = arguments.node.connect()?;
    let reply = node.get(&format!("/v1/transactions/{id}/particulars{query}"))?;
    if reply.status != 200 {
        return Err(no_answer(&reply));
    }
    let found: Particulars = serde_json::from_slice(&reply.body)
        .map_err(|_| Failure("the node's answer is not one about particulars".into()))?;
    if found.transaction != id {
        return Err(Failure("the node answers for another transaction".into()));
    }
    if let Some(wrong) = found.particulars.iter().find(|one| !one.holds()) {
        eprintln!("{}: the disclosure does not match its digest", wrong.name);
        return Ok(Answer::No);
    }
    let text = serde_json::to_string_pretty(&found)? + "\n";
    match &arguments.out {
        Some(path) => files::write_secret(path, text.as_bytes(), false)?,
        None => files::print(&text)?,
    }
    Ok(Answer::Yes)
}

fn is_name(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"_.".contains(&byte);
    !text.is_empty() && text.bytes().all(known)
}

impl Opened {
    /// Whether what is said is what was sealed, where anything is.
    fn holds(&self) -> bool {
        let Some(text) = &self.disclosure else {
            return self.value.is_none();
        };
        let says = |parsed: Disclosure| {
            parsed.name() == self.name && Some(parsed.value()) == self.value.as_deref()
        };
        digest(text) == self.digest && Disclosure::parse(text).is_ok_and(says)
    }
}
