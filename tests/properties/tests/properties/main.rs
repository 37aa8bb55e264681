//! What fuzzing kept, held to its properties without a fuzzer; and envelopes that hold,
//! whatever they say.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod corpora;
mod envelopes;
