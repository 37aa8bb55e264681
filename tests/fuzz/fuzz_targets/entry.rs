//! See `fundtrail_properties::entry`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fundtrail_properties::entry(bytes));
