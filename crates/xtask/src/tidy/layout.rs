//! What lies where: the top level of the repository, the size of the map, the lints table.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use super::Problem;

/// Everything the repository may hold at its top.
const TOP_LEVEL: &[&str] = &[
    ".cargo",
    ".ci",
    ".git",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "README.zh-CN.md",
    "SECURITY.md",
    "clippy.toml",
    "deny.toml",
    "crates",
    "docker",
    "docs",
    "keys",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "tests",
    "verifiers",
];

/// The page that says where everything is, and its bound: it must stay readable in one sitting.
const MAP: &str = "docs/ARCHITECTURE.md";
const MAP_LINES_MAX: usize = 249;

pub(super) fn check(
    files: &[String],
    pages: &BTreeMap<String, String>,
    manifests: &BTreeMap<String, String>,
) -> Vec<Problem> {
    let mut problems = top_level(files);
    if let Some(text) = pages.get(MAP) {
        problems.extend(map_too_long(text));
    }
    for (path, text) in manifests {
        problems.extend(lints_not_shared(path, text));
    }
    problems
}

/// The files of the repository, by path from its root: tracked, or new and not ignored.
pub(super) fn files(root: &Path) -> Result<Vec<String>, String> {
    let listed = Command::new("git")
        .current_dir(root)
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok());
    let mut files: Vec<String> = match listed {
        Some(list) => list.split_terminator('\0').map(str::to_owned).collect(),
        // No git, or no repository: an unpacked archive.
        None => walk(root, "")?,
    };
    files.retain(|path| root.join(path).is_file()); // deleted, but not yet committed
    files.sort();
    files.dedup();
    Ok(files)
}

fn walk(root: &Path, under: &str) -> Result<Vec<String>, String> {
    let mut files = Vec::new();
    let dir = root.join(under);
    let unreadable = |error: std::io::Error| format!("cannot read {}: {error}", dir.display());
    for entry in fs::read_dir(&dir).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if under.is_empty() {
            name.clone()
        } else {
            format!("{under}/{name}")
        };
        if !entry.path().is_dir() {
            files.push(path);
        } else if name != "target" && name != ".git" {
            files.extend(walk(root, &path)?);
        }
    }
    Ok(files)
}

fn top_level(files: &[String]) -> Vec<Problem> {
    let entries: BTreeSet<&str> = files
        .iter()
        .filter_map(|path| path.split('/').next())
        .collect();
    entries
        .into_iter()
        .filter(|entry| !TOP_LEVEL.contains(entry))
        .map(|entry| format!("{entry}: does not belong at the top of the repository"))
        .collect()
}

fn map_too_long(text: &str) -> Option<Problem> {
    let lines = text.lines().count();
    (lines > MAP_LINES_MAX)
        .then(|| format!("{MAP}: {lines} lines; more than {MAP_LINES_MAX} are no map any more"))
}

/// Without this table a crate escapes every lint of the workspace, silently.
fn lints_not_shared(path: &str, manifest: &str) -> Option<Problem> {
    let is_crate = manifest.lines().any(|line| line.trim() == "[package]");
    let shares = manifest
        .lines()
        .skip_while(|line| line.trim() != "[lints]")
        .skip(1)
        .take_while(|line| !line.trim_start().starts_with('['))
        .any(|line| line.replace(' ', "") == "workspace=true");
    (is_crate && !shares).then(|| format!("{path}: must say `[lints]` `workspace = true`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_at_the_top_are_named_once() {
        let files = ["Cargo.toml", "docs/a.md", "notes/a.txt", "notes/b.txt"].map(String::from);
        assert_eq!(
            top_level(&files),
            ["notes: does not belong at the top of the repository"]
        );
    }

    #[test]
    fn the_map_may_have_249_lines() {
        assert_eq!(map_too_long(&"line\n".repeat(249)), None);
        assert!(map_too_long(&"line\n".repeat(250)).is_some());
    }

    #[test]
    fn a_crate_must_share_the_lints() {
        let good = "[package]\nname = \"a\"\n\n[lints]\nworkspace = true\n";
        let none = "[package]\nname = \"a\"\n";
        let elsewhere = "[package]\n[lints]\n[dependencies]\nworkspace = true\n";
        assert_eq!(lints_not_shared("Cargo.toml", good), None);
        assert!(lints_not_shared("Cargo.toml", none).is_some());
        assert!(lints_not_shared("Cargo.toml", elsewhere).is_some());
        assert_eq!(lints_not_shared("Cargo.toml", "[workspace]\n"), None);
    }
}
