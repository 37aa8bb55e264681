//! The manifest: what a backup is of, and every file in it.

use fundtrail_model::Moment;
use fundtrail_model::port::Fault;
use serde::{Deserialize, Serialize};

/// The form of backups that this program writes and reads.
pub(super) const VERSION: u32 = 1;

/// What a backup is of, and every file in it but itself and its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The form of the backup: 1.
    pub backup: u32,
    /// The ledger's origin.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root of the tree over them, in hex.
    pub root: String,
    /// The storage's schema version.
    pub schema: u32,
    /// When it was begun, by the node's clock.
    pub made: Moment,
    /// The version of the program that made it.
    pub program: String,
    /// The files, in the order of the folder.
    pub files: Vec<Listed>,
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// `checkpoint`, or `data/` and a name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
}

impl Manifest {
    /// The bytes of all files together.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    pub(super) fn to_json(&self) -> Result<String, Fault> {
        let text = serde_json::to_string_pretty(self);
        text.map(|text| text + "\n")
            .map_err(|error| Fault(format!("the manifest: {error}")))
    }

    /// Reads a manifest, and makes sure that its names lead nowhere else.
    pub(super) fn parse(text: &[u8]) -> Result<Manifest, String> {
        let manifest: Manifest = serde_json::from_slice(text)
            .map_err(|error| format!("the manifest cannot be read: {error}"))?;
        if manifest.backup != VERSION {
            return Err(format!(
                "the backup is of form {}, and this program reads form {VERSION}",
                manifest.backup
            ));
        }
        match manifest.files.iter().find(|file| !is_fit(&file.name)) {
            Some(file) => Err(format!("the manifest lists {:?}", file.name)),
            None => Ok(manifest),
        }
    }
}

fn is_fit(name: &str) -> bool {
    let plain = name.strip_prefix("data/").unwrap_or(name);
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let is_plain = !plain.is_empty() && !plain.starts_with('.') && plain.bytes().all(is_known);
    is_plain && (name == super::CHECKPOINT || name.starts_with("data/"))
}

#[cfg(test)]
mod tests {
    use super::is_fit;

    #[test]
    fn names_stay_in_the_folder() {
        for name in [
            "checkpoint",
            "data/000012.sst",
            "data/CURRENT",
            "data/MANIFEST-000005",
        ] {
            assert!(is_fit(name), "{name}");
        }
        for name in [
            "",
            "data/",
            "data/..",
            "data/../x",
            "../x",
            "/etc/passwd",
            "data//x",
            "data/a/b",
            "other",
            "data/.hidden",
            "manifest.json",
            "data\\x",
        ] {
            assert!(!is_fit(name), "{name}");
        }
    }
}
