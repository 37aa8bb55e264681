//! The real binaries, over real HTTP, with real keys, on a real RocksDB.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bad_input;
mod clients;
mod crash;
mod life_cycle;
mod openssl;
