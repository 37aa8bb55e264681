//! Files and standard output, with the name of the file in every failure; and the one way
//! to say which log and which witnesses to trust.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use fundtrail_audit::Unproven;
use fundtrail_model::LogPolicy;
use fundtrail_model::note::VerifierKey;
use serde::Serialize;
use serde_json::json;

use crate::failure::{Answer, Ending, Failure};

/// Reads a file; `-` is standard input.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    fs::read(path).map_err(|error| Failure::at(path.display(), error))
}

/// Reads a file of text.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(read(path)?).map_err(|_| Failure::at(path.display(), "not UTF-8"))
}

/// Writes a file that others may read.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| Failure::at(path.display(), error))
}

/// Writes a file that only its owner may read, whole or not at all. One that is there stays
/// there unless `replace` is set.
pub(crate) fn write_secret(path: &Path, bytes: &[u8], replace: bool) -> Result<(), Failure> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::at(path.display(), "exists; --force replaces it"),
        _ => Failure::at(path.display(), error),
    };
    if !replace {
        return fill(secret(path).map_err(failed)?, bytes).map_err(failed);
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    fill(secret(beside).map_err(failed)?, bytes).map_err(failed)?;
    fs::rename(beside, path).map_err(failed)
}

/// A new file that only its owner may read.
fn secret(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn fill(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

/// Prints to standard output. A reader that has seen enough is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Prints to standard output, or writes to a file.
pub(crate) fn put(out: Option<&Path>, text: &str) -> Result<(), Failure> {
    out.map_or_else(|| print(text), |path| write(path, text.as_bytes()))
}

/// The log's verifier key: itself, or the name of a file that holds it on its first line.
pub(crate) fn log_key(argument: &str) -> Result<VerifierKey, Failure> {
    if let Ok(key) = VerifierKey::parse(argument) {
        return Ok(key);
    }
    let path = Path::new(argument);
    if !path.exists() {
        let why = "neither a verifier key (name+hash+base64) nor a file";
        return Err(Failure::at(argument, why));
    }
    let text = read_text(path)?;
    let line = text.lines().next().unwrap_or_default().trim();
    VerifierKey::parse(line).map_err(|error| Failure::at(argument, error))
}

/// Says what a document proves, in JSON as its member `name`, or why it proves nothing.
pub(crate) fn proved<T: Serialize>(
    file: &Path,
    name: &str,
    outcome: Result<T, Unproven>,
    as_json: bool,
    shown: impl FnOnce(&T) -> String,
) -> Ending {
    let proved = match outcome {
        Ok(proved) => proved,
        Err(unproven) => return disproved(file, &unproven, as_json),
    };
    let text = if as_json {
        format!("{:#}\n", json!({ "verified": true, name: proved }))
    } else {
        shown(&proved)
    };
    print(&text)?;
    Ok(Answer::Yes)
}

/// Says why a document proves nothing: the code, the entry, and what happened.
pub(crate) fn disproved(file: &Path, unproven: &Unproven, as_json: bool) -> Ending {
    if as_json {
        let Unproven {
            code,
            entry,
            detail,
        } = unproven;
        let found = json!({ "verified": false, "code": code, "entry": entry, "detail": detail });
        print(&format!("{found:#}\n"))?;
    } else {
        eprintln!("{}: does not verify: {unproven}", file.display());
    }
    Ok(Answer::No)
}

/// Where the log's key is looked for when no argument says whom to trust.
const LOG_KEY_VARIABLE: &str = "FUNDTRAIL_LOG_KEY";

/// Whom to trust: a log alone, or logs and a quorum of witnesses. Have either from somewhere
/// else than the node.
#[derive(Args, Debug)]
pub(crate) struct Trust {
    /// The log's verifier key, or a file with it; else the variable FUNDTRAIL_LOG_KEY.
    #[arg(long, value_name = "KEY|FILE", conflicts_with = "policy")]
    log_key: Option<String>,
    /// A policy file (C2SP tlog-policy): the log, the witnesses, and how many must have
    /// cosigned.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

impl Trust {
    /// The policy that the arguments give; an argument goes before the variable.
    pub(crate) fn policy(&self) -> Result<LogPolicy, Failure> {
        if let Some(path) = &self.policy {
            let policy = LogPolicy::parse(&read_text(path)?);
            return policy.map_err(|error| Failure::at(path.display(), error));
        }
        let variable = || std::env::var(LOG_KEY_VARIABLE).ok();
        let Some(argument) = self.log_key.clone().or_else(variable) else {
            return Err(Failure("--log-key or --policy is needed".into()));
        };
        LogPolicy::of_log(log_key(&argument)?).map_err(|error| Failure::at(argument, error))
    }
}
