//! `fundtrail receipt fetch`: a receipt from a node, as soon as it is as good as it must be.
//!
//! A receipt is there at once, signed by the log. When a quorum of witnesses has cosigned,
//! the node gives one that carries their lines too: this command waits for that one.

use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::Args;
use fundtrail_audit::verify_receipt;
use fundtrail_model::receipt::Receipt;
use fundtrail_model::{Id, LogPolicy};

use crate::failure::{Answer, Ending, Failure};
use crate::files;
use crate::node::{NodeArgs, no_answer};

/// How long to wait before asking again.
const PAUSE: Duration = Duration::from_millis(250);

/// The code of a receipt that lacks witnesses and nothing else.
const NOT_YET: &str = "CHECKPOINT_QUORUM";

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The transaction's id.
    id: String,
    #[command(flatten)]
    node: NodeArgs,
    /// Where to write the receipt.
    #[arg(long)]
    out: PathBuf,
    /// What the receipt must satisfy, a policy file (C2SP tlog-policy): the log, the
    /// witnesses, and how many must have cosigned. Without it nothing is verified.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// How many seconds to wait for the witnesses.
    #[arg(long, value_name = "SECONDS", default_value_t = 0, requires = "policy")]
    wait: u64,
}

pub(crate) fn run(arguments: &Arguments) -> Ending {
    let id = Id::parse(&arguments.id).ok_or_else(|| Failure::at(&arguments.id, "not an id"))?;
    let policy = match &arguments.policy {
        Some(path) => {
            let policy = LogPolicy::parse(&files::read_text(path)?);
            Some(policy.map_err(|error| Failure::at(path.display(), error))?)
        }
        None => None,
    };
    let node = arguments.node.connect()?;
    let (began, patience) = (Instant::now(), Duration::from_secs(arguments.wait));
    loop {
        let reply = node.get(&format!("/v1/transactions/{id}"))?;
        match reply.status {
            200 => {}
            404 => return no(&id, "the node has no transaction of this id"),
            _ => return Err(no_answer(&reply)),
        }
        let document = reply.json();
        let receipt = document.get("receipt").and_then(|text| text.as_str());
        let receipt = receipt.ok_or_else(|| Failure("the node gave no receipt".into()))?;
        match judged(receipt, &id, policy.as_ref()) {
            Ok(said) => {
                files::write(&arguments.out, receipt.as_bytes())?;
                files::print(&format!("{}: {said}\n", arguments.out.display()))?;
                return Ok(Answer::Yes);
            }
            Err((NOT_YET, _)) if began.elapsed() < patience => sleep(PAUSE),
            Err((_, why)) => return no(&id, &why),
        }
    }
}

/// What a receipt proves; or the code and the sentence of why it is not taken.
fn judged(
    receipt: &str,
    id: &Id,
    policy: Option<&LogPolicy>,
) -> Result<String, (&'static str, String)> {
    let Some(policy) = policy else {
        let parsed = Receipt::parse(receipt.as_bytes());
        let parsed = parsed.map_err(|error| (error.code(), error.to_string()))?;
        return Ok(format!("receipt of entry {}, not verified", parsed.index()));
    };
    let proven = verify_receipt(receipt.as_bytes(), policy)
        .map_err(|finding| (finding.code(), finding.to_string()))?;
    if proven.id != *id {
        return Err(("OTHER", format!("it is the receipt of {}", proven.id)));
    }
    Ok(format!(
        "entry {} is in the ledger {}; {} cosigned",
        proven.index,
        proven.origin,
        witnesses(proven.cosigned.len())
    ))
}

fn witnesses(count: usize) -> String {
    match count {
        0 => "no witness".into(),
        1 => "1 witness".into(),
        more => format!("{more} witnesses"),
    }
}

/// The answer is no; nothing is written.
fn no(id: &Id, why: &str) -> Ending {
    eprintln!("{id}: no receipt: {why}");
    Ok(Answer::No)
}
