//! Policies: whom a reader trusts (C2SP tlog-policy), and the regulation as data.

use fundtrail_model::{LogPolicy, json};
use fundtrail_regulation::policy::Policy;

use crate::assert_code;
use crate::envelope::assert_malformed;
use crate::grounds::{grounds, sure};

/// A log policy names a log, its quorum is reached by all its witnesses, and never lost by one
/// more; it opens no checkpoint that its logs did not sign. A policy of the regulation is
/// written and read the same, and checking it says a stable code.
pub fn policy(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    match LogPolicy::parse(text) {
        Ok(policy) => of_log(&policy),
        Err(error) => assert_code(error.code(), &error.to_string()),
    }
    match json::check(bytes).and_then(json::read::<Policy>) {
        Ok(policy) => of_regulation(&policy),
        Err(malformed) => assert_malformed(&malformed),
    }
}

fn of_log(policy: &LogPolicy) {
    assert!(!policy.logs().is_empty());
    let names: Vec<&str> = policy
        .witnesses()
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert!(policy.is_reached_by(&names), "not even by all witnesses");
    assert_eq!(policy.is_reached_by(&[]), !policy.asks_for_witnesses());
    let mut reached = false;
    for count in 0..=names.len() {
        let now = policy.is_reached_by(names.get(..count).unwrap_or_default());
        assert!(now || !reached, "lost by a witness more");
        reached = now;
    }
    let grounds = grounds();
    let trusted = policy.logs().iter().any(|log| log.key == grounds.log);
    for note in &grounds.notes {
        match policy.open(note.as_bytes()) {
            Ok(_) => assert!(trusted && !policy.asks_for_witnesses()),
            Err(error) => assert_code(error.code(), &error.to_string()),
        }
    }
}

fn of_regulation(policy: &Policy) {
    let written = sure(serde_json::to_string(policy));
    let again: Policy = sure(json::read(&written));
    assert!(again == *policy, "read anew, it is another");
    if let Err(malformed) = policy.check() {
        assert_malformed(&malformed);
    }
}
