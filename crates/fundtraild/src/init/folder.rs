//! Files that appear together or not at all.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use crate::Complaint;
use crate::keys::write_new;

/// A directory being filled. What was made goes again unless it is kept.
pub(super) struct Folder {
    path: PathBuf,
    files: Vec<PathBuf>,
    /// Directories made, the outermost first.
    directories: Vec<PathBuf>,
}

impl Folder {
    /// Makes the directory, for its owner only, if it is not there.
    pub(super) fn make(path: &Path) -> Result<Folder, Complaint> {
        let mut folder = Folder {
            path: path.to_owned(),
            files: Vec::new(),
            directories: Vec::new(),
        };
        let missing = path
            .ancestors()
            .take_while(|one| !one.as_os_str().is_empty() && !one.exists());
        let mut missing: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        missing.reverse();
        for directory in missing {
            DirBuilder::new()
                .mode(0o700)
                .create(&directory)
                .map_err(|error| Complaint(format!("{}: {error}", directory.display())))?;
            folder.directories.push(directory);
        }
        Ok(folder)
    }

    /// Writes a file that was not there.
    pub(super) fn write(&mut self, name: &str, text: &str, mode: u32) -> Result<(), Complaint> {
        let path = self.path.join(name);
        write_new(&path, text, mode)?;
        self.files.push(path);
        Ok(())
    }

    /// Keeps what was made, durably.
    pub(super) fn keep(mut self) -> Result<(), Complaint> {
        // The names are as durable as the directories that hold them.
        let made = self.directories.iter().filter_map(|made| made.parent());
        for directory in made.chain([self.path.as_path()]) {
            let directory = match directory.as_os_str().is_empty() {
                true => Path::new("."),
                false => directory,
            };
            File::open(directory)
                .and_then(|directory| directory.sync_all())
                .map_err(|error| Complaint(format!("{}: {error}", directory.display())))?;
        }
        self.files.clear();
        self.directories.clear();
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        for file in &self.files {
            let _ = std::fs::remove_file(file);
        }
        // A directory in which somebody else put something stays.
        for directory in self.directories.iter().rev() {
            let _ = std::fs::remove_dir(directory);
        }
    }
}
