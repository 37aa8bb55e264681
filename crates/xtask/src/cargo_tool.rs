//! Cargo's own extensions that other people wrote: installed at one version, once, into the
//! target folder, so that they stay between runs and touch nothing else.

use std::path::PathBuf;

use crate::cargo::{cargo, run, workspace};

/// The program of an extension at exactly that version (`cargo-deny`, `0.20.2`), installed if
/// it is not there.
///
/// # Errors
///
/// It cannot be installed: no network, or it does not compile.
pub(crate) fn cargo_tool(name: &str, version: &str) -> Result<PathBuf, String> {
    let target = workspace()?.target_directory.into_std_path_buf();
    let folder = target.join("tools").join(format!("{name}-{version}"));
    let program = folder.join("bin").join(name);
    // Cargo puts a program there when it is whole.
    if !program.is_file() {
        run(cargo()?
            .args(["install", "--locked", "--quiet", name, "--version", version])
            .arg("--root")
            .arg(&folder))?;
    }
    Ok(program)
}
