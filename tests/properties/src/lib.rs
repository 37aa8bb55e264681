//! What must hold of any bytes that somebody sends or keeps for us: a function for each
//! format, which panics where it does not.
//!
//! The targets of `tests/fuzz` are one line each around these, and an ordinary test runs them
//! over every file of the corpus. They ask for more than that nothing panics: what parses
//! prints back to the same bytes; a code is stable and stands first in its message; nothing is
//! verified that was not signed; a fault never follows from what somebody sent.
//!
//! Absent on purpose: cargo-fuzz and its libraries, RocksDB, networks.

mod checkpoint;
mod disclosure;
mod entry;
mod envelope;
mod grounds;
mod note;
mod policy;
mod proof;
pub mod seeds;
#[cfg(feature = "token")]
mod token;
mod transaction;

pub use checkpoint::checkpoint;
pub use disclosure::disclosure;
pub use entry::entry;
pub use envelope::envelope;
pub use note::note;
pub use policy::policy;
pub use proof::proof;
#[cfg(feature = "token")]
pub use token::token;
pub use transaction::transaction;

/// A function that takes any bytes, and panics if something does not hold of them.
pub type Property = fn(&[u8]);

/// Every target by its name, which is also that of its file in `tests/fuzz/fuzz_targets` and
/// of its folder in `tests/fuzz/corpus`.
pub const TARGETS: &[(&str, Property)] = &[
    ("envelope", envelope),
    ("transaction", transaction),
    ("entry", entry),
    ("note", note),
    ("checkpoint", checkpoint),
    ("proof", proof),
    ("policy", policy),
    ("disclosure", disclosure),
    #[cfg(feature = "token")]
    ("token", token),
];

/// A code is upper case, and its message begins with it: clients compare the one, and logs
/// have the other.
fn assert_code(code: &str, message: &str) {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    assert!(
        code.len() >= 3 && code.bytes().all(plain),
        "{code} is no code"
    );
    let rest = message.strip_prefix(code);
    assert!(
        rest.is_some_and(|rest| rest.starts_with(':')),
        "{message:?} does not begin with {code}"
    );
}
