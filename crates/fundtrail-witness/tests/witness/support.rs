//! A witness in a scratch directory, and how it is asked.

use std::path::{Path, PathBuf};

use fundtrail_model::add_checkpoint::AddCheckpoint;
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::{Note, VerifierKey};
use fundtrail_witness::directory::origin_hash;
use fundtrail_witness::{Reply, Witness};
use tempfile::TempDir;

pub(crate) use crate::log::{Log, ORIGIN};

/// A moment; tests count from it.
pub(crate) const NOW: u64 = 1_700_000_000;

/// A directory with a witness that cosigns for [`ORIGIN`].
pub(crate) struct Place {
    directory: TempDir,
    pub(crate) key: VerifierKey,
}

impl Place {
    pub(crate) fn new() -> Place {
        let directory = tempfile::tempdir().unwrap();
        let secret = SigningKey::from_seed(&[9; 32]);
        let key = fundtrail_witness::init(directory.path(), "w.example", &secret).unwrap();
        fundtrail_witness::add_log(directory.path(), ORIGIN, &Log::honest().key()).unwrap();
        Place { directory, key }
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn open(&self) -> Witness {
        fundtrail_witness::open(self.path()).unwrap()
    }

    /// The folder of [`ORIGIN`].
    pub(crate) fn folder(&self) -> PathBuf {
        self.path().join("logs").join(origin_hash(ORIGIN))
    }

    /// The files of evidence, as name and content.
    pub(crate) fn evidence(&self) -> Vec<(String, fundtrail_witness::evidence::Evidence)> {
        let mut files: Vec<_> = std::fs::read_dir(self.folder().join("evidence"))
            .unwrap()
            .map(|file| {
                let file = file.unwrap();
                let text = std::fs::read_to_string(file.path()).unwrap();
                let name = file.file_name().into_string().unwrap();
                (name, serde_json::from_str(&text).unwrap())
            })
            .collect();
        files.sort_by(|a: &(String, _), b| a.0.cmp(&b.0));
        files
    }
}

pub(crate) fn ask(witness: &Witness, request: &AddCheckpoint, now: u64) -> Reply {
    witness.add_checkpoint(request.to_text().as_bytes(), now)
}

/// Asserts that a request is granted, by a cosignature over its checkpoint at `now`.
#[track_caller]
pub(crate) fn granted(witness: &Witness, request: &AddCheckpoint, now: u64) {
    let reply = ask(witness, request, now);
    let Reply::Cosigned(lines) = reply else {
        panic!("{reply:?}")
    };
    let note = Note::parse(request.checkpoint.as_bytes()).unwrap();
    let cosigned = Note::parse(format!("{}\n{lines}", note.text()).as_bytes()).unwrap();
    let keys = [witness.verifier().clone()];
    let verified = cosigned.verify(&keys).unwrap();
    assert_eq!((verified.len(), verified[0].time), (1, Some(now)));
}

/// Asserts that a request is refused with 422.
#[track_caller]
pub(crate) fn refused(witness: &Witness, request: &AddCheckpoint) {
    let reply = ask(witness, request, NOW);
    assert!(matches!(reply, Reply::Refused(_)), "{reply:?}");
}
