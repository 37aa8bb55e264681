//! The files of an export, written so that a reader finds a file whole or not at all.
//!
//! Every file is written and flushed under another name, then moved into its place; the
//! checkpoint comes last, when all that it commits to is on the disk.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{CHECKPOINT_FILE, ExportError};

/// Where files are until they are whole, inside the directory; gone when all is done.
const INCOMING: &str = ".incoming";

/// A directory and what was changed in it.
pub(super) struct Directory {
    path: PathBuf,
    /// Folders with new names in them, not yet flushed.
    touched: RefCell<BTreeSet<PathBuf>>,
}

impl Directory {
    /// A directory to read from.
    pub(super) fn at(path: &Path) -> Directory {
        Directory {
            path: path.to_path_buf(),
            touched: RefCell::default(),
        }
    }

    /// A directory to write to.
    pub(super) fn make(path: &Path) -> Result<Directory, ExportError> {
        let directory = Directory::at(path);
        let incoming = directory.path.join(INCOMING);
        fs::create_dir_all(&incoming).map_err(|error| directory.failed(INCOMING, error))?;
        Ok(directory)
    }

    /// A failure at a file.
    pub(super) fn failed(&self, name: &str, source: io::Error) -> ExportError {
        let path = self.path.join(name);
        ExportError { path, source }
    }

    /// A file that holds something else than it should.
    pub(super) fn invalid(&self, name: &str, why: &str) -> ExportError {
        self.failed(name, io::Error::new(io::ErrorKind::InvalidData, why))
    }

    /// A file's bytes, if it is there.
    pub(super) fn get(&self, name: &str) -> Result<Option<Vec<u8>>, ExportError> {
        match fs::read(self.path.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed(name, error)),
        }
    }

    /// A file that was set aside and not yet moved into its place.
    pub(super) fn get_aside(&self, name: &str) -> Result<Option<Vec<u8>>, ExportError> {
        self.get(&aside(name))
    }

    /// Sets a file aside, whole and flushed.
    pub(super) fn put_aside(&self, name: &str, bytes: &[u8]) -> Result<(), ExportError> {
        self.fill(&format!("{INCOMING}/part"), |file| file.write_all(bytes))?;
        self.rename(&format!("{INCOMING}/part"), &aside(name))
    }

    /// Moves a file that was set aside into its place, if there is one.
    pub(super) fn accept(&self, name: &str) -> Result<(), ExportError> {
        if self.path.join(aside(name)).exists() {
            self.rename(&aside(name), name)?;
        }
        Ok(())
    }

    /// Writes a file, unless it has these bytes already.
    pub(super) fn put(&self, name: &str, bytes: &[u8]) -> Result<(), ExportError> {
        if self.get(name)?.is_some_and(|found| found == bytes) {
            return Ok(());
        }
        self.fill(&format!("{INCOMING}/part"), |file| file.write_all(bytes))?;
        self.rename(&format!("{INCOMING}/part"), name)
    }

    /// Writes a file of lines. One with a line feed inside would be two: then no file is
    /// written, and an older one is removed.
    pub(super) fn put_lines<E: AsRef<[u8]>>(
        &self,
        name: &str,
        lines: impl Iterator<Item = Result<E, ExportError>>,
    ) -> Result<(), ExportError> {
        let part = format!("{INCOMING}/part");
        let mut all_are_lines = true;
        let mut failure = None;
        self.fill(&part, |file| {
            for line in lines {
                match line {
                    Ok(line) if line.as_ref().contains(&b'\n') => all_are_lines = false,
                    Ok(line) => {
                        file.write_all(line.as_ref())?;
                        file.write_all(b"\n")?;
                    }
                    Err(error) => failure = Some(error),
                }
                if failure.is_some() || !all_are_lines {
                    break;
                }
            }
            Ok(())
        })?;
        match failure {
            Some(error) => Err(error),
            None if all_are_lines => self.rename(&part, name),
            None => match fs::remove_file(self.path.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    Err(self.failed(name, error))
                }
                _ => Ok(()),
            },
        }
    }

    /// Ends the writing: flushes all names, puts the checkpoint in its place, and clears
    /// what was set aside.
    pub(super) fn finish(&self, checkpoint: &[u8]) -> Result<(), ExportError> {
        self.flush()?;
        self.put(CHECKPOINT_FILE, checkpoint)?;
        self.clear()?;
        self.touched.borrow_mut().insert(self.path.clone());
        self.flush()
    }

    /// Removes what was set aside.
    pub(super) fn clear(&self) -> Result<(), ExportError> {
        fs::remove_dir_all(self.path.join(INCOMING)).map_err(|error| self.failed(INCOMING, error))
    }

    fn fill(
        &self,
        name: &str,
        write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), ExportError> {
        let written = || {
            let mut file = BufWriter::new(File::create(self.path.join(name))?);
            write(&mut file)?;
            file.into_inner()?.sync_all()
        };
        written().map_err(|error| self.failed(name, error))
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), ExportError> {
        let target = self.path.join(to);
        let moved = || {
            let folders = target.ancestors().skip(1);
            let inside = folders.take_while(|folder| folder.starts_with(&self.path));
            self.touched
                .borrow_mut()
                .extend(inside.map(Path::to_path_buf));
            target.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::rename(self.path.join(from), &target)
        };
        moved().map_err(|error| self.failed(to, error))
    }

    /// Flushes the folders in which there are new names.
    fn flush(&self) -> Result<(), ExportError> {
        for folder in self.touched.take() {
            // Windows cannot open folders, and needs no such call.
            if cfg!(unix) && folder.exists() {
                let flushed = File::open(&folder).and_then(|folder| folder.sync_all());
                flushed.map_err(|source| ExportError {
                    path: folder,
                    source,
                })?;
            }
        }
        Ok(())
    }
}

/// Where a file is before it is moved into its place.
fn aside(name: &str) -> String {
    format!("{INCOMING}/{name}")
}
