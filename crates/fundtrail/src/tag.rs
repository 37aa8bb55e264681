//! `fundtrail tag`: what stands for a borrower in entries.

use std::path::{Path, PathBuf};

use clap::Args;
use fundtrail_model::tag::{CREDIT_CODE, TagKey};
use fundtrail_regulation::identifier::credit_code;
use serde_json::{Value, json};

use crate::failure::{Answer, Ending, Failure};
use crate::files;
use crate::node::{Node, NodeArgs, no_answer};

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The enterprise's unified social credit code.
    credit_code: String,
    /// The node that knows the fund's tag key, unless it is given.
    #[command(flatten)]
    node: NodeArgs,
    /// The fund's tag key: 64 hex digits in a file. For the fund manager only.
    #[arg(long)]
    tag_key: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Ending {
    let code = match credit_code::check(&arguments.credit_code) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{}: {error}", error.code());
            return Ok(Answer::No);
        }
    };
    let tag = match &arguments.tag_key {
        Some(path) => tag_key(path)?.tag(CREDIT_CODE, code.as_str()).to_string(),
        None if arguments.node.is_given() => asked(&arguments.node.connect()?, code.as_str())?,
        None => return Err(Failure("--node or --tag-key is needed".into())),
    };
    files::print(&format!("{tag}\n"))?;
    Ok(Answer::Yes)
}

fn asked(node: &Node, code: &str) -> Result<String, Failure> {
    let body = json!({ "credit_code": code }).to_string();
    let reply = node.post("/v1/tags", body.as_bytes())?;
    let answer = reply.json();
    match answer.get("borrower").and_then(Value::as_str) {
        Some(tag) if reply.status == 200 => Ok(tag.into()),
        _ => Err(no_answer(&reply)),
    }
}

fn tag_key(path: &Path) -> Result<TagKey, Failure> {
    let text = files::read_text(path)?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.trim(), &mut bytes)
        .map_err(|_| Failure::at(path.display(), "a tag key is 64 hex digits"))?;
    Ok(TagKey::new(&bytes))
}
