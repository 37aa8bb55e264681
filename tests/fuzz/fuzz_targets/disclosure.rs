//! See `fundtrail_properties::disclosure`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fundtrail_properties::disclosure(bytes));
