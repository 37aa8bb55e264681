//! Statements: every entry of one object with proofs under one checkpoint, and what shows
//! that none is missing at the end.
//!
//! The document is complete without the node: whoever has it and the log's key needs
//! nothing else. Absent on purpose: any judgement, which is the verifier's.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use fundtrail_merkle::{Hash, NodeId, Nodes, inclusion_proof};
use fundtrail_model::port::Read;
use fundtrail_model::{Fault, Malformed, json};
use fundtrail_regulation::state::{Head, PeriodSeal, View};
use serde::{Deserialize, Serialize};

use crate::proofs::{self, ProofFault, Published, StoredNodes};
use crate::seal::{SealPlace, SealTree, last_below};

/// Entries read at a time.
const PIECE: usize = 64;

/// What a statement is called in its first member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum StatementFormat {
    /// The first version.
    #[serde(rename = "fundtrail-statement/v1")]
    V1,
}

/// Every entry of one object below the size of one checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The version of the document.
    pub format: StatementFormat,
    /// The object.
    pub object: String,
    /// The signed checkpoint that every proof here is bound to, verbatim.
    pub checkpoint: String,
    /// Number of the object's revisions below the size.
    pub revisions: u64,
    /// The newest of their entries; none if there are no revisions.
    #[serde(default)]
    pub newest_entry: Option<u64>,
    /// The revisions, oldest first.
    pub items: Vec<Item>,
    /// What shows that no later revision is missing.
    #[serde(default)]
    pub completeness: Option<Completeness>,
}

/// One revision with its entry and its proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = StatementItem))]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Which revision of the object it is, from 1.
    pub revision: u64,
    /// Index of its entry.
    pub index: u64,
    /// The exact text of the entry.
    pub entry: String,
    /// That it is in the tree of the checkpoint, the leaf's sibling first.
    #[serde(with = "crate::hashes")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub hashes: Vec<Hash>,
}

/// Every entry since the newest seal, or since the first, so that none that revises the
/// object can be missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Completeness {
    /// The object in the seal whose entry the tail begins with; none where the tail begins
    /// with entry 0.
    #[serde(default)]
    pub seal: Option<SealPlace>,
    /// The exact texts of every entry from there to the end of the tree.
    pub tail: Vec<String>,
    /// The left edge of the tail: see [`left_edge`].
    #[serde(with = "crate::hashes")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub hashes: Vec<Hash>,
}

impl Statement {
    /// Reads a statement: its form only, nothing is proved by it yet.
    ///
    /// # Errors
    /// [`Malformed`], under the codes of JSON and its types.
    pub fn parse(bytes: &[u8]) -> Result<Statement, Malformed> {
        json::read(json::check(bytes)?)
    }

    /// The statement of an object, without completeness. It begins with the revision `from`
    /// and ends after the item with which the entries' texts exceed `bytes_max`: it is whole
    /// if `from` is 1 and the last item is that of `revisions`.
    ///
    /// # Errors
    /// [`ProofFault::Fault`] when the storage cannot be read.
    pub fn of(
        read: &dyn Read,
        object: &str,
        checkpoint: &Published,
        from: u64,
        bytes_max: usize,
    ) -> Result<Statement, ProofFault> {
        let head: Option<Head> = View::new(read).get(object.as_bytes())?;
        let last = match &head {
            Some(head) => last_below(read, head, checkpoint.size)?,
            None => None,
        };
        let mut statement = Statement {
            format: StatementFormat::V1,
            object: object.to_string(),
            checkpoint: checkpoint.note.clone(),
            revisions: last.map_or(0, |(revision, _)| revision),
            newest_entry: last.map(|(_, entry)| entry),
            items: Vec::new(),
            completeness: None,
        };
        let (mut next, mut bytes) = (from.max(1), 0);
        while next <= statement.revisions && bytes <= bytes_max {
            let piece = proofs::revisions(read, object, next, PIECE)?;
            if piece.is_empty() {
                let lost = format!("revision {next} of {object} is missing");
                return Err(Fault(lost).into());
            }
            for (revision, index) in piece {
                if revision > statement.revisions || bytes > bytes_max {
                    break;
                }
                let entry = entry_text(read, index)?;
                bytes += entry.len();
                statement.items.push(Item {
                    revision,
                    index,
                    entry,
                    hashes: inclusion_proof(index, checkpoint.size, &StoredNodes(read))?,
                });
                next = revision + 1;
            }
        }
        Ok(statement)
    }

    /// Whether every revision is among the items.
    pub fn is_whole(&self) -> bool {
        self.items.len() as u64 == self.revisions
    }
}

impl Completeness {
    /// The completeness of an object's statement under a checkpoint of `size`, resting on a
    /// seal below it and its tree, or on all entries. None where the tail's texts exceed
    /// `bytes_max`.
    ///
    /// # Errors
    /// [`ProofFault::Fault`] when the storage cannot be read.
    pub fn of(
        read: &dyn Read,
        object: &str,
        size: u64,
        seal: Option<(&PeriodSeal, &SealTree)>,
        bytes_max: usize,
    ) -> Result<Option<Completeness>, ProofFault> {
        let from = seal.map_or(0, |(seal, _)| seal.entry);
        let (mut tail, mut bytes) = (Vec::new(), 0);
        for index in from..size {
            let entry = entry_text(read, index)?;
            bytes += entry.len();
            if bytes > bytes_max {
                return Ok(None);
            }
            tail.push(entry);
        }
        let place = |(seal, tree): (&PeriodSeal, &SealTree)| tree.place(&seal.period, object);
        let nodes = StoredNodes(read);
        let hashes = left_edge(from).map(|id| nodes.node(id));
        Ok(Some(Completeness {
            seal: seal.map(place).transpose()?,
            tail,
            hashes: hashes.collect::<Result<_, _>>()?,
        }))
    }
}

/// The perfect subtrees that make up the first `size` leaves, largest and leftmost first:
/// one for each set bit of `size`.
pub fn left_edge(size: u64) -> impl Iterator<Item = NodeId> {
    let levels = (0..64u8)
        .rev()
        .filter(move |level| (size >> level) & 1 == 1);
    levels.map(move |level| NodeId {
        level,
        // The subtree at `level` comes after all that are larger: clear its own bit.
        index: (size >> level) ^ 1,
    })
}

/// The left edge of a tail that begins with leaf `index`, from that leaf's inclusion proof in
/// a tree of `size` leaves: the hashes that join from the left, largest first. Whether they
/// are the right ones shows when they are used.
pub fn edge_of_proof(index: u64, size: u64, proof: &[Hash]) -> Vec<Hash> {
    let (mut here, mut last) = (index, size.saturating_sub(1));
    let mut edge = Vec::new();
    for hash in proof {
        if here & 1 == 1 || here == last {
            edge.push(*hash);
            // The last node of a level may go up alone.
            while here & 1 == 0 && here != 0 {
                (here, last) = (here >> 1, last >> 1);
            }
        }
        (here, last) = (here >> 1, last >> 1);
    }
    edge.reverse();
    edge
}

/// The exact text of an entry that is there.
pub(crate) fn entry_text(read: &dyn Read, index: u64) -> Result<String, Fault> {
    let bytes = proofs::entry(read, index)?;
    let bytes = bytes.ok_or_else(|| Fault(format!("entry {index} is missing")))?;
    String::from_utf8(bytes).map_err(|_| Fault(format!("entry {index} is not text")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_left_edge_covers_its_leaves_without_gap() {
        for size in [0, 1, 2, 3, 6, 24, 25, u64::MAX, 1 << 63] {
            let mut position: u64 = 0;
            for id in left_edge(size) {
                assert_eq!(id.index << id.level, position);
                position += 1 << id.level;
            }
            assert_eq!(position, size);
        }
    }

    #[test]
    fn the_edge_is_in_the_first_leafs_proof() {
        let leaves: Vec<Hash> = (0..40u8).map(|leaf| Hash::leaf(&[leaf])).collect();
        for size in 1..=leaves.len() {
            let mut nodes = alloc::collections::BTreeMap::new();
            let mut tree = fundtrail_merkle::Frontier::empty();
            for leaf in &leaves[..size] {
                tree.append(*leaf, |id, hash| {
                    nodes.insert(id, hash);
                });
            }
            for index in 0..size as u64 {
                let size = size as u64;
                let proof = inclusion_proof(index, size, &nodes).unwrap();
                let edge: Vec<Hash> = left_edge(index).map(|id| nodes[&id]).collect();
                assert_eq!(
                    edge_of_proof(index, size, &proof),
                    edge,
                    "{index} of {size}"
                );
            }
        }
        // Whatever comes in, something comes out.
        let many = [Hash([0; 32]); 70];
        for (index, size) in [
            (0, 0),
            (5, 0),
            (u64::MAX, 1),
            (u64::MAX, u64::MAX),
            (1 << 63, 7),
        ] {
            assert!(edge_of_proof(index, size, &many).len() <= 70);
        }
    }
}
