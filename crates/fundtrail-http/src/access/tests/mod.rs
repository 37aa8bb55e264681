//! Tests of the access core, on states in memory.

mod concerns;
mod gates;
mod ledger;
mod readers;
mod table;
mod tokens;
