//! See `fundtrail_properties::transaction`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fundtrail_properties::transaction(bytes));
