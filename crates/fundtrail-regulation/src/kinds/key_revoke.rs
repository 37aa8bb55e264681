//! `key_revoke`: revokes a key: from the next entry on it signs nothing, whatever date is
//! stated. The office signs, or a key of the same party and role; for a seat of the leading
//! group, the group.

use super::prelude::*;
use crate::case::lost;

/// Revokes a key: from the next entry on it signs nothing, whatever date is stated. The office signs, or a key of the same party and role; for a seat of the
/// leading group, the group.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRevoke {
    /// The key.
    pub key: KeyId,
}

impl Meaning for KeyRevoke {
    const NAME: &'static str = "key_revoke";
    const ARTICLES: &'static [u8] = &[7];
    const TITLE: Bilingual = Bilingual { zh: "吊销密钥", en: "Key revocation" };

    fn subject(&self) -> Subject {
        Subject { key: Some(self.key), ..Subject::default() }
    }

    fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault> {
        let key: Option<Key> = case.view.get(self.key.to_string().as_bytes())?;
        let Some(key) = key else { return Ok(vec![Need::role(Role::Office)]) };
        let own = Need::of(key.role, &key.party);
        // The office alone must not be able to empty the leading group.
        Ok(vec![Need::AnyOf(match key.role {
            // The seat's own key may be one of a quorum; alone, it stands for the party.
            Role::GroupMember => vec![Need::Quorum, Need::QuorumWithout(key.party), own],
            // Whoever stole it would not revoke it.
            Role::Office => vec![Need::Quorum, own],
            _ => vec![Need::role(Role::Office), own],
        })])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut key: Key =
            case.view.get(self.key.to_string().as_bytes())?.ok_or_else(|| lost("key"))?;
        key.revoked = Some(out.index());
        out.touch_id("key", key.key_id);
        out.touch_id("party", &key.party);
        out.put(&key)
    }
}
