//! Which witnesses are asked: a policy file that fits this ledger.

use std::sync::Arc;

use fundtrail_merkle::Hash;
use fundtrail_model::checkpoint::{Checkpoint, CheckpointError};
use fundtrail_model::log_policy::LogPolicy;
use fundtrail_model::note::{NoteSigner, VerifierKey};

use super::{Link, Pace, Witnesses};

/// Why a policy does not fit this node.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessesError {
    /// It names other logs than this one, or further ones.
    #[error(
        "WITNESSES_LOG: the policy must have one log line, with this ledger's key: log {expected}"
    )]
    Log {
        /// This ledger's verifier key.
        expected: String,
    },
    /// An address that this node does not speak to.
    #[error("WITNESSES_URL: witness {witness}: {url:?} is not https://… or http://…")]
    Url {
        /// The witness.
        witness: String,
        /// Its address.
        url: String,
    },
    /// Nobody can be asked.
    #[error("WITNESSES_NONE: no witness of the policy has an address: add one to its line")]
    None,
    /// The witnesses that have an address are too few.
    #[error(
        "WITNESSES_QUORUM: the quorum is out of reach: too few witnesses of the policy have an \
         address"
    )]
    Quorum,
}

impl WitnessesError {
    /// The stable code, as in the first word of the message.
    pub const fn code(&self) -> &'static str {
        match self {
            WitnessesError::Log { .. } => "WITNESSES_LOG",
            WitnessesError::Url { .. } => "WITNESSES_URL",
            WitnessesError::None => "WITNESSES_NONE",
            WitnessesError::Quorum => "WITNESSES_QUORUM",
        }
    }
}

impl Witnesses {
    /// The witnesses of a policy, asked over `link`. The policy names this log and no other,
    /// and those of its witnesses that have an address can reach its quorum.
    ///
    /// # Errors
    /// [`WitnessesError`].
    pub fn new(
        policy: LogPolicy,
        log_key: &VerifierKey,
        link: Arc<dyn Link>,
    ) -> Result<Witnesses, WitnessesError> {
        // There is at least one, and none twice.
        if policy.logs().iter().any(|log| log.key != *log_key) {
            return Err(WitnessesError::Log {
                expected: log_key.to_string(),
            });
        }
        let mut asked = Vec::new();
        for witness in policy.witnesses() {
            let Some(url) = &witness.url else { continue };
            let host = url.strip_prefix("https://");
            let host = host.or(url.strip_prefix("http://")).unwrap_or_default();
            if host.is_empty() || host.starts_with('/') || host.contains(['?', '#']) {
                return Err(WitnessesError::Url {
                    witness: witness.name.clone(),
                    url: url.clone(),
                });
            }
            asked.push(witness.name.as_str());
        }
        if asked.is_empty() {
            return Err(WitnessesError::None);
        }
        if !policy.is_reached_by(&asked) {
            return Err(WitnessesError::Quorum);
        }
        Ok(Witnesses {
            policy,
            link,
            empty: None,
            pace: Pace::default(),
        })
    }

    /// Has them asked of a ledger without entries too, with the checkpoint of the empty tree:
    /// where one of them cosigned entries, the ledger was lost.
    ///
    /// # Errors
    /// [`CheckpointError`] of a key whose name is no origin.
    pub fn asked_when_empty(self, signer: &NoteSigner) -> Result<Witnesses, CheckpointError> {
        let empty = Checkpoint::new(signer.name(), 0, Hash::empty_root())?;
        let empty = Some(empty.sign(signer)?.to_text());
        Ok(Witnesses { empty, ..self })
    }

    pub(crate) fn empty(&self) -> Option<&str> {
        self.empty.as_deref()
    }

    pub(crate) fn policy(&self) -> &LogPolicy {
        &self.policy
    }

    pub(crate) fn link(&self) -> &Arc<dyn Link> {
        &self.link
    }

    /// Whether a checkpoint is published only once a quorum cosigned it.
    pub(crate) fn is_quorum_needed(&self) -> bool {
        self.policy.asks_for_witnesses()
    }
}
