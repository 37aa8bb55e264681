//! Backups behind the node's port: the storage's own copies, in the directory of the
//! configuration.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fundtrail_model::{Fault, Moment};
use fundtrail_node::{BackedUp, Backup, NotBackedUp};
use fundtrail_store::{BackupError, Store};

/// The store, as long as it is open.
type Open = dyn Fn() -> Option<Store> + Send + Sync;

/// Backups of a store.
pub(crate) struct Folders {
    directory: PathBuf,
    store: Box<Open>,
}

impl Folders {
    /// Backups in `directory`. The store is asked for each time, and held no longer than a
    /// backup takes.
    pub(crate) fn behind_port(
        directory: PathBuf,
        store: impl Fn() -> Option<Store> + Send + Sync + 'static,
    ) -> Arc<dyn Backup> {
        Arc::new(Folders {
            directory,
            store: Box::new(store),
        })
    }
}

impl Backup for Folders {
    fn back_up(&self, now: Moment) -> Result<BackedUp, NotBackedUp> {
        let store = (self.store)().ok_or_else(|| Fault("the storage is closed".into()))?;
        make_durably(&self.directory)
            .map_err(|error| Fault(format!("BACKUP_IO: {}: {error}", self.directory.display())))?;
        let (folder, manifest) =
            store
                .back_up(&self.directory, now)
                .map_err(|error| match error {
                    BackupError::Empty => NotBackedUp::Empty,
                    other => NotBackedUp::Fault(Fault(other.to_string())),
                })?;
        Ok(BackedUp {
            folder: folder.display().to_string(),
            made: manifest.made,
            size: manifest.size,
            bytes: manifest.bytes(),
            files: manifest.files.len() as u64,
            root: manifest.root,
        })
    }
}

/// Makes a directory and those above it where they are not there, for nobody but the node's own
/// user, and syncs each one's name into its parent: else a power cut could take all backups away
/// that were answered as made.
fn make_durably(path: &Path) -> std::io::Result<()> {
    let path = std::path::absolute(path)?;
    let missing = path
        .ancestors()
        .take_while(|ancestor| !ancestor.exists())
        .count();
    DirBuilder::new()
        .mode(0o700)
        .recursive(true)
        .create(&path)?;
    for parent in path.ancestors().skip(1).take(missing) {
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}
