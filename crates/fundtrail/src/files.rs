//! Files and standard output, with the name of the file in every failure.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use fundtrail_model::note::VerifierKey;

use crate::failure::Failure;

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
