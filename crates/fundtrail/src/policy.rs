//! `policy`: checks a policy file and prints it as the body of a transaction wants it.

use std::path::PathBuf;

use clap::Args;
use fundtrail_regulation::Policy;

use crate::failure::{Answer, Ending, Failure};
use crate::files;

/// Checks a policy written in TOML, and prints it as JSON for `policy_adopt`.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The policy.
    file: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Ending {
    let bytes = files::read(&arguments.file)?;
    let text =
        String::from_utf8(bytes).map_err(|error| Failure::at(arguments.file.display(), error))?;
    let policy: Policy = match toml::from_str(&text) {
        Ok(policy) => policy,
        Err(error) => return no(&error.to_string()),
    };
    if let Err(malformed) = policy.check() {
        return no(&malformed.to_string());
    }
    files::print(&(serde_json::to_string_pretty(&policy)? + "\n"))?;
    Ok(Answer::Yes)
}

fn no(why: &str) -> Ending {
    eprintln!("{why}");
    Ok(Answer::No)
}
