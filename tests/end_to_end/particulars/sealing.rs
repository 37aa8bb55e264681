//! Submissions that seal something nobody's scenario has, of every fate; and drafts of them.

use std::fs;

use fundtrail_model::disclosure::Disclosure;
use fundtrail_model::tag::TagKey;
use fundtrail_regulation::identifier::credit_code;
use fundtrail_scenario::{Draft, sign};
use fundtrail_tests::{ORIGIN, Scratch};
use serde_json::{Value, json};

use super::{CONTRACT, NAME, PATENT};

/// A credit code of the right form with this beginning.
pub(crate) fn credit_code(first: &str) -> String {
    let letters = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    let found = letters
        .map(|last| format!("{first}{last}"))
        .find(|code| credit_code::check(code).is_ok());
    found.unwrap()
}

fn tag(scratch: &Scratch, code: &str) -> String {
    let text = fs::read_to_string(scratch.node.data.join("tag-key.hex")).unwrap();
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.trim(), &mut bytes).unwrap();
    TagKey::new(&bytes).tag("credit_code", code).to_string()
}

pub(crate) fn draft(
    id: &str,
    kind: &str,
    body: Value,
    sealed: &[(&str, &str)],
    by: &[&str],
) -> Draft {
    Draft {
        ledger: ORIGIN.into(),
        id: id.into(),
        kind: kind.into(),
        date: "2023-10-20".into(),
        body,
        sealed: sealed
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect(),
        signers: by.iter().map(|name| (*name).into()).collect(),
    }
}

fn register(scratch: &Scratch, id: &str, name: &str, code: &str, tagged: &str) -> Draft {
    let body = json!({
        "borrower": tag(scratch, tagged), "registered_on": "2015-06-01", "registered_division": "150203",
        "legal_person": true, "evidence": "0".repeat(64),
    });
    let sealed = [("name", name), ("credit_code", code)];
    draft(
        id,
        "borrower_register",
        body,
        &sealed,
        &["bank-a/maker", "manager/maker"],
    )
}

fn loan(scratch: &Scratch, id: &str, code: &str, contract: &str, patent: &str) -> Draft {
    let body = json!({
        "loan": id, "bank": "bank-a", "borrower": tag(scratch, code), "total": "100000.00", "ip_amount": "100000.00",
        "due": [{"due_on": "2024-06-30", "amount": "100000.00"}], "purpose": "rnd",
        "pledges": [{"kind": "patent", "registered_on": "2023-10-20"}],
        "credit": {"queried_on": "2023-10-20", "report": "0".repeat(64)},
    });
    let sealed = [
        ("contract_number", contract),
        ("pledge.0", patent),
        ("pledge.0.registration", "Y2023150000999"),
    ];
    draft(
        id,
        "loan_enrol",
        body,
        &sealed,
        &["bank-a/maker", "manager/maker"],
    )
}

/// Puts a draft there that lacks a signature, and seals a name.
pub(crate) fn post_draft(scratch: &Scratch, id: &str, name: &str) {
    let code = credit_code("91150203MA0X74313");
    let mut draft = register(scratch, id, name, &code, &code);
    draft.signers.pop();
    let bytes = draft.submission().unwrap().to_json().into_bytes();
    let (status, text) = scratch.client().post("/v1/drafts", &bytes).unwrap();
    assert_eq!(status, 201, "{text}");
}

/// Submissions of every fate, with the status that each gets: recorded, repeated, in conflict,
/// refused, malformed.
pub(crate) fn submissions(scratch: &Scratch) -> Vec<(u16, Vec<u8>)> {
    let code = credit_code("91150203MA0X74312");
    let bytes = |draft: &Draft| draft.submission().unwrap().to_json().into_bytes();
    let own = register(scratch, "canary", NAME, &code, &code);
    let mut wrong = code.clone();
    let last = wrong.pop().unwrap();
    wrong.push(if last == '0' { '1' } else { '0' });
    let mut all = vec![
        (201, bytes(&own)),
        (200, bytes(&own)),
        (
            409,
            bytes(&register(scratch, "canary", CONTRACT, &code, &code)),
        ),
        (
            422,
            bytes(&register(scratch, "c-check", NAME, &wrong, &code)),
        ),
        (
            422,
            bytes(&register(
                scratch,
                "c-tag",
                NAME,
                &code,
                "91150203MA0N000164",
            )),
        ),
        (422, bytes(&register(scratch, "c-empty", NAME, NAME, &code))),
        (
            201,
            bytes(&loan(scratch, "c-loan", &code, CONTRACT, PATENT)),
        ),
        (
            422,
            bytes(&loan(scratch, "c-again", &code, CONTRACT, PATENT)),
        ),
        (
            422,
            bytes(&loan(scratch, "c-patent", &code, "K-2", "ZL201910765432.9")),
        ),
    ];
    // Disclosures that are not those of the digests.
    let disclosed = |change: &dyn Fn(&mut Value)| {
        let mut value: Value =
            serde_json::from_slice(&bytes(&register(scratch, "c-other", NAME, &code, &code)))
                .unwrap();
        change(&mut value["disclosures"]);
        (400, value.to_string().into_bytes())
    };
    let other = Disclosure::make([9; 16], "name", NAME).unwrap();
    all.extend([
        disclosed(&|all| all[0] = json!(other)),
        disclosed(&|all| all[0] = json!(NAME)),
        disclosed(&|all| all[0] = json!({ "name": NAME })),
        disclosed(&|all| *all = json!([])),
        disclosed(&|all| *all = json!(CONTRACT)),
        disclosed(&|all| all.as_array_mut().unwrap().push(json!(other))),
    ]);
    // A value where something else belongs.
    let (payload, _) = own.payload().unwrap();
    let text = String::from_utf8(payload).unwrap();
    for (from, to) in [
        ("\"borrower_register\"", format!("{NAME:?}")),
        ("\"canary\"", format!("{NAME:?}")),
        ("\"2023-10-20\"", format!("{CONTRACT:?}")),
        (ORIGIN, NAME.into()),
        (
            "\"legal_person\":true",
            format!("\"legal_person\":{NAME:?}"),
        ),
        (
            "\"legal_person\":true",
            format!("\"legal_person\":true,{CONTRACT:?}:1"),
        ),
        ("\"legal_person\":true", format!("{NAME:?}:1,{NAME:?}:2")),
        (
            "\"registered_on\":\"2015-06-01\"",
            format!("\"registered_on\":{CONTRACT:?}"),
        ),
        ("\"name\":", format!("{NAME:?}:")),
        ("{\"ledger\"", format!("{NAME}{{\"ledger\"")),
    ] {
        assert!(text.contains(from), "{from}");
        let payload = text.replace(from, &to).into_bytes();
        let envelope = sign(payload, ["bank-a/maker", "manager/maker"]);
        let submission = json!({ "envelope": envelope, "disclosures": [] });
        all.push((400, submission.to_string().into_bytes()));
    }
    all.push((400, format!("{{\"payload\":{NAME:?}}}").into_bytes()));
    all.push((400, format!("{{\"payload\":\"{NAME}").into_bytes()));
    all
}
