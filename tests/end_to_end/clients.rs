//! Readers that other people wrote understand what the node publishes.

use fundtrail_tests::{ORIGIN, READY, Scratch};
use signed_note::{Note, StandardVerifier, VerifierList};

#[test]
fn an_independent_reader_opens_the_checkpoint() {
    let scratch = Scratch::start();
    let run = scratch.play(READY);
    let (_, text) = scratch.client().get("/checkpoint", "text/plain").unwrap();
    let verifier = StandardVerifier::new(&scratch.node.log_key().unwrap()).unwrap();
    let note = Note::from_bytes(text.as_bytes()).unwrap();
    let (verified, _) = note
        .verify(&VerifierList::new(vec![Box::new(verifier)]))
        .unwrap();
    assert_eq!(verified.len(), 1);
    let checkpoint = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!(checkpoint.origin(), ORIGIN);
    assert_eq!(checkpoint.size(), run.shadow().size());
}

#[test]
fn an_independent_verifier_accepts_the_proofs_and_no_others() {
    let scratch = Scratch::start();
    let run = scratch.play(READY);
    let size = run.shadow().size();
    let (_, text) = scratch.client().get("/checkpoint", "text/plain").unwrap();
    let note = Note::from_bytes(text.as_bytes()).unwrap();
    let checkpoint = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    let (_, entries) = scratch
        .client()
        .get(
            &format!("/v1/entries?from=0&limit={size}"),
            "application/x-ndjson",
        )
        .unwrap();
    for (index, entry) in entries.lines().enumerate() {
        let proof = proof(&scratch, index as u64, size);
        let leaf = tlog_tiles::record_hash(entry.as_bytes());
        let check =
            |leaf| tlog_tiles::check_record(&proof, size, *checkpoint.hash(), index as u64, leaf);
        check(leaf).unwrap();
        assert!(check(tlog_tiles::record_hash(b"another")).is_err());
    }
}

fn proof(scratch: &Scratch, index: u64, size: u64) -> Vec<tlog_tiles::Hash> {
    use base64::Engine;
    let path = format!("/v1/proofs/inclusion?index={index}&size={size}");
    let (status, text) = scratch.client().get(&path, "application/json").unwrap();
    assert_eq!(status, 200, "{text}");
    let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
    let hashes = answer["hashes"].as_array().unwrap().iter();
    hashes
        .map(|hash| {
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(hash.as_str().unwrap())
                .unwrap();
            tlog_tiles::Hash(bytes.try_into().unwrap())
        })
        .collect()
}
