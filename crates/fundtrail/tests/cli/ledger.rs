//! A ledger of four entries, made by the kernel over memory.

use fundtrail_kernel::{Desk, Kernel, Memory, proofs};
use fundtrail_merkle::Hash;
use fundtrail_model::checkpoint::{Checkpoint, cosign};
use fundtrail_model::envelope::Signature;
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::{Note, NoteSigner, SignatureType, VerifierKey};
use fundtrail_model::tag::TagKey;
use fundtrail_model::{Envelope, Moment, Submission};
use serde_json::{Value, json};

use crate::support::ORIGIN;

pub(crate) const SIZE: u64 = 4;

pub(crate) struct Ledger {
    kernel: Kernel,
    memory: Memory,
}

impl Ledger {
    /// Genesis with the office, and three banks' keys.
    pub(crate) fn new() -> Ledger {
        let memory = Memory::default();
        let mut ledger = Ledger {
            kernel: Kernel::open(&memory).unwrap(),
            memory,
        };
        let office = json!({ "party": "OFF", "role": "office", "public_key": key(1).public() });
        let genesis = json!({
            "log_key": log_key(), "tag_key": tag_key().commitment(), "keys": [office],
        });
        ledger.record("genesis", &genesis, &[1]);
        for number in [10, 11, 12] {
            let party = format!("BANK-{number}");
            let body =
                json!({ "party": party, "role": "bank", "public_key": key(number).public() });
            ledger.record("key_enrol", &body, &[number, 1]);
        }
        assert_eq!(ledger.kernel.size(), SIZE);
        ledger
    }

    pub(crate) fn checkpoint(&self) -> String {
        proofs::latest_checkpoint(&self.memory)
            .unwrap()
            .unwrap()
            .note
    }

    /// Lines of entries, as a node serves them.
    pub(crate) fn lines(&self, from: u64, limit: u64) -> Vec<u8> {
        let until = SIZE.min(from + limit);
        let entry = |index| proofs::entry(&self.memory, index).unwrap().unwrap();
        (from..until)
            .flat_map(|index| [entry(index), b"\n".to_vec()].concat())
            .collect()
    }

    pub(crate) fn receipt(&self, index: u64) -> String {
        proofs::receipt(&self.memory, index).unwrap().to_text()
    }

    fn record(&mut self, kind: &str, body: &Value, signers: &[u8]) {
        let payload = json!({
            "ledger": ORIGIN, "id": format!("T-{}", self.kernel.size()), "kind": kind,
            "date": "2021-12-23", "body": body,
        });
        let mut envelope = Envelope {
            payload: payload.to_string().into_bytes(),
            signatures: Vec::new(),
        };
        for number in signers {
            let (key_id, bytes) = (
                key(*number).public().id(),
                key(*number).sign(&envelope.signed_bytes()),
            );
            envelope.signatures.push(Signature { key_id, bytes });
        }
        let submission = Submission {
            envelope,
            disclosures: Vec::new(),
        };
        let desk = Desk {
            origin: ORIGIN.into(),
            log_key: log_key(),
            tag_key: tag_key(),
        };
        let admitted = desk.admit(submission, &self.memory).unwrap();
        let now = Moment::parse("2021-12-23T12:00:00+08:00").unwrap();
        let staged = self
            .kernel
            .stage(&self.memory, now, vec![admitted])
            .unwrap();
        assert_eq!(staged.entries.len(), 1, "{:?}", staged.verdicts);
        let checkpoint = Checkpoint::new(ORIGIN, staged.size(), staged.root()).unwrap();
        let note = checkpoint.sign(&log()).unwrap().to_text();
        self.kernel.commit(staged, &note, &mut self.memory).unwrap();
    }
}

fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(&[number; 32])
}

fn tag_key() -> TagKey {
    TagKey::new(&[9; 32])
}

fn log() -> NoteSigner {
    NoteSigner::new(ORIGIN, key(200)).unwrap()
}

/// The log's verifier key.
pub(crate) fn log_key() -> String {
    log().verifier().to_string()
}

/// A verifier key of the same name that is not the log's.
pub(crate) fn other_log_key() -> String {
    NoteSigner::new(ORIGIN, key(201))
        .unwrap()
        .verifier()
        .to_string()
}

/// A checkpoint that the log signed.
pub(crate) fn signed(size: u64, root: Hash) -> String {
    let checkpoint = Checkpoint::new(ORIGIN, size, root).unwrap();
    checkpoint.sign(&log()).unwrap().to_text()
}

/// The verifier key of a witness.
pub(crate) fn witness_key() -> String {
    let key = key(202).public();
    let verifier = VerifierKey::new("witness.example/w", SignatureType::Cosignature, key);
    verifier.unwrap().to_string()
}

/// A signed checkpoint with that witness's line, of 2021-12-24.
pub(crate) fn witnessed(checkpoint: &[u8]) -> Vec<u8> {
    let mut note = Note::parse(checkpoint).unwrap();
    let line = cosign(&key(202), "witness.example/w", 1_640_304_000, note.text());
    note.add(line.unwrap()).unwrap();
    note.to_text().into_bytes()
}
