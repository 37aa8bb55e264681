//! An entry: what the ledger records, and the leaf of its Merkle tree.
//!
//! An entry is one line of JSON with its members in one fixed order. It is hashed,
//! stored and served as those exact bytes; reading them back and writing them again
//! gives the same bytes, or they are not an entry.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use fundtrail_merkle::Hash;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::amount::{self, Amount};
use crate::day::{Day, Moment};
use crate::envelope::Envelope;
use crate::figures::Figures;
use crate::malformed::{Malformed, MalformedCode};
use crate::tag::Tag;

/// The largest entry, in bytes: what a C2SP entry bundle can carry.
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// The `prev` of entry 0, which has none before it.
pub const NO_ENTRY: Hash = Hash([0; 32]);

/// One recorded transaction with what it did.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Position in the ledger, from 0.
    pub index: u64,
    /// Leaf hash of the entry before; [`NO_ENTRY`] for the first.
    #[serde(with = "hash_hex")]
    pub prev: Hash,
    /// When the ledger recorded it, UTC.
    pub recorded: Moment,
    /// The transaction with its signatures.
    pub envelope: Envelope,
    /// What the node found inside the disclosures that came with it.
    pub findings: Findings,
    /// What the transaction did.
    pub effects: Effects,
}

/// What the node found inside disclosures, without repeating anything of them. A replay
/// takes these as given; whoever holds the disclosures and the tag key can check them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Findings {
    /// Tags of sealed identifiers that must be unique, by the particular's name.
    pub tags: BTreeMap<String, Tag>,
    /// Codes of alerts that rest on a sealed identifier.
    pub alerts: Vec<String>,
}

/// What a transaction did to the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Effects {
    /// Lines of double entry; their amounts add up to zero.
    pub postings: Vec<Posting>,
    /// Every object touched, with the entry that touched it before.
    pub revisions: Vec<Revision>,
    /// Recorded all the same, but somebody now owes something.
    pub alerts: Vec<Alert>,
}

/// One line of double entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Posting {
    /// The book: `account:…` for money the fund holds, others for where it came from or went.
    pub book: String,
    /// Debit positive, credit negative, in yuan.
    #[serde(with = "amount::signed")]
    pub amount: Amount,
    /// The book's running balance after this line.
    #[serde(with = "amount::signed")]
    pub balance: Amount,
}

/// The n-th entry that touches an object, and the one before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Revision {
    /// `loan:…`, `bank:…`, `borrower:…`, `account:…` and so on.
    pub object: String,
    /// From 1.
    pub revision: u64,
    /// Index of the object's previous entry; null for its first.
    pub previous: Option<u64>,
}

/// Something recorded that somebody must now act on or explain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// The stable code.
    pub code: String,
    /// The article it rests on; 0 where it rests on none.
    pub article: u8,
    /// The object it is about.
    pub object: String,
    /// The role that owes an answer.
    pub owed_by: String,
    /// By when, where there is a date.
    pub due: Option<Day>,
    /// The numbers behind it.
    pub figures: Figures,
}

impl Entry {
    /// The exact bytes: one line of JSON, without a line feed.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Writing to memory types that always serialise cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads an entry from its exact bytes.
    ///
    /// # Errors
    /// Bytes that are not an entry, or not in the one form in which entries are written.
    pub fn parse(bytes: &[u8]) -> Result<Entry, Malformed> {
        if bytes.len() > ENTRY_BYTES_MAX {
            let detail = format!("an entry is at most {ENTRY_BYTES_MAX} bytes");
            return Err(Malformed::new(MalformedCode::TooLarge, detail));
        }
        let text = crate::json::check(bytes)?;
        let entry: Entry =
            serde_json::from_str(text).map_err(|error| Malformed::from_json(&error))?;
        if entry.to_bytes() != bytes {
            return Err(Malformed::new(
                MalformedCode::Shape,
                "the entry is not written in its one form",
            ));
        }
        Ok(entry)
    }
}

/// Hashes as 64 lower-case hex digits.
mod hash_hex {
    use super::{Deserializer, Hash, Serializer, String, de};
    use serde::Deserialize;

    pub(super) fn serialize<S: Serializer>(hash: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(hash.0))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Hash, D::Error> {
        let text = String::deserialize(from)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(&text, &mut bytes).map_err(de::Error::custom)?;
        Ok(Hash(bytes))
    }
}
