//! The keys of signed notes: a name, a signature type and an Ed25519 key.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use super::{KEY_NAME_BYTES_MAX, NoteError, NoteSignature, check_text, is_name};
use crate::checkpoint::cosignature_message;
use crate::key::{PublicKey, SigningKey, parse_lower_hex};

#[cfg(test)]
mod tests;

/// What a key's signature lines hold (C2SP signed-note, signature types).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureType {
    /// 0x01: Ed25519 over the text. A log's.
    Ed25519,
    /// 0x04: Ed25519 over a time and the text (C2SP tlog-cosignature v1). A witness's.
    Cosignature,
}

impl SignatureType {
    /// The type's byte.
    pub const fn byte(self) -> u8 {
        match self {
            SignatureType::Ed25519 => 0x01,
            SignatureType::Cosignature => 0x04,
        }
    }

    const fn from_byte(byte: u8) -> Option<SignatureType> {
        match byte {
            0x01 => Some(SignatureType::Ed25519),
            0x04 => Some(SignatureType::Cosignature),
            _ => None,
        }
    }
}

/// A key that notes are verified with, written `name+hash+base64`.
///
/// A cosignature does not say whose name it was made under: one public key under two names
/// is still one witness, so whoever counts witnesses counts [`VerifierKey::public`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: SignatureType,
    public: PublicKey,
    id: [u8; 4],
}

impl VerifierKey {
    /// A key by its parts.
    ///
    /// # Errors
    /// [`NoteError::KeyName`].
    pub fn new(name: &str, kind: SignatureType, public: PublicKey) -> Result<Self, NoteError> {
        check_key_name(name)?;
        let digest: [u8; 32] = Sha256::new()
            .chain_update(name)
            .chain_update([b'\n', kind.byte()])
            .chain_update(public.raw())
            .finalize()
            .into();
        let [a, b, c, d, ..] = digest;
        Ok(VerifierKey {
            name: name.to_owned(),
            kind,
            public,
            id: [a, b, c, d],
        })
    }

    /// Parses `name+hash+base64`, where the hash is eight lower-case hex digits.
    ///
    /// # Errors
    /// [`NoteError::VerifierKey`], [`NoteError::KeyName`], [`NoteError::KeyType`] or
    /// [`NoteError::Key`].
    pub fn parse(text: &str) -> Result<VerifierKey, NoteError> {
        // Base64 has plus signs of its own; a name and a hash have none.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(base64)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(NoteError::VerifierKey);
        };
        check_key_name(name)?;
        let id: [u8; 4] = parse_lower_hex(id).ok_or(NoteError::VerifierKey)?;
        // 33 bytes; other types have other lengths, up to some two thousand.
        if base64.len() > 4096 {
            return Err(NoteError::VerifierKey);
        }
        let bytes = STANDARD
            .decode(base64)
            .map_err(|_| NoteError::VerifierKey)?;
        let (kind, raw) = bytes.split_first().ok_or(NoteError::VerifierKey)?;
        let kind = SignatureType::from_byte(*kind).ok_or(NoteError::KeyType)?;
        let public = PublicKey::from_raw(raw.try_into().map_err(|_| NoteError::VerifierKey)?)?;
        let key = VerifierKey::new(name, kind, public)?;
        if key.id != id {
            return Err(NoteError::VerifierKey);
        }
        Ok(key)
    }

    /// The key's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its signatures hold.
    pub fn kind(&self) -> SignatureType {
        self.kind
    }

    /// The Ed25519 key.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The hash of the name, the type and the key.
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// Verifies one signature of this key over `text`. Gives the time it claims, if its
    /// type has one, in seconds after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// [`NoteError::Signature`], also for a line of another key.
    pub fn verify(&self, text: &str, line: &NoteSignature) -> Result<Option<u64>, NoteError> {
        if line.name() != self.name || line.key_id() != self.id {
            return Err(NoteError::Signature);
        }
        let (time, signature) = match self.kind {
            SignatureType::Ed25519 => (None, line.bytes()),
            SignatureType::Cosignature => {
                let (time, rest) = line
                    .bytes()
                    .split_first_chunk()
                    .ok_or(NoteError::Signature)?;
                (Some(u64::from_be_bytes(*time)), rest)
            }
        };
        let signature: &[u8; 64] = signature.try_into().map_err(|_| NoteError::Signature)?;
        let verifies = match time {
            None => self.public.verify(text.as_bytes(), signature),
            Some(time) => {
                let message = cosignature_message(time, text);
                self.public.verify(message.as_bytes(), signature)
            }
        };
        if verifies {
            Ok(time)
        } else {
            Err(NoteError::Signature)
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [self.kind.byte(); 33];
        bytes[1..].copy_from_slice(&self.public.raw());
        write!(
            f,
            "{}+{}+{}",
            self.name,
            hex::encode(self.id),
            STANDARD.encode(bytes)
        )
    }
}

/// A private key with its name, for signatures of type 0x01.
#[derive(Debug)]
pub struct NoteSigner {
    key: SigningKey,
    verifier: VerifierKey,
}

impl NoteSigner {
    /// Names a key.
    ///
    /// # Errors
    /// [`NoteError::KeyName`].
    pub fn new(name: &str, key: SigningKey) -> Result<NoteSigner, NoteError> {
        let verifier = VerifierKey::new(name, SignatureType::Ed25519, key.public())?;
        Ok(NoteSigner { key, verifier })
    }

    /// Signs a text, which ends in a newline.
    ///
    /// # Errors
    /// [`NoteError::Text`] or [`NoteError::TooLarge`].
    pub fn sign(&self, text: &str) -> Result<NoteSignature, NoteError> {
        check_text(text)?;
        let bytes = self.key.sign(text.as_bytes()).to_vec();
        NoteSignature::new(self.name(), self.verifier.id, bytes)
    }

    /// The key's name.
    pub fn name(&self) -> &str {
        self.verifier.name()
    }

    /// What others verify with.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }
}

pub(crate) fn check_key_name(name: &str) -> Result<(), NoteError> {
    if is_name(name) && name.len() <= KEY_NAME_BYTES_MAX {
        Ok(())
    } else {
        Err(NoteError::KeyName)
    }
}
