//! What a draft is at present: its state, who is still missing, and what the ledger would
//! say of it.

use fundtrail_kernel::admission::open_envelope;
use fundtrail_kernel::{Rejection, proofs};
use fundtrail_model::port::{Read, Table};
use fundtrail_model::{Fault, Findings, KeyId, Malformed, Moment, Submission, Transaction};
use fundtrail_regulation::signers::{Lack, lacks};
use fundtrail_regulation::state::Key;
use fundtrail_regulation::{Body, Case, Kind, Prospect, Refusal, foresee};
use serde::Serialize;

use super::{Draft, End, decode};
use crate::node::Node;

/// Where a draft stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = DraftState))]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It takes signatures.
    Open,
    /// It is in the ledger.
    Submitted,
    /// It was complete, and the regulation said no: it takes signatures still. Or its id is
    /// another transaction's by now: it takes none.
    Refused,
    /// Its time is over.
    Expired,
    /// It was taken back.
    Withdrawn,
}

impl State {
    /// Every state.
    pub const ALL: &'static [State] = &[
        State::Open,
        State::Submitted,
        State::Refused,
        State::Expired,
        State::Withdrawn,
    ];

    /// The wire name.
    pub const fn name(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Submitted => "submitted",
            State::Refused => "refused",
            State::Expired => "expired",
            State::Withdrawn => "withdrawn",
        }
    }

    /// The state of a draft that takes no signatures.
    pub(super) fn of_ended(draft: &Draft) -> State {
        match draft.ended.as_ref().map(|ended| &ended.how) {
            Some(End::Submitted(_)) => State::Submitted,
            Some(End::Withdrawn(_)) => State::Withdrawn,
            Some(End::Taken(_)) => State::Refused,
            Some(End::Expired) | None => State::Expired,
        }
    }
}

/// A draft over a state of the ledger.
#[derive(Debug)]
pub struct Look {
    /// Where it stands.
    pub state: State,
    /// The entry that has its id.
    pub entry: Option<u64>,
    /// What is signed.
    pub transaction: Transaction,
    /// Its kind.
    pub kind: Kind,
    /// Who is still missing; nobody once it has ended.
    pub missing: Vec<Lack>,
}

/// What the ledger would say of a draft whose signers were complete.
#[derive(Clone, Debug, PartialEq)]
pub enum DryRun {
    /// Yes, and this would follow.
    Passes(Box<Prospect>),
    /// No; of what signers could change, only what stands against those who signed, and who
    /// is missing where nobody could sign.
    Refused(Vec<Refusal>),
    /// Its bytes say nothing any more.
    Malformed(Malformed),
}

impl Node {
    /// A draft as it is stored.
    ///
    /// # Errors
    /// [`Fault`] when this program cannot read it: an older or a newer one wrote it.
    pub fn read_draft(&self, bytes: &[u8]) -> Result<Draft, Fault> {
        let draft = decode(bytes)?;
        self.opened(&draft, &draft.submission(|_| true)?)?;
        Ok(draft)
    }

    /// Where a draft stands, and who is missing.
    ///
    /// # Errors
    /// [`Fault`] when the storage fails or the draft is unreadable.
    pub fn look_at_draft(
        &self,
        read: &dyn Read,
        draft: &Draft,
        now: Moment,
    ) -> Result<Look, Fault> {
        let submission = draft.submission(|_| true)?;
        let (transaction, body) = self.opened(draft, &submission)?;
        let entry = proofs::index_of(read, draft.id.as_str())?;
        let is_recorded = entry.is_some() && is_known(read, draft, &submission)?;
        let state = match draft.is_live(now) {
            _ if is_recorded => State::Submitted,
            false => State::of_ended(draft),
            // Its id is another transaction's: it cannot be recorded any more.
            true if entry.is_some() || draft.refused.is_some() => State::Refused,
            true => State::Open,
        };
        let missing = match state {
            State::Open | State::Refused => {
                with_case(read, &transaction, &body, &submission, now, |case| {
                    Ok(lacks(&case.needs()?, &case.signers, case.approval()?))
                })?
            }
            _ => Vec::new(),
        };
        Ok(Look {
            state,
            entry,
            kind: body.kind(),
            transaction,
            missing,
        })
    }

    /// What the ledger would say of a draft, were nobody missing who can sign.
    ///
    /// # Errors
    /// [`Fault`] when the storage fails or the draft is unreadable.
    pub fn dry_run_of_draft(
        &self,
        read: &dyn Read,
        draft: &Draft,
        now: Moment,
    ) -> Result<DryRun, Fault> {
        let submission = draft.submission(|_| true)?;
        let admitted = match self.desk().admit(submission, read) {
            Ok(admitted) => admitted,
            Err(Rejection::Malformed(malformed)) => return Ok(DryRun::Malformed(malformed)),
            Err(Rejection::Fault(fault)) => return Err(fault),
        };
        let keys: Vec<KeyId> = draft.signatures.iter().map(|one| one.keyid).collect();
        let index = next_index(read)?;
        let case = Case::new(
            now,
            index,
            &admitted.transaction,
            &admitted.body,
            &admitted.findings,
            &keys,
            read,
        )?;
        let mut refusals = foresee(&case)?;
        refusals.extend(admitted.refusals.iter().cloned());
        Ok(if refusals.is_empty() {
            DryRun::Passes(Box::new(Prospect::of(&case)?))
        } else {
            DryRun::Refused(refusals)
        })
    }

    /// What is to be submitted, if the signers are complete: without the signatures that
    /// fill no need, and without disclosures once they are gone.
    pub(super) fn complete(
        &self,
        read: &dyn Read,
        draft: &Draft,
        now: Moment,
    ) -> Result<Option<Submission>, Fault> {
        if !draft.is_live(now) {
            return Ok(None);
        }
        let submission = draft.submission(|_| true)?;
        let (transaction, body) = self.opened(draft, &submission)?;
        let strangers = with_case(read, &transaction, &body, &submission, now, |case| {
            let standing = case.standing()?;
            Ok(standing
                .missing
                .is_empty()
                .then(|| standing.strangers.clone()))
        })?;
        let Some(strangers) = strangers else {
            return Ok(None);
        };
        draft
            .submission(|key| !strangers.contains(&key))
            .map(|submission| Some(submission).filter(|one| !one.envelope.signatures.is_empty()))
    }

    fn opened(&self, draft: &Draft, submission: &Submission) -> Result<(Transaction, Body), Fault> {
        open_envelope(&submission.envelope, &self.desk().origin)
            .map_err(|malformed| Fault(format!("draft {}: {malformed}", draft.id)))
    }
}

/// Whether the kind has a place for a key's signature.
pub(super) fn is_suited(
    read: &dyn Read,
    transaction: &Transaction,
    body: &Body,
    key: &Key,
    now: Moment,
) -> Result<bool, Fault> {
    let (findings, index) = (Findings::default(), next_index(read)?);
    let case = Case::new(now, index, transaction, body, &findings, &[], read)?;
    let approval = case.approval()?;
    Ok(case.needs()?.iter().any(|need| need.suits(key, approval)))
}

fn with_case<T>(
    read: &dyn Read,
    transaction: &Transaction,
    body: &Body,
    submission: &Submission,
    now: Moment,
    ask: impl FnOnce(&Case<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let signatures = &submission.envelope.signatures;
    let keys: Vec<KeyId> = signatures.iter().map(|one| one.key_id).collect();
    let (findings, index) = (Findings::default(), next_index(read)?);
    let case = Case::new(now, index, transaction, body, &findings, &keys, read)?;
    ask(&case)
}

fn next_index(read: &dyn Read) -> Result<u64, Fault> {
    Ok(proofs::last_entry(read)?.map_or(0, |(index, _)| index + 1))
}

/// Whether it is this draft's bytes that the ledger has under its id.
fn is_known(read: &dyn Read, draft: &Draft, submission: &Submission) -> Result<bool, Fault> {
    let row = read.get(Table::Ids, draft.id.as_bytes())?;
    let digest = submission.envelope.payload_digest();
    Ok(row.is_some_and(|row| row.get(8..) == Some(digest.as_slice())))
}
