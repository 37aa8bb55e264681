//! `simulate`: what would the regulation say? Plays scenario files on a ledger in memory
//! with throw-away keys.

use std::io;
use std::path::PathBuf;

use fundtrail_scenario as scenario;

use crate::failure::{Answer, Failure};
use crate::language::Language;

/// Plays scenario files and prints the verdict of every step.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The files, a step a line.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print refusals in this language.
    #[arg(long, value_enum, default_value_t)]
    lang: Language,
}

/// Yes when everything that the files expect came true.
pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let language = match arguments.lang {
        Language::Zh => scenario::Language::Chinese,
        Language::En => scenario::Language::English,
    };
    let met = scenario::simulate(&arguments.files, language, &mut io::stdout().lock())
        .map_err(|error| Failure(error.to_string()))?;
    Ok(if met { Answer::Yes } else { Answer::No })
}
