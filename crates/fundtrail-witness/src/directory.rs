//! The directory of a witness.
//!
//! ```text
//! witness.pem                 its private key (PKCS#8); readable by its owner only
//! witness.vkey                its verifier key: name, hash, key of type 04
//! lock                        held by the process that uses the directory
//! logs/<hash>/log             the origin, then the log's verifier keys, a line each
//! logs/<hash>/checkpoint      what was cosigned last, or `none`
//! logs/<hash>/evidence/       see `evidence`
//! ```
//!
//! `<hash>` is the lower-case hex of SHA-256 over the origin, as in the monitors' address.
//! `checkpoint` is the state: losing it, or putting an older one back, makes the witness
//! worthless, since it may then cosign a second history. A file that is missing or does not
//! verify is refused; an older one that verifies cannot be told, so never restore one.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use fundtrail_model::key::SigningKey;
use fundtrail_model::note::{SignatureType, VerifierKey};
use sha2::{Digest as _, Sha256};

use crate::error::WitnessError;
use crate::last::{self, NOTHING};
use crate::witness::{Watched, Witness};
use crate::{durable, evidence};

const KEY: &str = "witness.pem";
const VKEY: &str = "witness.vkey";
const LOCK: &str = "lock";
const LOGS: &str = "logs";
const LOG: &str = "log";
const CHECKPOINT: &str = "checkpoint";
const EVIDENCE: &str = "evidence";

/// What a directory shows of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The witness's verifier key.
    pub key: VerifierKey,
    /// Its logs, in the order of their origins.
    pub logs: Vec<ShownLog>,
}

/// What a directory shows of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownLog {
    /// The log's name.
    pub origin: String,
    /// Its keys.
    pub keys: Vec<VerifierKey>,
    /// Size and root (64 hex digits) of the tree cosigned last, and when, in seconds after
    /// 1970-01-01T00:00:00Z.
    pub last: Option<(u64, String, u64)>,
    /// The files of evidence.
    pub evidence: Vec<PathBuf>,
}

/// Makes a witness of that name in `path`, which may be there if it is no witness yet.
///
/// # Errors
/// [`WitnessError::Key`] for the name, [`WitnessError::Exists`], [`WitnessError::Io`].
pub fn init(path: &Path, name: &str, key: &SigningKey) -> Result<VerifierKey, WitnessError> {
    let vkey_path = path.join(VKEY);
    let verifier = VerifierKey::new(name, SignatureType::Cosignature, key.public());
    let verifier = verifier.map_err(|error| WitnessError::Key {
        place: vkey_path.clone(),
        why: error.to_string(),
    })?;
    fs::create_dir_all(path).map_err(WitnessError::io(path))?;
    let _lock = lock(path)?;
    let logs = path.join(LOGS);
    durable::make_folder(&logs).map_err(WitnessError::io(&logs))?;
    // The verifier key last: with it the witness is there.
    let key_path = path.join(KEY);
    for (place, text) in [
        (&key_path, key.to_pkcs8_pem().as_str()),
        (&vkey_path, &format!("{verifier}\n")),
    ] {
        if !durable::create(place, text.as_bytes()).map_err(WitnessError::io(place))? {
            return Err(WitnessError::Exists(path.into()));
        }
    }
    Ok(verifier)
}

/// Lets the witness in `path` cosign for the log `origin` whose key is `key`. A second key of
/// the same origin is added to the first.
///
/// # Errors
/// [`WitnessError::Log`] unless the key is of type 01 and new; [`WitnessError::InUse`] while
/// the witness serves; [`WitnessError::None`]; [`WitnessError::Io`].
pub fn add_log(path: &Path, origin: &str, key: &VerifierKey) -> Result<(), WitnessError> {
    let verifier = read_vkey(path)?;
    let _lock = lock(path)?;
    let folder = path.join(LOGS).join(origin_hash(origin));
    let place = folder.join(LOG);
    let refused = |why: &str| {
        let (place, why) = (place.clone(), why.to_owned());
        Err(WitnessError::Log { place, why })
    };
    if key.kind() != SignatureType::Ed25519 {
        return refused("a log's key is of type 01");
    }
    // An origin has the form of a key's name.
    if VerifierKey::new(origin, SignatureType::Ed25519, *key.public()).is_err() {
        return refused("an origin is 1 to 255 bytes without spaces and plus signs");
    }
    if key.public() == verifier.public() {
        return refused("a log is not its own witness");
    }
    let mut keys = match folder.join(LOG).exists() {
        true => read_log(&folder)?.1,
        false => Vec::new(),
    };
    if keys.iter().any(|known| known.public() == key.public()) {
        return refused("the log has that key already");
    }
    keys.push(key.clone());
    for folder in [&folder, &folder.join(EVIDENCE)] {
        durable::make_folder(folder).map_err(WitnessError::io(folder))?;
    }
    // Only for a new log, and before it is one: what was cosigned is never forgotten.
    if !place.exists() {
        let state = folder.join(CHECKPOINT);
        durable::create(&state, NOTHING.as_bytes()).map_err(WitnessError::io(&state))?;
    }
    let lines: String = keys.iter().map(|key| format!("{key}\n")).collect();
    let text = format!("{origin}\n{lines}");
    durable::replace(&place, text.as_bytes()).map_err(WitnessError::io(&place))
}

/// Opens the witness in `path` and keeps others out until it is dropped.
///
/// # Errors
/// [`WitnessError`]: no witness, in use, or a file that does not hold.
pub fn open(path: &Path) -> Result<Witness, WitnessError> {
    let verifier = read_vkey(path)?;
    let lock = lock(path)?;
    let key = read_key(path, &verifier)?;
    let mut logs = BTreeMap::new();
    for folder in folders(path)? {
        let place = folder.join(EVIDENCE);
        for folder in [&folder, &place] {
            durable::tidy(folder).map_err(WitnessError::io(folder))?;
        }
        let (origin, keys) = read_log(&folder)?;
        let last = read_last(&folder, &origin, &keys, &verifier)?;
        let state = folder.join(CHECKPOINT);
        let watched = Watched::new(origin.clone(), keys, state, place, last);
        logs.insert(origin, watched);
    }
    Ok(Witness::new(key, verifier, logs, lock))
}

/// What is in `path`, also while the witness serves.
///
/// # Errors
/// As [`open`], but never [`WitnessError::InUse`].
pub fn show(path: &Path) -> Result<Shown, WitnessError> {
    let key = read_vkey(path)?;
    let mut logs = Vec::new();
    for folder in folders(path)? {
        let (origin, keys) = read_log(&folder)?;
        let last = read_last(&folder, &origin, &keys, &key)?.map(|last| {
            let head = &last.checkpoint;
            (head.size(), head.root().to_hex(), last.time)
        });
        let place = folder.join(EVIDENCE);
        let names = evidence::list(&place).map_err(WitnessError::io(&place))?;
        logs.push(ShownLog {
            origin,
            keys,
            last,
            evidence: names.iter().map(|name| place.join(name)).collect(),
        });
    }
    logs.sort_by(|a, b| a.origin.cmp(&b.origin));
    Ok(Shown { key, logs })
}

/// The lower-case hex of SHA-256 over an origin: where monitors look for it.
pub fn origin_hash(origin: &str) -> String {
    hex::encode(Sha256::digest(origin))
}

/// The folders of the logs. One that `add_log` did not finish has no `log` yet.
fn folders(path: &Path) -> Result<Vec<PathBuf>, WitnessError> {
    let logs = path.join(LOGS);
    let mut folders = Vec::new();
    for entry in fs::read_dir(&logs).map_err(WitnessError::io(&logs))? {
        let folder = entry.map_err(WitnessError::io(&logs))?.path();
        let unfinished = read_text(&folder.join(CHECKPOINT)).is_ok_and(|text| text == NOTHING)
            || !folder.join(CHECKPOINT).exists();
        if folder.join(LOG).exists() || !unfinished {
            folders.push(folder);
        }
    }
    Ok(folders)
}

fn read_vkey(path: &Path) -> Result<VerifierKey, WitnessError> {
    let place = path.join(VKEY);
    let text = match fs::read_to_string(&place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(WitnessError::None(path.into()));
        }
        read => read.map_err(WitnessError::io(&place))?,
    };
    let wrong = |why: String| WitnessError::Key {
        place: place.clone(),
        why,
    };
    let key = VerifierKey::parse(text.trim_end()).map_err(|error| wrong(error.to_string()))?;
    if key.kind() != SignatureType::Cosignature {
        return Err(wrong("a witness's key is of type 04".into()));
    }
    Ok(key)
}

fn read_key(path: &Path, verifier: &VerifierKey) -> Result<SigningKey, WitnessError> {
    let place = path.join(KEY);
    let pem = read_text(&place)?;
    let wrong = |why: String| WitnessError::Key {
        place: place.clone(),
        why,
    };
    let key = SigningKey::from_pkcs8_pem(&pem).map_err(|error| wrong(error.to_string()))?;
    if key.public() != *verifier.public() {
        return Err(wrong(format!("not the private half of {verifier}")));
    }
    Ok(key)
}

/// The origin and keys of a log.
fn read_log(folder: &Path) -> Result<(String, Vec<VerifierKey>), WitnessError> {
    let place = folder.join(LOG);
    let text = read_text(&place)?;
    let wrong = |why: String| WitnessError::Log {
        place: place.clone(),
        why,
    };
    let mut lines = text.lines();
    let origin = lines.next().unwrap_or_default();
    if folder.file_name() != Some(origin_hash(origin).as_ref()) {
        return Err(wrong(
            "the folder is not named after the origin in it".into(),
        ));
    }
    let keys: Result<Vec<VerifierKey>, _> = lines.map(VerifierKey::parse).collect();
    let keys = keys.map_err(|error| wrong(error.to_string()))?;
    if keys.is_empty() || keys.iter().any(|key| key.kind() != SignatureType::Ed25519) {
        return Err(wrong("a log has keys of type 01".into()));
    }
    Ok((origin.to_owned(), keys))
}

fn read_last(
    folder: &Path,
    origin: &str,
    keys: &[VerifierKey],
    witness: &VerifierKey,
) -> Result<Option<last::Last>, WitnessError> {
    let place = folder.join(CHECKPOINT);
    let wrong = |why: String| WitnessError::State {
        place: place.clone(),
        why,
    };
    let bytes = fs::read(&place).map_err(|error| wrong(error.to_string()))?;
    last::read(&bytes, origin, keys, witness).map_err(wrong)
}

fn read_text(place: &Path) -> Result<String, WitnessError> {
    fs::read_to_string(place).map_err(WitnessError::io(place))
}

/// Keeps other processes out for as long as the file is open.
fn lock(path: &Path) -> Result<File, WitnessError> {
    let place = path.join(LOCK);
    let mut options = OpenOptions::new();
    let file = options
        .create(true)
        .truncate(false)
        .write(true)
        .open(&place);
    let file = file.map_err(WitnessError::io(&place))?;
    match fs4::FileExt::try_lock(&file) {
        Ok(()) => Ok(file),
        Err(fs4::TryLockError::WouldBlock) => Err(WitnessError::InUse(path.into())),
        Err(fs4::TryLockError::Error(error)) => Err(WitnessError::io(&place)(error)),
    }
}
