//! Tests of policies: files right and wrong, and which notes they open.

use alloc::string::ToString;

use fundtrail_merkle::Hash;

use super::*;
use crate::checkpoint::cosign;
use crate::key::SigningKey;
use crate::note::{NoteSignature, NoteSigner};

const ORIGIN: &str = "ledger.example/log1";
const TIME: u64 = 1_760_000_000;
/// The key of type 06 that the example of C2SP tlog-cosignature would have, all zeros.
const ML_DSA_KEY_BYTES: usize = 1312;

fn secret(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn log_key(name: &str, seed: u8) -> VerifierKey {
    VerifierKey::new(name, SignatureType::Ed25519, secret(seed).public()).unwrap()
}

/// The key of the witness of that number, named as in its vkey.
fn witness_key(seed: u8) -> VerifierKey {
    let name = format!("w{seed}.example");
    VerifierKey::new(&name, SignatureType::Cosignature, secret(seed).public()).unwrap()
}

/// Replaces `L<seed>` by the key of a log, `W<seed>` by that of a witness.
fn file(text: &str) -> String {
    let word = |word: &str| match (word.get(..1), word.get(1..).map(str::parse)) {
        (Some("L"), Some(Ok(seed))) => log_key(ORIGIN, seed).to_string(),
        (Some("W"), Some(Ok(seed))) => witness_key(seed).to_string(),
        _ => word.to_owned(),
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

fn policy(text: &str) -> LogPolicy {
    LogPolicy::parse(&file(text)).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[track_caller]
fn refused(text: &str, line: Option<usize>, code: &str) {
    let error = LogPolicy::parse(&file(text)).expect_err(text);
    assert_eq!((error.line, error.code()), (line, code), "{text}: {error}");
}

/// A checkpoint of [`ORIGIN`] signed by the log of seed 1, cosigned by these witnesses.
fn note(witnesses: &[u8]) -> Note {
    let checkpoint = Checkpoint::new(ORIGIN, 3, Hash([7; 32])).unwrap();
    let signer = NoteSigner::new(ORIGIN, secret(1)).unwrap();
    let mut note = checkpoint.sign(&signer).unwrap();
    for seed in witnesses {
        let key = witness_key(*seed);
        let line = cosign(&secret(*seed), key.name(), TIME, note.text()).unwrap();
        note.add(line).unwrap();
    }
    note
}

fn open(policy: &LogPolicy, note: &Note) -> Result<Vec<String>, CheckpointError> {
    let opened = policy.open(note.to_text().as_bytes())?;
    assert_eq!(opened.note, *note);
    assert_eq!(opened.checkpoint.origin(), ORIGIN);
    assert!(opened.cosigned.iter().all(|by| by.time == TIME));
    Ok(opened.cosigned.into_iter().map(|by| by.witness).collect())
}

/// The example of the specification.
const EXAMPLE: &str = "log L1\n\nwitness X1 W11\nwitness X2 W12\nwitness X3 W13\n\
    group X-witnesses 2 X1 X2 X3\n\nwitness Y1 W21\nwitness Y2 W22\nwitness Y3 W23\n\
    group Y-witnesses any Y1 Y2 Y3\n\ngroup X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n";

#[test]
fn the_example_asks_for_two_of_x_and_one_of_y() {
    let policy = policy(EXAMPLE);
    assert!(policy.asks_for_witnesses());
    let seeds = [11, 12, 13, 21, 22, 23];
    let names = ["X1", "X2", "X3", "Y1", "Y2", "Y3"];
    for chosen in 0..64_u32 {
        let of = |at: &usize| chosen & (1 << at) != 0;
        let present: Vec<u8> = (0..6).filter(of).map(|at| seeds[at]).collect();
        let called: Vec<&str> = (0..6).filter(of).map(|at| names[at]).collect();
        let expected = (chosen & 0b111).count_ones() >= 2 && chosen >> 3 != 0;
        assert_eq!(policy.is_reached_by(&called), expected, "{called:?}");
        match open(&policy, &note(&present)) {
            Ok(cosigned) => assert!(expected && cosigned == called, "{cosigned:?}"),
            Err(error) => {
                assert!(!expected, "{called:?}: {error}");
                assert_eq!(error.code(), "CHECKPOINT_QUORUM");
            }
        }
    }
}

#[test]
fn what_is_missing_is_said() {
    let said = |policy: &LogPolicy, witnesses: &[u8]| {
        open(policy, &note(witnesses)).unwrap_err().to_string()
    };
    let begin = "CHECKPOINT_QUORUM: too few witnesses cosigned: ";
    assert_eq!(
        said(&policy(EXAMPLE), &[12]),
        format!(
            "{begin}X-and-Y has 0 of 2, missing are X-witnesses, Y-witnesses; \
             X-witnesses has 1 of 2, missing are X1, X3; \
             Y-witnesses has 0 of 1, missing are Y1, Y2, Y3"
        )
    );
    assert_eq!(
        said(&policy(EXAMPLE), &[11, 12, 13]),
        format!(
            "{begin}X-and-Y has 1 of 2, missing are Y-witnesses; \
             Y-witnesses has 0 of 1, missing are Y1, Y2, Y3"
        )
    );
    let one = policy("log L1\nwitness w W2\nquorum w");
    assert_eq!(said(&one, &[3]), format!("{begin}w did not cosign"));
}

#[test]
fn no_quorum_asks_for_nothing_but_reads_who_cosigned() {
    let policy = policy("log L1\nwitness w W2\nquorum none\n");
    assert!(!policy.asks_for_witnesses());
    assert!(policy.is_reached_by(&[]));
    assert_eq!(open(&policy, &note(&[])), Ok(vec![]));
    assert_eq!(open(&policy, &note(&[3, 2])), Ok(vec!["w".into()]));
    let bare = LogPolicy::of_log(log_key(ORIGIN, 1)).unwrap();
    assert_eq!(open(&bare, &note(&[2])), Ok(vec![]));
    assert!(!bare.asks_for_witnesses() && bare.witnesses().is_empty());
    let error = LogPolicy::of_log(witness_key(1)).unwrap_err();
    assert_eq!((error.line, error.code()), (None, "POLICY_FILE_KEY_TYPE"));
}

#[test]
fn the_same_witness_counts_once_and_by_its_key_not_by_its_words() {
    let policy = policy("log L1\nwitness a W2\nwitness b W3\ngroup g 2 a b\nquorum g\n");
    assert!(!policy.is_reached_by(&["a", "a"]));
    assert!(!policy.is_reached_by(&["a", "g", "c"]));
    assert!(policy.is_reached_by(&["b", "c", "a"]));
    // A stranger's cosignature under the name of b.
    let mut forged = note(&[2]);
    let line = cosign(&secret(9), "w3.example", TIME, forged.text()).unwrap();
    forged.add(line.clone()).unwrap();
    assert_eq!(
        open(&policy, &forged).unwrap_err().code(),
        "CHECKPOINT_QUORUM"
    );
    // And with the hash of b's key: a trusted key's line that fails spoils the note.
    let mut forged = note(&[2]);
    let line =
        NoteSignature::new("w3.example", witness_key(3).id(), line.bytes().to_vec()).unwrap();
    forged.add(line).unwrap();
    assert_eq!(open(&policy, &forged), Err(NoteError::Signature.into()));
}

#[test]
fn any_listed_log_may_sign_but_in_its_own_name_only() {
    let two = |first: VerifierKey, second: VerifierKey| {
        LogPolicy::parse(&format!("log {first}\nlog {second}\nquorum none")).unwrap()
    };
    let good = note(&[]);
    let other = log_key("other.example", 2);
    assert!(open(&two(other.clone(), log_key(ORIGIN, 1)), &good).is_ok());
    assert!(open(&two(log_key(ORIGIN, 2), log_key(ORIGIN, 1)), &good).is_ok());
    let untrusted = open(&two(other.clone(), log_key(ORIGIN, 3)), &good);
    assert_eq!(untrusted, Err(NoteError::Untrusted.into()));
    // The other log signs the checkpoint of this one.
    let line = NoteSigner::new("other.example", secret(2)).unwrap();
    let line = line.sign(good.text()).unwrap();
    let foreign = Note::new(good.text().to_owned(), line.clone()).unwrap();
    let policy = two(other, log_key(ORIGIN, 1));
    assert_eq!(open(&policy, &foreign), Err(CheckpointError::Origin));
    // Beside the log's own line it does no harm.
    let mut both = good;
    both.add(line).unwrap();
    assert!(open(&policy, &both).is_ok());
}

#[test]
fn a_witness_is_no_log() {
    let policy = policy("log L1\nwitness w W2\nquorum w");
    let text = note(&[]).text().to_owned();
    let line = cosign(&secret(2), "w2.example", TIME, &text).unwrap();
    let unsigned = Note::new(text, line).unwrap();
    assert_eq!(
        open(&policy, &unsigned),
        Err(CheckpointError::Note(NoteError::Untrusted))
    );
}

#[test]
fn no_byte_of_a_note_can_change_unnoticed() {
    let policy = policy("log L1\nwitness w W2\nquorum w");
    let text = note(&[2]).to_text();
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut changed = text.as_bytes().to_vec();
            changed[at] ^= 1 << bit;
            assert!(policy.open(&changed).is_err(), "byte {at} bit {bit}");
        }
    }
}

#[test]
fn white_space_comments_order_and_urls() {
    let policy = policy(
        "\t # whom to trust\n  \nwitness  \t é.example/1 W2  https://w.example/x#y \n#\nquorum é.example/1 \n\
         group later any é.example/1\nlog L1 https://log.example/\nlog L3",
    );
    assert_eq!(policy.logs().len(), 2);
    assert_eq!(
        policy.logs()[0].url.as_deref(),
        Some("https://log.example/")
    );
    assert_eq!(policy.logs()[1].url, None);
    let [witness] = policy.witnesses() else {
        panic!("one witness")
    };
    assert_eq!(witness.name, "é.example/1");
    assert_eq!(witness.key, witness_key(2));
    assert_eq!(witness.url.as_deref(), Some("https://w.example/x#y"));
    assert!(policy.is_reached_by(&["é.example/1"]));
}

#[test]
fn lines_that_are_none_are_refused() {
    for (line, code) in [
        ("logs L2", "POLICY_FILE_LINE"),
        ("Log L2", "POLICY_FILE_LINE"),
        ("log", "POLICY_FILE_LINE"),
        ("log L2 url more", "POLICY_FILE_LINE"),
        ("log L2 url # comment", "POLICY_FILE_LINE"),
        ("witness w", "POLICY_FILE_LINE"),
        ("witness w W2 url more", "POLICY_FILE_LINE"),
        ("group", "POLICY_FILE_LINE"),
        ("group g any", "POLICY_FILE_LINE"),
        ("quorum", "POLICY_FILE_LINE"),
        ("quorum w9 w9", "POLICY_FILE_LINE"),
        ("log\u{a0}L2", "POLICY_FILE_LINE"),
        ("log L2\r", "POLICY_FILE_TEXT"),
        ("# \u{0}", "POLICY_FILE_TEXT"),
        ("# \u{7f}", "POLICY_FILE_TEXT"),
        ("# \u{b}", "POLICY_FILE_TEXT"),
        ("log nonsense", "POLICY_FILE_KEY"),
        ("log W2", "POLICY_FILE_KEY_TYPE"),
        ("witness w L2", "POLICY_FILE_KEY_TYPE"),
        ("log L1", "POLICY_FILE_KEY_DUPLICATE"),
        ("witness w W1", "POLICY_FILE_KEY_DUPLICATE"),
        ("witness w W9", "POLICY_FILE_KEY_DUPLICATE"),
        ("log L9", "POLICY_FILE_KEY_DUPLICATE"),
        ("witness none W2", "POLICY_FILE_NAME"),
        ("witness w9 W2", "POLICY_FILE_NAME"),
        ("witness g9 W2", "POLICY_FILE_NAME"),
        ("group none any w9", "POLICY_FILE_NAME"),
        ("group w9 any w8", "POLICY_FILE_NAME"),
        ("group g9 any w8", "POLICY_FILE_NAME"),
        ("group g any none", "POLICY_FILE_UNDEFINED"),
        ("group g any w", "POLICY_FILE_UNDEFINED"),
        ("group g any g", "POLICY_FILE_UNDEFINED"),
        ("group g any W9", "POLICY_FILE_UNDEFINED"),
        ("quorum w", "POLICY_FILE_UNDEFINED"),
        ("group g any w9", "POLICY_FILE_MEMBER"),
        ("group g all w8 w8", "POLICY_FILE_MEMBER"),
        ("group g 0 w8", "POLICY_FILE_THRESHOLD"),
        ("group g 2 w8", "POLICY_FILE_THRESHOLD"),
        ("group g 01 w8", "POLICY_FILE_THRESHOLD"),
        ("group g +1 w8", "POLICY_FILE_THRESHOLD"),
        ("group g -1 w8", "POLICY_FILE_THRESHOLD"),
        ("group g ALL w8", "POLICY_FILE_THRESHOLD"),
        ("group g 18446744073709551616 w8", "POLICY_FILE_THRESHOLD"),
    ] {
        // Well formed around it, so that this line alone is at fault.
        let before = "log L1\nwitness w9 W9\nwitness w8 W8\ngroup g9 any w9\n";
        refused(&format!("{before}{line}\nquorum g9\n"), Some(5), code);
        refused(&format!("{before}quorum g9\n{line}"), Some(6), {
            if line.starts_with("quorum w") && !line.ends_with("w9 w9") {
                "POLICY_FILE_QUORUM_TWICE"
            } else {
                code
            }
        });
    }
}

#[test]
fn a_file_has_a_log_and_one_quorum() {
    refused("", None, "POLICY_FILE_NO_QUORUM");
    refused("log L1\n", None, "POLICY_FILE_NO_QUORUM");
    refused("quorum none\n", None, "POLICY_FILE_NO_LOG");
    let twice = "log L1\nquorum none\nquorum none";
    refused(twice, Some(3), "POLICY_FILE_QUORUM_TWICE");
    refused("log L1\nquorum g\n", Some(2), "POLICY_FILE_UNDEFINED");
    let forward = "log L1\ngroup g any w\nwitness w W2\nquorum g";
    refused(forward, Some(2), "POLICY_FILE_UNDEFINED");
}

#[test]
fn one_public_key_under_two_names_is_refused() {
    let again = VerifierKey::new("other", SignatureType::Cosignature, secret(2).public()).unwrap();
    let text = format!("log L1\nwitness a W2\nwitness b {again}\nquorum a");
    refused(&text, Some(3), "POLICY_FILE_KEY_DUPLICATE");
}

#[test]
fn a_key_of_ml_dsa_is_refused_and_its_lines_ignored() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use sha2::{Digest as _, Sha256};
    let mut key = vec![0; ML_DSA_KEY_BYTES + 1];
    key[0] = 0x06;
    let id = Sha256::digest([b"w.example\n", &key[..]].concat());
    let text = STANDARD.encode(&key);
    let text = format!(
        "log L1\nwitness w w.example+{}+{text}\nquorum none",
        hex::encode(&id[..4])
    );
    refused(&text, Some(2), "POLICY_FILE_KEY_TYPE");

    let mut note = note(&[]);
    let line = NoteSignature::new("w.example", [1, 2, 3, 4], vec![0; 8 + 2420]).unwrap();
    note.add(line).unwrap();
    assert!(open(&policy("log L1\nquorum none"), &note).is_ok());
}

#[test]
fn policies_are_bounded() {
    let lines = |count: u32, line: &dyn Fn(u32) -> String| (0..count).map(line).collect::<String>();
    let key = |kind, number: u32| {
        let mut seed = [77; 32];
        seed[..4].copy_from_slice(&number.to_be_bytes());
        VerifierKey::new("k", kind, SigningKey::from_seed(&seed).public()).unwrap()
    };
    let log = |number| format!("log {}\n", key(SignatureType::Ed25519, number));
    let witness = |number| {
        let key = key(SignatureType::Cosignature, 1000 + number);
        format!("witness w{number} {key}\n")
    };
    // Each group has the one before as its only member: as deep as can be.
    let group = |number: u32| match number.checked_sub(1) {
        None => "group g0 any w0\n".into(),
        Some(before) => format!("group g{number} any g{before}\n"),
    };
    let text = lines(256, &log) + &lines(256, &witness) + &lines(256, &group);
    let policy = LogPolicy::parse(&(text.clone() + "quorum g255")).unwrap();
    assert!(policy.is_reached_by(&["w0"]));
    assert!(!policy.is_reached_by(&["w1", "g0", "g255"]));
    assert!(
        policy
            .missing(&[])
            .is_some_and(|said| said.ends_with("g0 has 0 of 1, missing are w0"))
    );
    for more in [log(256), witness(256), group(256)] {
        let error = LogPolicy::parse(&(text.clone() + &more + "quorum g255")).unwrap_err();
        assert_eq!(error.code(), "POLICY_FILE_TOO_LARGE", "{more}");
        assert_eq!(error.line, Some(769));
    }
    let long = "#".repeat(POLICY_FILE_BYTES_MAX + 1);
    refused(&long, None, "POLICY_FILE_TOO_LARGE");
}

#[test]
fn codes_begin_the_messages() {
    for text in ["", "x", "log x", "\u{1}"] {
        let error = LogPolicy::parse(text).unwrap_err();
        let begin = format!("{}: ", error.code());
        assert!(error.to_string().starts_with(&begin), "{error}");
    }
    let error = CheckpointError::Quorum("w".into());
    let begin = format!("{}: ", error.code());
    assert!(error.to_string().starts_with(&begin), "{error}");
}
