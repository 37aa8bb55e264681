//! Requests, connections and floods that mean harm, against the real node over real TCP.
//!
//! After each: others are answered in time, nothing was recorded, memory stays bounded, and no
//! thread panicked. Hostile bytes and envelopes without a network are tried in
//! `tests/properties`.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod bodies;
mod connections;
mod floods;
mod requests;
mod victim;
