//! See `fundtrail_properties::token`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fundtrail_properties::token(bytes));
