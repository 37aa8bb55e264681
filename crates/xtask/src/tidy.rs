//! `cargo xtask tidy`: the rules of the house that neither the compiler nor clippy knows.
//!
//! Each rule is a function from text or from the graph of crates to problems; this file reads
//! the workspace, calls them all and prints what they find as `path:line: what is wrong`.
//! What clippy checks (`unwrap`, `todo!`, `dbg!`, missing documentation) is not checked here.

mod arrows;
mod layout;
mod links;
mod rust_text;
mod source;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::cargo::root;

/// Crates that run the same everywhere: no clock, disk, network, randomness or floats.
const PURE: &[&str] = &[
    "fundtrail-merkle",
    "fundtrail-model",
    "fundtrail-regulation",
    "fundtrail-kernel",
];

/// One thing that is wrong: `path:line: sentence`, or `path: sentence`.
type Problem = String;

pub(crate) fn run() -> Outcome {
    eprintln!("$ cargo xtask tidy");
    let root = root()?;
    let files = layout::files(&root)?;
    let sources = read(&root, &files, ".rs")?;
    let pages = read(&root, &files, ".md")?;
    let manifests = read(&root, &files, "Cargo.toml")?;

    let mut problems = arrows::check(&arrows::load()?);
    problems.extend(layout::check(&files, &pages, &manifests));
    problems.extend(source::check(&sources));
    problems.extend(links::check(&root, &pages));

    for problem in &problems {
        eprintln!("{problem}");
    }
    match problems.len() {
        0 => Ok(()),
        1 => Err("tidy found a problem".into()),
        count => Err(format!("tidy found {count} problems")),
    }
}

/// The texts of the files whose names end so, by path from the root.
fn read(root: &Path, files: &[String], end: &str) -> Result<BTreeMap<String, String>, String> {
    files
        .iter()
        .filter(|path| path.ends_with(end))
        .map(|path| match fs::read_to_string(root.join(path)) {
            Ok(text) => Ok((path.clone(), text)),
            Err(error) => Err(format!("cannot read {path}: {error}")),
        })
        .collect()
}
