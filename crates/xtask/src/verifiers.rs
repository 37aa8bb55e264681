//! `cargo xtask verifiers`: the tests of the verifiers that share no code with this workspace.
//!
//! `verifiers/python` has one dependency, which goes into an environment of its own inside the
//! target directory; it also audits the ledger of every scenario, and ledgers of random business
//! steps, as the model made them.
//! `verifiers/es` has none; its tests run in Node.js and in Chromium. The modules of the console
//! stand on it; theirs run there too, against keys made by OpenSSL.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::cargo::{cargo, run as run_command, workspace};
use crate::setup::{self, Need};

/// Random ledgers that are audited: one for each policy that the model plays under, or more.
const LEDGERS: u64 = 30;

/// All, even if the first fails, so that one round shows everything.
pub(crate) fn run() -> Outcome {
    setup::ensure(&[Need::Python, Need::Node, Need::Chromium])?;
    let metadata = workspace()?;
    let root = metadata.workspace_root.into_std_path_buf();
    let tools = metadata.target_directory.into_std_path_buf().join("tools");
    let outcomes = [
        python(&root, &tools),
        ledgers(LEDGERS, &[]),
        javascript(&root),
        console(&root),
    ];
    let failures: Vec<String> = outcomes.into_iter().filter_map(Result::err).collect();
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures.join("\nxtask: "))
    }
}

fn python(root: &Path, tools: &Path) -> Outcome {
    let package = root.join("verifiers/python");
    let python = environment(&tools.join("verifier-python"), &package)?;
    run_command(
        Command::new(python)
            .current_dir(root)
            .env("PYTHONPATH", &package)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .args(["-m", "unittest", "discover", "-s", "verifiers/python/tests"])
            .args(["-t", "verifiers/python"]),
    )
}

/// Has the model play so many random ledgers, compiled with these options, and the verifier in
/// Python audit each of them, and the ledger of each scenario.
pub(crate) fn ledgers(count: u64, options: &[&str]) -> Outcome {
    setup::ensure(&[Need::Python])?;
    let metadata = workspace()?;
    let root = metadata.workspace_root.into_std_path_buf();
    let target = metadata.target_directory.into_std_path_buf();
    let package = root.join("verifiers/python");
    let python = environment(&target.join("tools/verifier-python"), &package)?;
    let unusable = |error: std::io::Error| format!("{}: {error}", target.display());
    let folder = target.join("ledgers");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(unusable)?;
    }
    run_command(
        cargo()?
            .args([
                "test",
                "--quiet",
                "-p",
                "fundtrail-oracle",
                "--test",
                "model",
            ])
            .args(options)
            .args(["--", "export"])
            .arg(&folder)
            .arg(count.to_string()),
    )?;
    let mut audited = 0;
    for entry in fs::read_dir(&folder).map_err(unusable)? {
        let ledger = entry.map_err(unusable)?.path();
        let output = Command::new(&python)
            .env("PYTHONPATH", &package)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .args(["-m", "fundtrail_verify", "export"])
            .arg(&ledger)
            .arg("--log-key")
            .arg(ledger.join("log-key"))
            .output()
            .map_err(unusable)?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stdout);
            let error = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{}: {said}{error}", ledger.display()));
        }
        audited += 1;
    }
    if audited <= count {
        return Err(format!(
            "{audited} ledgers were audited, {count} of them random: no scenario"
        ));
    }
    println!("verifier in Python: {audited} ledgers audited, {count} of them random, 0 findings");
    Ok(())
}

/// An environment with what the package depends on, made if it is not there.
fn environment(directory: &Path, package: &Path) -> Result<PathBuf, String> {
    let python = directory.join("bin/python");
    let works = Command::new(&python)
        .args(["-c", "import cryptography"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !works {
        run_command(
            Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(directory),
        )?;
        let requirements = package.join("requirements.txt");
        run_command(
            Command::new(&python)
                .args(["-m", "pip", "install", "--quiet"])
                .args(["--disable-pip-version-check", "-r"])
                .arg(requirements),
        )?;
    }
    Ok(python)
}

fn javascript(root: &Path) -> Outcome {
    let mut command = Command::new("node");
    command
        .current_dir(root)
        .arg("--test")
        .arg("verifiers/es/test/vectors.test.js")
        .arg("verifiers/es/test/browser.test.js");
    in_chromium(&mut command);
    run_command(&mut command)
}

/// The modules that the console's pages load.
fn console(root: &Path) -> Outcome {
    let folder = root.join("crates/fundtrail-console/tests/assets");
    let unreadable = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut tests = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.to_string_lossy().ends_with(".test.js") {
            tests.push(path);
        }
    }
    if tests.is_empty() {
        return Err(format!("{}: no tests", folder.display()));
    }
    tests.sort();
    let mut command = Command::new("node");
    command.current_dir(root).arg("--test").args(tests);
    in_chromium(&mut command);
    run_command(&mut command)
}

/// Says which Chromium the tests drive, where it is known.
fn in_chromium(command: &mut Command) {
    if let Some(chromium) = setup::chromium() {
        command.env("CHROMIUM", chromium);
    }
}
