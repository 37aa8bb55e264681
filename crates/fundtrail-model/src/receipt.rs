//! Receipts: proof that an entry is in the ledger, in one file (C2SP tlog-proof v1).
//!
//! A receipt is the entry's index, the hashes beside its path to the root, and a signed
//! checkpoint. A [`Receipt`] in memory is well formed and prints to the bytes it was read
//! from; only [`Receipt::verify`] says that it proves something, under the [`LogPolicy`] of
//! whoever asks. Absent on purpose: what an entry means.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use fundtrail_merkle::{Hash, VerifyError, verify_inclusion};

use crate::checkpoint::{CheckpointError, hash_text, parse_hash, parse_number};
use crate::log_policy::{LogPolicy, Opened};
use crate::note::{NOTE_BYTES_MAX, Note, NoteError};

#[cfg(test)]
mod tests;

/// The most hashes in a proof.
pub const PROOF_HASHES_MAX: usize = 63;
/// The most bytes in `extra`: those of the largest entry.
pub const EXTRA_BYTES_MAX: usize = 65_535;

/// The first line.
const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// More than the largest note, `extra` and proof take together, in bytes.
const RECEIPT_BYTES_MAX: usize = NOTE_BYTES_MAX + 100_000;

/// Why a receipt is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Not the lines of a receipt.
    #[error("RECEIPT_FORM: a receipt is a header, an index, hashes, a blank line and a checkpoint")]
    Form,
    /// A proof, an `extra` or a receipt beyond its bound.
    #[error("RECEIPT_TOO_LARGE: a receipt has at most 63 hashes and 65535 bytes of entry")]
    TooLarge,
    /// The checkpoint is not one of the expected log.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The entry is not at the index in the tree of the checkpoint.
    #[error("RECEIPT_PROOF: the entry is not at this index of the tree: {0}")]
    Proof(#[from] VerifyError),
    /// The receipt does not carry its entry.
    #[error("RECEIPT_NO_ENTRY: the receipt does not carry its entry")]
    NoEntry,
}

impl ReceiptError {
    /// The stable code, as in the first word of the message.
    pub const fn code(&self) -> &'static str {
        match self {
            ReceiptError::Form => "RECEIPT_FORM",
            ReceiptError::TooLarge => "RECEIPT_TOO_LARGE",
            ReceiptError::Checkpoint(error) => error.code(),
            ReceiptError::Proof(_) => "RECEIPT_PROOF",
            ReceiptError::NoEntry => "RECEIPT_NO_ENTRY",
        }
    }
}

impl From<NoteError> for ReceiptError {
    fn from(error: NoteError) -> ReceiptError {
        ReceiptError::Checkpoint(error.into())
    }
}

/// A well-formed receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    extra: Option<Vec<u8>>,
    index: u64,
    proof: Vec<Hash>,
    checkpoint: String,
}

impl Receipt {
    /// A receipt by its parts: optionally the entry's bytes, its index, the proof with the
    /// leaf's sibling first, and the signed checkpoint as published.
    ///
    /// # Errors
    /// [`ReceiptError::TooLarge`]; [`ReceiptError::Form`] when `extra` is there but empty;
    /// [`ReceiptError::Checkpoint`] when the checkpoint is not a well-formed note.
    pub fn new(
        extra: Option<Vec<u8>>,
        index: u64,
        proof: Vec<Hash>,
        checkpoint: String,
    ) -> Result<Receipt, ReceiptError> {
        let extra_bytes = extra.as_ref().map(Vec::len);
        if extra_bytes == Some(0) {
            return Err(ReceiptError::Form);
        }
        if extra_bytes > Some(EXTRA_BYTES_MAX) || proof.len() > PROOF_HASHES_MAX {
            return Err(ReceiptError::TooLarge);
        }
        Note::parse(checkpoint.as_bytes())?;
        Ok(Receipt {
            extra,
            index,
            proof,
            checkpoint,
        })
    }

    /// Parses a receipt.
    ///
    /// # Errors
    /// As [`Self::new`], and [`ReceiptError::Form`].
    pub fn parse(bytes: &[u8]) -> Result<Receipt, ReceiptError> {
        if bytes.len() > RECEIPT_BYTES_MAX {
            return Err(ReceiptError::TooLarge);
        }
        let whole = core::str::from_utf8(bytes).map_err(|_| ReceiptError::Form)?;
        // The lines of the proof are never blank; those of the checkpoint may be.
        let (head, checkpoint) = whole.split_once("\n\n").ok_or(ReceiptError::Form)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(ReceiptError::Form);
        }
        let extra = match lines.peek().and_then(|line| line.strip_prefix("extra ")) {
            Some(base64) => {
                lines.next();
                Some(STANDARD.decode(base64).map_err(|_| ReceiptError::Form)?)
            }
            None => None,
        };
        let index = lines.next().and_then(|line| line.strip_prefix("index "));
        let index = index.and_then(parse_number).ok_or(ReceiptError::Form)?;
        // One more than allowed, so that too many are noticed without reading them all.
        let proof = lines.take(PROOF_HASHES_MAX + 1).map(parse_hash);
        let proof = proof
            .collect::<Option<Vec<Hash>>>()
            .ok_or(ReceiptError::Form)?;
        Receipt::new(extra, index, proof, checkpoint.to_owned())
    }

    /// Verifies that `entry` is in a ledger that `policy` trusts: the one that signed the
    /// checkpoint. Gives the checkpoint that commits to it, and who cosigned it. What the
    /// receipt carries as `extra` is not looked at.
    ///
    /// # Errors
    /// [`ReceiptError::Checkpoint`] or [`ReceiptError::Proof`], in this order.
    pub fn verify(&self, entry: &[u8], policy: &LogPolicy) -> Result<Opened, ReceiptError> {
        let opened = policy.open(self.checkpoint.as_bytes())?;
        let (leaf, size, root) = (
            Hash::leaf(entry),
            opened.checkpoint.size(),
            opened.checkpoint.root(),
        );
        verify_inclusion(self.index, size, &leaf, &self.proof, &root)?;
        Ok(opened)
    }

    /// Verifies that the entry the receipt itself carries is in a ledger that `policy`
    /// trusts. Gives the entry, and what [`Self::verify`] gives.
    ///
    /// # Errors
    /// [`ReceiptError::NoEntry`]; then as [`Self::verify`].
    pub fn verify_self_contained(
        &self,
        policy: &LogPolicy,
    ) -> Result<(&[u8], Opened), ReceiptError> {
        let entry = self.extra().ok_or(ReceiptError::NoEntry)?;
        Ok((entry, self.verify(entry, policy)?))
    }

    /// The receipt as bytes; [`Receipt::parse`] of it gives this receipt again.
    pub fn to_text(&self) -> String {
        self.to_string()
    }

    /// The entry's bytes as carried along. Trust them only after verifying.
    pub fn extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    /// The entry's index.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The hashes beside the entry's path, the leaf's sibling first (RFC 6962, 2.1.1).
    pub fn proof(&self) -> &[Hash] {
        &self.proof
    }

    /// The signed checkpoint, as published.
    pub fn checkpoint(&self) -> &str {
        &self.checkpoint
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.proof
            .iter()
            .try_for_each(|hash| writeln!(f, "{}", hash_text(hash)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
