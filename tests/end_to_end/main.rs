//! The real binaries, over real HTTP, with real keys, on a real RocksDB.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bad_input;
mod clients;
mod containers;
mod crash;
mod demonstration;
mod drafts;
mod events;
mod founding;
mod life_cycle;
mod openssl;
mod particulars;
mod schemathesis;
mod statements;
mod third_party_witnesses;
mod tls;
mod witnesses;
