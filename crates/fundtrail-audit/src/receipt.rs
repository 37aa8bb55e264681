//! Receipts: that an entry is in the ledger, from one file and the log's verifier key.

use std::fmt;

use fundtrail_kernel::admission::{open_envelope, verify};
use fundtrail_model::log_policy::{Cosigned, LogPolicy};
use fundtrail_model::receipt::{Receipt, ReceiptError};
use fundtrail_model::{Day, Effects, Entry, Id, KeyId, Malformed, Moment};
use fundtrail_regulation::{Bilingual, Body};
use serde::Serialize;

/// Why a receipt proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceiptFinding {
    /// The receipt, its checkpoint or its proof does not hold.
    Receipt(ReceiptError),
    /// The entry is in the tree, but is no entry of this ledger.
    Entry(Malformed),
    /// The receipt is for another index than the entry's own.
    Index {
        /// What the receipt says.
        receipt: u64,
        /// What the entry says.
        entry: u64,
    },
}

impl ReceiptFinding {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            ReceiptFinding::Receipt(error) => error.code(),
            ReceiptFinding::Entry(malformed) => malformed.code.as_str(),
            ReceiptFinding::Index { .. } => "RECEIPT_INDEX",
        }
    }
}

impl fmt::Display for ReceiptFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReceiptFinding::Receipt(error) => error.fmt(f),
            ReceiptFinding::Entry(malformed) => write!(f, "the entry: {malformed}"),
            ReceiptFinding::Index { receipt, entry } => {
                write!(
                    f,
                    "RECEIPT_INDEX: a receipt for entry {receipt} around entry {entry}"
                )
            }
        }
    }
}

impl std::error::Error for ReceiptFinding {}

impl From<ReceiptError> for ReceiptFinding {
    fn from(error: ReceiptError) -> ReceiptFinding {
        ReceiptFinding::Receipt(error)
    }
}

impl From<Malformed> for ReceiptFinding {
    fn from(malformed: Malformed) -> ReceiptFinding {
        ReceiptFinding::Entry(malformed)
    }
}

/// What a verified receipt proves to be in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntrySummary {
    /// The ledger.
    pub origin: String,
    /// The entry's index.
    pub index: u64,
    /// Number of entries under the checkpoint that commits to it.
    pub size: u64,
    /// Root of the tree of that size, as 64 hex digits.
    pub root: String,
    /// Who of the policy's witnesses cosigned that checkpoint, and when.
    pub cosigned: Vec<Cosigned>,
    /// The transaction's id.
    pub id: Id,
    /// Its kind.
    pub kind: &'static str,
    /// What the kind is called, in Chinese and English.
    pub title: Bilingual,
    /// Its business date.
    pub date: Day,
    /// When the ledger recorded it.
    pub recorded: Moment,
    /// Who signed.
    pub signers: Vec<SignerSummary>,
    /// What it did.
    pub effects: Effects,
}

/// A signature on an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignerSummary {
    /// The key.
    pub key: KeyId,
    /// Whether the signature was verified here: only where the entry itself brings the
    /// key. For all others the node did, and an audit of the ledger does.
    pub verified: bool,
}

/// Verifies a receipt that carries its entry: the checkpoint is one that `policy` accepts,
/// the entry is at its index in that tree, and it is an entry.
///
/// # Errors
/// [`ReceiptFinding`] with the first thing that does not hold.
pub fn verify_receipt(bytes: &[u8], policy: &LogPolicy) -> Result<EntrySummary, ReceiptFinding> {
    let receipt = Receipt::parse(bytes)?;
    let (bytes, opened) = receipt.verify_self_contained(policy)?;
    let checkpoint = opened.checkpoint;
    let entry = Entry::parse(bytes)?;
    if entry.index != receipt.index() {
        return Err(ReceiptFinding::Index {
            receipt: receipt.index(),
            entry: entry.index,
        });
    }
    let (transaction, body) = open_envelope(&entry.envelope, checkpoint.origin())?;
    let kind = body.kind();
    Ok(EntrySummary {
        origin: checkpoint.origin().into(),
        index: entry.index,
        size: checkpoint.size(),
        root: checkpoint.root().to_hex(),
        cosigned: opened.cosigned,
        id: transaction.id,
        kind: kind.name(),
        title: kind.title(),
        date: transaction.date,
        recorded: entry.recorded,
        signers: signers(&entry, &body)?,
        effects: entry.effects,
    })
}

/// The signers; a signature by a key that the entry itself brings must verify.
fn signers(entry: &Entry, body: &Body) -> Result<Vec<SignerSummary>, Malformed> {
    let message = entry.envelope.signed_bytes();
    let introduced = body.introduces(entry.index);
    let mut signers = Vec::with_capacity(entry.envelope.signatures.len());
    for signature in &entry.envelope.signatures {
        let key = introduced.iter().find(|key| key.key_id == signature.key_id);
        if let Some(key) = key {
            verify(&key.public_key, &message, signature)?;
        }
        signers.push(SignerSummary {
            key: signature.key_id,
            verified: key.is_some(),
        });
    }
    Ok(signers)
}
