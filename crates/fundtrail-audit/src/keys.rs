//! Which keys the ledger knew at which entry, read from the entries that bring and revoke
//! them.
//!
//! Kept apart from the replay on purpose: signatures are judged over the whole ledger,
//! also beyond an entry that the regulation would have refused. Whether a key was brought
//! in lawfully is a question of conformity.

use std::collections::HashMap;

use fundtrail_model::{KeyId, PublicKey};
use fundtrail_regulation::Body;

/// A key and the entries between which it may sign.
#[derive(Clone, Copy, Debug)]
struct Standing {
    key: PublicKey,
    revoked: Option<u64>,
}

/// Keys by their ids.
#[derive(Debug, Default)]
pub(crate) struct Register {
    keys: HashMap<KeyId, Standing>,
}

/// Why a key may not have signed an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// No entry before brought it, and this one does not.
    Unknown,
    /// An earlier entry revoked or replaced it.
    Revoked(u64),
}

impl Register {
    /// Number of keys ever known.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The key under an id, for a signature on entry `index` with that body.
    pub(crate) fn key_for(&self, id: KeyId, body: &Body, index: u64) -> Result<PublicKey, Unfit> {
        match self.keys.get(&id) {
            Some(Standing {
                revoked: Some(entry),
                ..
            }) => Err(Unfit::Revoked(*entry)),
            Some(standing) => Ok(standing.key),
            None => {
                let introduced = body
                    .introduces(index)
                    .into_iter()
                    .find(|key| key.key_id == id);
                introduced.map(|key| key.public_key).ok_or(Unfit::Unknown)
            }
        }
    }

    /// Takes note of the keys that entry `index` brings and revokes.
    pub(crate) fn follow(&mut self, body: &Body, index: u64) {
        for key in body.introduces(index) {
            let standing = Standing {
                key: key.public_key,
                revoked: None,
            };
            self.keys.entry(key.key_id).or_insert(standing);
        }
        let stepping_down = match body {
            Body::KeyRotate(rotate) => Some(rotate.key),
            Body::KeyRevoke(revoke) => Some(revoke.key),
            _ => None,
        };
        if let Some(standing) = stepping_down.and_then(|id| self.keys.get_mut(&id)) {
            standing.revoked.get_or_insert(index);
        }
    }
}
