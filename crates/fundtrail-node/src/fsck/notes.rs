//! Checkpoints and what witnesses cosigned: signed, of the tree's root at their size, and one
//! after every commit.
//!
//! Which commits there were is not in the entries, but all entries of one were recorded at one
//! moment: where two that follow each other have different ones, a commit ended, and its
//! checkpoint must be there. So it must be over the last entry. Which checkpoints witnesses
//! cosigned only they know.

use fundtrail_model::checkpoint::{Checkpoint, CheckpointError, verify_cosignature};
use fundtrail_model::note::{Note, NoteSignature, VerifierKey};
use fundtrail_model::port::{Read, Table};

use super::Known;
use super::entries::Log;
use super::finding::{Code, Finding, Findings};
use super::table::Rows;

/// The codes for one of the two tables.
struct Codes {
    invalid: Code,
    size: Code,
    root: Code,
}

/// Checks every checkpoint, and that none is missing that can be known of. Gives the number
/// of rows.
pub(super) fn check_checkpoints(
    read: &dyn Read,
    log: &Log,
    known: Known<'_>,
    findings: &mut Findings,
) -> u64 {
    let codes = Codes {
        invalid: Code::CheckpointInvalid,
        size: Code::CheckpointSize,
        root: Code::CheckpointRoot,
    };
    let mut rows = Rows::new(read, Table::Checkpoints);
    let mut sizes = Vec::new();
    while let Some((key, bytes)) = rows.next_or_named(findings) {
        let row = (Table::Checkpoints, key.as_slice());
        let Some((size, note)) = open(row, &bytes, log, known, &codes, findings) else {
            continue;
        };
        sizes.push(size);
        let lines = note.signatures().len();
        if lines != 1 {
            let detail = format!("expected the log's line only, found {lines} lines");
            findings.add(Code::CheckpointInvalid, Some(row), detail);
        }
    }
    let mut sizes = sizes.into_iter().peekable();
    for size in 1..=log.size {
        let is_there = sizes.next_if(|there| *there <= size) == Some(size);
        if !is_there && ends_a_commit(log, size) {
            let key = size.to_be_bytes();
            let detail = "is not there; a commit ended with this entry";
            findings.add(
                Code::CheckpointMissing,
                Some((Table::Checkpoints, &key)),
                detail,
            );
        }
    }
    rows.count
}

/// Checks every checkpoint that witnesses cosigned. Gives the number of rows.
pub(super) fn check_witnessed(
    read: &dyn Read,
    log: &Log,
    known: Known<'_>,
    findings: &mut Findings,
) -> u64 {
    let codes = Codes {
        invalid: Code::WitnessedInvalid,
        size: Code::WitnessedSize,
        root: Code::WitnessedRoot,
    };
    let keys = known.witness_keys();
    let mut rows = Rows::new(read, Table::Witnessed);
    let mut newest = None;
    while let Some((key, bytes)) = rows.next_or_named(findings) {
        let row = (Table::Witnessed, key.as_slice());
        let Some((_, note)) = open(row, &bytes, log, known, &codes, findings) else {
            continue;
        };
        check_text(read, row, &note, findings);
        for line in note.signatures() {
            if !is_by(line, known.log_key) {
                check_line(row, &note, line, &keys, findings);
            }
        }
        newest = Some((key.clone(), bytes));
    }
    if let (Some((key, bytes)), Some(policy)) = (newest, known.policy)
        && let Err(error @ CheckpointError::Quorum(_)) = policy.open(&bytes)
    {
        let row = (Table::Witnessed, key.as_slice());
        findings.add(Code::WitnessedQuorum, Some(row), error.to_string());
    }
    rows.count
}

/// Whether a finding says that witnesses cosigned another tree than this one.
pub(super) fn is_of_another_tree(finding: &Finding) -> bool {
    matches!(finding.code, Code::WitnessedSize | Code::WitnessedRoot)
}

/// A note that the log signed, over its size and root; names whatever of it is wrong.
fn open(
    row: (Table, &[u8]),
    bytes: &[u8],
    log: &Log,
    known: Known<'_>,
    codes: &Codes,
    findings: &mut Findings,
) -> Option<(u64, Note)> {
    let opened = Checkpoint::open(bytes, known.log_key.name(), known.log_key);
    let (checkpoint, note) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            findings.add(codes.invalid, Some(row), error.to_string());
            return None;
        }
    };
    let size = checkpoint.size();
    if row.1 != size.to_be_bytes() {
        findings.add(codes.size, Some(row), format!("states the size {size}"));
        return None;
    }
    if size > log.size {
        let detail = format!("states the size {size}, but there are {} entries", log.size);
        findings.add(codes.size, Some(row), detail);
    }
    if let Some(root) = log.root_of(size).filter(|root| *root != checkpoint.root()) {
        let (expected, found) = (root.to_hex(), checkpoint.root().to_hex());
        let detail = format!("expected the root {expected}, found {found}");
        findings.add(codes.root, Some(row), detail);
    }
    Some((size, note))
}

/// The same text as the checkpoint that the log keeps for this size.
fn check_text(read: &dyn Read, row: (Table, &[u8]), note: &Note, findings: &mut Findings) {
    let detail = match read.get(Table::Checkpoints, row.1) {
        Err(fault) => fault.0,
        Ok(None) => "there is no checkpoint of this size".into(),
        Ok(Some(own)) => match Note::parse(&own) {
            Ok(own) if own.text() == note.text() => return,
            _ => "the checkpoint of this size is another text".into(),
        },
    };
    findings.add(Code::WitnessedText, Some(row), detail);
}

fn check_line(
    row: (Table, &[u8]),
    note: &Note,
    line: &NoteSignature,
    keys: &[VerifierKey],
    findings: &mut Findings,
) {
    let Some(key) = keys.iter().find(|key| is_by(line, key)) else {
        let detail = format!(
            "has a line of {}, whose key is not known here; give the witness policy, and keys \
             that it does not name any more",
            line.name()
        );
        findings.add(Code::WitnessedKey, Some(row), detail);
        return;
    };
    if let Err(error) = verify_cosignature(key, note.text(), line) {
        let detail = format!("the line of {}: {error}", line.name());
        findings.add(Code::WitnessedLine, Some(row), detail);
    }
}

fn is_by(line: &NoteSignature, key: &VerifierKey) -> bool {
    line.name() == key.name() && line.key_id() == key.id()
}

/// Whether the entry before `size` was the last of its commit, as far as can be known.
pub(super) fn ends_a_commit(log: &Log, size: u64) -> bool {
    if size == log.size {
        return true;
    }
    let Ok(next) = usize::try_from(size) else {
        return false;
    };
    let recorded = |place: usize| log.recorded.get(place).copied().flatten();
    match (recorded(next - 1), recorded(next)) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    }
}
