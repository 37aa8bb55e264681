//! A machine with a full disk, a disk that takes no writes, too few file handles, a wrong
//! clock or a slow disk: the real node over real HTTP says clearly what it cannot do, is not
//! ready, loses nothing that it gave a receipt for, and is well again by itself.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod clocks;
mod disk;
mod halted;
mod handles;
mod patient;
mod slow;
