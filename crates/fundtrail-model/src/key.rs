//! Ed25519 keys and their names.
//!
//! A [`PublicKey`] has been checked: canonical, on the curve, not weak. A [`SigningKey`]
//! is wiped when dropped and never printed by accident. Absent on purpose: making keys
//! (randomness), other signature suites, and any trust in a key; who may sign what is
//! written in the ledger, not here.

use alloc::string::String;
use core::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::pkcs8::DecodePrivateKey as _;
pub use ed25519_dalek::pkcs8::spki::der::zeroize::Zeroizing;
use ed25519_dalek::{Signature, Signer as _, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

mod encrypted;
#[cfg(test)]
mod tests;

pub use encrypted::{EncryptedKeyError, ITERATIONS, is_encrypted};

/// SubjectPublicKeyInfo of Ed25519 up to the key itself (RFC 8410, section 4).
const SPKI_PREFIX: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// PKCS#8 of Ed25519, version 1, up to the seed (RFC 8410, section 7): what OpenSSL writes.
const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// The longest private key file read, in bytes.
const PRIVATE_KEY_BYTES_MAX: usize = 4096;

/// Why something is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not the 44 bytes of an Ed25519 SubjectPublicKeyInfo, or not their base64.
    #[error("KEY_FORM: a public key is the SubjectPublicKeyInfo of Ed25519, 44 bytes of DER")]
    Form,
    /// The y coordinate is not reduced: another encoding of the same point exists.
    #[error("KEY_WEAK: the key's coordinate is not reduced modulo 2^255 - 19")]
    NotCanonical,
    /// The bytes are no point of the curve.
    #[error("KEY_FORM: the key is not a point of the curve")]
    NotOnCurve,
    /// A point of small order, for which anyone can make signatures.
    #[error("KEY_WEAK: the key is a point of small order")]
    Weak,
    /// Not a PKCS#8 Ed25519 private key, or an encrypted one where none is expected.
    #[error("KEY_PRIVATE_FORM: a private key is PKCS#8 of Ed25519, PEM or DER")]
    PrivateForm,
}

impl KeyError {
    /// The stable code, as in the first word of the message.
    pub const fn code(self) -> &'static str {
        match self {
            KeyError::Form | KeyError::NotOnCurve => "KEY_FORM",
            KeyError::NotCanonical | KeyError::Weak => "KEY_WEAK",
            KeyError::PrivateForm => "KEY_PRIVATE_FORM",
        }
    }
}

/// A checked Ed25519 public key (RFC 8032).
///
/// As text and in JSON it is the standard base64 of its SubjectPublicKeyInfo DER: the
/// middle line of the PEM that OpenSSL prints.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Checks the 32 bytes of RFC 8032.
    ///
    /// # Errors
    /// [`KeyError::NotCanonical`], [`KeyError::NotOnCurve`] or [`KeyError::Weak`], in this order.
    pub fn from_raw(raw: &[u8; 32]) -> Result<PublicKey, KeyError> {
        if !is_reduced(raw) {
            return Err(KeyError::NotCanonical);
        }
        let key = VerifyingKey::from_bytes(raw).map_err(|_| KeyError::NotOnCurve)?;
        if key.is_weak() {
            return Err(KeyError::Weak);
        }
        Ok(PublicKey(key))
    }

    /// Checks a SubjectPublicKeyInfo in DER (RFC 8410).
    ///
    /// # Errors
    /// [`KeyError::Form`] unless it is the one DER form for Ed25519; then as [`Self::from_raw`].
    pub fn from_spki_der(der: &[u8]) -> Result<PublicKey, KeyError> {
        let raw = der.strip_prefix(&SPKI_PREFIX).ok_or(KeyError::Form)?;
        PublicKey::from_raw(raw.try_into().map_err(|_| KeyError::Form)?)
    }

    /// Parses the base64 of the SubjectPublicKeyInfo, as [`fmt::Display`] writes it.
    ///
    /// # Errors
    /// As [`Self::from_spki_der`].
    pub fn parse(text: &str) -> Result<PublicKey, KeyError> {
        if text.len() != 60 {
            return Err(KeyError::Form);
        }
        let der = STANDARD.decode(text).map_err(|_| KeyError::Form)?;
        PublicKey::from_spki_der(&der)
    }

    /// The SubjectPublicKeyInfo in DER (RFC 8410).
    pub fn spki_der(&self) -> [u8; 44] {
        let mut der = [0; 44];
        der[..12].copy_from_slice(&SPKI_PREFIX);
        der[12..].copy_from_slice(self.0.as_bytes());
        der
    }

    /// The 32 bytes of RFC 8032.
    pub fn raw(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The key's name.
    pub fn id(&self) -> KeyId {
        let digest: [u8; 32] = Sha256::digest(self.spki_der()).into();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        KeyId(id)
    }

    /// Whether `signature` is this key's over exactly `message`.
    ///
    /// Strict: S must be reduced, R must not be of small order, and R is compared as bytes,
    /// so that a signature has one form only.
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0
            .verify_strict(message, &Signature::from_bytes(signature))
            .is_ok()
    }
}

/// Whether the y coordinate (the low 255 bits, little-endian) is below 2^255 - 19.
fn is_reduced(raw: &[u8; 32]) -> bool {
    raw[0] < 0xed || raw[31] & 0x7f != 0x7f || raw[1..31].iter().any(|byte| *byte != 0xff)
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.spki_der()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id())
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PublicKey, D::Error> {
        let text = String::deserialize(deserializer)?;
        PublicKey::parse(&text).map_err(de::Error::custom)
    }
}

/// The name of a key: the first 16 bytes of SHA-256 over its SubjectPublicKeyInfo DER,
/// written as 32 lower-case hex digits.
///
/// `openssl pkey -pubin -outform DER | sha256sum | cut -c-32` prints the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 16]);

impl KeyId {
    /// Parses exactly 32 lower-case hex digits.
    pub fn parse(text: &str) -> Option<KeyId> {
        parse_lower_hex(text).map(KeyId)
    }

    /// The 16 bytes, as used in storage keys.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// Parses exactly `N` bytes of lower-case hex.
pub(crate) fn parse_lower_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

impl From<[u8; 16]> for KeyId {
    fn from(bytes: [u8; 16]) -> KeyId {
        KeyId(bytes)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for KeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<KeyId, D::Error> {
        let text = String::deserialize(deserializer)?;
        KeyId::parse(&text)
            .ok_or_else(|| de::Error::custom("DIGEST_FORM: a key id is 32 lower-case hex digits"))
    }
}

/// An Ed25519 private key, wiped from memory when dropped.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key of a 32-byte seed (RFC 8032, "private key").
    pub fn from_seed(seed: &[u8; 32]) -> SigningKey {
        SigningKey(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// Reads unencrypted PKCS#8 PEM, as `openssl genpkey -algorithm ed25519` writes it.
    ///
    /// # Errors
    /// [`KeyError::PrivateForm`], also when an enclosed public key is not the seed's.
    pub fn from_pkcs8_pem(pem: &str) -> Result<SigningKey, KeyError> {
        if pem.len() > PRIVATE_KEY_BYTES_MAX {
            return Err(KeyError::PrivateForm);
        }
        let key = ed25519_dalek::SigningKey::from_pkcs8_pem(pem);
        key.map(SigningKey).map_err(|_| KeyError::PrivateForm)
    }

    /// Reads unencrypted PKCS#8 DER.
    ///
    /// # Errors
    /// As [`Self::from_pkcs8_pem`].
    pub fn from_pkcs8_der(der: &[u8]) -> Result<SigningKey, KeyError> {
        if der.len() > PRIVATE_KEY_BYTES_MAX {
            return Err(KeyError::PrivateForm);
        }
        let key = ed25519_dalek::SigningKey::from_pkcs8_der(der);
        key.map(SigningKey).map_err(|_| KeyError::PrivateForm)
    }

    /// Writes PKCS#8 PEM, byte for byte as OpenSSL does. Wiped when dropped.
    pub fn to_pkcs8_pem(&self) -> Zeroizing<String> {
        let mut der = Zeroizing::new([0; 48]);
        der[..16].copy_from_slice(&PKCS8_PREFIX);
        der[16..].copy_from_slice(self.0.as_bytes());
        // Room for all of it at once: a growing string would leave copies behind.
        let mut pem = Zeroizing::new(String::with_capacity(128));
        pem.push_str("-----BEGIN PRIVATE KEY-----\n");
        STANDARD.encode_string(der.as_slice(), &mut pem);
        pem.push_str("\n-----END PRIVATE KEY-----\n");
        pem
    }

    /// Signs exactly `message` (RFC 8032, deterministic).
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public().id())
    }
}
