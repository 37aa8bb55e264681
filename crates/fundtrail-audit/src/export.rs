//! A ledger as files: the static log of C2SP tlog-tiles (`checkpoint`, `tile/<L>/<N>`,
//! `tile/entries/<N>`), and `entries.ndjson`, the exact bytes of each entry and a line feed.
//!
//! Reading verifies nothing, and nothing is repaired: an empty line is an empty entry, a
//! carriage return is part of its entry, and the audit says what it thinks of both.
//! Writing what a log serves does verify: see [`take`].

mod bundle;
mod directory;
mod take;
mod tree;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use fundtrail_merkle::Hash;
use fundtrail_merkle::tile::{Bundle, TILE_WIDTH, bundles_of_size, tiles_of_size};
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::note::Note;

pub use bundle::BUNDLE_BYTES_MAX;
pub use take::{Fetched, TakeError, Taken, take};

use directory::Directory;
use tree::Tree;

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
    /// Reads a directory, or the file of the entries with the checkpoint beside it. Where
    /// there is no file of the entries, they are taken from the bundles under the
    /// checkpoint.
    ///
    /// # Errors
    /// [`ExportError`] when a file cannot be read, or a bundle has not its entries.
    pub fn read(path: &Path) -> Result<Export, ExportError> {
        let (checkpoint, entries) = if path.is_dir() {
            (path.join(CHECKPOINT_FILE), path.join(ENTRIES_FILE))
        } else {
            (path.with_file_name(CHECKPOINT_FILE), path.to_path_buf())
        };
        let checkpoint = read(&checkpoint)?;
        if path.is_dir() && !entries.exists() {
            let entries = read_bundles(path, &checkpoint)?;
            return Ok(Export {
                checkpoint,
                entries,
            });
        }
        let entries = split_lines(&read(&entries)?);
        Ok(Export {
            checkpoint,
            entries,
        })
    }

    /// Writes everything into a directory, which is made if need be, and verifies nothing:
    /// what is broken is kept as it is. The checkpoint is written last.
    ///
    /// # Errors
    /// [`ExportError`] when the directory or a file cannot be written, or an entry is longer
    /// than a bundle can say.
    pub fn write(&self, path: &Path) -> Result<(), ExportError> {
        let directory = Directory::make(path)?;
        let mut tree = Tree::default();
        for entry in &self.entries {
            tree.append(Hash::leaf(entry));
        }
        for bundle in bundles_of_size(tree.size()) {
            let name = bundle.path();
            let bytes = bundle::of(&self.entries, bundle)
                .ok_or_else(|| directory.invalid(&name, "an entry is too long for a bundle"))?;
            directory.put(&name, &bytes)?;
        }
        for tile in tiles_of_size(tree.size()) {
            directory.put(&tile.path(), &tree.bytes(tile))?;
        }
        let lines = self.entries.iter().map(Vec::as_slice);
        directory.put_lines(ENTRIES_FILE, lines.map(Ok))?;
        directory.finish(&self.checkpoint)
    }

    /// Adds the entries of one page, as a node serves them: a line each.
    pub fn add_page(&mut self, page: &[u8]) {
        self.entries.extend(split_lines(page));
    }

    /// The bundle at a path of the static log, if these entries fill it.
    pub fn file(&self, path: &str) -> Option<Vec<u8>> {
        bundle::of(&self.entries, Bundle::parse(path)?)
    }

    /// The leaf hashes of the entries.
    pub fn leaves(&self) -> impl Iterator<Item = Hash> {
        self.entries.iter().map(|entry| Hash::leaf(entry))
    }
}

/// The entries in the bundles that the checkpoint, signed or not, covers.
fn read_bundles(path: &Path, checkpoint: &[u8]) -> Result<Vec<Vec<u8>>, ExportError> {
    let directory = Directory::at(path);
    let note = Note::parse(checkpoint).map_err(|error| error.to_string());
    let parsed =
        note.and_then(|note| Checkpoint::parse(note.text()).map_err(|error| error.to_string()));
    let size = match parsed {
        Ok(checkpoint) => checkpoint.size(),
        Err(why) => return Err(directory.invalid(CHECKPOINT_FILE, &why)),
    };
    let mut entries = Vec::new();
    for bundle in bundles_of_size(size) {
        let bytes = bundle_in(&directory, bundle)?;
        let found = bundle::entries(&bytes, bundle.width)
            .ok_or_else(|| directory.invalid(&bundle.path(), "not the entries of a bundle"))?;
        entries.extend(found.into_iter().map(<[u8]>::to_vec));
    }
    Ok(entries)
}

/// A bundle's file, or, for a partial one that is not there, the full one in its place.
fn bundle_in(directory: &Directory, bundle: Bundle) -> Result<Vec<u8>, ExportError> {
    let full = Bundle {
        width: TILE_WIDTH,
        ..bundle
    };
    if let Some(bytes) = directory.get(&bundle.path())? {
        return Ok(bytes);
    }
    let missing = || directory.failed(&bundle.path(), io::ErrorKind::NotFound.into());
    directory.get(&full.path())?.ok_or_else(missing)
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
        assert_eq!(
            fs::read(inner.join("tile/entries/000.p/2")).unwrap(),
            b"\0\x01x\0\x01y"
        );
        let error = Export::read(scratch.path()).unwrap_err();
        assert_eq!(error.path, scratch.path().join(CHECKPOINT_FILE));
    }

    #[test]
    fn entries_too_long_for_a_bundle_are_not_cut() {
        let scratch = tempfile::tempdir().unwrap();
        let mut export = Export {
            checkpoint: b"note".to_vec(),
            entries: vec![vec![b'a'; 65_535]],
        };
        export.write(scratch.path()).unwrap();
        export.entries[0].push(b'a');
        let error = export.write(scratch.path()).unwrap_err();
        assert_eq!(error.path, scratch.path().join("tile/entries/000.p/1"));
    }
}
