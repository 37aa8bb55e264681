//! `cargo xtask demo`: builds the node and the tools, then runs the demonstration.

use std::ffi::OsString;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use cargo_metadata::Message;

use crate::Outcome;
use crate::cargo::{cargo, run as run_command, shown};
use crate::setup::{self, BUILD};

pub(crate) fn run(args: &[OsString]) -> Outcome {
    setup::ensure(BUILD)?;
    eprintln!("Building the node. The first time RocksDB is compiled, for about ten minutes.");
    let fundtraild = build("fundtraild", &["fundtraild", "fundtrail"])?;
    run_command(
        cargo()?
            .args(["run", "--quiet", "-p", "fundtrail-demo", "--"])
            .arg("--fundtraild")
            .arg(fundtraild)
            .args(args),
    )
}

/// Builds `packages` and returns the path of the executable `wanted`. Cargo reports the path,
/// because the target directory, and the folders inside it, depend on configuration.
fn build(wanted: &str, packages: &[&str]) -> Result<PathBuf, String> {
    let mut command = cargo()?;
    command.args(["build", "--message-format=json-render-diagnostics"]);
    for package in packages {
        command.args(["-p", package]);
    }
    executable(&mut command, wanted)?
        .ok_or_else(|| format!("cargo built no executable called {wanted}"))
}

/// Runs a cargo build and picks one executable from its messages.
fn executable(command: &mut Command, wanted: &str) -> Result<Option<PathBuf>, String> {
    let shown = shown(command);
    let failed = |why: String| format!("`{shown}` failed ({why})");
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let mut found = None;
    if let Some(stdout) = child.stdout.take() {
        for message in Message::parse_stream(BufReader::new(stdout)) {
            if let Ok(Message::CompilerArtifact(artifact)) = message
                && artifact.target.name == wanted
                && let Some(path) = artifact.executable
            {
                found = Some(path.into_std_path_buf());
            }
        }
    }
    let status = child.wait().map_err(|error| failed(error.to_string()))?;
    if status.success() {
        Ok(found)
    } else {
        Err(failed(status.to_string()))
    }
}
