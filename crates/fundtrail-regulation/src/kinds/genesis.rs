//! `genesis`: founds the ledger: who may sign from the start, and what the log is known by.

use fundtrail_model::PublicKey;

use super::prelude::*;

/// Founds the ledger: who may sign from the start, and what the log is known by.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Genesis {
    /// The log's verifier key (C2SP vkey); its name is the ledger's origin.
    pub log_key: String,
    /// Commitment to the key from which borrowers' tags are made.
    pub tag_key: DocumentDigest,
    /// The founding keys. Each of them signs.
    pub keys: Vec<FoundingKey>,
}

impl Meaning for Genesis {
    const NAME: &'static str = "genesis";
    const ARTICLES: &'static [u8] = &[1];
    const TITLE: Bilingual = Bilingual { zh: "创立账本", en: "Genesis" };

    fn check(&self) -> Result<(), Malformed> {
        bounded("keys", self.keys.len(), 32)?;
        if self.log_key.len() > 300 || self.log_key.chars().any(char::is_whitespace) {
            return Err(misfit("log_key: a verifier key without spaces"));
        }
        let mut ids: Vec<KeyId> = self.keys.iter().map(|key| key.public_key.id()).collect();
        ids.sort();
        ids.dedup();
        if ids.len() != self.keys.len() || ids.is_empty() {
            return Err(misfit("keys: at least one, and each once"));
        }
        Ok(())
    }

    fn introduces(&self, index: u64) -> Vec<Key> {
        self.keys.iter().map(|founding| founding.enrol(index)).collect()
    }

    fn subject(&self) -> Subject {
        Subject::default()
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(self.keys.iter().map(|key| Need::Key(key.public_key.id())).collect())
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        out.put(&Ledger {
            origin: case.transaction.ledger.clone(),
            log_key: self.log_key.clone(),
            tag_key: self.tag_key.as_str().to_string(),
            founded_on: case.date(),
        })?;
        out.put(&Fund::default())?;
        out.touch("ledger");
        for key in self.introduces(out.index()) {
            enrol(key, out)?;
        }
        Ok(())
    }
}

/// A key that the ledger begins with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoundingKey {
    /// For whom it signs.
    pub party: Id,
    /// As what.
    pub role: Role,
    /// In which of two persons' places.
    #[serde(default)]
    pub duty: Option<Duty>,
    /// The key.
    pub public_key: PublicKey,
}

impl FoundingKey {
    /// The record it becomes.
    pub(super) fn enrol(&self, index: u64) -> Key {
        Key {
            key_id: self.public_key.id(),
            public_key: self.public_key,
            suite: suite(),
            party: self.party.clone(),
            role: self.role,
            duty: self.duty,
            lineage: self.public_key.id(),
            enrolled: index,
            revoked: None,
        }
    }
}

/// The one signature suite implemented.
pub(super) fn suite() -> Id {
    // "ed25519" is a well-formed id.
    Id::parse("ed25519").unwrap_or_else(|| unreachable!("a constant"))
}

/// Writes a key and makes its party known.
pub(super) fn enrol(key: Key, out: &mut Outcome<'_>) -> Result<(), Fault> {
    let mut party: Party =
        out.get(key.party.as_bytes())?.unwrap_or_else(|| Party::new(key.party.clone()));
    if !party.roles.contains(&key.role) {
        party.roles.push(key.role);
    }
    out.put(&party)?;
    out.touch_id("party", &party.party);
    out.touch_id("key", key.key_id);
    out.put(&key)
}
