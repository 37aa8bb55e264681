//! The port through which a node has itself backed up while it works.
//!
//! The binary adapts its storage to it; this crate knows no storage and no folder.
//!
//! Invariant: one backup at a time. What was answered as recorded before one began is in it.

use std::fmt;
use std::sync::{Arc, Mutex};

use fundtrail_model::{Fault, Moment};

use crate::node::Node;

/// Makes backups.
pub trait Backup: Send + Sync + 'static {
    /// Makes one of everything that is durable now. `now` is the node's clock.
    ///
    /// # Errors
    /// [`NotBackedUp`]: there is no new backup.
    fn back_up(&self, now: Moment) -> Result<BackedUp, NotBackedUp>;
}

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackedUp {
    /// Its folder on the node's machine.
    pub folder: String,
    /// When it was begun.
    pub made: Moment,
    /// Entries in it.
    pub size: u64,
    /// Root of the tree over them, in hex.
    pub root: String,
    /// Its files, and their bytes together.
    pub files: u64,
    /// See there.
    pub bytes: u64,
}

/// Why there is no new backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotBackedUp {
    /// No directory for backups is configured.
    Off,
    /// One is being made.
    Running,
    /// There is no entry yet.
    Empty,
    /// The machine failed.
    Fault(Fault),
}

impl NotBackedUp {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            NotBackedUp::Off => "BACKUP_OFF",
            NotBackedUp::Running => "BACKUP_RUNNING",
            NotBackedUp::Empty => "BACKUP_EMPTY",
            NotBackedUp::Fault(_) => "FAULT",
        }
    }
}

impl fmt::Display for NotBackedUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotBackedUp::Off => f.write_str("the node has no directory for backups"),
            NotBackedUp::Running => f.write_str("a backup is being made: wait until it is done"),
            NotBackedUp::Empty => f.write_str("there is no entry yet, and nothing to back up"),
            NotBackedUp::Fault(fault) => fault.fmt(f),
        }
    }
}

impl From<Fault> for NotBackedUp {
    fn from(fault: Fault) -> NotBackedUp {
        NotBackedUp::Fault(fault)
    }
}

/// The way to backups, one at a time.
pub(crate) struct Backups {
    port: Option<Arc<dyn Backup>>,
    running: Mutex<()>,
}

impl Backups {
    pub(crate) fn new(port: Option<Arc<dyn Backup>>) -> Backups {
        Backups {
            port,
            running: Mutex::new(()),
        }
    }
}

impl Node {
    /// Has a backup made of everything that was recorded, while the node goes on.
    ///
    /// # Errors
    /// [`NotBackedUp`].
    pub fn back_up(&self) -> Result<BackedUp, NotBackedUp> {
        let backups = self.backups();
        let port = backups.port.as_ref().ok_or(NotBackedUp::Off)?;
        let Ok(_alone) = backups.running.try_lock() else {
            return Err(NotBackedUp::Running);
        };
        if let Some(fault) = self.failed() {
            return Err(fault.into());
        }
        let made = port.back_up(self.clock().now()?)?;
        tracing::info!(
            folder = made.folder,
            size = made.size,
            bytes = made.bytes,
            "a backup was made"
        );
        Ok(made)
    }
}
