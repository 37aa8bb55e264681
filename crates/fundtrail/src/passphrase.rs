//! Passphrases of key files: from a file, from the environment, or typed on the terminal.
//!
//! None is ever an argument, which other users of a machine could see.

use std::path::{Path, PathBuf};

use clap::Args;
use console::Term;
use fundtrail_model::key::Zeroizing;

use crate::failure::Failure;
use crate::files;

/// The file with the passphrase, for commands that are told nothing else.
const FILE_VARIABLE: &str = "FUNDTRAIL_PASSPHRASE_FILE";
/// The passphrase itself.
const VARIABLE: &str = "FUNDTRAIL_PASSPHRASE";

/// Where the passphrase of a new or changed key file comes from.
#[derive(Args, Debug)]
pub(crate) struct PassphraseArgs {
    /// A file whose first line is the passphrase; else FUNDTRAIL_PASSPHRASE_FILE,
    /// FUNDTRAIL_PASSPHRASE, or the terminal.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// A passphrase, wiped when dropped. Its UTF-8 counts, as for OpenSSL and browsers.
pub(crate) type Passphrase = Zeroizing<String>;

impl PassphraseArgs {
    /// Whether a file is named.
    pub(crate) fn is_given(&self) -> bool {
        self.passphrase_file.is_some()
    }

    /// The passphrase of a key file that is there.
    pub(crate) fn of(&self, key: &Path) -> Result<Passphrase, Failure> {
        match given(self.passphrase_file.as_deref())? {
            Some(given) => Ok(given),
            None => typed(&format!("Passphrase of {}: ", key.display())),
        }
    }

    /// The passphrase of a key file that is to be written; typed twice.
    pub(crate) fn new_for(&self, key: &Path) -> Result<Passphrase, Failure> {
        if let Some(given) = given(self.passphrase_file.as_deref())? {
            return Ok(given);
        }
        let first = typed(&format!("New passphrase of {}: ", key.display()))?;
        let second = typed("The same again: ")?;
        if first != second {
            return Err(Failure("the two passphrases differ".into()));
        }
        Ok(first)
    }
}

/// The passphrase of a key file, for commands that have no argument for it.
pub(crate) fn of(key: &Path) -> Result<Passphrase, Failure> {
    let none = PassphraseArgs {
        passphrase_file: None,
    };
    none.of(key)
}

/// What a file or the environment says.
fn given(file: Option<&Path>) -> Result<Option<Passphrase>, Failure> {
    let variable = std::env::var_os(FILE_VARIABLE).map(PathBuf::from);
    if let Some(path) = file.map(Path::to_path_buf).or(variable) {
        let text = Zeroizing::new(files::read_text(&path)?);
        let line = text.lines().next().unwrap_or_default();
        return not_empty(line.into()).map(Some);
    }
    match std::env::var(VARIABLE) {
        Ok(text) => not_empty(text).map(Some),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(error) => Err(Failure::at(VARIABLE, error)),
    }
}

/// Asks on the terminal, without showing what is typed.
fn typed(question: &str) -> Result<Passphrase, Failure> {
    let terminal = Term::stderr();
    if !terminal.is_term() {
        return Err(Failure(format!(
            "{question}nobody can be asked; {FILE_VARIABLE} or {VARIABLE} says it"
        )));
    }
    terminal.write_str(question)?;
    not_empty(terminal.read_secure_line()?)
}

fn not_empty(text: String) -> Result<Passphrase, Failure> {
    if text.is_empty() {
        return Err(Failure("the passphrase is empty".into()));
    }
    Ok(Zeroizing::new(text))
}
