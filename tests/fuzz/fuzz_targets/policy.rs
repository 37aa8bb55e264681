//! See `fundtrail_properties::policy`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fundtrail_properties::policy(bytes));
