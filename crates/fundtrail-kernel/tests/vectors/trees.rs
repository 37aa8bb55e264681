//! The tree, its tiles and proofs; notes, checkpoints, receipts and policies; what is asked
//! of witnesses.

use fundtrail_merkle::tile::{Bundle, Tile, bundles_of_size, tiles_of_size};
use fundtrail_merkle::{Hash, VerifyError, root_of, verify_consistency, verify_inclusion};
use fundtrail_model::LogPolicy;
use fundtrail_model::add_checkpoint::AddCheckpoint;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::note::{Note, VerifierKey};
use fundtrail_model::receipt::Receipt;
use serde_json::{Value, json};

use crate::support::{Case, outcome, read, run, verdict};

pub(crate) const FILES: &[&str] = &[
    "roots.json",
    "inclusion.json",
    "consistency.json",
    "tiles.json",
    "tile_sizes.json",
    "note_keys.json",
    "notes.json",
    "checkpoints.json",
    "receipts.json",
    "log_policies.json",
    "add_checkpoints.json",
];

#[test]
fn roots() {
    run("roots.json", |_, case| {
        let leaf =
            |leaf: &Value| Hash::leaf(&hex::decode(leaf.as_str().expect("hex")).expect("hex"));
        let leaves: Vec<Hash> = case.list("leaves").iter().map(leaf).collect();
        let fits = root_of(&leaves).to_hex() == case.text("claimed");
        verdict(if fits { Ok(()) } else { Err("DIFFERENT") })
    });
}

#[test]
fn inclusion() {
    run("inclusion.json", |_, case| {
        let (index, size) = (case.number("index"), case.number("size"));
        let result = verify_inclusion(
            index,
            size,
            &hash(case, "leaf"),
            &hashes(case, "proof"),
            &hash(case, "root"),
        );
        verdict(result.map_err(reason))
    });
}

#[test]
fn consistency() {
    run("consistency.json", |_, case| {
        let (from, to) = (case.number("from"), case.number("to"));
        let result = verify_consistency(
            from,
            to,
            &hash(case, "from_root"),
            &hash(case, "to_root"),
            &hashes(case, "proof"),
        );
        verdict(result.map_err(reason))
    });
}

#[test]
fn tiles() {
    run("tiles.json", |_, case| {
        let path = case.text("path");
        let tile = Tile::parse(path)
            .map(|tile| json!({ "level": tile.level, "index": tile.index, "width": tile.width }));
        let bundle = Bundle::parse(path)
            .map(|bundle| json!({ "bundle": bundle.index, "width": bundle.width }));
        outcome(tile.or(bundle).ok_or("NO_TILE"))
    });
}

#[test]
fn tile_sizes() {
    run("tile_sizes.json", |_, case| {
        let size = case.number("size");
        let mut paths: Vec<String> = tiles_of_size(size).map(|tile| tile.path()).collect();
        paths.extend(bundles_of_size(size).map(|bundle| bundle.path()));
        let claimed: Vec<&str> = case
            .list("claimed")
            .iter()
            .map(|path| path.as_str().expect("a path"))
            .collect();
        verdict(if paths == claimed {
            Ok(())
        } else {
            Err("DIFFERENT")
        })
    });
}

#[test]
fn note_keys() {
    run("note_keys.json", |_, case| {
        let key = VerifierKey::parse(case.text("key"));
        outcome(key.as_ref().map_err(|error| error.code()).map(|key| {
            json!({
                "name": key.name(), "type": key.kind().byte(), "raw": hex::encode(key.public().raw()),
            })
        }))
    });
}

#[test]
fn notes() {
    run("notes.json", |_, case| {
        let keys: Vec<VerifierKey> = case
            .list("keys")
            .iter()
            .map(|key| VerifierKey::parse(key.as_str().expect("a key")).expect("a key"))
            .collect();
        let verified = Note::parse(&case.bytes()).and_then(|note| {
            let names = |verified: &fundtrail_model::note::Verified<'_>| {
                json!({ "name": verified.key.name(), "time": verified.time })
            };
            Ok(note.verify(&keys)?.iter().map(names).collect::<Vec<Value>>())
        });
        outcome(
            verified
                .as_ref()
                .map_err(|error| error.code())
                .map(|names| json!(names)),
        )
    });
}

#[test]
fn checkpoints() {
    run("checkpoints.json", |_, case| {
        let key = VerifierKey::parse(case.text("key")).expect("a key");
        let opened = Checkpoint::open(&case.bytes(), case.text("origin"), &key);
        outcome(
            opened
                .as_ref()
                .map_err(|error| error.code())
                .map(|(checkpoint, _)| {
                    json!({
                        "size": checkpoint.size(), "root": checkpoint.root().to_hex(),
                        "extensions": checkpoint.extensions(),
                    })
                }),
        )
    });
}

#[test]
fn receipts() {
    run("receipts.json", |head, case| {
        let mut text = read(case.text("receipt"));
        for change in case.list("changes") {
            change_lines(change, &mut text);
        }
        let site = |member: &str| {
            case.get(member)
                .or(head.get(member))
                .and_then(Value::as_str)
        };
        let key = VerifierKey::parse(site("key").expect("a key")).expect("a key");
        let origin = site("origin").expect("an origin");
        let receipt = Receipt::parse(text.as_bytes());
        let found = receipt
            .as_ref()
            .map_err(|error| error.code())
            .and_then(|receipt| {
                // The one thing that can be wrong with a log's key.
                let policy = LogPolicy::of_log(key).map_err(|_| "CHECKPOINT_KEY_TYPE")?;
                let (entry, opened) = receipt
                    .verify_self_contained(&policy)
                    .map_err(|error| error.code())?;
                let checkpoint = opened.checkpoint;
                // A policy knows a log by its key's name; a case may expect another.
                if checkpoint.origin() != origin {
                    return Err("CHECKPOINT_ORIGIN");
                }
                Ok(json!({
                    "index": receipt.index(), "size": checkpoint.size(),
                    "leaf": Hash::leaf(entry).to_hex(),
                }))
            });
        outcome(found)
    });
}

#[test]
fn log_policies() {
    run("log_policies.json", |_, case| {
        let policy = match LogPolicy::parse(case.text("policy")) {
            Ok(policy) => policy,
            Err(error) => return json!(error.code()),
        };
        let opened = policy.open(case.text("checkpoint").as_bytes());
        let found = opened.as_ref().map(|opened| {
            let head = &opened.checkpoint;
            json!({
                "origin": head.origin(), "size": head.size(), "root": head.root().to_hex(),
                "cosigned": opened.cosigned,
            })
        });
        outcome(found.map_err(|error| error.code()))
    });
}

#[test]
fn add_checkpoints() {
    run("add_checkpoints.json", |_, case| {
        let bytes = case.bytes();
        let request = AddCheckpoint::parse(&bytes);
        if let Ok(request) = &request {
            assert_eq!(request.to_text().as_bytes(), bytes);
        }
        let found = request.map(|request| {
            let proof: Vec<String> = request.proof.iter().map(Hash::to_hex).collect();
            json!({ "old": request.old, "proof": proof, "checkpoint": request.checkpoint })
        });
        outcome(found.map_err(|error| error.code()))
    });
}

/// A change of a receipt, by lines from 0; a negative number counts from the end.
fn change_lines(change: &Value, text: &mut String) {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let at = |value: &Value| {
        let at = value.as_i64().expect("a line");
        let count = i64::try_from(lines.len()).expect("few");
        usize::try_from(if at < 0 { count + at } else { at }).expect("a line")
    };
    if let Some(line) = change.get("line") {
        let at = at(line);
        if let Some(text) = change.get("to") {
            lines[at] = text.as_str().expect("a text").to_owned();
        } else if let Some(from) = change.get("as") {
            lines[at] =
                lines[usize::try_from(from.as_u64().expect("a line")).expect("few")].clone();
        } else if let Some(flip) = change.get("flip") {
            let flip = usize::try_from(flip.as_u64().expect("a place")).expect("small");
            let old = lines[at].chars().nth(flip).expect("a character");
            let new = if old == 'A' { 'B' } else { 'A' };
            lines[at] = lines[at]
                .chars()
                .enumerate()
                .map(|(n, c)| if n == flip { new } else { c })
                .collect();
        } else if let Some(text) = change.get("append") {
            lines[at].push_str(text.as_str().expect("a text"));
        }
    } else if let Some(line) = change.get("drop") {
        lines.remove(at(line));
    } else if let Some(line) = change.get("insert") {
        let at = at(line);
        lines.insert(at, change["to"].as_str().expect("a text").to_owned());
    } else {
        panic!("no such change: {change}");
    }
    *text = lines.join("\n");
}

fn hash(case: &Case<'_>, member: &str) -> Hash {
    read_hash(case.need(member))
}

fn hashes(case: &Case<'_>, member: &str) -> Vec<Hash> {
    case.list(member).iter().map(read_hash).collect()
}

fn read_hash(value: &Value) -> Hash {
    let bytes = hex::decode(value.as_str().expect("hex")).expect("hex");
    Hash::from_slice(&bytes).expect("32 bytes")
}

/// Why a proof is refused: informative, since other ways of checking notice other things first.
fn reason(error: VerifyError) -> &'static str {
    match error {
        VerifyError::OutOfRange { .. } => "OUT_OF_RANGE",
        VerifyError::ProofLength => "PROOF_LENGTH",
        VerifyError::FromRoot => "FROM_ROOT",
        VerifyError::Root => "ROOT",
        _ => "OTHER",
    }
}
