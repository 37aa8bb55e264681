//! Tags: stand-ins for identifiers that must not be readable or guessable.
//!
//! Equal identifiers have equal tags under one key, so that the rules can count and compare
//! without seeing them. Whoever holds the key can find an identifier by guessing: it stays
//! with the fund manager, and only its [`TagKey::commitment`] is published. Absent on
//! purpose: making keys, and the form of identifiers; a value is normalised and checked
//! before it is tagged.

use alloc::string::String;
use core::fmt;

use ed25519_dalek::pkcs8::spki::der::zeroize::Zeroize as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

use crate::key::parse_lower_hex;

/// The domain of borrowers' unified social credit codes (GB 32100), whose tags are made
/// over the code alone.
pub const CREDIT_CODE: &str = "credit_code";

/// The fund's key for tags, wiped from memory when dropped.
pub struct TagKey([u8; 32]);

impl TagKey {
    /// The key of 32 random bytes.
    pub fn new(bytes: &[u8; 32]) -> TagKey {
        TagKey(*bytes)
    }

    /// The tag of `value` among those of `domain`: HMAC-SHA256 under this key over `value`
    /// in the domain [`CREDIT_CODE`], over `domain`, 0x00 and `value` in any other.
    ///
    /// Neither a domain nor a credit code contains 0x00, so no two of these coincide.
    pub fn tag(&self, domain: &str, value: &str) -> Tag {
        // HMAC pads short keys with zeros itself; a whole block cannot have a wrong length.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0);
        let mut mac = Hmac::<Sha256>::new((&block).into());
        block.zeroize();
        if domain != CREDIT_CODE {
            mac.update(domain.as_bytes());
            mac.update(&[0]);
        }
        mac.update(value.as_bytes());
        Tag(mac.finalize().into_bytes().into())
    }

    /// What may be published about the key: SHA-256 over `fundtrail/tag-key/v1`, a newline
    /// and the key, as 64 lower-case hex digits. Whoever is given the key later can check it.
    pub fn commitment(&self) -> String {
        let digest = Sha256::new()
            .chain_update("fundtrail/tag-key/v1\n")
            .chain_update(self.0);
        hex::encode(digest.finalize())
    }
}

impl Drop for TagKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for TagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TagKey(…)")
    }
}

/// A stand-in for an identifier, written as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag([u8; 32]);

impl Tag {
    /// Parses exactly 64 lower-case hex digits.
    pub fn parse(text: &str) -> Option<Tag> {
        parse_lower_hex(text).map(Tag)
    }

    /// The 32 bytes, as used in storage keys. They sort as the text does.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&hex::encode(self.0))
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Tag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tag, D::Error> {
        let text = String::deserialize(deserializer)?;
        Tag::parse(&text)
            .ok_or_else(|| de::Error::custom("DIGEST_FORM: a tag is 64 lower-case hex digits"))
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString;

    use super::*;

    fn key() -> TagKey {
        TagKey::new(&core::array::from_fn(|at| u8::try_from(at).unwrap()))
    }

    #[test]
    fn tags_are_those_of_openssl() {
        // printf '91150200MA0MXXXXX0' | openssl mac -digest SHA256 -macopt hexkey:0001…1f HMAC
        let code = "91150200MA0MXXXXX0";
        let plain = "0b0a9ae1dcf59e1278581c0aeb4dbdf04cd5773bfd159a22b60df53feae66188";
        assert_eq!(key().tag(CREDIT_CODE, code).to_string(), plain);
        // printf 'contract\0JK-2022-001' | openssl mac …
        let prefixed = "b1b293260ef838dff05f3d8405b4b8d5c9df268a8cadf16c4e7b086178bcd0b7";
        assert_eq!(key().tag("contract", "JK-2022-001").to_string(), prefixed);
        assert_ne!(
            key().tag("patent", "JK-2022-001"),
            key().tag("contract", "JK-2022-001")
        );
    }

    #[test]
    fn domains_do_not_run_into_values() {
        assert_ne!(key().tag("ab", "c"), key().tag("a", "bc"));
        assert_ne!(key().tag("", "x"), key().tag(CREDIT_CODE, "x"));
        assert_ne!(key().tag("x", ""), key().tag(CREDIT_CODE, "x"));
    }

    #[test]
    fn another_key_gives_other_tags() {
        let other = TagKey::new(&[0; 32]);
        assert_ne!(key().tag(CREDIT_CODE, "x"), other.tag(CREDIT_CODE, "x"));
        assert_ne!(key().commitment(), other.commitment());
        // (printf 'fundtrail/tag-key/v1\n'; the 32 bytes) | sha256sum
        assert_eq!(
            key().commitment(),
            "1cfda38b76303b42dffe1aa04218d7f84ed12d98440cbe48fc808e772539a3dc"
        );
    }

    #[test]
    fn tags_have_one_form() {
        let tag = key().tag(CREDIT_CODE, "x");
        let text = tag.to_string();
        assert_eq!(Tag::parse(&text), Some(tag));
        let json = format!("\"{text}\"");
        assert_eq!(serde_json::to_string(&tag).unwrap(), json);
        assert_eq!(serde_json::from_str::<Tag>(&json).unwrap(), tag);
        for changed in [
            "",
            &text[1..],
            &text[2..],
            &format!("{text}0"),
            &text.to_uppercase(),
        ] {
            assert_eq!(Tag::parse(changed), None, "{changed}");
        }
        assert!(serde_json::from_str::<Tag>("7").is_err());
    }

    #[test]
    fn tags_sort_as_their_text_does() {
        let mut tags: alloc::vec::Vec<_> =
            (0..50).map(|n| key().tag("n", &n.to_string())).collect();
        tags.sort_unstable();
        assert!(tags.is_sorted_by_key(|tag| tag.to_string()));
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(format!("{:?}", key()), "TagKey(…)");
    }
}
