//! `key_rotate`: replaces a key by another of the same party, role and duty. The old key and the new one sign.

use fundtrail_model::PublicKey;

use super::genesis::{FoundingKey, enrol, suite};
use super::prelude::*;
use crate::case::lost;

/// Replaces a key by another of the same party, role and duty. The old key and the new one sign.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRotate {
    /// The key that steps down.
    pub key: KeyId,
    /// The key that takes its place.
    pub public_key: PublicKey,
}

impl Meaning for KeyRotate {
    const NAME: &'static str = "key_rotate";
    const ARTICLES: &'static [u8] = &[7];
    const TITLE: Bilingual = Bilingual { zh: "更换密钥", en: "Key rotation" };

    fn introduces(&self, index: u64) -> Vec<Key> {
        // Party and role follow the key that steps down; `apply` fills them in. Until then
        // the new key stands for nobody, which is enough to prove possession.
        let stand_in = FoundingKey {
            party: suite(),
            role: Role::Regulator,
            duty: None,
            public_key: self.public_key,
        };
        vec![stand_in.enrol(index)]
    }

    fn subject(&self) -> Subject {
        let key_id = self.public_key.id().to_string();
        let creates = vec![Creation::of::<Key>(key_id.as_bytes(), format!("key {key_id}"))];
        Subject { key: Some(self.key), creates, ..Subject::default() }
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::Key(self.key), Need::Key(self.public_key.id())])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut old: Key =
            case.view.get(self.key.to_string().as_bytes())?.ok_or_else(|| lost("key"))?;
        enrol(
            Key {
                key_id: self.public_key.id(),
                public_key: self.public_key,
                enrolled: out.index(),
                ..old.clone()
            },
            out,
        )?;
        old.revoked = Some(out.index());
        out.touch_id("key", old.key_id);
        out.put(&old)
    }
}
