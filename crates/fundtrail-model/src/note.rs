//! Signed notes: a text and the signatures under it (C2SP signed-note v1).
//!
//! A [`Note`] in memory is well formed and prints to the bytes it was read from; that
//! says nothing about its signatures, which only [`Note::verify`] judges. Absent on
//! purpose: what the text means, signature types other than 0x01 and 0x04 (their lines
//! are carried along and ignored), and how many signatures are enough.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::key::KeyError;

mod keys;
mod signature;
#[cfg(test)]
mod tests;

pub(crate) use keys::check_key_name;
pub use keys::{NoteSigner, SignatureType, VerifierKey};
pub use signature::NoteSignature;

/// The largest note, in bytes.
pub const NOTE_BYTES_MAX: usize = 1_000_000;
/// The most signature lines under a note.
pub const NOTE_SIGNATURES_MAX: usize = 100;
/// The longest name of a key of ours, in bytes. Names on lines we ignore may be longer.
pub const KEY_NAME_BYTES_MAX: usize = 255;

/// Why a note, or a key for notes, is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Above [`NOTE_BYTES_MAX`].
    #[error("NOTE_TOO_LARGE: a note is at most 1000000 bytes")]
    TooLarge,
    /// Not UTF-8, a control character other than the newline, or no final newline.
    #[error("NOTE_TEXT: a note is UTF-8 lines without control characters")]
    Text,
    /// No blank line, or nothing after the last one.
    #[error("NOTE_UNSIGNED: a note ends in a blank line and signature lines")]
    Unsigned,
    /// Not an em dash, a space, a name, a space and the base64 of at least five bytes.
    #[error("NOTE_LINE: a signature line is an em dash, a key name and base64")]
    Line,
    /// Above [`NOTE_SIGNATURES_MAX`].
    #[error("NOTE_SIGNATURES: a note has at most 100 signatures")]
    TooManySignatures,
    /// Empty, too long, or with a space, a plus sign or a control character.
    #[error("NOTE_KEY_NAME: a key name is 1 to 255 bytes without spaces and plus signs")]
    KeyName,
    /// Not `name+hash+base64`, or the hash is not that of the name and the key.
    #[error("NOTE_KEY: a verifier key is name+hash+key with a matching hash")]
    VerifierKey,
    /// A signature type other than 0x01 and 0x04.
    #[error("NOTE_KEY_TYPE: only Ed25519 keys of the types 0x01 and 0x04 are known")]
    KeyType,
    /// The key inside a verifier key is not acceptable.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Two different keys given for one name and hash.
    #[error("NOTE_KEY_AMBIGUOUS: two trusted keys have the same name and hash")]
    Ambiguous,
    /// Two lines of the same key.
    #[error("NOTE_DUPLICATE: a note has two signatures of one key")]
    Duplicate,
    /// A line of a trusted key that does not verify.
    #[error("NOTE_SIGNATURE: the signature of a trusted key does not verify")]
    Signature,
    /// No line of any trusted key.
    #[error("NOTE_UNTRUSTED: no trusted key signed this note")]
    Untrusted,
}

impl NoteError {
    /// The stable code, as in the first word of the message.
    pub const fn code(self) -> &'static str {
        match self {
            NoteError::TooLarge => "NOTE_TOO_LARGE",
            NoteError::Text => "NOTE_TEXT",
            NoteError::Unsigned => "NOTE_UNSIGNED",
            NoteError::Line => "NOTE_LINE",
            NoteError::TooManySignatures => "NOTE_SIGNATURES",
            NoteError::KeyName => "NOTE_KEY_NAME",
            NoteError::VerifierKey => "NOTE_KEY",
            NoteError::KeyType => "NOTE_KEY_TYPE",
            NoteError::Key(error) => error.code(),
            NoteError::Ambiguous => "NOTE_KEY_AMBIGUOUS",
            NoteError::Duplicate => "NOTE_DUPLICATE",
            NoteError::Signature => "NOTE_SIGNATURE",
            NoteError::Untrusted => "NOTE_UNTRUSTED",
        }
    }
}

/// A well-formed signed note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

impl Note {
    /// A note of `text`, which ends in a newline, with its first signature.
    ///
    /// # Errors
    /// [`NoteError::Text`] or [`NoteError::TooLarge`].
    pub fn new(text: String, signature: NoteSignature) -> Result<Note, NoteError> {
        check_text(&text)?;
        let mut note = Note {
            text,
            signatures: Vec::new(),
        };
        note.add(signature)?;
        Ok(note)
    }

    /// Parses a note.
    ///
    /// # Errors
    /// [`NoteError::TooLarge`], [`NoteError::Text`], [`NoteError::Unsigned`],
    /// [`NoteError::TooManySignatures`] or [`NoteError::Line`], in this order.
    pub fn parse(bytes: &[u8]) -> Result<Note, NoteError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLarge);
        }
        let whole = core::str::from_utf8(bytes).map_err(|_| NoteError::Text)?;
        check_text(whole)?;
        // The text may have blank lines of its own; signature lines cannot.
        let split = whole.rfind("\n\n").ok_or(NoteError::Unsigned)?;
        let (text, rest) = whole.split_at(split + 1);
        let lines = rest[1..].strip_suffix('\n').ok_or(NoteError::Unsigned)?;
        if lines.split('\n').count() > NOTE_SIGNATURES_MAX {
            return Err(NoteError::TooManySignatures);
        }
        let signatures = lines
            .split('\n')
            .map(NoteSignature::parse)
            .collect::<Result<_, _>>()?;
        Ok(Note {
            text: text.to_owned(),
            signatures,
        })
    }

    /// Adds a signature, unverified: whoever publishes the note verifies it first, since
    /// one bad line of a key that a reader trusts makes that reader reject all of it.
    ///
    /// # Errors
    /// [`NoteError::Duplicate`], [`NoteError::TooManySignatures`] or [`NoteError::TooLarge`];
    /// the note is then unchanged.
    pub fn add(&mut self, signature: NoteSignature) -> Result<(), NoteError> {
        if self
            .signatures
            .iter()
            .any(|present| present.same_key(&signature))
        {
            return Err(NoteError::Duplicate);
        }
        if self.signatures.len() >= NOTE_SIGNATURES_MAX {
            return Err(NoteError::TooManySignatures);
        }
        self.signatures.push(signature);
        if self.to_string().len() > NOTE_BYTES_MAX {
            self.signatures.pop();
            return Err(NoteError::TooLarge);
        }
        Ok(())
    }

    /// The signed text, with its final newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, in the order of their lines.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// The note as bytes; [`Note::parse`] of it gives this note again.
    pub fn to_text(&self) -> String {
        self.to_string()
    }

    /// Verifies every signature made by one of `keys`; lines of other keys are ignored.
    /// What is returned has no key twice, and is not empty.
    ///
    /// # Errors
    /// [`NoteError::Signature`] when a trusted key's signature fails, [`NoteError::Duplicate`]
    /// when a trusted key has two lines, [`NoteError::Ambiguous`] when `keys` contradict each
    /// other, [`NoteError::Untrusted`] when none of `keys` signed.
    pub fn verify<'k>(&self, keys: &'k [VerifierKey]) -> Result<Vec<Verified<'k>>, NoteError> {
        let mut verified: Vec<Verified<'k>> = Vec::new();
        for signature in &self.signatures {
            let Some(key) = signature.key_among(keys)? else {
                continue;
            };
            if verified.iter().any(|earlier| earlier.key == key) {
                return Err(NoteError::Duplicate);
            }
            let time = key.verify(&self.text, signature)?;
            verified.push(Verified { key, time });
        }
        if verified.is_empty() {
            return Err(NoteError::Untrusted);
        }
        Ok(verified)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

/// A trusted key's signature that verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified<'k> {
    /// Whose it is.
    pub key: &'k VerifierKey,
    /// When it was made, in seconds after 1970-01-01T00:00:00Z, if it says so (0x04).
    pub time: Option<u64>,
}

/// Whether a text can be that of a note: bounded, without control characters other than
/// the newline, ending in one.
pub(crate) fn check_text(text: &str) -> Result<(), NoteError> {
    if text.len() > NOTE_BYTES_MAX {
        return Err(NoteError::TooLarge);
    }
    if !text.ends_with('\n') || text.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
        return Err(NoteError::Text);
    }
    Ok(())
}

/// Whether a text can be a key's name, whatever its length.
fn is_name(text: &str) -> bool {
    let forbidden = |c: char| c.is_whitespace() || c == '+' || c < ' ';
    !text.is_empty() && !text.contains(forbidden)
}
