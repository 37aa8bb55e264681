//! One signature line under a note.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{NoteError, VerifierKey, is_name};

/// What a signature line begins with: an em dash and a space.
const LINE_PREFIX: &str = "\u{2014} ";

/// One signature line, not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    name: String,
    key_id: [u8; 4],
    bytes: Vec<u8>,
}

impl NoteSignature {
    /// A line by its parts; `bytes` is what follows the key's hash.
    ///
    /// # Errors
    /// [`NoteError::Line`] when the name is not one, or there are no bytes.
    pub fn new(name: &str, key_id: [u8; 4], bytes: Vec<u8>) -> Result<NoteSignature, NoteError> {
        if !is_name(name) || bytes.is_empty() {
            return Err(NoteError::Line);
        }
        Ok(NoteSignature {
            name: name.to_owned(),
            key_id,
            bytes,
        })
    }

    /// Parses a line without its newline.
    ///
    /// # Errors
    /// [`NoteError::Line`].
    pub fn parse(line: &str) -> Result<NoteSignature, NoteError> {
        let rest = line.strip_prefix(LINE_PREFIX).ok_or(NoteError::Line)?;
        let (name, base64) = rest.split_once(' ').ok_or(NoteError::Line)?;
        let bytes = STANDARD.decode(base64).map_err(|_| NoteError::Line)?;
        let (key_id, bytes) = bytes.split_first_chunk::<4>().ok_or(NoteError::Line)?;
        NoteSignature::new(name, *key_id, bytes.to_vec())
    }

    /// The name of the key.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The hash of the name and the key; a hint, not proof.
    pub fn key_id(&self) -> [u8; 4] {
        self.key_id
    }

    /// What the key made: for 0x01 the signature, for 0x04 a time and the signature.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether both claim to be of one key.
    pub(super) fn same_key(&self, other: &NoteSignature) -> bool {
        self.name == other.name && self.key_id == other.key_id
    }

    /// The key of `keys` that this line claims to be of.
    pub(super) fn key_among<'k>(
        &self,
        keys: &'k [VerifierKey],
    ) -> Result<Option<&'k VerifierKey>, NoteError> {
        let mut named = keys
            .iter()
            .filter(|key| key.name() == self.name && key.id() == self.key_id);
        let first = named.next();
        if named.any(|other| Some(other) != first) {
            return Err(NoteError::Ambiguous);
        }
        Ok(first)
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.key_id[..], &self.bytes].concat();
        write!(f, "{LINE_PREFIX}{} {}", self.name, STANDARD.encode(bytes))
    }
}
