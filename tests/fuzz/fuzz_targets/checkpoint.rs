//! See `fundtrail_properties::checkpoint`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fundtrail_properties::checkpoint(bytes));
