//! See `fundtrail_properties::proof`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fundtrail_properties::proof(bytes));
