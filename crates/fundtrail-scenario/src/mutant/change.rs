//! What mutants change in a draft, and the amendment some of them live under.

use fundtrail_model::Day;
use serde_json::{Value, json};

use crate::draft::Draft;
use crate::field::set_path;
use crate::shadow::Shadow;

/// An amendment under which the only suite ends on a day, where there is a policy to amend.
pub(super) fn suite_ends(day: Day, shadow: &Shadow) -> Result<Option<Value>, String> {
    let version = shadow
        .view()
        .policy_on(day)
        .map_err(|fault| fault.to_string())?;
    let Some(version) = version else {
        return Ok(None);
    };
    let mut policy = serde_json::to_value(&version.policy).map_err(|error| error.to_string())?;
    let signatures = json!([{"suite": "ed25519", "from": "1900-01-01", "until": day}]);
    set_path(&mut policy, "signatures", signatures)?;
    let digest = "00".repeat(32);
    Ok(Some(
        json!({"applies_from": day, "text": digest, "decision": digest, "policy": policy}),
    ))
}

/// The draft with every member of that name holding another text, at any depth.
pub(super) fn with_leaves(draft: &Draft, name: &str, text: &str) -> Draft {
    let mut changed = draft.clone();
    change(&mut changed.body, name, text);
    changed
}

fn change(value: &mut Value, name: &str, text: &str) {
    match value {
        Value::Object(members) => {
            for (own, value) in members {
                match value {
                    Value::String(old) if own == name => text.clone_into(old),
                    other => change(other, name, text),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|value| change(value, name, text)),
        _ => {}
    }
}

/// The draft about 0.00 yuan; a loan contract of nothing has no schedule either.
pub(super) fn without_amount(draft: &Draft) -> Draft {
    let mut changed = draft.clone();
    if let Value::Object(members) = &mut changed.body {
        for (name, value) in members {
            match name.as_str() {
                "amount" | "total" | "ip_amount" | "suspense" => *value = json!("0.00"),
                "due" => *value = json!([]),
                _ => {}
            }
        }
    }
    changed
}
