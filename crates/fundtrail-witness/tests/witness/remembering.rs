//! What survives, and what is refused rather than guessed.

use std::fs;

use fundtrail_model::key::SigningKey;
use fundtrail_model::note::{SignatureType, VerifierKey};
use fundtrail_witness::directory::origin_hash;
use fundtrail_witness::{Reply, WitnessError};

use crate::support::{Log, NOW, ORIGIN, Place, ask, granted};

fn open_error(place: &Place) -> WitnessError {
    fundtrail_witness::open(place.path()).unwrap_err()
}

#[test]
fn what_was_cosigned_is_known_after_a_restart() {
    let (place, log) = (Place::new(), Log::honest());
    let mut sizes = 0..9;
    for old in &mut sizes {
        let witness = place.open();
        granted(&witness, &log.request(old, old + 1), NOW);
        let served = witness.checkpoint(&origin_hash(ORIGIN));
        drop(witness);
        let again = place.open();
        assert_eq!(again.checkpoint(&origin_hash(ORIGIN)), served);
        assert_eq!(
            ask(&again, &log.request(0, 12), NOW),
            Reply::Conflict(old as u64 + 1)
        );
    }
}

#[test]
fn a_directory_has_one_process() {
    let place = Place::new();
    let witness = place.open();
    assert_eq!(open_error(&place).code(), "WITNESS_IN_USE");
    let other = Log::new("b.example", 3, 0, 0);
    let added = fundtrail_witness::add_log(place.path(), "b.example", &other.key());
    assert_eq!(added.unwrap_err().code(), "WITNESS_IN_USE");
    assert_eq!(fundtrail_witness::show(place.path()).unwrap().logs.len(), 1);
    drop(witness);
    place.open();
}

#[test]
fn every_changed_byte_of_the_state_is_refused() {
    let (place, log) = (Place::new(), Log::honest());
    granted(&place.open(), &log.request(0, 7), NOW);
    let state = place.folder().join("checkpoint");
    let good = fs::read(&state).unwrap();
    for at in 0..good.len() {
        for bit in [0, 5] {
            let mut bad = good.clone();
            bad[at] ^= 1 << bit;
            fs::write(&state, &bad).unwrap();
            let error = open_error(&place);
            assert_eq!(error.code(), "WITNESS_STATE", "byte {at}");
        }
        fs::write(&state, &good[..at]).unwrap();
        assert_eq!(open_error(&place).code(), "WITNESS_STATE", "{at} bytes");
    }
    fs::write(&state, &good).unwrap();
    place.open();
}

#[test]
fn state_that_is_lost_or_another_is_refused() {
    let (place, log) = (Place::new(), Log::honest());
    let state = place.folder().join("checkpoint");
    let refused = |text: &str| {
        fs::write(&state, text).unwrap();
        let error = open_error(&place);
        assert_eq!(error.code(), "WITNESS_STATE", "{text:?}: {error}");
        assert!(error.to_string().contains(&state.display().to_string()));
    };
    for text in ["", "none", "none\nnone\n", "None\n", " none\n"] {
        refused(text);
    }
    // Signed by the log alone; by another witness; of another log.
    refused(&log.note(7).to_text());
    let (stranger, other) = (Place::new(), Place::new());
    let secret = SigningKey::from_seed(&[10; 32]);
    let directory = tempfile::tempdir().unwrap();
    fundtrail_witness::init(directory.path(), "w.example", &secret).unwrap();
    fundtrail_witness::add_log(directory.path(), ORIGIN, &log.key()).unwrap();
    let witness = fundtrail_witness::open(directory.path()).unwrap();
    granted(&witness, &log.request(0, 7), NOW);
    refused(&witness.checkpoint(&origin_hash(ORIGIN)).unwrap());
    let foreign = Log::new("b.example", 1, 0, 0);
    fundtrail_witness::add_log(other.path(), "b.example", &foreign.key()).unwrap();
    let witness = other.open();
    granted(&witness, &foreign.request(0, 7), NOW);
    refused(&witness.checkpoint(&origin_hash("b.example")).unwrap());
    drop(stranger);

    fs::remove_file(&state).unwrap();
    let error = open_error(&place);
    assert_eq!(error.code(), "WITNESS_STATE");
    assert!(error.to_string().contains("must not go on"), "{error}");
    // Not even adding the log again makes it start from nothing.
    let second = Log::new(ORIGIN, 2, 0, 0);
    fundtrail_witness::add_log(place.path(), ORIGIN, &second.key()).unwrap();
    assert_eq!(open_error(&place).code(), "WITNESS_STATE");
}

#[test]
fn a_log_whose_keys_are_lost_is_refused() {
    let (place, log) = (Place::new(), Log::honest());
    granted(&place.open(), &log.request(0, 7), NOW);
    let file = place.folder().join("log");
    let good = fs::read_to_string(&file).unwrap();
    let other = Log::new(ORIGIN, 2, 0, 0).key();
    for (text, code) in [
        (String::new(), "WITNESS_LOG"),
        (good.replace(ORIGIN, "b.example"), "WITNESS_LOG"),
        (format!("{ORIGIN}\n"), "WITNESS_LOG"),
        (format!("{ORIGIN}\n{}\n", place.key), "WITNESS_LOG"),
        (format!("{good}nonsense\n"), "WITNESS_LOG"),
        (format!("{ORIGIN}\n{other}\n"), "WITNESS_STATE"),
    ] {
        fs::write(&file, &text).unwrap();
        assert_eq!(open_error(&place).code(), code, "{text:?}");
    }
    fs::remove_file(&file).unwrap();
    assert_eq!(open_error(&place).code(), "WITNESS_IO");
}

#[test]
fn what_a_crash_left_unfinished_is_removed_and_harmless() {
    let (place, log) = (Place::new(), Log::honest());
    granted(&place.open(), &log.request(0, 7), NOW);
    let unfinished = [".unfinished-a", "evidence/.unfinished-b"].map(|name| {
        let path = place.folder().join(name);
        fs::write(&path, "half a no").unwrap();
        path
    });
    // A log that was being added: no keys yet.
    let begun = place.path().join("logs").join(origin_hash("b.example"));
    fs::create_dir(&begun).unwrap();
    let witness = place.open();
    assert!(unfinished.iter().all(|path| !path.exists()));
    assert_eq!(witness.origins().count(), 1);
    granted(&witness, &log.request(7, 8), NOW);
    drop(witness);
    fs::write(begun.join("checkpoint"), "none\n").unwrap();
    assert_eq!(place.open().origins().count(), 1);
    let key = Log::new("b.example", 3, 0, 0).key();
    fundtrail_witness::add_log(place.path(), "b.example", &key).unwrap();
    assert_eq!(place.open().origins().count(), 2);
}

#[test]
fn a_state_that_cannot_be_written_is_no_answer() {
    let (place, log) = (Place::new(), Log::honest());
    let witness = place.open();
    granted(&witness, &log.request(0, 7), NOW);
    let away = place.path().join("away");
    fs::rename(place.folder(), &away).unwrap();
    let reply = ask(&witness, &log.request(7, 8), NOW);
    assert!(matches!(reply, Reply::Fault(_)), "{reply:?}");
    fs::rename(&away, place.folder()).unwrap();
    // Nothing was signed, so nothing is lost.
    assert_eq!(ask(&witness, &log.request(8, 9), NOW), Reply::Conflict(7));
    granted(&witness, &log.request(7, 9), NOW);
}

#[test]
fn a_witness_is_made_once_and_its_key_is_its_own() {
    let place = Place::new();
    let secret = SigningKey::from_seed(&[9; 32]);
    let again = fundtrail_witness::init(place.path(), "w.example", &secret);
    assert_eq!(again.unwrap_err().code(), "WITNESS_EXISTS");
    let empty = tempfile::tempdir().unwrap();
    for error in [
        fundtrail_witness::open(empty.path()).unwrap_err(),
        fundtrail_witness::show(empty.path()).unwrap_err(),
        fundtrail_witness::add_log(empty.path(), ORIGIN, &Log::honest().key()).unwrap_err(),
    ] {
        assert_eq!(error.code(), "WITNESS_NONE");
        assert!(error.to_string().starts_with("WITNESS_NONE: "));
    }
    let named = fundtrail_witness::init(empty.path(), "a name", &secret);
    assert_eq!(named.unwrap_err().code(), "WITNESS_KEY");

    let pem = place.path().join("witness.pem");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&pem).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let good = fs::read_to_string(&pem).unwrap();
    let other = SigningKey::from_seed(&[8; 32]);
    for text in [other.to_pkcs8_pem().as_str(), "", "nonsense"] {
        fs::write(&pem, text).unwrap();
        assert_eq!(open_error(&place).code(), "WITNESS_KEY");
    }
    fs::write(&pem, good).unwrap();
    let vkey = place.path().join("witness.vkey");
    let public = SigningKey::from_seed(&[9; 32]).public();
    let log_key = VerifierKey::new("w.example", SignatureType::Ed25519, public).unwrap();
    for text in [log_key.to_string(), "nonsense".into()] {
        fs::write(&vkey, text).unwrap();
        assert_eq!(open_error(&place).code(), "WITNESS_KEY");
    }
}

#[test]
fn only_a_logs_new_key_is_added() {
    let place = Place::new();
    let add = |origin: &str, key: &VerifierKey| {
        fundtrail_witness::add_log(place.path(), origin, key).unwrap_err()
    };
    let own = SigningKey::from_seed(&[9; 32]).public();
    for (origin, key) in [
        (ORIGIN, Log::honest().key()),
        ("b.example", place.key.clone()),
        ("a name", Log::honest().key()),
        (
            "b.example",
            VerifierKey::new("b.example", SignatureType::Ed25519, own).unwrap(),
        ),
    ] {
        assert_eq!(add(origin, &key).code(), "WITNESS_LOG", "{origin}");
    }
    let shown = fundtrail_witness::show(place.path()).unwrap();
    assert_eq!((shown.logs.len(), shown.logs[0].keys.len()), (1, 1));
    assert_eq!(shown.key, place.key);
    assert_eq!(shown.logs[0].last, None);
}
