//! A small ledger, made by the kernel over memory: a genesis, keys, a rotation and a
//! revocation.

use std::ops::RangeInclusive;

use fundtrail_audit::{Check, Export, Kept, Report, Verdict, audit};
use fundtrail_kernel::pipeline::Verdict as Decision;
use fundtrail_kernel::{Desk, Kernel, Memory, proofs};
use fundtrail_merkle::{Hash, root_of};
use fundtrail_model::checkpoint::{Checkpoint, cosign};
use fundtrail_model::envelope::Signature;
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::{Note, NoteSigner, SignatureType, VerifierKey};
use fundtrail_model::tag::TagKey;
use fundtrail_model::{Entry, Envelope, LogPolicy, Moment, Submission};
use serde_json::{Value, json};

pub(crate) const ORIGIN: &str = "fund.example/baotou";

/// A key by a number: the same number always gives the same key.
pub(crate) fn key(number: u16) -> SigningKey {
    let mut seed = [7; 32];
    seed[..2].copy_from_slice(&number.to_be_bytes());
    SigningKey::from_seed(&seed)
}

/// The log's signer.
pub(crate) fn log() -> NoteSigner {
    NoteSigner::new(ORIGIN, key(200)).unwrap()
}

/// A ledger being made.
pub(crate) struct Making {
    desk: Desk,
    kernel: Kernel,
    pub(crate) memory: Memory,
    time: i64,
}

impl Making {
    /// A ledger without entries.
    pub(crate) fn new() -> Making {
        let desk = Desk {
            origin: ORIGIN.into(),
            log_key: log().verifier().to_string(),
            tag_key: TagKey::new(&[9; 32]),
        };
        let memory = Memory::default();
        let kernel = Kernel::open(&memory).unwrap();
        Making {
            desk,
            kernel,
            memory,
            time: 1_640_250_000_000,
        }
    }

    /// Signs and records a transaction. Panics unless it is accepted.
    pub(crate) fn record(&mut self, kind: &str, body: &Value, signers: &[u16]) {
        let id = format!("T-{}", self.kernel.size());
        let payload = json!({
            "ledger": ORIGIN, "id": id, "kind": kind, "date": "2021-12-23", "body": body,
        });
        let submission = sign(payload.to_string().into_bytes(), signers);
        let admitted = self.desk.admit(submission, &self.memory).unwrap();
        self.time += 1500;
        let now = Moment::from_millis(self.time).unwrap();
        let staged = self
            .kernel
            .stage(&self.memory, now, vec![admitted])
            .unwrap();
        let verdict = staged.verdicts.first();
        assert!(
            matches!(verdict, Some(Decision::Recorded { .. })),
            "{kind}: {verdict:?}"
        );
        let note = checkpoint(staged.size(), staged.root());
        self.kernel.commit(staged, &note, &mut self.memory).unwrap();
    }

    /// Enrols a bank's key for each number.
    pub(crate) fn enrol(&mut self, numbers: RangeInclusive<u16>) {
        for number in numbers {
            let party = format!("BANK-{number}");
            let body =
                json!({ "party": party, "role": "bank", "public_key": key(number).public() });
            self.record("key_enrol", &body, &[number, 1]);
        }
    }

    /// The ledger as an auditor takes it away.
    pub(crate) fn export(&self) -> Export {
        let entry = |index| proofs::entry(&self.memory, index).unwrap().unwrap();
        let checkpoint = proofs::latest_checkpoint(&self.memory).unwrap().unwrap();
        Export {
            checkpoint: checkpoint.note.into_bytes(),
            entries: (0..self.kernel.size()).map(entry).collect(),
        }
    }

    /// The checkpoint published when the ledger had that many entries.
    pub(crate) fn checkpoint_of(&self, size: u64) -> Vec<u8> {
        proofs::checkpoint_of(&self.memory, size)
            .unwrap()
            .unwrap()
            .note
            .into_bytes()
    }
}

/// Signs a payload with several keys.
pub(crate) fn sign(payload: Vec<u8>, signers: &[u16]) -> Submission {
    let mut envelope = Envelope {
        payload,
        signatures: Vec::new(),
    };
    let message = envelope.signed_bytes();
    for number in signers {
        let key = key(*number);
        let bytes = key.sign(&message);
        envelope.signatures.push(Signature {
            key_id: key.public().id(),
            bytes,
        });
    }
    Submission {
        envelope,
        disclosures: Vec::new(),
    }
}

/// A checkpoint signed by the log's key.
pub(crate) fn checkpoint(size: u64, root: Hash) -> String {
    Checkpoint::new(ORIGIN, size, root)
        .unwrap()
        .sign(&log())
        .unwrap()
        .to_text()
}

/// Genesis with the office (1) and two finance keys (2, 3); then banks 10 to 16; key 11
/// rotated to 21; key 12 revoked. Ten entries.
pub(crate) fn small() -> Making {
    let mut making = Making::new();
    let founding = |party: &str, role: &str, number: u16| json!({ "party": party, "role": role, "public_key": key(number).public() });
    let genesis = json!({
        "log_key": log().verifier().to_string(),
        "tag_key": TagKey::new(&[9; 32]).commitment(),
        "keys": [founding("OFF", "office", 1), founding("FIN", "finance", 2), founding("GOV", "government", 3)],
    });
    making.record("genesis", &genesis, &[1, 2, 3]);
    making.enrol(10..=16);
    let rotate = json!({ "key": key(11).public().id(), "public_key": key(21).public() });
    making.record("key_rotate", &rotate, &[11, 21]);
    making.record("key_revoke", &json!({ "key": key(12).public().id() }), &[1]);
    making
}

/// Trust in the log alone.
pub(crate) fn policy() -> LogPolicy {
    LogPolicy::of_log(log().verifier().clone()).unwrap()
}

/// The verifier key of a witness.
pub(crate) fn witness_key() -> VerifierKey {
    let public = key(300).public();
    VerifierKey::new("witness.example/w", SignatureType::Cosignature, public).unwrap()
}

/// A signed checkpoint with that witness's line.
pub(crate) fn cosigned(note: &str) -> String {
    let mut note = Note::parse(note.as_bytes()).unwrap();
    let line = cosign(&key(300), "witness.example/w", 1_640_300_000, note.text()).unwrap();
    note.add(line).unwrap();
    note.to_text()
}

/// Audits without a kept checkpoint.
pub(crate) fn judge(export: &Export) -> Report {
    audit(export, &policy(), None, &mut |_| {})
}

/// Audits with one.
pub(crate) fn judge_with(export: &Export, kept: &[u8]) -> Report {
    judge_since(export, &Kept::of_checkpoint(kept.to_vec()))
}

/// Audits with what was kept.
pub(crate) fn judge_since(export: &Export, kept: &Kept) -> Report {
    audit(export, &policy(), Some(kept), &mut |_| {})
}

/// What a dishonest log can do: chain the entries anew, and sign a tree over them. Their
/// own signatures stay as they are.
pub(crate) fn resealed(entries: Vec<Entry>) -> Export {
    let mut export = Export::default();
    let mut leaves = Vec::new();
    for (index, mut entry) in (0..).zip(entries) {
        entry.index = index;
        entry.prev = leaves.last().copied().unwrap_or(Hash([0; 32]));
        let bytes = entry.to_bytes();
        leaves.push(Hash::leaf(&bytes));
        export.entries.push(bytes);
    }
    export.checkpoint = checkpoint(leaves.len() as u64, root_of(&leaves)).into_bytes();
    export
}

/// The entries of a ledger, read.
pub(crate) fn entries(export: &Export) -> Vec<Entry> {
    export
        .entries
        .iter()
        .map(|bytes| Entry::parse(bytes).unwrap())
        .collect()
}

/// Asserts that integrity fails by these checks at these entries, and by no other.
#[track_caller]
pub(crate) fn assert_broken(report: &Report, expected: &[(Option<u64>, Check)]) {
    assert_eq!(report.integrity.verdict, Verdict::Broken);
    let found = report.integrity.findings.first().iter();
    let found: Vec<(Option<u64>, Check)> = found.map(|one| (one.index, one.check)).collect();
    assert_eq!(found, expected, "{report}");
}
