//! `cargo xtask fuzz`: the targets of `tests/fuzz`, by libFuzzer through cargo-fuzz, on the
//! stable toolchain (no sanitizer: our crates forbid unsafe code).
//!
//! cargo-fuzz is installed into the target directory's `tools`; what is instrumented is
//! compiled into its `fuzz`, apart from everything else. New inputs go there too. Of them, and
//! of the seeds, `--keep` puts the few into `tests/fuzz/corpus` that reach most.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::cargo::{cargo, run as run_command, workspace};
use crate::cargo_tool::cargo_tool;
use crate::setup::{self, BUILD};

/// The version that is installed.
const CARGO_FUZZ: &str = "0.13.2";
/// The target that needs HTTP compiled: by far the most of all, so not in every test run.
const TOKEN: &str = "token";
/// How long each target runs in `cargo xtask test`, in seconds.
const SHORT: u64 = 5;

/// Runs targets, all if none is named, for so many seconds each, and prints the figures.
pub(crate) fn run(targets: &[String], seconds: u64, keep: bool) -> Outcome {
    setup::ensure(BUILD)?;
    let place = Place::find()?;
    let all = place.targets()?;
    if let Some(stranger) = targets.iter().find(|name| !all.contains(name)) {
        return Err(format!(
            "no target {stranger}; there are {}",
            all.join(", ")
        ));
    }
    let chosen = if targets.is_empty() { &all } else { targets };
    place.build(chosen)?;
    let seeds = place.home.join("seeds");
    let mut command = cargo()?;
    command.args(["run", "--quiet", "-p", "fundtrail-properties"]);
    run_command(command.args(["--bin", "seeds", "--", "write"]).arg(&seeds))?;
    place.run_all(chosen, seconds)?;
    if keep {
        for target in chosen {
            place.keep(target)?;
        }
    }
    Ok(())
}

/// A few seconds of every target but the one of tokens, from the kept corpus.
pub(crate) fn shortly() -> Outcome {
    let place = Place::find()?;
    let mut targets = place.targets()?;
    targets.retain(|name| name != TOKEN);
    place.build(&targets)?;
    place.run_all(&targets, SHORT)
}

/// Where everything is.
struct Place {
    /// `tests/fuzz`.
    package: PathBuf,
    /// The target directory's `fuzz`.
    home: PathBuf,
    /// cargo-fuzz.
    tool: PathBuf,
}

/// What libFuzzer says at the end of a run.
#[derive(Debug, Default, PartialEq, Eq)]
struct Figures {
    executions: u64,
    coverage: u64,
    features: u64,
    corpus: String,
}

impl Place {
    fn find() -> Result<Place, String> {
        let metadata = workspace()?;
        let built = metadata.target_directory.into_std_path_buf();
        Ok(Place {
            package: metadata
                .workspace_root
                .into_std_path_buf()
                .join("tests/fuzz"),
            home: built.join("fuzz"),
            tool: cargo_tool("cargo-fuzz", CARGO_FUZZ)?,
        })
    }

    fn targets(&self) -> Result<Vec<String>, String> {
        let mut names: Vec<String> = list(&self.package.join("fuzz_targets"))?
            .iter()
            .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
            .collect();
        names.sort();
        Ok(names)
    }

    fn build(&self, targets: &[String]) -> Outcome {
        let mut command = Command::new(&self.tool);
        command
            .args(["fuzz", "build", "--sanitizer", "none", "--fuzz-dir"])
            .arg(&self.package)
            .arg("--target-dir")
            .arg(&self.home);
        if targets.iter().any(|name| name == TOKEN) {
            command.args(["--features", TOKEN]);
        }
        if let [one] = targets {
            command.arg(one);
        }
        run_command(&mut command)
    }

    fn run_all(&self, targets: &[String], seconds: u64) -> Outcome {
        let mut failures = Vec::new();
        for target in targets {
            match self.run_one(target, seconds) {
                Ok(found) => eprintln!(
                    "{target:12} {:>9} executions  {:>6} edges  {:>6} features  corpus {}",
                    found.executions, found.coverage, found.features, found.corpus
                ),
                Err(why) => failures.push(why),
            }
        }
        if failures.is_empty() {
            Ok(())
        } else {
            Err(failures.join("\nxtask: "))
        }
    }

    fn run_one(&self, target: &str, seconds: u64) -> Result<Figures, String> {
        let (own, found) = (
            self.home.join("corpus").join(target),
            self.home.join("found"),
        );
        for folder in [&own, &found] {
            fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        }
        let prefix = found.join(format!("{target}-"));
        let mut command = self.program(target)?;
        command
            .args([&format!("-max_total_time={seconds}"), "-timeout=20"])
            .arg(format!("-artifact_prefix={}", prefix.display()))
            .arg(own)
            .arg(self.package.join("corpus").join(target));
        let seeds = self.home.join("seeds").join(target);
        if seconds > SHORT && seeds.is_dir() {
            command.arg(seeds);
        }
        let output = command
            .output()
            .map_err(|error| format!("{target}: {error}"))?;
        let text = String::from_utf8_lossy(&output.stderr);
        match figures(&text) {
            Some(figures) if output.status.success() => Ok(figures),
            _ => {
                let lines: Vec<&str> = text.lines().collect();
                let last = lines
                    .get(lines.len().saturating_sub(40)..)
                    .unwrap_or_default();
                Err(format!(
                    "{target} found something ({}):\n{}\nThe input is {}*; once it is mended, put \
                     it into tests/fuzz/regressions/{target}/.",
                    output.status,
                    last.join("\n"),
                    prefix.display()
                ))
            }
        }
    }

    /// Puts into the repository's corpus what reaches most, and nothing else.
    fn keep(&self, target: &str) -> Outcome {
        let control = self.home.join(format!("{target}.merge"));
        let merged = self.home.join("merged").join(target);
        let kept = self.package.join("corpus").join(target);
        let _ = fs::remove_file(&control);
        let _ = fs::remove_dir_all(&merged);
        fs::create_dir_all(&merged).map_err(|error| failed(&merged, &error))?;
        let before: Vec<PathBuf> = list(&kept)?;
        let mut command = self.program(target)?;
        command
            .args(["-merge=1", "-max_len=6000"])
            .arg(format!("-merge_control_file={}", control.display()))
            .arg(&merged)
            .args([&kept, &self.home.join("corpus").join(target)])
            .arg(self.home.join("seeds").join(target));
        let output = command
            .output()
            .map_err(|error| format!("{target}: {error}"))?;
        if !output.status.success() {
            return Err(format!("{target}: the merge failed"));
        }
        // Chosen into a folder of its own: the control file names files of the old one.
        let chosen = self.home.join("kept").join(target);
        let _ = fs::remove_dir_all(&chosen);
        let mut command = cargo()?;
        command.args([
            "run",
            "--quiet",
            "-p",
            "fundtrail-properties",
            "--bin",
            "seeds",
        ]);
        run_command(command.args(["--", "keep"]).args([&control, &chosen]))?;
        for path in &before {
            fs::remove_file(path).map_err(|error| failed(path, &error))?;
        }
        for path in list(&chosen)? {
            let name = path.file_name().unwrap_or_default();
            fs::copy(&path, kept.join(name)).map_err(|error| failed(&path, &error))?;
        }
        Ok(())
    }

    /// The program of a target.
    fn program(&self, target: &str) -> Result<Command, String> {
        let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
            .arg("-vV")
            .output()
            .map_err(|error| format!("rustc: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let host = text.lines().find_map(|line| line.strip_prefix("host: "));
        let host = host.ok_or("rustc does not say its host")?;
        Ok(Command::new(
            self.home.join(host).join("release").join(target),
        ))
    }
}

/// The files of a folder.
fn list(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| failed(folder, &error))?;
    entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(|error| failed(folder, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

/// From the last line of status: `#16373 DONE cov: 16612 ft: 28564 corp: 516/457Kb …`.
fn figures(text: &str) -> Option<Figures> {
    let line = text.lines().rev().find(|line| line.contains("DONE "))?;
    let mut words = line.split_whitespace();
    let executions = words.next()?.strip_prefix('#')?.parse().ok()?;
    let words: Vec<&str> = words.collect();
    let after = |name: &str| {
        let at = words.iter().position(|word| *word == name)?;
        words.get(at + 1).copied()
    };
    Some(Figures {
        executions,
        coverage: after("cov:")?.parse().ok()?,
        features: after("ft:")?.parse().ok()?,
        corpus: after("corp:")?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_those_of_the_last_line() {
        let text = "#2\tINITED cov: 3 ft: 4 corp: 1/1b exec/s: 0 rss: 30Mb\n\
                    #16373\tDONE   cov: 16612 ft: 28564 corp: 516/457Kb lim: 4910 exec/s: 1819\n\
                    Done 16373 runs in 9 second(s)\n";
        let found = figures(text).unwrap_or_default();
        assert_eq!(
            (found.executions, found.coverage, found.features),
            (16_373, 16_612, 28_564)
        );
        assert_eq!(found.corpus, "516/457Kb");
        for broken in ["", "#x DONE cov: 1 ft: 1 corp: 1/1b", "#1 DONE cov: 1"] {
            assert_eq!(figures(broken), None, "{broken}");
        }
    }
}
