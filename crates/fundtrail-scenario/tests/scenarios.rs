//! One test for each scenario file, found by directory; and the coverage of the rules.

mod coverage;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use fundtrail_scenario::{read, run};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    // Places read `tests/scenarios/…` wherever the tests are started from.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    if let Err(error) = std::env::set_current_dir(root) {
        return complain(&error.to_string());
    }
    let directory = Path::new("tests/scenarios").to_path_buf();
    let files = match scenario_files(&directory) {
        Ok(files) if !files.is_empty() => files,
        Ok(_) => return complain("there are no scenarios"),
        Err(error) => return complain(&error.to_string()),
    };
    let trials = files.iter().cloned().map(|file| {
        let name = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Trial::test(name, move || play(&file))
    });
    let covered = files.clone();
    let coverage = Trial::test("coverage", move || coverage::test(&covered));
    libtest_mimic::run(&Arguments::from_args(), trials.chain([coverage]).collect()).exit_code()
}

fn complain(what: &str) -> ExitCode {
    eprintln!("scenarios: {what}");
    ExitCode::FAILURE
}

/// The scenario files of a directory, by name; `setup/` holds what they include.
fn scenario_files(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "scn") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Everything must come as expected, and every step must expect something.
fn play(file: &Path) -> Result<(), Failed> {
    let scenario = read(file).map_err(|error| error.to_string())?;
    let report = run(&scenario).map_err(|error| error.to_string())?;
    let mut complaint = report.complaint();
    for line in &report.lines {
        if line
            .played
            .as_ref()
            .is_some_and(|played| played.expected.is_none())
        {
            complaint += &format!("{}: nothing is expected of this step\n", line.place);
        }
    }
    if complaint.is_empty() {
        Ok(())
    } else {
        Err(complaint.into())
    }
}
