//! See `fundtrail_properties::envelope`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fundtrail_properties::envelope(bytes));
