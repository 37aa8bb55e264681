//! `key_revoke`: revokes a key: from the next entry on it signs nothing, whatever date is stated. The office signs, or another key of the same party and role.

use super::prelude::*;
use crate::case::lost;

/// Revokes a key: from the next entry on it signs nothing, whatever date is stated. The office signs, or another key of the same party and role.
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
        let own = key.map(|key| Need::of(key.role, &key.party));
        let either = [Some(Need::role(Role::Office)), own].into_iter().flatten().collect();
        Ok(vec![Need::AnyOf(either)])
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
