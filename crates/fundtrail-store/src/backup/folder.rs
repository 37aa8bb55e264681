//! Files of a backup: listed, compared, copied, synced.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::{BackupError, DATA, DIGEST, Listed, MANIFEST, UNFINISHED, io_error};

/// For nobody but the node's own user: particulars are in it.
const MODE: u32 = 0o700;
const PIECE: usize = 256 * 1024;

/// Makes a folder that must not be there.
pub(super) fn make(path: &Path) -> Result<(), BackupError> {
    let made = DirBuilder::new().mode(MODE).create(path);
    made.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => BackupError::Exists { path: path.into() },
        _ => io_error(path, &error),
    })
}

/// Makes a folder and those above it where they are not there.
pub(super) fn make_all(path: &Path) -> Result<(), BackupError> {
    let made = DirBuilder::new().mode(MODE).recursive(true).create(path);
    made.map_err(|error| io_error(path, &error))
}

/// Removes what was left unfinished.
pub(super) fn clear(directory: &Path) -> Result<(), BackupError> {
    for name in names(directory)? {
        if name.starts_with(UNFINISHED) {
            let left = directory.join(name);
            fs::remove_dir_all(&left).map_err(|error| io_error(&left, &error))?;
        }
    }
    Ok(())
}

/// The names in a folder, in order.
pub(super) fn names(path: &Path) -> Result<BTreeSet<String>, BackupError> {
    let list = || {
        fs::read_dir(path)?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<std::io::Result<_>>()
    };
    list().map_err(|error| io_error(path, &error))
}

/// Lists a file, and syncs it.
pub(super) fn listed(folder: &Path, name: &str) -> Result<Listed, BackupError> {
    let path = folder.join(name);
    let (bytes, sha256) = read_through(&path, |_| Ok(()))?;
    File::open(&path)
        .and_then(|file| file.sync_all())
        .map_err(|error| io_error(&path, &error))?;
    Ok(Listed {
        name: name.to_owned(),
        bytes,
        sha256,
    })
}

/// Every file of the list is there with its length, and no other.
pub(super) fn compare(folder: &Path, files: &[Listed]) -> Result<(), BackupError> {
    for file in files {
        let found = folder.join(&file.name).symlink_metadata();
        let found = found.map_err(|error| BackupError::NotWhole {
            path: folder.into(),
            what: format!("{}: {error}", file.name),
        })?;
        if !found.is_file() || found.len() != file.bytes {
            return Err(changed(folder, file, "has another length"));
        }
    }
    let expected: BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).collect();
    let beside = names(folder)?
        .into_iter()
        .filter(|name| ![MANIFEST, DIGEST, DATA].contains(&name.as_str()));
    let data = names(&folder.join(DATA))?
        .into_iter()
        .map(|name| format!("{DATA}/{name}"));
    match beside
        .chain(data)
        .find(|name| !expected.contains(name.as_str()))
    {
        Some(name) => Err(BackupError::Changed {
            path: folder.into(),
            what: format!("{name} is not in its manifest"),
        }),
        None => Ok(()),
    }
}

/// One file has the bytes that the list says.
pub(super) fn verify(folder: &Path, files: &[Listed], name: &str) -> Result<(), BackupError> {
    let file = files.iter().find(|file| file.name == name);
    let file = file.ok_or_else(|| BackupError::NotWhole {
        path: folder.into(),
        what: format!("the manifest does not list {name}"),
    })?;
    let found = read_through(&folder.join(name), |_| Ok(()))?;
    same(folder, file, found)
}

/// Copies a file durably to a place where there is none, and compares what it copied.
pub(super) fn copy(folder: &Path, file: &Listed, to: &Path) -> Result<(), BackupError> {
    let failed = |error: std::io::Error| io_error(to, &error);
    let mut copy = File::create_new(to).map_err(failed)?;
    let found = read_through(&folder.join(&file.name), |piece| {
        copy.write_all(piece).map_err(failed)
    })?;
    same(folder, file, found)?;
    copy.sync_all().map_err(failed)
}

/// Makes the names in a folder durable.
pub(super) fn sync(folder: &Path) -> Result<(), BackupError> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| io_error(folder, &error))
}

/// Makes a folder's own name durable.
pub(super) fn sync_parent(folder: &Path) -> Result<(), BackupError> {
    let whole = std::path::absolute(folder).map_err(|error| io_error(folder, &error))?;
    sync(whole.parent().unwrap_or(&whole))
}

/// SHA-256 in hex.
pub(super) fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn same(folder: &Path, file: &Listed, found: (u64, String)) -> Result<(), BackupError> {
    if found == (file.bytes, file.sha256.clone()) {
        Ok(())
    } else {
        Err(changed(folder, file, "has other bytes than were written"))
    }
}

fn changed(folder: &Path, file: &Listed, what: &str) -> BackupError {
    BackupError::Changed {
        path: folder.into(),
        what: format!("{} {what}", file.name),
    }
}

/// Hands every piece of a file on; gives its length and digest.
fn read_through(
    path: &Path,
    mut take: impl FnMut(&[u8]) -> Result<(), BackupError>,
) -> Result<(u64, String), BackupError> {
    let failed = |error: std::io::Error| io_error(path, &error);
    let mut file = File::open(path).map_err(failed)?;
    let (mut hasher, mut length) = (Sha256::new(), 0);
    let mut piece = vec![0; PIECE];
    loop {
        let read = file.read(&mut piece).map_err(failed)?;
        let Some(part) = piece.get(..read).filter(|part| !part.is_empty()) else {
            return Ok((length, hex::encode(hasher.finalize())));
        };
        hasher.update(part);
        take(part)?;
        length += read as u64;
    }
}
