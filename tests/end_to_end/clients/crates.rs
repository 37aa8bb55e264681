//! Cloudflare's crates `signed_note` and `tlog_tiles`: the note, the proofs of the API, and
//! the tiles.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fundtrail_tests::ORIGIN;
use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::{
    Error, Hash, HashReader, Tile, TileHashReader, TileReader, check_record, check_tree,
    prove_record, prove_tree, record_hash, stored_hash_index,
};

use super::log::{Log, SIZES};

/// A size and a root, if the log signed them.
fn open(bytes: &[u8], key: &str) -> Result<(u64, Hash), String> {
    let verifier = StandardVerifier::new(key).map_err(|error| format!("{error:?}"))?;
    let note = Note::from_bytes(bytes).map_err(|error| format!("{error:?}"))?;
    let (verified, _) = note
        .verify(&VerifierList::new(vec![Box::new(verifier)]))
        .map_err(|error| format!("{error:?}"))?;
    assert_eq!(verified.len(), 1);
    let checkpoint = tlog_tiles::Checkpoint::from_bytes(note.text());
    let checkpoint = checkpoint.map_err(|error| format!("{error:?}"))?;
    assert_eq!(checkpoint.origin(), ORIGIN);
    Ok((checkpoint.size(), *checkpoint.hash()))
}

#[test]
fn the_crates_accept_the_proofs_of_the_api_and_no_others() {
    let log = Log::start();
    let (size, root) = open(log.checkpoints[3].as_bytes(), &log.key).unwrap();
    let client = log.scratch.client();
    let path = format!("/v1/entries?from=0&limit={size}");
    let (_, entries) = client.get(&path, "application/x-ndjson").unwrap();
    assert_eq!(entries.lines().count(), 520);
    for (index, entry) in entries.lines().enumerate().step_by(13) {
        let index = index as u64;
        let path = format!("/v1/proofs/inclusion?index={index}&size={size}");
        let proof = hashes(&log, &path);
        let check = |leaf| check_record(&proof, size, root, index, leaf);
        check(record_hash(entry.as_bytes())).unwrap();
        assert!(check(record_hash(b"another")).is_err());
    }
    for checkpoint in &log.checkpoints {
        let (old, old_root) = open(checkpoint.as_bytes(), &log.key).unwrap();
        let proof = hashes(
            &log,
            &format!("/v1/proofs/consistency?from={old}&to={size}"),
        );
        check_tree(&proof, size, root, old, old_root).unwrap();
        let (_, other) = open(log.forged(old).as_bytes(), &log.key).unwrap();
        assert!(check_tree(&proof, size, root, old, other).is_err());
    }
}

fn hashes(log: &Log, path: &str) -> Vec<Hash> {
    let (status, text) = log.scratch.client().get(path, "application/json").unwrap();
    assert_eq!(status, 200, "{text}");
    let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
    let hashes = answer["hashes"].as_array().unwrap().iter();
    hashes
        .map(|hash| {
            Hash(
                STANDARD
                    .decode(hash.as_str().unwrap())
                    .unwrap()
                    .try_into()
                    .unwrap(),
            )
        })
        .collect()
}

/// An export, read tile by tile.
struct Files(PathBuf);

impl TileReader for Files {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
        let read = |tile: &Tile| {
            // This crate says the height, as Go's checksum database does.
            let path = tile.path().replacen("tile/8/", "tile/", 1);
            fs::read(self.0.join(path)).map_err(|error| Error::InvalidInput(error.to_string()))
        };
        tiles.iter().map(read).collect()
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

/// Reads a whole export: the note, every hash authenticated, every entry, proofs made from
/// the tiles.
fn read(folder: &Path, log: &Log) -> Result<(), String> {
    let failed = |error: Error| format!("{error:?}");
    let (size, root) = open(&fs::read(folder.join("checkpoint")).unwrap(), &log.key)?;
    let files = Files(folder.to_path_buf());
    let tree = TileHashReader::new(size, root, &files);
    let indexes: Vec<u64> = (0..size).map(|n| stored_hash_index(0, n)).collect();
    let leaves = tree.read_hashes(&indexes).map_err(failed)?;
    for (number, leaves) in leaves.chunks(256).enumerate() {
        let name = match leaves.len() {
            256 => format!("tile/entries/{number:03}"),
            width => format!("tile/entries/{number:03}.p/{width}"),
        };
        let bytes = fs::read(folder.join(name)).unwrap();
        let mut rest = bytes.as_slice();
        for leaf in leaves {
            let (length, after) = rest.split_first_chunk().ok_or("an entry is missing")?;
            let length = usize::from(u16::from_be_bytes(*length));
            let (entry, after) = after.split_at_checked(length).ok_or("an entry is cut")?;
            if record_hash(entry) != *leaf {
                return Err("an entry is another one".into());
            }
            rest = after;
        }
        assert!(rest.is_empty());
    }
    for index in [0, 255, 256, size - 1] {
        let proof = prove_record(size, index, &tree).map_err(failed)?;
        check_record(&proof, size, root, index, leaves[index as usize]).map_err(failed)?;
    }
    for checkpoint in &log.checkpoints {
        let (old, old_root) = open(checkpoint.as_bytes(), &log.key)?;
        let proof = prove_tree(size, old, &tree).map_err(failed)?;
        check_tree(&proof, size, root, old, old_root).map_err(failed)?;
    }
    Ok(())
}

#[test]
fn the_crates_read_the_export_and_refuse_every_change() {
    let log = Log::start();
    let export = log.export("export");
    read(&export, &log).unwrap();
    for (place, folder) in log.tamperings(&export) {
        assert!(read(&folder, &log).is_err(), "{place}");
    }
    assert_eq!(SIZES.len(), log.checkpoints.len());
}
