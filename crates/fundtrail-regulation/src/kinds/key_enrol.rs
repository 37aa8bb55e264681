//! `key_enrol`: enrols a key for a party. The office signs, the key itself signs, and for a key of a public body the leading group decides.

use fundtrail_model::PublicKey;

use super::genesis::{FoundingKey, enrol};
use super::prelude::*;

/// Enrols a key for a party. The office signs and the key itself; for a key of a public body
/// the leading group decides, and an institution that has a key already signs too.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyEnrol {
    /// For whom it signs.
    pub party: Id,
    /// As what.
    pub role: Role,
    /// In which of two persons' places.
    #[serde(default)]
    pub duty: Option<Duty>,
    /// The key; possession is proved by its signature.
    pub public_key: PublicKey,
}

impl Meaning for KeyEnrol {
    const NAME: &'static str = "key_enrol";
    const ARTICLES: &'static [u8] = &[7];
    const TITLE: Bilingual = Bilingual { zh: "登记密钥", en: "Key enrolment" };

    fn introduces(&self, index: u64) -> Vec<Key> {
        let key = FoundingKey {
            party: self.party.clone(),
            role: self.role,
            duty: self.duty,
            public_key: self.public_key,
        };
        vec![key.enrol(index)]
    }

    fn subject(&self) -> Subject {
        let key_id = self.public_key.id().to_string();
        let creates = vec![Creation::of::<Key>(key_id.as_bytes(), format!("key {key_id}"))];
        Subject { creates, ..Subject::default() }
    }

    fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault> {
        let keys: Vec<Key> = case.view.list(b"")?;
        let standing = || keys.iter().filter(|key| key.revoked.is_none());
        let mut needs = vec![Need::Key(self.public_key.id())];
        // Where the office lost its last key, the group alone gives it one.
        if standing().any(|key| key.role == Role::Office) || self.role != Role::Office {
            needs.push(Need::role(Role::Office));
        }
        if self.role.is_public_body() {
            // A seat whose key was lost is given a new one by the others.
            needs.push(Need::AnyOf(vec![Need::Quorum, Need::QuorumWithout(self.party.clone())]));
            return Ok(needs);
        }
        let mut roles: Vec<Role> =
            standing().filter(|key| key.party == self.party).map(|key| key.role).collect();
        roles.sort();
        roles.dedup();
        if !roles.is_empty() {
            // Once it has a key, nobody enrols another for it behind its back.
            needs.push(Need::One(roles, Some(self.party.clone())));
        } else if keys.iter().any(|key| key.party == self.party) {
            // Nor does whoever revoked its keys: the group stands in for it.
            needs.push(Need::Quorum);
        }
        Ok(needs)
    }

    fn apply(&self, _: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        for key in self.introduces(out.index()) {
            enrol(key, out)?;
        }
        Ok(())
    }
}
