//! The policy file and the papers behind it, of which the ledger keeps digests.

use std::path::Path;

use fundtrail_model::DocumentDigest;
use fundtrail_regulation::Policy;
use sha2::{Digest as _, Sha256};

use super::Flags;
use super::founding::Adoption;
use crate::Complaint;

/// What the flags say of the first policy; none where no policy is given.
pub(super) fn adoption(flags: &Flags) -> Result<Option<Adoption>, Complaint> {
    let Some(path) = &flags.policy else {
        return Ok(None);
    };
    let policy = policy(path)?;
    Ok(Some(Adoption {
        applies_from: flags.applies_from.unwrap_or(policy.policy.effective_from),
        text: digest(
            flags.policy_text.as_deref(),
            flags.policy_text_digest.as_ref(),
        )?,
        decision: digest(flags.decision.as_deref(), flags.decision_digest.as_ref())?,
        policy,
    }))
}

/// The lower-case hex of SHA-256.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn policy(path: &Path) -> Result<Policy, Complaint> {
    let complain = |what: String| Complaint(format!("{}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| complain(error.to_string()))?;
    let policy: Policy =
        toml::from_str(&text).map_err(|error| complain(error.to_string().trim_end().into()))?;
    policy
        .check()
        .map_err(|malformed| complain(malformed.to_string()))?;
    Ok(policy)
}

/// Of the file, or as given. Clap has seen to it that there is one of them.
fn digest(
    file: Option<&Path>,
    given: Option<&DocumentDigest>,
) -> Result<DocumentDigest, Complaint> {
    let Some(path) = file else {
        let missing = || Complaint("neither a file nor its SHA-256 is given".into());
        return given.cloned().ok_or_else(missing);
    };
    let complain = |what: &str| Complaint(format!("{}: {what}", path.display()));
    let bytes = std::fs::read(path).map_err(|error| complain(&error.to_string()))?;
    if bytes.is_empty() {
        return Err(complain("it is empty: whose SHA-256 would be adopted?"));
    }
    DocumentDigest::parse(&sha256(&bytes)).ok_or_else(|| complain("it has no SHA-256"))
}
