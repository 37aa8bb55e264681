//! Tests of requests and answers.

use alloc::{format, vec};

use super::*;

/// The note of the worked vector, as `checkpoint/tests.rs` has it.
const NOTE: &str = "ledger.example/log1\n300\nrrsCfVw90Ihx7lJXemH8gxItDRQ1J5GUNjm9TBLTaUM=\n\n\u{2014} ledger.example/log1 fUGJPfzvArgZ+r2ArCETKtvZoZP9M2EHJRskrIjUt1s0niRa8m8rAUid1M7GSJXhu5WwV5Hnq5VMCLr7ZNoqQFIY8go=\n";
const LINE: &str = "\u{2014} witness.example/w1 IDJKvgAAAABo53gA32gBqS85OPh4ASSapoZw6oIcDj9V0hx1E1au/h0i2niVowCgrYUL+blJTvFUabdINL2Vvznr6lu3LOqaIioNBQ==\n";
const HASH: &str = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=";

fn parse(text: &str) -> Result<AddCheckpoint, AddCheckpointError> {
    AddCheckpoint::parse(text.as_bytes())
}

#[test]
fn requests_print_as_they_were_read() {
    for (hashes, old) in [(0, 0), (1, 7), (63, u64::MAX)] {
        let proof = format!("{HASH}\n").repeat(hashes);
        let text = format!("old {old}\n{proof}\n{NOTE}");
        let request = parse(&text).unwrap();
        assert_eq!((request.old, request.proof.len()), (old, hashes));
        assert_eq!(request.checkpoint, NOTE);
        assert_eq!(request.to_text(), text);
    }
    // The note may have blank lines; the first one ends the proof.
    let blank = NOTE.replacen("\n\n", "\n\nmore\n\n", 1);
    assert_eq!(
        parse(&format!("old 0\n\n{blank}")).unwrap().checkpoint,
        blank
    );
}

#[test]
fn malformed_requests_are_refused() {
    let good = format!("old 7\n{HASH}\n\n{NOTE}");
    assert!(parse(&good).is_ok());
    for (from, to) in [
        ("old 7\n", ""),
        ("old 7", "Old 7"),
        ("old 7", "old  7"),
        ("old 7", " old 7"),
        ("old 7", "old 7 "),
        ("old 7", "old 07"),
        ("old 7", "old +7"),
        ("old 7", "old -7"),
        ("old 7", "old "),
        ("old 7", "old"),
        ("old 7", "old 18446744073709551616"),
        ("old 7", "old 7\nold 7"),
        ("old 7\n", "old 7\r\n"),
        ("old 7\n", "\nold 7\n"),
        ("old 7\n", "old 7\n \n"),
        ("PlRN", "PlR"),
        ("kaw=", "kax="),
        ("kaw=", "kaw"),
        ("kaw=", "kaw= "),
        ("kaw=", "kaw=\r"),
    ] {
        let changed = good.replacen(from, to, 1);
        assert_ne!(changed, good);
        let refused = parse(&changed);
        assert_eq!(refused, Err(AddCheckpointError::Form), "{from:?} {to:?}");
    }
    assert_eq!(parse(""), Err(AddCheckpointError::Form));
    assert_eq!(parse("old 0\n"), Err(AddCheckpointError::Form));
    assert_eq!(
        AddCheckpoint::parse(b"old 0\n\n\xff"),
        Err(AddCheckpointError::Form)
    );
    // Without the blank line of the head, the note's own takes its place.
    assert_eq!(
        parse(&format!("old 0\n{NOTE}")),
        Err(AddCheckpointError::Form)
    );
    for (text, code) in [
        ("old 0\n\n", "NOTE_TEXT"),
        ("old 0\n\nlog\n", "NOTE_UNSIGNED"),
        ("old 0\n\nlog\n\nno line\n", "NOTE_LINE"),
    ] {
        assert_eq!(parse(text).unwrap_err().code(), code, "{text:?}");
    }
    let cut = NOTE.strip_suffix('\n').unwrap();
    assert_eq!(
        parse(&format!("old 0\n\n{cut}")),
        Err(AddCheckpointError::Note(NoteError::Text))
    );
}

#[test]
fn requests_are_bounded() {
    let many = |count| format!("old 7\n{}\n{NOTE}", format!("{HASH}\n").repeat(count));
    assert!(parse(&many(63)).is_ok());
    assert_eq!(parse(&many(64)), Err(AddCheckpointError::TooLarge));
    let long = vec![b'\n'; ADD_CHECKPOINT_BYTES_MAX + 1];
    assert_eq!(
        AddCheckpoint::parse(&long),
        Err(AddCheckpointError::TooLarge)
    );
    for error in [
        AddCheckpointError::TooLarge,
        AddCheckpointError::Form,
        NoteError::Line.into(),
    ] {
        let begin = format!("{}: ", error.code());
        assert!(error.to_string().starts_with(&begin), "{error}");
    }
}

#[test]
fn signature_lines_are_read() {
    let line = NoteSignature::parse(LINE.trim_end()).unwrap();
    let read = |body: &str| WitnessAnswer::read(200, Some("text/plain"), body.as_bytes());
    let one = WitnessAnswer::Cosigned(vec![line.clone()]);
    assert_eq!(read(LINE), one);
    assert_eq!(WitnessAnswer::read(200, None, LINE.as_bytes()), one);
    assert_eq!(
        read(&LINE.repeat(100)),
        WitnessAnswer::Cosigned(vec![line; 100])
    );
    for body in [
        "",
        "\n",
        LINE.trim_end(),
        &LINE.repeat(101),
        &format!("\n{LINE}"),
        &format!("{LINE}\n"),
        &format!("{LINE}{{}}\n"),
        &LINE.replace('\u{2014}', "-"),
        &LINE.replace("==", ""),
        &"a".repeat(WITNESS_ANSWER_BYTES_MAX + 1),
    ] {
        assert_eq!(read(body), WitnessAnswer::Unreadable, "{body:?}");
    }
    assert_eq!(
        WitnessAnswer::read(200, None, b"\xff\n"),
        WitnessAnswer::Unreadable
    );
}

#[test]
fn a_conflict_has_its_size_or_is_another() {
    for content_type in [
        "text/x.tlog.size",
        "Text/X.TLOG.Size",
        " text/x.tlog.size ; charset=utf-8",
    ] {
        for (body, size) in [
            ("0\n", 0),
            ("300\n", 300),
            ("18446744073709551615\n", u64::MAX),
        ] {
            let answer = WitnessAnswer::read(409, Some(content_type), body.as_bytes());
            assert_eq!(answer, WitnessAnswer::Conflict(size), "{content_type}");
        }
    }
    let none = WitnessAnswer::ConflictWithoutSize;
    for body in [
        "",
        "\n",
        "300",
        "300\n\n",
        "300\r\n",
        " 300\n",
        "0300\n",
        "-1\n",
        "18446744073709551616\n",
        "three hundred\n",
        "\u{0663}\n",
    ] {
        let answer = WitnessAnswer::read(409, Some(SIZE_MEDIA_TYPE), body.as_bytes());
        assert_eq!(answer, none, "{body:?}");
    }
    for content_type in [
        None,
        Some(""),
        Some("text/plain"),
        Some("text/x.tlog.sizes"),
    ] {
        let answer = WitnessAnswer::read(409, content_type, b"300\n");
        assert_eq!(answer, none, "{content_type:?}");
    }
}

#[test]
fn every_other_status_is_what_it_is() {
    for (status, expected) in [
        (400, WitnessAnswer::BadRequest),
        (403, WitnessAnswer::Untrusted),
        (404, WitnessAnswer::UnknownLog),
        (422, WitnessAnswer::ProofRefused),
        (201, WitnessAnswer::Other(201)),
        (204, WitnessAnswer::Other(204)),
        (302, WitnessAnswer::Other(302)),
        (429, WitnessAnswer::Other(429)),
        (500, WitnessAnswer::Other(500)),
        (503, WitnessAnswer::Other(503)),
    ] {
        // Whatever the body says.
        let answer = WitnessAnswer::read(status, Some(SIZE_MEDIA_TYPE), b"300\n");
        assert_eq!(answer, expected, "{status}");
        let answer = WitnessAnswer::read(status, None, LINE.as_bytes());
        assert_eq!(answer, expected, "{status}");
    }
}
