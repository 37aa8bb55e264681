//! The rule of a witness: what is asked, what is remembered, what is answered.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use fundtrail_merkle::{Hash, VerifyError, verify_consistency};
use fundtrail_model::add_checkpoint::AddCheckpoint;
use fundtrail_model::checkpoint::{Checkpoint, cosign};
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::{Note, NoteError, NoteSignature, VerifierKey};

use crate::directory::origin_hash;
use crate::durable;
use crate::evidence::{self, Evidence, Kind};
use crate::last::Last;

/// A witness that is open: nobody else uses its directory.
#[derive(Debug)]
pub struct Witness {
    key: SigningKey,
    verifier: VerifierKey,
    logs: BTreeMap<String, Watched>,
    _lock: File,
}

/// A log that is cosigned for.
#[derive(Debug)]
pub(crate) struct Watched {
    origin: String,
    keys: Vec<VerifierKey>,
    state: PathBuf,
    evidence: PathBuf,
    /// What the file `state` says. Held from reading the old size until the new one is on
    /// the disk.
    last: Mutex<Option<Last>>,
}

/// What a witness answers to `add-checkpoint`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// 200: cosigned, and remembered; signature lines.
    Cosigned(String),
    /// 404: a log that is not cosigned for.
    UnknownOrigin,
    /// 403: not signed by the log.
    Untrusted(NoteError),
    /// 400: no request, or one with an old size above the new one.
    BadRequest(String),
    /// 409: this size was cosigned last.
    Conflict(u64),
    /// 422: what was cosigned last does not continue here, or does not provably.
    Refused(String),
    /// 503: the clock is behind the last cosignature.
    ClockBehind,
    /// 500: the answer could not be remembered, so there is none.
    Fault(String),
}

impl Watched {
    pub(crate) fn new(
        origin: String,
        keys: Vec<VerifierKey>,
        state: PathBuf,
        evidence: PathBuf,
        last: Option<Last>,
    ) -> Watched {
        Watched {
            origin,
            keys,
            state,
            evidence,
            last: Mutex::new(last),
        }
    }

    fn last(&self) -> Result<MutexGuard<'_, Option<Last>>, Reply> {
        let poisoned = |_: PoisonError<_>| Reply::Fault("an earlier request ended badly".into());
        self.last.lock().map_err(poisoned)
    }
}

/// A request that the log signed.
struct Signed<'a> {
    request: &'a AddCheckpoint,
    note: Note,
    checkpoint: Checkpoint,
}

impl Witness {
    pub(crate) fn new(
        key: SigningKey,
        verifier: VerifierKey,
        logs: BTreeMap<String, Watched>,
        lock: File,
    ) -> Witness {
        Witness {
            key,
            verifier,
            logs,
            _lock: lock,
        }
    }

    /// What others verify cosignatures with.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The logs that are cosigned for.
    pub fn origins(&self) -> impl Iterator<Item = &str> {
        self.logs.keys().map(String::as_str)
    }

    /// Answers `add-checkpoint`: `body` as it came, `now` in seconds after
    /// 1970-01-01T00:00:00Z. When it is granted, it has been remembered for good.
    pub fn add_checkpoint(&self, body: &[u8], now: u64) -> Reply {
        self.answer(body, now).unwrap_or_else(|refusal| refusal)
    }

    /// The checkpoint that was cosigned last for the origin with this hash, for monitors.
    pub fn checkpoint(&self, hash: &str) -> Option<String> {
        let mut logs = self.logs.values();
        let log = logs.find(|log| origin_hash(&log.origin) == hash)?;
        let last = log.last().ok()?;
        last.as_ref().map(|last| last.note.to_text())
    }

    /// The checks in the order of the specification.
    fn answer(&self, body: &[u8], now: u64) -> Result<Reply, Reply> {
        let bad = |error: &dyn std::error::Error| Reply::BadRequest(error.to_string());
        let request = AddCheckpoint::parse(body).map_err(|error| bad(&error))?;
        let note = Note::parse(request.checkpoint.as_bytes()).map_err(|error| bad(&error))?;
        let origin = note.text().split('\n').next().unwrap_or_default();
        let log = self.logs.get(origin).ok_or(Reply::UnknownOrigin)?;
        note.verify(&log.keys).map_err(Reply::Untrusted)?;
        let checkpoint = Checkpoint::parse(note.text()).map_err(|error| bad(&error))?;
        let signed = Signed {
            request: &request,
            note,
            checkpoint,
        };

        let mut last = log.last()?;
        let judged = judge(&signed, last.as_ref());
        if let Some(kind) = conflict(&signed, last.as_ref(), &judged) {
            keep(log, &signed, last.as_ref(), kind, now);
        }
        judged.map_err(|refusal| refusal.reply)?;

        if let Some(line) = self.repeated(&signed, last.as_ref(), now) {
            return Ok(Reply::Cosigned(line));
        }
        // Times of one witness never go back: a reader may take the newest for the truth.
        if now == 0 || last.as_ref().is_some_and(|last| now < last.time) {
            return Err(Reply::ClockBehind);
        }
        let next = self.cosigned(log, &signed, now)?;
        let line = next.cosignature(&self.verifier).map(ToString::to_string);
        let line = line.ok_or_else(|| Reply::Fault("no cosignature was made".into()))?;
        durable::replace(&log.state, next.note.to_text().as_bytes())
            .map_err(|error| Reply::Fault(format!("the state was not written: {error}")))?;
        tracing::info!(
            origin = log.origin,
            size = next.checkpoint.size(),
            "cosigned"
        );
        *last = Some(next);
        Ok(Reply::Cosigned(line + "\n"))
    }

    /// The answer to what was asked and granted in this very second: nothing to write again.
    fn repeated(&self, signed: &Signed<'_>, last: Option<&Last>, now: u64) -> Option<String> {
        let same = last.filter(|last| last.time == now && last.note.text() == signed.note.text());
        let line = same?.cosignature(&self.verifier)?;
        Some(format!("{line}\n"))
    }

    /// The note to remember: the log's own signatures and the new cosignature.
    fn cosigned(&self, log: &Watched, signed: &Signed<'_>, now: u64) -> Result<Last, Reply> {
        let fault = |error: &dyn std::error::Error| Reply::Fault(error.to_string());
        let text = signed.note.text();
        let of_log = |line: &&NoteSignature| {
            let is_of = |key: &VerifierKey| key.name() == line.name() && key.id() == line.key_id();
            log.keys.iter().any(is_of)
        };
        let own = cosign(&self.key, self.verifier.name(), now, text);
        let own = own.map_err(|error| fault(&error))?;
        let mut lines = signed.note.signatures().iter().filter(of_log).cloned();
        let first = lines.next().ok_or(Reply::Untrusted(NoteError::Untrusted))?;
        let mut note = Note::new(text.to_owned(), first).map_err(|error| fault(&error))?;
        for line in lines.chain([own]) {
            note.add(line).map_err(|error| fault(&error))?;
        }
        Ok(Last {
            checkpoint: signed.checkpoint.clone(),
            note,
            time: now,
        })
    }
}

/// Why a signed request is not granted.
struct Refusal {
    reply: Reply,
    /// Whether its proof has the right number of hashes and leads elsewhere.
    leads_elsewhere: bool,
}

impl From<Reply> for Refusal {
    fn from(reply: Reply) -> Refusal {
        Refusal {
            reply,
            leads_elsewhere: false,
        }
    }
}

/// Whether a signed request may be granted after what was cosigned last.
fn judge(signed: &Signed<'_>, last: Option<&Last>) -> Result<(), Refusal> {
    let (old, proof) = (signed.request.old, &signed.request.proof);
    let (size, root) = (signed.checkpoint.size(), signed.checkpoint.root());
    if old > size {
        let why = format!("the old size {old} is above that of the checkpoint, {size}");
        return Err(Reply::BadRequest(why).into());
    }
    let known = last.map_or(0, |last| last.checkpoint.size());
    if old != known {
        return Err(Reply::Conflict(known).into());
    }
    let refused = |why: &str| Err(Reply::Refused(why.into()).into());
    if size == 0 && root != Hash::empty_root() {
        return refused("the root is not that of the empty tree");
    }
    let (true, Some(last)) = (old > 0, last) else {
        // Every tree continues the empty one.
        return match proof.is_empty() {
            true => Ok(()),
            false => refused("from size 0 there is nothing to prove"),
        };
    };
    let old_root = last.checkpoint.root();
    verify_consistency(old, size, &old_root, &root, proof).map_err(|error| Refusal {
        reply: Reply::Refused(format!("the proof does not hold: {error}")),
        leads_elsewhere: matches!(error, VerifyError::FromRoot | VerifyError::Root),
    })
}

/// What a signed request shows of the log, whatever the answer to it.
fn conflict(
    signed: &Signed<'_>,
    last: Option<&Last>,
    judged: &Result<(), Refusal>,
) -> Option<Kind> {
    let head = &signed.checkpoint;
    if head.size() == 0 && head.root() != Hash::empty_root() {
        return Some(Kind::Impossible);
    }
    let known = &last?.checkpoint;
    if head.size() == known.size() && head.root() != known.root() {
        return Some(Kind::Fork);
    }
    let leads_elsewhere = judged
        .as_ref()
        .is_err_and(|refusal| refusal.leads_elsewhere);
    leads_elsewhere.then_some(Kind::Unproven)
}

/// Keeps evidence. That it cannot be kept does not make the refusal less right.
fn keep(log: &Watched, signed: &Signed<'_>, last: Option<&Last>, kind: Kind, now: u64) {
    let evidence = Evidence::new(
        kind,
        &log.origin,
        now,
        last.map(|last| last.note.to_text()),
        &signed.request.checkpoint,
        &signed.request.to_text(),
    );
    let kind = kind.name();
    match evidence::keep(&log.evidence, &signed.checkpoint, &evidence) {
        Ok(Some(file)) => tracing::error!(origin = log.origin, kind, file, "evidence kept"),
        Ok(None) => tracing::warn!(
            origin = log.origin,
            kind,
            "evidence is there already, or full"
        ),
        Err(error) => tracing::error!(origin = log.origin, kind, %error, "evidence not kept"),
    }
}
