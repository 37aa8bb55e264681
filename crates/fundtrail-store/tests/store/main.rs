//! The storage from outside: what it keeps, what it shows, what it refuses.
//!
//! One binary for all of it, since each one links RocksDB anew.

mod crash;
mod damage;
mod erasing;
mod opening;
mod ranges;
mod read_only;
mod snapshots;
mod support;
mod tables;
