//! Checkpoints: the signed head of the tree (C2SP tlog-checkpoint, tlog-cosignature v1).
//!
//! In this ledger a checkpoint's origin is also the name of the log's key. Absent on
//! purpose: whether two checkpoints are consistent (the tree's business), and how many
//! witnesses are enough (a [`LogPolicy`](crate::LogPolicy)'s).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use fundtrail_merkle::Hash;

use crate::key::SigningKey;
use crate::note::{
    Note, NoteError, NoteSignature, NoteSigner, SignatureType, VerifierKey, check_key_name,
    check_text,
};

#[cfg(test)]
mod tests;

/// Why a checkpoint is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note around it is not accepted.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Not an origin, a size and a root, a line each.
    #[error(
        "CHECKPOINT_FORM: a checkpoint is an origin, a decimal size and a base64 root, a line each"
    )]
    Form,
    /// The origin is not a key name.
    #[error("CHECKPOINT_ORIGIN_FORM: an origin is 1 to 255 bytes without spaces and plus signs")]
    OriginForm,
    /// The origin is not the expected one, or not the name of the key.
    #[error("CHECKPOINT_ORIGIN: the checkpoint is of another log")]
    Origin,
    /// A witness's key where the log's is needed, or the other way round.
    #[error("CHECKPOINT_KEY_TYPE: a log signs with a key of type 0x01, a witness with 0x04")]
    KeyType,
    /// Too few of a policy's witnesses cosigned: which quorum lacks whom.
    #[error("CHECKPOINT_QUORUM: too few witnesses cosigned: {0}")]
    Quorum(String),
}

impl CheckpointError {
    /// The stable code, as in the first word of the message.
    pub const fn code(&self) -> &'static str {
        match self {
            CheckpointError::Note(error) => error.code(),
            CheckpointError::Form => "CHECKPOINT_FORM",
            CheckpointError::OriginForm => "CHECKPOINT_ORIGIN_FORM",
            CheckpointError::Origin => "CHECKPOINT_ORIGIN",
            CheckpointError::KeyType => "CHECKPOINT_KEY_TYPE",
            CheckpointError::Quorum(_) => "CHECKPOINT_QUORUM",
        }
    }
}

/// The head of a tree: which, how large, and its root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
    extensions: Vec<String>,
}

impl Checkpoint {
    /// A checkpoint without extension lines.
    ///
    /// # Errors
    /// [`CheckpointError::OriginForm`].
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Checkpoint, CheckpointError> {
        check_key_name(origin).map_err(|_| CheckpointError::OriginForm)?;
        Ok(Checkpoint {
            origin: origin.to_owned(),
            size,
            root,
            extensions: Vec::new(),
        })
    }

    /// Parses the text of a note, without blank line and signatures.
    ///
    /// # Errors
    /// [`CheckpointError::Note`], [`CheckpointError::Form`] or [`CheckpointError::OriginForm`].
    pub fn parse(text: &str) -> Result<Checkpoint, CheckpointError> {
        check_text(text)?;
        let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Form);
        };
        let size = parse_number(size).ok_or(CheckpointError::Form)?;
        let root = parse_hash(root).ok_or(CheckpointError::Form)?;
        let mut checkpoint = Checkpoint::new(origin, size, root)?;
        checkpoint.extensions = lines.map(ToOwned::to_owned).collect();
        if checkpoint.extensions.iter().any(String::is_empty) {
            return Err(CheckpointError::Form);
        }
        Ok(checkpoint)
    }

    /// Opens a signed checkpoint of the log `origin`: its key signed it, under its name.
    ///
    /// # Errors
    /// [`CheckpointError::KeyType`] unless the key is of type 0x01; then whatever keeps the
    /// note from verifying, the text from parsing, or the origin from being the expected one.
    pub fn open(
        bytes: &[u8],
        origin: &str,
        key: &VerifierKey,
    ) -> Result<(Checkpoint, Note), CheckpointError> {
        if key.kind() != SignatureType::Ed25519 {
            return Err(CheckpointError::KeyType);
        }
        let note = Note::parse(bytes)?;
        note.verify(core::slice::from_ref(key))?;
        let checkpoint = Checkpoint::parse(note.text())?;
        if checkpoint.origin != origin || key.name() != origin {
            return Err(CheckpointError::Origin);
        }
        Ok((checkpoint, note))
    }

    /// Signs as the log.
    ///
    /// # Errors
    /// [`CheckpointError::Origin`] unless the key has the origin's name.
    pub fn sign(&self, signer: &NoteSigner) -> Result<Note, CheckpointError> {
        if signer.name() != self.origin {
            return Err(CheckpointError::Origin);
        }
        let text = self.to_text();
        let signature = signer.sign(&text)?;
        Ok(Note::new(text, signature)?)
    }

    /// The text that is signed.
    pub fn to_text(&self) -> String {
        self.to_string()
    }

    /// The log's name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The number of entries.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree of that size.
    pub fn root(&self) -> Hash {
        self.root
    }

    /// Lines after the root, as received. Their meaning is not known here.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}\n{}\n{}",
            self.origin,
            self.size,
            hash_text(&self.root)
        )?;
        self.extensions
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// What a witness signs (C2SP tlog-cosignature, cosignature/v1): that at `time`, in seconds
/// after 1970-01-01T00:00:00Z, this was the largest tree it had seen of that origin.
/// `text` is the checkpoint with its final newline and any extension lines.
pub fn cosignature_message(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// Signs the text of a checkpoint as the witness `name`. Does not look at the tree: the
/// witness has checked consistency before, and remembers the size before it answers.
///
/// # Errors
/// As [`Checkpoint::parse`], and [`CheckpointError::Note`] for the name.
pub fn cosign(
    key: &SigningKey,
    name: &str,
    time: u64,
    text: &str,
) -> Result<NoteSignature, CheckpointError> {
    Checkpoint::parse(text)?;
    let verifier = VerifierKey::new(name, SignatureType::Cosignature, key.public())?;
    let signature = key.sign(cosignature_message(time, text).as_bytes());
    let bytes = [&time.to_be_bytes()[..], &signature].concat();
    Ok(NoteSignature::new(name, verifier.id(), bytes)?)
}

/// Verifies a witness's signature over the text of a checkpoint. Gives its time, in seconds
/// after 1970-01-01T00:00:00Z.
///
/// # Errors
/// [`CheckpointError::KeyType`] unless the key is of type 0x04;
/// [`NoteError::Signature`] inside [`CheckpointError::Note`].
pub fn verify_cosignature(
    key: &VerifierKey,
    text: &str,
    signature: &NoteSignature,
) -> Result<u64, CheckpointError> {
    if key.kind() != SignatureType::Cosignature {
        return Err(CheckpointError::KeyType);
    }
    key.verify(text, signature)?.ok_or(CheckpointError::KeyType)
}

/// Parses a decimal number without sign and superfluous zeros.
pub(crate) fn parse_number(text: &str) -> Option<u64> {
    let canonical = text == "0" || !text.starts_with('0');
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    (canonical && digits).then(|| text.parse().ok()).flatten()
}

/// Parses a hash in padded standard base64.
pub(crate) fn parse_hash(text: &str) -> Option<Hash> {
    if text.len() != 44 {
        return None;
    }
    STANDARD.decode(text).ok()?.try_into().ok().map(Hash)
}

/// A hash in padded standard base64.
pub(crate) fn hash_text(hash: &Hash) -> String {
    STANDARD.encode(hash.0)
}
