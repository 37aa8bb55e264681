//! The cheapest honest transaction, for tests that need many or any: any fund at work takes it.

use fundtrail_model::Submission;
use fundtrail_scenario::Draft;
use serde_json::json;

use crate::ORIGIN;

/// The manager files minutes, under that id.
///
/// # Panics
/// When they cannot be signed.
pub fn minutes(id: &str) -> Submission {
    let draft = Draft {
        ledger: ORIGIN.to_owned(),
        id: id.to_owned(),
        kind: "report_file".to_owned(),
        date: "2022-03-01".to_owned(),
        body: json!({
            "reporter": "manager",
            "report": "minutes",
            "period": "2022-02",
            "digest": "00".repeat(32),
        }),
        sealed: std::collections::BTreeMap::new(),
        signers: vec!["manager/maker".to_owned()],
    };
    draft.submission().unwrap_or_else(|error| panic!("{error}"))
}
