//! The root that a period seal commits to: every object's head, with its balance where
//! it is a book, as the leaves of an RFC 6962 tree in the order of their names.

use alloc::string::String;
use alloc::vec::Vec;

use fundtrail_merkle::{Hash, root_of};
use fundtrail_model::{Amount, Fault, amount};
use serde::{Deserialize, Serialize};

use crate::state::{Book, Head, View, encode};

/// One leaf of a seal, as JSON with its members in this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealLeaf {
    /// The object's name.
    pub object: String,
    /// Its number of revisions.
    pub revision: u64,
    /// Its newest entry.
    pub entry: u64,
    /// Its balance, where it is a book.
    pub balance: Option<SealBalance>,
}

/// A balance in a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealBalance(#[serde(with = "amount::signed")] pub Amount);

/// Every leaf of the seal of a state, in order.
///
/// # Errors
/// [`Fault`] when the storage cannot be read.
pub fn leaves(view: View<'_>) -> Result<Vec<SealLeaf>, Fault> {
    let heads: Vec<Head> = view.list(b"")?;
    heads
        .into_iter()
        .map(|head| {
            let book: Option<Book> = view.get(head.object.as_bytes())?;
            Ok(SealLeaf {
                object: head.object,
                revision: head.revision,
                entry: head.entry,
                balance: book.map(|book| SealBalance(book.balance)),
            })
        })
        .collect()
}

/// The root of the seal of a state.
///
/// # Errors
/// [`Fault`] when the storage cannot be read.
pub fn root(view: View<'_>) -> Result<Hash, Fault> {
    let mut hashes = Vec::new();
    for leaf in leaves(view)? {
        hashes.push(Hash::leaf(&encode(&leaf)?));
    }
    Ok(root_of(&hashes))
}
