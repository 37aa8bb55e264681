//! Submissions: envelopes with their disclosures, and single signatures.

use fundtrail_kernel::Rejection;
use fundtrail_kernel::admission::open_envelope;
use fundtrail_model::envelope::{SIGNATURES_MAX, Signature};
use fundtrail_model::transaction::TRANSACTION_BYTES_MAX;
use fundtrail_model::{Malformed, MalformedCode, Submission};

use crate::assert_code;
use crate::grounds::grounds;

/// What reads as a submission is read the same again from the bytes it prints to; a draft is a
/// submission that need not be signed, and nothing else; no signature is counted that does
/// not hold; and admission never fails as a machine does.
pub fn envelope(bytes: &[u8]) {
    if let Err(malformed) = Signature::parse(bytes) {
        assert_malformed(&malformed);
    }
    let draft = Submission::parse_draft(bytes);
    let submission = match Submission::parse(bytes) {
        Ok(submission) => submission,
        Err(malformed) => {
            assert_malformed(&malformed);
            match draft {
                Ok(draft) => assert!(
                    draft.envelope.signatures.is_empty()
                        && matches!(
                            malformed.code,
                            MalformedCode::Unsigned | MalformedCode::MissingMember
                        ),
                    "a draft that is signed is a submission: {malformed}"
                ),
                Err(same) => assert!(same == malformed || is_of_signatures(&malformed)),
            }
            return;
        }
    };
    assert!(draft.is_ok_and(|draft| draft == submission));
    assert_bounds(&submission);
    let text = submission.to_json();
    match Submission::parse(text.as_bytes()) {
        Ok(again) => {
            assert!(again == submission, "read anew, it is another");
            assert_eq!(again.to_json(), text);
        }
        // Written in full it may be longer than it came.
        Err(malformed) => assert_eq!(malformed.code, MalformedCode::TooLarge),
    }
    admission(submission);
}

/// The door of a live ledger.
fn admission(submission: Submission) {
    let grounds = grounds();
    let opened = open_envelope(&submission.envelope, grounds.origin());
    let message = submission.envelope.signed_bytes();
    let memory = grounds.run.shadow().memory();
    let admitted = match grounds.desk.admit(submission.clone(), memory) {
        Ok(admitted) => admitted,
        Err(Rejection::Malformed(malformed)) => return assert_malformed(&malformed),
        Err(Rejection::Fault(fault)) => panic!("a fault from what was sent: {fault}"),
    };
    assert!(opened.is_ok(), "admitted what does not open");
    assert!(admitted.envelope == submission.envelope);
    for id in &admitted.verified {
        let signature = admitted
            .envelope
            .signatures
            .iter()
            .find(|one| one.key_id == *id);
        let known: Option<fundtrail_regulation::state::Key> =
            crate::grounds::sure(grounds.run.shadow().view().get(id.to_string().as_bytes()));
        let introduced = admitted.body.introduces(0);
        let key = known.or_else(|| introduced.into_iter().find(|key| key.key_id == *id));
        assert!(
            signature
                .zip(key)
                .is_some_and(|(signature, key)| key.public_key.verify(&message, &signature.bytes)),
            "{id} did not sign this"
        );
    }
    if !admitted.verified.is_empty() {
        let mut altered = submission;
        altered.envelope.payload.push(b' ');
        assert!(
            grounds.desk.admit(altered, memory).is_err(),
            "the signatures hold for other bytes too"
        );
    }
}

fn assert_bounds(submission: &Submission) {
    let envelope = &submission.envelope;
    assert!(envelope.payload.len() <= TRANSACTION_BYTES_MAX);
    assert!((1..=SIGNATURES_MAX).contains(&envelope.signatures.len()));
    for (at, one) in envelope.signatures.iter().enumerate() {
        let twice = envelope
            .signatures
            .iter()
            .skip(at + 1)
            .any(|other| other.key_id == one.key_id);
        assert!(!twice, "a key signs once");
    }
}

/// Whether it is about signatures, which a draft asks about later.
fn is_of_signatures(malformed: &Malformed) -> bool {
    matches!(
        malformed.code,
        MalformedCode::Unsigned | MalformedCode::MissingMember
    )
}

/// A stable code, and a detail that quotes no more than a sentence.
pub(crate) fn assert_malformed(malformed: &Malformed) {
    assert!(MalformedCode::ALL.contains(&malformed.code));
    assert_code(malformed.code.as_str(), &malformed.to_string());
    assert!(
        malformed.detail.len() < 4096,
        "{} bytes of detail",
        malformed.detail.len()
    );
}
