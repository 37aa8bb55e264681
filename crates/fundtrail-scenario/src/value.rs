//! What the texts of a step stand for: `{field}`, and the prefixes `tag:`, `sha256:`,
//! `key:`, `keyid:`, `log:` and `now:`.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use fundtrail_regulation::seal;

use crate::field::{FieldValue, Fields};
use crate::ring::Ring;
use crate::scenario::Step;
use crate::shadow::Shadow;
use crate::site::Site;

/// Fields that stand for fields.
const NESTING_MAX: usize = 4;

/// What texts may stand for.
pub(crate) struct Values<'a> {
    /// The ledger's keys.
    pub(crate) site: &'a Site,
    /// The state, for `now:`.
    pub(crate) shadow: &'a Shadow,
    /// Where keys come from and are remembered.
    pub(crate) ring: &'a mut Ring,
}

impl Values<'_> {
    /// The JSON that a field's value stands for.
    pub(crate) fn json(&mut self, value: &FieldValue, step: &Step) -> Result<Value, String> {
        match value {
            FieldValue::Json(value) => Ok(value.clone()),
            FieldValue::Text(text) => {
                let text = filled(text, step, NESTING_MAX)?;
                match text.as_str() {
                    "now:size" => Ok(Value::from(self.shadow.size())),
                    _ => Ok(Value::from(self.text(&text)?)),
                }
            }
        }
    }

    /// The text that a particular stands for.
    pub(crate) fn particular(&mut self, value: &FieldValue, step: &Step) -> Result<String, String> {
        match value {
            FieldValue::Text(text) => filled(text, step, NESTING_MAX),
            FieldValue::Json(_) => Err("a particular is a text".to_owned()),
        }
    }

    /// A text with its prefix put to use.
    pub(crate) fn text(&mut self, text: &str) -> Result<String, String> {
        let Some((prefix, rest)) = text.split_once(':') else {
            return Ok(text.to_owned());
        };
        Ok(match (prefix, rest) {
            ("tag", code) => self.site.borrower(code).to_string(),
            ("sha256", text) => hex::encode(Sha256::digest(text)),
            ("key", name) => self.ring.take(name).to_string(),
            ("keyid", name) => self.ring.take(name).id().to_string(),
            ("log", "key") => self.site.log_key.clone(),
            ("log", "tag_key") => self.site.tag_commitment(),
            ("now", "root") => {
                let root = seal::root(self.shadow.view()).map_err(|fault| fault.to_string())?;
                hex::encode(root.as_bytes())
            }
            ("now", "tree") => self.shadow.root(),
            _ => text.to_owned(),
        })
    }
}

/// Puts the texts of other fields in the place of `{field}`; `{date}` is the step's date.
fn filled(text: &str, step: &Step, nesting: usize) -> Result<String, String> {
    let Some((before, rest)) = text.split_once('{') else {
        return Ok(text.to_owned());
    };
    let (name, after) = rest
        .split_once('}')
        .ok_or_else(|| format!("{text}: }} is missing"))?;
    if nesting == 0 {
        return Err(format!("{{{name}}}: stands for itself"));
    }
    let value = match (
        name,
        lookup(name, &step.body).or_else(|| lookup(name, &step.sealed)),
    ) {
        ("date", _) => step.date.to_string(),
        (_, Some(value)) => filled(value, step, nesting - 1)?,
        (_, None) => return Err(format!("{{{name}}}: the step has no such field")),
    };
    Ok(before.to_owned() + &value + &filled(after, step, nesting)?)
}

fn lookup<'a>(name: &str, fields: &'a Fields) -> Option<&'a str> {
    match fields.get(name) {
        Some(FieldValue::Text(text)) => Some(text),
        Some(FieldValue::Json(Value::String(text))) => Some(text),
        _ => None,
    }
}
