//! Disclosures: the openings of sealed particulars (RFC 9901, SD-JWT, section 4.2.1).
//!
//! An entry carries a [`DisclosureDigest`]; the particular itself, with its name and a salt,
//! stands in a [`Disclosure`] outside the log, and can be erased there. Stricter than the
//! RFC: the value is a string, and the salt is base64url of at least 16 bytes, because
//! credit codes and names can be guessed. Absent on purpose: what a value must look like,
//! key binding, and recursive disclosures.

use alloc::string::String;
use core::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

#[cfg(test)]
mod tests;

/// The longest disclosure, in characters of base64url.
pub const DISCLOSURE_CHARS_MAX: usize = 1024;
/// The shortest salt, in bytes before base64url.
pub const SALT_BYTES_MIN: usize = 16;

/// Why a text is not a disclosure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DisclosureError {
    /// Above [`DISCLOSURE_CHARS_MAX`].
    #[error("DISCLOSURE_FORM: a disclosure is at most 1024 characters")]
    TooLong,
    /// Not unpadded base64url.
    #[error("DISCLOSURE_FORM: a disclosure is base64url without padding")]
    Base64,
    /// Not a JSON array of exactly three strings.
    #[error("DISCLOSURE_FORM: a disclosure is a JSON array of salt, name and value, all strings")]
    Form,
    /// Not base64url, or shorter than [`SALT_BYTES_MIN`].
    #[error("DISCLOSURE_FORM: a salt is base64url of at least 16 bytes")]
    Salt,
    /// Empty, or one of the names that SD-JWT keeps for itself.
    #[error("DISCLOSURE_FORM: a name is not empty, not _sd and not ...")]
    Name,
}

impl DisclosureError {
    /// The stable code, as in the first word of the message: one for all of them.
    pub const fn code(self) -> &'static str {
        "DISCLOSURE_FORM"
    }
}

/// A particular and what kept it from being guessed.
#[derive(Clone, PartialEq, Eq)]
pub struct Disclosure {
    salt: String,
    name: String,
    value: String,
}

impl Disclosure {
    /// Parses a disclosure as submitted. The text itself is what was sealed: keep it, since
    /// other texts (with other white space, say) hold the same three strings.
    ///
    /// # Errors
    /// [`DisclosureError`], in the order of its variants.
    pub fn parse(text: &str) -> Result<Disclosure, DisclosureError> {
        if text.len() > DISCLOSURE_CHARS_MAX {
            return Err(DisclosureError::TooLong);
        }
        let json = URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| DisclosureError::Base64)?;
        let (salt, name, value): (String, String, String) =
            serde_json::from_slice(&json).map_err(|_| DisclosureError::Form)?;
        let salt_bytes = URL_SAFE_NO_PAD
            .decode(&salt)
            .map_err(|_| DisclosureError::Salt)?;
        if salt_bytes.len() < SALT_BYTES_MIN {
            return Err(DisclosureError::Salt);
        }
        if matches!(name.as_str(), "" | "_sd" | "...") {
            return Err(DisclosureError::Name);
        }
        Ok(Disclosure { salt, name, value })
    }

    /// Writes a disclosure. The salt is fresh and random for each.
    ///
    /// # Errors
    /// [`DisclosureError::TooLong`] or [`DisclosureError::Name`].
    pub fn make(salt: [u8; 16], name: &str, value: &str) -> Result<String, DisclosureError> {
        let parts = (URL_SAFE_NO_PAD.encode(salt), name, value);
        let json = serde_json::to_vec(&parts).map_err(|_| DisclosureError::Form)?;
        let text = URL_SAFE_NO_PAD.encode(json);
        Disclosure::parse(&text)?;
        Ok(text)
    }

    /// The salt, as written.
    pub fn salt(&self) -> &str {
        &self.salt
    }

    /// The particular's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The particular.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl fmt::Debug for Disclosure {
    /// Without the value: it must not reach a log file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Disclosure({})", self.name)
    }
}

/// The digest of a disclosure's text (RFC 9901, section 4.2.3), whether or not it parses.
pub fn digest(text: &str) -> DisclosureDigest {
    DisclosureDigest(Sha256::digest(text).into())
}

/// What an entry shows of a sealed particular: SHA-256 over the ASCII of the disclosure,
/// written as 43 characters of base64url.
///
/// The order is that of the bytes, not of the text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DisclosureDigest([u8; 32]);

impl DisclosureDigest {
    /// Parses exactly 43 characters of base64url, the last one without superfluous bits.
    pub fn parse(text: &str) -> Option<DisclosureDigest> {
        if text.len() != 43 {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(DisclosureDigest)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for DisclosureDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for DisclosureDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for DisclosureDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DisclosureDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        DisclosureDigest::parse(&text).ok_or_else(|| {
            de::Error::custom("DIGEST_FORM: a sealed particular is 43 characters of base64url")
        })
    }
}
