//! Names of things: ids, and digests of documents that stay outside the ledger.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

/// The longest id, in bytes.
pub const ID_BYTES_MAX: usize = 64;

/// Declares a text newtype with one checked constructor and strict serde.
macro_rules! checked_text {
    ($(#[doc = $doc:literal])+ $name:ident, $check:expr, $message:literal) => {
        $(#[doc = $doc])+
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text, if it is well formed.
            pub fn parse(text: &str) -> Option<$name> {
                let check: fn(&str) -> bool = $check;
                check(text).then(|| $name(text.to_owned()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text's bytes, as used in storage keys.
            pub fn as_bytes(&self) -> &[u8] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                let text = String::deserialize(deserializer)?;
                $name::parse(&text).ok_or_else(|| de::Error::custom($message))
            }
        }
    };
}

checked_text! {
    /// An id chosen by a party: 1 to 64 of `A–Z a–z 0–9 . _ -`, beginning with a letter or digit.
    Id,
    |text| {
        let bytes = text.as_bytes();
        bytes.len() <= ID_BYTES_MAX
            && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
            && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    },
    "ID_FORM: an id is 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter or digit"
}

checked_text! {
    /// SHA-256 of a document kept outside the ledger: 64 lower-case hex digits.
    DocumentDigest,
    |text| {
        text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    },
    "DIGEST_FORM: a document digest is 64 lower-case hex digits"
}
