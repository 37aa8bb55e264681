//! The node's two secrets as files: the log's key and the tag key.
//!
//! Read once at start, written once by `init`, readable by their owner only.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use fundtrail_model::key::SigningKey;
use fundtrail_model::note::NoteSigner;
use fundtrail_model::tag::TagKey;

use crate::Complaint;

/// Reads the log's key and names it after the origin.
pub(crate) fn read_signer(path: &Path, origin: &str) -> Result<NoteSigner, Complaint> {
    let pem = read(path)?;
    let key = SigningKey::from_pkcs8_pem(&pem).map_err(|error| said(path, &error))?;
    NoteSigner::new(origin, key).map_err(|error| Complaint(format!("origin {origin:?}: {error}")))
}

/// Reads the tag key.
pub(crate) fn read_tag_key(path: &Path) -> Result<TagKey, Complaint> {
    let text = read(path)?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.trim_end(), &mut bytes)
        .map_err(|_| Complaint(format!("{}: a tag key is 64 hex digits", path.display())))?;
    Ok(TagKey::new(&bytes))
}

/// Writes a file that was not there, durably, with the given permissions. A file that could
/// not be written whole is taken away again.
pub(crate) fn write_new(path: &Path, text: &str, mode: u32) -> Result<(), Complaint> {
    let mut file: File = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
        .map_err(|error| said(path, &error))?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all());
    written.map_err(|error| {
        let _ = std::fs::remove_file(path);
        said(path, &error)
    })
}

fn read(path: &Path) -> Result<String, Complaint> {
    let text = std::fs::read_to_string(path).map_err(|error| said(path, &error))?;
    // Not an error: mounted secrets often belong to somebody else.
    if std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0) {
        tracing::warn!(path = %path.display(), "others can read this secret: chmod 600");
    }
    Ok(text)
}

fn said(path: &Path, error: &dyn std::error::Error) -> Complaint {
    Complaint(format!("{}: {error}", path.display()))
}
