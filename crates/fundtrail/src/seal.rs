//! `fundtrail seal`: what a period seal must contain, and what one says of an object.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use fundtrail_audit::{Export, ProvedSeal, compute_seal, verify_seal};
use fundtrail_regulation::period::Period;
use serde_json::{Value, json};

use crate::failure::{Answer, Ending, Failure};
use crate::files::{self, Trust};
use crate::node::{NodeArgs, answered, encoded};
use crate::statement::grouped;
use crate::time;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Fetch what a period's seal says of an object, as a file that needs nothing else.
    Fetch {
        /// The period: 2022, 2022H1, 2022Q1 or 2022-01.
        period: String,
        /// The object.
        object: String,
        #[command(flatten)]
        node: NodeArgs,
        /// The file; without it, standard output.
        #[arg(long)]
        out: Option<PathBuf>,
        /// The size of the checkpoint to bind it to; without it, the published one.
        #[arg(long)]
        size: Option<u64>,
    },
    /// Verify that a seal has an object with this head and balance, or that it has it not.
    Verify {
        /// The document.
        file: PathBuf,
        #[command(flatten)]
        trust: Trust,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Compute what a seal must contain from an export, offline. The entries are chained
    /// and counted anew, not audited.
    Compute {
        /// A directory with the ledger.
        #[arg(long)]
        dir: PathBuf,
        /// The period to seal.
        #[arg(long)]
        period: String,
        /// Take the first so many entries only, as for a seal that was made then.
        #[arg(long)]
        size: Option<u64>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Ask a node what a seal signed now must contain.
    Next {
        #[command(flatten)]
        node: NodeArgs,
        /// The period to seal.
        #[arg(long)]
        period: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) fn run(command: &Command) -> Ending {
    match command {
        Command::Fetch {
            period,
            object,
            node,
            out,
            size,
        } => {
            let size = size.map_or(String::new(), |size| format!("&size={size}"));
            let (period, object) = (encoded(period), encoded(object));
            let path = format!("/v1/seals/{period}?object={object}{size}");
            let bytes = answered(node.connect()?.get(&path)?)?;
            let text = String::from_utf8(bytes);
            let text = text.map_err(|_| Failure("the answer is not text".into()))?;
            files::put(out.as_deref(), &(text + "\n"))?;
            Ok(Answer::Yes)
        }
        Command::Verify { file, trust, json } => verify(file, trust, *json),
        Command::Compute {
            dir,
            period,
            size,
            json,
        } => compute(dir, period, *size, *json),
        Command::Next { node, period, json } => {
            let path = format!("/v1/seals/next?period={}", encoded(period));
            let next: Value = serde_json::from_slice(&answered(node.connect()?.get(&path)?)?)?;
            files::print(&contents(&next, *json))?;
            Ok(Answer::Yes)
        }
    }
}

fn verify(file: &Path, trust: &Trust, as_json: bool) -> Ending {
    let policy = trust.policy()?;
    let outcome = verify_seal(&files::read(file)?, &policy);
    files::proved(file, "seal", outcome, as_json, shown)
}

fn compute(dir: &Path, period: &str, size: Option<u64>, as_json: bool) -> Ending {
    let why = "a period is written 2022, 2022H1, 2022Q1 or 2022-01";
    let period = Period::parse(period).ok_or_else(|| Failure::at(period, why))?;
    let export = Export::read(dir)?;
    let here = export.entries.len() as u64;
    let size = size.unwrap_or(here);
    let entries = usize::try_from(size)
        .ok()
        .and_then(|size| export.entries.get(..size))
        .ok_or_else(|| Failure::at(dir.display(), format!("there are {here} entries only")))?;
    let tree = match compute_seal(entries) {
        Ok(tree) => tree,
        Err(unproven) => return files::disproved(dir, &unproven, as_json),
    };
    let root = tree.root()?.to_hex();
    let found = json!({ "period": period, "size": size, "root": root, "leaves": tree.leaves() });
    files::print(&contents(&found, as_json))?;
    Ok(Answer::Yes)
}

/// What a seal must contain, and the body to sign.
fn contents(found: &Value, as_json: bool) -> String {
    if as_json {
        return format!("{found:#}\n");
    }
    let (period, size, root) = (&found["period"], &found["size"], &found["root"]);
    let plain = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    format!(
        "period     {}\nentries    {size}\nroot       {}\nobjects    {}\n\
         body       {{\"period\":{period},\"size\":{size},\"root\":{root}}}\n",
        plain(period),
        plain(root),
        found["leaves"],
    )
}

fn shown(proved: &ProvedSeal) -> String {
    let ProvedSeal {
        object,
        period,
        origin,
        index,
        size,
        ..
    } = proved;
    let mut text = match &proved.present {
        Some(head) => format!(
            "verified   the seal of {period} in the ledger {origin} has {object}\n\
             revisions  {}, the newest of them entry {}\nbalance    {}\n",
            head.revision,
            head.entry,
            head.balance.map_or_else(|| "no book".into(), grouped),
        ),
        None => format!(
            "verified   the seal of {period} in the ledger {origin} does not have {object}\n"
        ),
    };
    text += &format!(
        "seal       entry {index}, dated {}, recorded {}, root {}\n",
        proved.date, proved.recorded, proved.seal_root
    );
    text += &format!("checkpoint {size} entries, root {}\n", proved.root);
    for by in &proved.cosigned {
        text += &format!("cosigned   by {} at {}\n", by.witness, time::shown(by.time));
    }
    text
}
