//! Backups, and coming back from one.
