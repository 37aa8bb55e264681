//! A ledger as files: `checkpoint`, the signed note, and `entries.ndjson`, the exact bytes
//! of each entry and a line feed.
//!
//! Nothing is verified here, and nothing is repaired: an empty line is an empty entry, a
//! carriage return is part of its entry, and the audit says what it thinks of both.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The file of the signed checkpoint.
pub const CHECKPOINT_FILE: &str = "checkpoint";

/// The file of the entries.
pub const ENTRIES_FILE: &str = "entries.ndjson";

/// A ledger could not be read from, or written to, files.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct ExportError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

/// A ledger, or what claims to be one: the newest checkpoint and every entry under it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Export {
    /// The signed checkpoint, verbatim.
    pub checkpoint: Vec<u8>,
    /// The exact bytes of each entry, in order, without line feeds.
    pub entries: Vec<Vec<u8>>,
}

impl Export {
    /// Reads a directory with both files, or the file of the entries with the checkpoint
    /// beside it.
    ///
    /// # Errors
    /// [`ExportError`] when a file cannot be read.
    pub fn read(path: &Path) -> Result<Export, ExportError> {
        let (checkpoint, entries) = if path.is_dir() {
            (path.join(CHECKPOINT_FILE), path.join(ENTRIES_FILE))
        } else {
            (path.with_file_name(CHECKPOINT_FILE), path.to_path_buf())
        };
        let lines = read(&entries)?;
        Ok(Export {
            checkpoint: read(&checkpoint)?,
            entries: split_lines(&lines),
        })
    }

    /// Writes both files into a directory, which is made if need be.
    ///
    /// # Errors
    /// [`ExportError`] when the directory or a file cannot be written.
    pub fn write(&self, directory: &Path) -> Result<(), ExportError> {
        let failed = |path: &Path| {
            let path = path.to_path_buf();
            move |source| ExportError { path, source }
        };
        fs::create_dir_all(directory).map_err(failed(directory))?;
        let checkpoint = directory.join(CHECKPOINT_FILE);
        fs::write(&checkpoint, &self.checkpoint).map_err(failed(&checkpoint))?;
        let entries = directory.join(ENTRIES_FILE);
        fs::write(&entries, join_lines(&self.entries)).map_err(failed(&entries))
    }

    /// Adds the entries of one page, as a node serves them: a line each.
    pub fn add_page(&mut self, page: &[u8]) {
        self.entries.extend(split_lines(page));
    }
}

fn read(path: &Path) -> Result<Vec<u8>, ExportError> {
    fs::read(path).map_err(|source| ExportError {
        path: path.to_path_buf(),
        source,
    })
}

/// Every line without its line feed; the last one may lack it.
fn split_lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    if bytes.is_empty() {
        return Vec::new();
    }
    let whole = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    whole
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

fn join_lines(entries: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entries.iter().map(|entry| entry.len() + 1).sum());
    for entry in entries {
        bytes.extend_from_slice(entry);
        bytes.push(b'\n');
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_neither_trimmed_nor_dropped() {
        assert_eq!(split_lines(b""), Vec::<Vec<u8>>::new());
        assert_eq!(split_lines(b"a\nb\n"), [b"a".to_vec(), b"b".to_vec()]);
        assert_eq!(split_lines(b"a\nb"), [b"a".to_vec(), b"b".to_vec()]);
        assert_eq!(
            split_lines(b" a\r\n\nb\n"),
            [b" a\r".to_vec(), b"".to_vec(), b"b".to_vec()]
        );
        assert_eq!(split_lines(b"\n"), [b"".to_vec()]);
    }

    #[test]
    fn what_is_written_reads_back_from_directory_and_file() {
        let scratch = tempfile::tempdir().unwrap();
        let inner = scratch.path().join("a/b");
        let export = Export {
            checkpoint: b"note".to_vec(),
            entries: vec![b"x".to_vec(), b"y".to_vec()],
        };
        export.write(&inner).unwrap();
        assert_eq!(Export::read(&inner).unwrap(), export);
        assert_eq!(Export::read(&inner.join(ENTRIES_FILE)).unwrap(), export);
        let error = Export::read(scratch.path()).unwrap_err();
        assert_eq!(error.path, scratch.path().join(ENTRIES_FILE));
    }
}
