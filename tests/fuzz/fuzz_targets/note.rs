//! See `fundtrail_properties::note`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fundtrail_properties::note(bytes));
