//! Period seals as something to be proved from: the tree that a seal commits to, at any
//! height of the ledger, and the document that proves one object in it, or its absence.
//!
//! Invariant: the tree of a height is a function of the entries below it. Absent on
//! purpose: whether a seal's root is right, which the regulation and every audit check.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use fundtrail_merkle::{Frontier, Hash, NodeId, Nodes, inclusion_proof, root};
use fundtrail_model::port::{Read, Table};
use fundtrail_model::{Amount, Entry, Fault, Malformed, json};
use fundtrail_regulation::seal::{SealBalance, SealLeaf};
use fundtrail_regulation::state::{Book, Head, PeriodSeal, View, encode, pair_key};
use serde::{Deserialize, Serialize};

use crate::proofs::{ProofFault, Published, StoredNodes};
use crate::statement::entry_text;

/// What a document of a seal is called in its first member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SealFormat {
    /// The first version.
    #[serde(rename = "fundtrail-seal/v1")]
    V1,
}

/// That a period was sealed, and with which head and balance of one object, or without it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SealDocument {
    /// The version of the document.
    pub format: SealFormat,
    /// The period.
    pub period: String,
    /// The object.
    pub object: String,
    /// The signed checkpoint that commits to the seal's entry, verbatim.
    pub checkpoint: String,
    /// Index of the seal's entry, which is also the height it sealed.
    pub index: u64,
    /// The exact text of that entry.
    pub entry: String,
    /// That the entry is in the tree of the checkpoint, the leaf's sibling first.
    #[serde(with = "crate::hashes")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub hashes: Vec<Hash>,
    /// Number of leaves of the seal.
    pub leaves: u64,
    /// The object's leaf, if it has one.
    #[serde(default)]
    pub present: Option<PlacedLeaf>,
    /// Of an absent object: the last leaf before its place, if there is one.
    #[serde(default)]
    pub before: Option<PlacedLeaf>,
    /// Of an absent object: the first leaf after its place, if there is one.
    #[serde(default)]
    pub after: Option<PlacedLeaf>,
}

/// Where an object stands in a named seal, or between which others it is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SealPlace {
    /// The period.
    pub period: String,
    /// Number of leaves of the seal.
    pub leaves: u64,
    /// The object's leaf, if it has one.
    #[serde(default)]
    pub present: Option<PlacedLeaf>,
    /// Of an absent object: the last leaf before its place, if there is one.
    #[serde(default)]
    pub before: Option<PlacedLeaf>,
    /// Of an absent object: the first leaf after its place, if there is one.
    #[serde(default)]
    pub after: Option<PlacedLeaf>,
}

/// A leaf of a seal with its proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PlacedLeaf {
    /// The exact text of the leaf.
    pub leaf: String,
    /// Its position, from 0.
    pub index: u64,
    /// That it is in the seal's tree, the leaf's sibling first.
    #[serde(with = "crate::hashes")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub hashes: Vec<Hash>,
}

impl SealDocument {
    /// Reads a document: its form only, nothing is proved by it yet.
    ///
    /// # Errors
    /// [`Malformed`], under the codes of JSON and its types.
    pub fn parse(bytes: &[u8]) -> Result<SealDocument, Malformed> {
        json::read(json::check(bytes)?)
    }

    /// The document of an object in a seal whose tree this is, under a checkpoint that
    /// covers the seal's entry.
    ///
    /// # Errors
    /// [`ProofFault::NotThere`] if the checkpoint does not cover it.
    pub fn of(
        read: &dyn Read,
        object: &str,
        seal: &PeriodSeal,
        tree: &SealTree,
        checkpoint: &Published,
    ) -> Result<SealDocument, ProofFault> {
        let hashes =
            fundtrail_merkle::inclusion_proof(seal.entry, checkpoint.size, &StoredNodes(read))?;
        let place = tree.place(&seal.period, object)?;
        Ok(SealDocument {
            format: SealFormat::V1,
            period: place.period,
            object: object.to_string(),
            checkpoint: checkpoint.note.clone(),
            index: seal.entry,
            entry: entry_text(read, seal.entry)?,
            hashes,
            leaves: place.leaves,
            present: place.present,
            before: place.before,
            after: place.after,
        })
    }

    /// Where the object stands, or does not, in the seal.
    pub fn place(&self) -> SealPlace {
        SealPlace {
            period: self.period.clone(),
            leaves: self.leaves,
            present: self.present.clone(),
            before: self.before.clone(),
            after: self.after.clone(),
        }
    }
}

/// The whole tree that a seal of a height commits to.
#[derive(Clone, Debug)]
pub struct SealTree {
    /// Names and exact texts, in the order of the names.
    leaves: Vec<(String, String)>,
    /// Nodes by level and index.
    levels: Vec<Vec<Hash>>,
}

impl Nodes for SealTree {
    type Error = Fault;

    fn node(&self, id: NodeId) -> Result<Hash, Fault> {
        let level = self.levels.get(usize::from(id.level));
        let node = usize::try_from(id.index)
            .ok()
            .and_then(|index| level?.get(index));
        node.copied()
            .ok_or_else(|| Fault(format!("seal node {}/{} is missing", id.level, id.index)))
    }
}

impl SealTree {
    /// The tree over these leaves, which are in the order of their names.
    ///
    /// # Errors
    /// None in practice: a leaf has a JSON form.
    pub fn of(leaves: Vec<SealLeaf>) -> Result<SealTree, Fault> {
        let mut texts = Vec::with_capacity(leaves.len());
        let mut levels: Vec<Vec<Hash>> = Vec::new();
        let mut frontier = Frontier::empty();
        for leaf in leaves {
            let text = leaf_text(&leaf)?;
            frontier.append(Hash::leaf(text.as_bytes()), |id, hash| {
                let level = usize::from(id.level);
                if level == levels.len() {
                    levels.push(Vec::new());
                }
                // Nodes of a level come in order.
                if let Some(level) = levels.get_mut(level) {
                    level.push(hash);
                }
            });
            texts.push((leaf.object, text));
        }
        Ok(SealTree {
            leaves: texts,
            levels,
        })
    }

    /// The tree of a past or the present height, from one state: what a seal made when the
    /// ledger had `size` entries commits to.
    ///
    /// One pass over the objects. Only of those that were revised since then are revisions
    /// looked up, and entries read.
    ///
    /// # Errors
    /// [`Fault`] when the storage cannot be read.
    pub fn at(read: &dyn Read, size: u64) -> Result<SealTree, Fault> {
        let heads: Vec<Head> = View::new(read).list(b"")?;
        let mut leaves = Vec::with_capacity(heads.len());
        for head in heads {
            leaves.extend(leaf_at(read, head, size)?);
        }
        SealTree::of(leaves)
    }

    /// The tree of a recorded seal.
    ///
    /// # Errors
    /// As [`Self::at`], and if it has not the recorded root, which is a defect.
    pub fn of_seal(read: &dyn Read, seal: &PeriodSeal) -> Result<SealTree, Fault> {
        let tree = SealTree::at(read, seal.entry)?;
        if tree.root()?.to_hex() == seal.root.as_str() {
            Ok(tree)
        } else {
            let period = &seal.period;
            Err(Fault(format!(
                "the entries below the seal of {period} do not give its root"
            )))
        }
    }

    /// Number of leaves.
    pub fn leaves(&self) -> u64 {
        self.leaves.len() as u64
    }

    /// The root.
    ///
    /// # Errors
    /// None in practice: every node is held.
    pub fn root(&self) -> Result<Hash, Fault> {
        root(self.leaves(), self)
    }

    /// Where an object stands, or between which others it is not.
    ///
    /// # Errors
    /// None in practice: every node is held.
    pub fn place(&self, period: &str, object: &str) -> Result<SealPlace, Fault> {
        let mut place = SealPlace {
            period: period.to_string(),
            leaves: self.leaves(),
            present: None,
            before: None,
            after: None,
        };
        let name = |(name, _): &(String, String)| name.as_str().cmp(object);
        match self.leaves.binary_search_by(name) {
            Ok(index) => place.present = self.placed(index)?,
            Err(index) => {
                place.before = match index.checked_sub(1) {
                    Some(before) => self.placed(before)?,
                    None => None,
                };
                place.after = self.placed(index)?;
            }
        }
        Ok(place)
    }

    fn placed(&self, index: usize) -> Result<Option<PlacedLeaf>, Fault> {
        let Some((_, text)) = self.leaves.get(index) else {
            return Ok(None);
        };
        let index = index as u64;
        let hashes = inclusion_proof(index, self.leaves(), self)
            .map_err(|error| Fault(format!("seal leaf {index}: {error}")))?;
        Ok(Some(PlacedLeaf {
            leaf: text.clone(),
            index,
            hashes,
        }))
    }
}

/// The exact text of a leaf.
fn leaf_text(leaf: &SealLeaf) -> Result<String, Fault> {
    String::from_utf8(encode(leaf)?).map_err(|_| Fault("a seal leaf is not text".into()))
}

/// An object's leaf at a height; none if no entry below it revises the object.
fn leaf_at(read: &dyn Read, head: Head, size: u64) -> Result<Option<SealLeaf>, Fault> {
    let Some((revision, entry)) = last_below(read, &head, size)? else {
        return Ok(None);
    };
    let book: Option<Book> = View::new(read).get(head.object.as_bytes())?;
    let balance = match book {
        None => None,
        Some(book) if revision == head.revision => Some(book.balance),
        Some(_) => balance_at(read, &head.object, revision)?,
    };
    Ok(Some(SealLeaf {
        object: head.object,
        revision,
        entry,
        balance: balance.map(SealBalance),
    }))
}

/// The last revision of an object below a height, and its entry.
pub(crate) fn last_below(
    read: &dyn Read,
    head: &Head,
    size: u64,
) -> Result<Option<(u64, u64)>, Fault> {
    if head.entry < size {
        return Ok(Some((head.revision, head.entry)));
    }
    // Entries ascend with revisions: `below` of them, and those before, are below the height.
    let (mut below, mut beyond, mut found) = (0, head.revision, None);
    while below + 1 < beyond {
        let revision = below + (beyond - below) / 2;
        let entry = entry_of(read, &head.object, revision)?;
        if entry < size {
            (below, found) = (revision, Some((revision, entry)));
        } else {
            beyond = revision;
        }
    }
    Ok(found)
}

/// The entry of one revision.
fn entry_of(read: &dyn Read, object: &str, revision: u64) -> Result<u64, Fault> {
    let mut key = pair_key(object.as_bytes(), b"");
    key.extend_from_slice(&revision.to_be_bytes());
    let row = read.get(Table::Revisions, &key)?;
    row.and_then(|row| row.try_into().ok())
        .map(u64::from_be_bytes)
        .ok_or_else(|| Fault(format!("revision {revision} of {object} is missing")))
}

/// A book's balance after one of its revisions: that of its last posting up to there; none
/// if it was not posted to yet.
fn balance_at(read: &dyn Read, book: &str, revision: u64) -> Result<Option<Amount>, Fault> {
    for revision in (1..=revision).rev() {
        let index = entry_of(read, book, revision)?;
        let text = entry_text(read, index)?;
        let entry = Entry::parse(text.as_bytes())
            .map_err(|malformed| Fault(format!("entry {index}: {malformed}")))?;
        let mut postings = entry.effects.postings.iter();
        if let Some(posting) = postings.rfind(|posting| posting.book == book) {
            return Ok(Some(posting.balance));
        }
    }
    Ok(None)
}

/// The newest seal whose entry is below a height.
///
/// # Errors
/// [`Fault`] when the storage cannot be read.
pub fn newest_seal(read: &dyn Read, size: u64) -> Result<Option<PeriodSeal>, Fault> {
    let seals: Vec<PeriodSeal> = View::new(read).list(b"")?;
    let below = seals.into_iter().filter(|seal| seal.entry < size);
    Ok(below.max_by_key(|seal| seal.entry))
}
