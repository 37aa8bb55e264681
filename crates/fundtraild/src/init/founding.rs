//! The first two transactions of a ledger: the exact bytes that its founders sign.
//!
//! Both are rehearsed on an empty ledger in memory, by the code that will judge them: as
//! if everybody had signed whose signature they need.

use std::sync::Arc;

use fundtrail_kernel::admission::open_envelope;
use fundtrail_kernel::{Admitted, Kernel, Memory, Verdict};
use fundtrail_model::envelope::Signature;
use fundtrail_model::{
    Day, DocumentDigest, Envelope, Fault, Findings, KeyId, Malformed, Moment, Submission,
};
use fundtrail_regulation::state::Role;
use fundtrail_regulation::{Policy, Refusal};
use serde::Serialize;

use super::founders::Founder;
use crate::Complaint;

/// A transaction to be signed.
pub(super) struct Document {
    /// The file it is written to.
    pub(super) file: &'static str,
    /// What is signed. Indented, because people read it; it ends with a line feed, because
    /// editors would add one.
    pub(super) text: String,
    /// Positions of the founders that sign it.
    pub(super) signers: Vec<usize>,
}

/// What the ledger is known by.
pub(super) struct Site<'a> {
    pub(super) origin: &'a str,
    pub(super) log_key: &'a str,
    /// Commitment to the tag key.
    pub(super) tag_key: &'a str,
    /// The business date of both transactions.
    pub(super) date: Day,
}

/// What the leading group adopts.
#[derive(Debug, Serialize)]
pub(super) struct Adoption {
    pub(super) applies_from: Day,
    pub(super) text: DocumentDigest,
    pub(super) decision: DocumentDigest,
    pub(super) policy: Policy,
}

#[derive(Serialize)]
struct Transaction<'a, B> {
    ledger: &'a str,
    id: &'a str,
    kind: &'a str,
    date: Day,
    body: B,
}

#[derive(Serialize)]
struct Genesis<'a> {
    log_key: &'a str,
    tag_key: &'a str,
    keys: &'a [Founder],
}

impl Site<'_> {
    /// The genesis: every founder signs.
    pub(super) fn genesis(&self, founders: &[Founder]) -> Result<Document, Complaint> {
        let body = Genesis {
            log_key: self.log_key,
            tag_key: self.tag_key,
            keys: founders,
        };
        Ok(Document {
            file: super::GENESIS,
            text: self.transaction("genesis", "genesis", body)?,
            signers: (0..founders.len()).collect(),
        })
    }

    /// The first adoption: one key of every party that holds a seat signs.
    pub(super) fn adoption(
        &self,
        founders: &[Founder],
        adoption: &Adoption,
    ) -> Result<Document, Complaint> {
        let signers = seats(founders);
        if signers.is_empty() {
            return Err(Complaint(
                "no founder is a group_member, and only the leading group adopts a policy: \
                 nobody could sign it"
                    .into(),
            ));
        }
        Ok(Document {
            file: super::POLICY_ADOPT,
            text: self.transaction("policy-1", "policy_adopt", adoption)?,
            signers,
        })
    }

    fn transaction(&self, id: &str, kind: &str, body: impl Serialize) -> Result<String, Complaint> {
        let transaction = Transaction {
            ledger: self.origin,
            id,
            kind,
            date: self.date,
            body,
        };
        let text = serde_json::to_string_pretty(&transaction)
            .map_err(|error| Complaint(format!("{kind}: {error}")))?;
        Ok(text + "\n")
    }
}

/// The first key of each party that holds a seat in the leading group.
pub(super) fn seats(founders: &[Founder]) -> Vec<usize> {
    let mut seats: Vec<usize> = Vec::new();
    for (at, founder) in founders.iter().enumerate() {
        let known = seats
            .iter()
            .any(|seat| founders[*seat].party == founder.party);
        if founder.role == Role::GroupMember && !known {
            seats.push(at);
        }
    }
    seats
}

/// Has an empty ledger judge the documents, in order, as if all their signers had signed.
///
/// # Errors
/// The first that would not be recorded, with the ledger's own words.
pub(super) fn rehearse(
    site: &Site<'_>,
    founders: &[Founder],
    documents: &[Document],
    now: Moment,
) -> Result<(), Complaint> {
    // A transaction is not recorded before its day begins.
    let now = now.max(Moment::start_of(site.date));
    let mut batch = Vec::with_capacity(documents.len());
    for document in documents {
        let keys = document
            .signers
            .iter()
            .map(|at| founders[*at].key_id())
            .collect();
        let admitted = admit(site.origin, &document.text, keys)
            .map_err(|malformed| Complaint(format!("{}: {malformed}", document.file)))?;
        batch.push(admitted);
    }
    let memory = Memory::default();
    let staged = Kernel::open(&memory)
        .and_then(|kernel| kernel.stage(&memory, now, batch))
        .map_err(|Fault(what)| Complaint(format!("the rehearsal failed: {what}")))?;
    for (document, verdict) in documents.iter().zip(&staged.verdicts) {
        let why = match verdict {
            Verdict::Recorded { .. } => continue,
            Verdict::Refused(refusals) => {
                let said: Vec<String> = refusals.iter().map(words).collect();
                said.join("; ")
            }
            Verdict::Malformed(malformed) => malformed.to_string(),
            Verdict::Repeated { .. } | Verdict::Conflict { .. } => "its id is taken".into(),
        };
        return Err(Complaint(format!(
            "{}: the ledger would not record it: {why}",
            document.file
        )));
    }
    Ok(())
}

/// As the node's desk admits it, but for the signatures, which are still to be made.
fn admit(origin: &str, text: &str, keys: Vec<KeyId>) -> Result<Admitted, Malformed> {
    let signatures = keys.iter().map(|key| Signature {
        key_id: *key,
        bytes: [0; 64],
    });
    let submission = Submission {
        envelope: Envelope {
            payload: text.as_bytes().to_vec(),
            signatures: signatures.collect(),
        },
        disclosures: Vec::new(),
    };
    let submission = Submission::parse(submission.to_json().as_bytes())?;
    let (transaction, body) = open_envelope(&submission.envelope, origin)?;
    Ok(Admitted {
        envelope: submission.envelope,
        transaction,
        body: Arc::new(body),
        findings: Findings::default(),
        refusals: Vec::new(),
        kept: Vec::new(),
        verified: keys,
    })
}

fn words(refusal: &Refusal) -> String {
    format!("{}: {}", refusal.code, refusal.in_english())
}
