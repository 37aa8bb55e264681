//! Takes a receipt and the ledger away and verifies them with the auditor's own tool.

use std::fs;
use std::path::Path;
use std::process::Command;

use fundtrail_demo::{HttpTarget, Node};

/// The payment whose receipt is exported: the first compensation of the story.
const RECEIPT_OF: &str = "compensation_pay";

/// Exports a receipt to a file and verifies it without the node.
pub(crate) fn receipt(node: &Node, origin: &str, tool: &Path) -> Result<(), String> {
    let target = HttpTarget::new(&node.url, origin);
    let (status, entries) = target
        .get("/v1/entries?from=0&limit=1000", "application/x-ndjson")
        .map_err(|fault| fault.0)?;
    let index = entries
        .lines()
        .position(|entry| is_kind(entry, RECEIPT_OF))
        .ok_or_else(|| format!("status {status}: no {RECEIPT_OF} among the entries"))?;
    let (_, receipt) = target
        .get(&format!("/v1/entries/{index}"), "text/plain")
        .map_err(|fault| fault.0)?;
    let path = node.data.join(format!("entry-{index}.tlog-proof"));
    fs::write(&path, receipt).map_err(|error| format!("{}: {error}", path.display()))?;
    println!("\nA receipt, verified without the node: {}", path.display());
    let key = log_key_file(node)?;
    run(
        tool,
        &["receipt", "verify"],
        &[&path, Path::new("--log-key"), &key],
    )
}

/// Fetches the whole ledger, then audits what was fetched without looking at the node.
pub(crate) fn ledger(node: &Node, tool: &Path, reader: &Path) -> Result<(), String> {
    let (key, copy) = (log_key_file(node)?, node.data.join("copy"));
    let fetch = ["audit", "--quiet", "--node", &node.url];
    println!("\nThe whole ledger, taken away by the office:");
    run(
        tool,
        &fetch,
        &[
            Path::new("--as"),
            reader,
            Path::new("--log-key"),
            &key,
            Path::new("--save"),
            &copy,
        ],
    )?;
    println!("\nAnd audited again from the files alone:");
    run(
        tool,
        &["audit"],
        &[Path::new("--dir"), &copy, Path::new("--log-key"), &key],
    )
}

fn log_key_file(node: &Node) -> Result<std::path::PathBuf, String> {
    let path = node.data.join("log.vkey");
    let key = node.log_key().map_err(|error| error.to_string())?;
    fs::write(&path, key + "\n").map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

fn run(tool: &Path, words: &[&str], paths: &[&Path]) -> Result<(), String> {
    let shown: Vec<String> = words
        .iter()
        .map(|word| (*word).to_owned())
        .chain(paths.iter().map(|path| path.display().to_string()))
        .collect();
    println!("$ fundtrail {}", shown.join(" "));
    let status = Command::new(tool)
        .args(words)
        .args(paths)
        .status()
        .map_err(|error| format!("{}: {error}", tool.display()))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("fundtrail {} ended with {status}", shown.join(" ")))
    }
}

/// Whether an entry's line is of a kind, told from its signed payload.
fn is_kind(entry: &str, kind: &str) -> bool {
    let Ok(entry) = fundtrail_model::Entry::parse(entry.as_bytes()) else {
        return false;
    };
    fundtrail_model::Transaction::parse(&entry.envelope.payload)
        .is_ok_and(|transaction| transaction.kind == kind)
}
