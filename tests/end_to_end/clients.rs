//! Readers that other people wrote understand what the node publishes, over HTTP and as
//! exported files; and each of them refuses a copy in which one byte was changed.

mod crates;
mod exported;
mod fsck;
mod go;
mod log;
mod python;
