//! Drafts: transactions to which several people add their signatures, until the signers
//! that the kind needs are complete; then they are submitted like any other.
//!
//! Invariants:
//! - a signature is verified over the draft's exact bytes before it is kept, and kept
//!   before it is answered;
//! - nobody's signature is lost to another's: each is added by the sequencer to what is
//!   there then;
//! - a draft decides nothing. Whether it is recorded is the pipeline's verdict on the
//!   signatures that were there;
//! - a signature that fills no need is kept, and not submitted: nobody can spoil a draft by
//!   signing it;
//! - what a draft seals is kept in clear while the draft is open and no longer: it ends with
//!   the entry that has its id, and within a minute of its time, and what it disclosed leaves
//!   the disk then. What was recorded is the ledger's to keep, and to erase.
//!
//! Absent on purpose: who may read drafts, and telling anybody that they are waited for.

mod look;
mod meanwhile;
mod record;
mod table;

use fundtrail_kernel::admission::{open_envelope, verify};
use fundtrail_kernel::{Rejection, Verdict, proofs};
use fundtrail_model::envelope::{SIGNATURES_MAX, Signature};
use fundtrail_model::port::Read;
use fundtrail_model::{Envelope, Fault, Id, KeyId, Malformed, MalformedCode, Moment, Submission};
use fundtrail_regulation::Body;
use fundtrail_regulation::state::{Key, View};

use crate::aside::NotKept;
use crate::fitness::Unfit;
use crate::node::{Answer, Node, contained};
use table::Rows;

pub(crate) use meanwhile::{SWEEP_EVERY, recorded, sweep};

pub use look::{DryRun, Look, State};
pub use record::{Draft, End, Ended, Message, RefusalKept, Refused, Signed};
pub use table::{KEYS, decode, find};
pub(crate) use table::{OF_PARTY, OPEN, TIMES, of_party, place};

/// The most drafts that are open, in all.
pub const OPEN_MAX: u64 = 10_000;
/// The most that one party posted and that are open.
pub const OPEN_OF_PARTY_MAX: u64 = 1_000;

/// Why nothing came of a request about a draft.
#[derive(Clone, Debug, PartialEq)]
pub enum DraftError {
    /// The bytes say nothing, or a signature does not verify.
    Malformed(Malformed),
    /// There is no draft of that id.
    NotFound,
    /// The id is in the ledger already, as this entry.
    Recorded(u64),
    /// Another draft has the id, with other bytes.
    Taken,
    /// The draft takes no signature any more.
    Closed(State),
    /// No key of that id is enrolled, or comes with the transaction.
    KeyUnknown(KeyId),
    /// The key was revoked or replaced.
    KeyRevoked(KeyId),
    /// The kind has no place for this key's signature.
    KeyNotNeeded(KeyId),
    /// Neither a reader nor a signature of an enrolled key says who posts it.
    Nobody,
    /// Neither posted nor signed by who wants to withdraw it.
    NotTheirs,
    /// This party has as many open drafts as it may.
    TooMany,
    /// Too many drafts are open, or too much waits.
    Busy,
    /// The machine is not fit to keep anything.
    Unfit(Unfit),
    /// The machine failed.
    Fault(Fault),
}

impl From<Fault> for DraftError {
    fn from(fault: Fault) -> DraftError {
        DraftError::Fault(fault)
    }
}

impl From<Malformed> for DraftError {
    fn from(malformed: Malformed) -> DraftError {
        DraftError::Malformed(malformed)
    }
}

impl From<Rejection> for DraftError {
    fn from(rejection: Rejection) -> DraftError {
        match rejection {
            Rejection::Malformed(malformed) => DraftError::Malformed(malformed),
            Rejection::Fault(fault) => DraftError::Fault(fault),
        }
    }
}

impl From<NotKept> for DraftError {
    fn from(error: NotKept) -> DraftError {
        match error {
            NotKept::Busy => DraftError::Busy,
            NotKept::Unfit(unfit) => DraftError::Unfit(unfit),
            NotKept::Fault(fault) => DraftError::Fault(fault),
        }
    }
}

/// What became of a request about a draft.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// The draft, as it is now.
    pub draft: Draft,
    /// Whether it was not there before.
    pub is_new: bool,
    /// What the pipeline said, where the signers were complete.
    pub answer: Option<Answer>,
}

impl Node {
    /// Keeps a draft, for `poster` or else for the party of its first signature. The same
    /// draft again adds its signatures to the one that is there.
    ///
    /// # Errors
    /// [`DraftError`]; nothing was kept then.
    pub fn post_draft(
        &self,
        submission: Submission,
        poster: Option<Id>,
    ) -> Result<Kept, DraftError> {
        let now = self.clock().now()?;
        let draft = contained("a draft", || {
            let new = |read: &dyn Read| self.new_draft(read, submission, poster, now);
            self.storage().read(new)
        })??;
        let keep = self.draft_millis();
        let put = move |read: &dyn Read, batch: &mut _| {
            // Recorded since it was looked at: nothing that it discloses is kept.
            match proofs::index_of(read, draft.id.as_str())? {
                Some(index) => Ok(Err(DraftError::Recorded(index))),
                None => insert(&mut Rows::new(read, batch, keep), draft, now),
            }
        };
        let (draft, is_new) = self.put_aside(put)??;
        self.settle(draft, is_new, now)
    }

    /// The draft that posting would make. Nothing is kept.
    ///
    /// # Errors
    /// As [`Self::post_draft`], but for what only keeping it can say.
    pub fn draft_of(&self, submission: Submission, poster: Id) -> Result<Draft, DraftError> {
        let now = self.clock().now()?;
        contained("a dry run of a draft", || {
            let new = |read: &dyn Read| self.new_draft(read, submission, Some(poster), now);
            self.storage().read(new)
        })?
    }

    /// Adds a signature to a draft, and submits it if its signers are complete with it. The
    /// same signature again changes nothing, and submits what was not submitted.
    ///
    /// # Errors
    /// [`DraftError`]; the signature was not kept then.
    pub fn sign_draft(&self, id: &Id, signature: Signature) -> Result<Kept, DraftError> {
        let now = self.clock().now()?;
        let (payload, signed) = contained("a signature of a draft", || {
            self.storage().read(|read| {
                let draft = find(read, id)?.ok_or(DraftError::NotFound)?;
                let envelope = draft.submission(|_| false)?.envelope;
                let signed = self.signed(read, &envelope, &[signature], now)?;
                Ok::<_, DraftError>((draft.payload, signed))
            })
        })??;
        let (id, keep) = (id.clone(), self.draft_millis());
        let put = move |read: &dyn Read, batch: &mut _| {
            add(
                &mut Rows::new(read, batch, keep),
                &id,
                &payload,
                signed,
                now,
            )
        };
        let draft = self.put_aside(put)??;
        self.settle(draft, false, now)
    }

    /// Takes a draft back, for a party that posted or signed it.
    ///
    /// # Errors
    /// [`DraftError`]; the draft is as it was then.
    pub fn withdraw_draft(&self, id: &Id, by: &Id) -> Result<Draft, DraftError> {
        let now = self.clock().now()?;
        let (id, by, keep) = (id.clone(), by.clone(), self.draft_millis());
        let put = move |read: &dyn Read, batch: &mut _| {
            let mut rows = Rows::new(read, batch, keep);
            let mut draft = match live(&rows, &id, now)? {
                Ok(draft) => draft,
                Err(error) => return Ok(Err(error)),
            };
            if !draft.is_of(&by) {
                return Ok(Err(DraftError::NotTheirs));
            }
            rows.end(&mut draft, now, End::Withdrawn(by))?;
            Ok(Ok(draft))
        };
        self.put_aside(put)?
    }

    fn new_draft(
        &self,
        read: &dyn Read,
        submission: Submission,
        poster: Option<Id>,
        now: Moment,
    ) -> Result<Draft, DraftError> {
        let admitted = self.desk().admit(submission.clone(), read)?;
        let id = admitted.transaction.id;
        if let Some(index) = proofs::index_of(read, id.as_str())? {
            return Err(DraftError::Recorded(index));
        }
        let Submission {
            envelope,
            disclosures,
        } = submission;
        let signatures = self.signed(read, &envelope, &envelope.signatures, now)?;
        let party = match poster {
            Some(party) => party,
            None => enrolled(read, &signatures)?.ok_or(DraftError::Nobody)?,
        };
        let expires = now.millis().saturating_add(self.draft_millis());
        let expires = Moment::from_millis(expires).unwrap_or(now);
        let payload = record::text_of(&envelope.payload);
        Ok(Draft {
            id,
            payload,
            signatures,
            disclosures,
            party,
            created: now,
            expires,
            refused: None,
            ended: None,
        })
    }

    /// Verifies signatures, each by a key that stands and that the kind has a place for.
    fn signed(
        &self,
        read: &dyn Read,
        envelope: &Envelope,
        signatures: &[Signature],
        now: Moment,
    ) -> Result<Vec<Signed>, DraftError> {
        let (transaction, body) = open_envelope(envelope, &self.desk().origin)?;
        let mut all = Vec::with_capacity(signatures.len());
        let message = envelope.signed_bytes();
        for signature in signatures {
            let key = key_of(read, &body, signature.key_id)?;
            let key = key.ok_or(DraftError::KeyUnknown(signature.key_id))?;
            verify(&key.public_key, &message, signature)?;
            if key.revoked.is_some() {
                return Err(DraftError::KeyRevoked(signature.key_id));
            }
            if !look::is_suited(read, &transaction, &body, &key, now)? {
                return Err(DraftError::KeyNotNeeded(signature.key_id));
            }
            all.push(Signed::new(signature, &key, now));
        }
        Ok(all)
    }

    /// Submits a draft whose signers are complete, and keeps what came of it.
    fn settle(&self, draft: Draft, is_new: bool, now: Moment) -> Result<Kept, DraftError> {
        let complete = contained("a draft", || {
            self.storage().read(|read| self.complete(read, &draft, now))
        })??;
        let Some(submission) = complete else {
            return Ok(Kept {
                draft,
                is_new,
                answer: None,
            });
        };
        let answer = self.submit(submission.to_json().as_bytes());
        let draft = match &answer {
            Answer::Decided(Verdict::Recorded { index, .. } | Verdict::Repeated { index }) => {
                self.close(draft, End::Submitted(*index), now)?
            }
            Answer::Decided(Verdict::Refused(refusals)) => {
                let refusals = refusals.iter().map(RefusalKept::from).collect();
                self.keep_refusals(draft, Refused { at: now, refusals })?
            }
            _ => draft,
        };
        Ok(Kept {
            draft,
            is_new,
            answer: Some(answer),
        })
    }

    fn close(&self, draft: Draft, how: End, now: Moment) -> Result<Draft, DraftError> {
        self.change(draft, move |rows, draft| rows.end(draft, now, how))
    }

    fn keep_refusals(&self, draft: Draft, refused: Refused) -> Result<Draft, DraftError> {
        self.change(draft, move |rows, draft| {
            draft.refused = Some(refused);
            rows.put(draft)
        })
    }

    /// Changes a draft that has not ended. Where nothing is kept at present, the draft is
    /// left as it was: what the ledger says of its id goes before what it says of itself.
    fn change(
        &self,
        draft: Draft,
        change: impl FnOnce(&mut Rows<'_>, &mut Draft) -> Result<(), Fault> + Send + 'static,
    ) -> Result<Draft, DraftError> {
        let (id, keep) = (draft.id.clone(), self.draft_millis());
        let changed = self.put_aside(move |read, batch| {
            let mut rows = Rows::new(read, batch, keep);
            let mut found = rows.find(&id)?;
            if let Some(draft) = found.as_mut().filter(|draft| draft.ended.is_none()) {
                change(&mut rows, draft)?;
            }
            Ok(found)
        });
        match changed {
            Ok(found) => Ok(found.unwrap_or(draft)),
            Err(NotKept::Busy | NotKept::Unfit(_)) => Ok(draft),
            Err(NotKept::Fault(fault)) => Err(fault.into()),
        }
    }
}

/// A draft of that id that takes signatures; or why there is none.
fn live(rows: &Rows<'_>, id: &Id, now: Moment) -> Result<Result<Draft, DraftError>, Fault> {
    let Some(draft) = rows.find(id)? else {
        return Ok(Err(DraftError::NotFound));
    };
    Ok(match draft.ended.as_ref().map(|ended| &ended.how) {
        _ if draft.is_live(now) => Ok(draft),
        Some(End::Taken(index)) => Err(DraftError::Recorded(*index)),
        _ => Err(DraftError::Closed(State::of_ended(&draft))),
    })
}

fn insert(
    rows: &mut Rows<'_>,
    draft: Draft,
    now: Moment,
) -> Result<Result<(Draft, bool), DraftError>, Fault> {
    rows.sweep(now)?;
    if let Some(mut there) = rows.find(&draft.id)? {
        if there.is_live(now) {
            if there.payload != draft.payload {
                return Ok(Err(DraftError::Taken));
            }
            there.add(draft.signatures);
            return Ok(match there.signatures.len() > SIGNATURES_MAX {
                true => Err(too_many_signatures()),
                false => {
                    rows.put(&there)?;
                    Ok((there, false))
                }
            });
        }
        rows.remove(&there)?;
    }
    let (all, own) = rows.open(&draft.party)?;
    if own >= OPEN_OF_PARTY_MAX {
        return Ok(Err(DraftError::TooMany));
    }
    if all >= OPEN_MAX {
        return Ok(Err(DraftError::Busy));
    }
    rows.insert(&draft)?;
    Ok(Ok((draft, true)))
}

fn add(
    rows: &mut Rows<'_>,
    id: &Id,
    payload: &str,
    signed: Vec<Signed>,
    now: Moment,
) -> Result<Result<Draft, DraftError>, Fault> {
    let mut draft = match live(rows, id, now)? {
        Ok(draft) => draft,
        // Somebody else's signature was the last one needed.
        Err(DraftError::Closed(State::Submitted))
            if let Some(draft) = rows.find(id)?.filter(|draft| draft.payload == payload) =>
        {
            return Ok(Ok(draft));
        }
        Err(error) => return Ok(Err(error)),
    };
    // Withdrawn and posted anew since the signature was verified.
    if draft.payload != payload {
        return Ok(Err(DraftError::Taken));
    }
    let before = draft.signatures.len();
    draft.add(signed);
    if draft.signatures.len() > SIGNATURES_MAX {
        return Ok(Err(too_many_signatures()));
    }
    if draft.signatures.len() > before {
        rows.put(&draft)?;
    }
    Ok(Ok(draft))
}

/// The key under an id: enrolled, or brought by the transaction.
fn key_of(read: &dyn Read, body: &Body, key_id: KeyId) -> Result<Option<Key>, Fault> {
    let enrolled: Option<Key> = View::new(read).get(key_id.to_string().as_bytes())?;
    let brought = || {
        body.introduces(0)
            .into_iter()
            .find(|key| key.key_id == key_id)
    };
    Ok(enrolled.or_else(brought))
}

/// The party of the first signature by a key that is enrolled.
fn enrolled(read: &dyn Read, signatures: &[Signed]) -> Result<Option<Id>, Fault> {
    for one in signatures {
        let key: Option<Key> = View::new(read).get(one.keyid.to_string().as_bytes())?;
        if let Some(key) = key {
            return Ok(Some(key.party));
        }
    }
    Ok(None)
}

fn too_many_signatures() -> DraftError {
    let detail = format!("a draft takes at most {SIGNATURES_MAX} signatures");
    Malformed::new(MalformedCode::TooManySignatures, detail).into()
}
