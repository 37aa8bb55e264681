//! The ledger a scenario is played for: its origin, its log key, its tag key.

use fundtrail_model::key::SigningKey;
use fundtrail_model::note::{NoteSigner, SignatureType, VerifierKey};
use fundtrail_model::tag::TagKey;
use fundtrail_model::{Fault, Moment, Tag};
use fundtrail_regulation::identifier;
use sha2::{Digest as _, Sha256};

/// The origin where a scenario names none.
pub const ORIGIN: &str = "fundtrail.example/scenario";

/// The ledger's clock where a scenario sets none: later than any date in the files.
pub const CLOCK: &str = "2027-12-31T23:59:59+08:00";

/// What transactions must know of the ledger they are meant for.
#[derive(Clone, Debug)]
pub struct Site {
    /// The origin, in every transaction.
    pub origin: String,
    /// The log's verifier key (C2SP vkey).
    pub log_key: String,
    /// The fund's tag key, 32 bytes: who plays a scenario on a real node must hold it.
    pub tag_key: [u8; 32],
    /// The clock until the scenario sets it.
    pub clock: Moment,
    /// Seed of the log's key, where it is a throw-away one.
    pub(crate) log_seed: Option<[u8; 32]>,
}

/// 32 bytes that follow from a name, for throw-away keys and salts.
pub(crate) fn seed(name: &str) -> [u8; 32] {
    Sha256::digest(name).into()
}

impl Site {
    /// A ledger of its own, with keys that follow from its origin.
    ///
    /// # Errors
    /// [`Fault`] when the origin cannot be a key name.
    pub fn throw_away(origin: &str) -> Result<Site, Fault> {
        let log_seed = seed(&format!("scenario log key {origin}"));
        let public = SigningKey::from_seed(&log_seed).public();
        let log_key = VerifierKey::new(origin, SignatureType::Ed25519, public)
            .map_err(|error| Fault(format!("origin {origin:?}: {error}")))?;
        Ok(Site {
            origin: origin.to_owned(),
            log_key: log_key.to_string(),
            tag_key: seed(&format!("scenario tag key {origin}")),
            clock: clock(),
            log_seed: Some(log_seed),
        })
    }

    /// A node's ledger: its origin, its verifier key and the tag key it was given.
    pub fn of_node(origin: &str, log_key: &str, tag_key: [u8; 32], clock: Moment) -> Site {
        Site {
            origin: origin.to_owned(),
            log_key: log_key.to_owned(),
            tag_key,
            clock,
            log_seed: None,
        }
    }

    /// The tag of a borrower's credit code.
    pub fn borrower(&self, credit_code: &str) -> Tag {
        TagKey::new(&self.tag_key).tag("credit_code", &identifier::normalise(credit_code))
    }

    /// The commitment to the tag key that genesis states.
    pub fn tag_commitment(&self) -> String {
        TagKey::new(&self.tag_key).commitment()
    }

    /// The log's signer, where its key is a throw-away one.
    ///
    /// # Errors
    /// [`Fault`] when the origin cannot be a key name.
    pub fn signer(&self) -> Result<Option<NoteSigner>, Fault> {
        let Some(seed) = self.log_seed else {
            return Ok(None);
        };
        NoteSigner::new(&self.origin, SigningKey::from_seed(&seed))
            .map(Some)
            .map_err(|error| Fault(error.to_string()))
    }
}

fn clock() -> Moment {
    // The constant is a moment; a test says so.
    Moment::parse(CLOCK).unwrap_or_else(|| unreachable!("a constant"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_throw_away_site_is_always_the_same() {
        let (one, two) = (
            Site::throw_away(ORIGIN).unwrap(),
            Site::throw_away(ORIGIN).unwrap(),
        );
        assert_eq!((one.log_key, one.tag_key), (two.log_key, two.tag_key));
        assert_eq!(one.clock.to_string(), "2027-12-31T15:59:59.000Z");
        assert!(Site::throw_away("a b").is_err());
    }

    #[test]
    fn tags_are_made_over_the_normal_form() {
        let site = Site::throw_away(ORIGIN).unwrap();
        assert_eq!(
            site.borrower("91150203ma0n000164"),
            site.borrower("91150203MA0N000164")
        );
        assert_ne!(
            site.borrower("91150203MA0N000164"),
            site.borrower("91150204MA0N00024D")
        );
    }
}
