//! Fields of a step, and the JSON body they make.
//!
//! `a.b=text` is a member of a nested object, `due.0.amount=1.00` an element of an array,
//! `name:=JSON` anything else. Absent on purpose: which fields a kind has; the ledger says.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What stands behind a field's name.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldValue {
    /// A text, still with `$name`, `{field}` and prefixes such as `tag:` in it.
    Text(String),
    /// JSON as written.
    Json(Value),
}

/// Fields by name, as written; a later one of the same name replaces an earlier.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields(BTreeMap<String, FieldValue>);

impl Fields {
    /// Sets a field.
    pub fn set(&mut self, name: &str, value: FieldValue) {
        self.0.insert(name.to_owned(), value);
    }

    /// Takes a field away, and everything beneath its name.
    pub fn remove(&mut self, name: &str) {
        let beneath = format!("{name}.");
        self.0
            .retain(|own, _| own != name && !own.starts_with(&beneath));
    }

    /// Lays other fields over these: where a name of theirs stands for a whole value, what
    /// was beneath it here goes.
    pub fn lay_over(&mut self, over: &Fields) {
        for (name, value) in &over.0 {
            if matches!(value, FieldValue::Json(_)) {
                self.remove(name);
            }
            self.0.insert(name.clone(), value.clone());
        }
    }

    /// The field of that name.
    pub fn get(&self, name: &str) -> Option<&FieldValue> {
        self.0.get(name)
    }

    /// Every field, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &FieldValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

/// Sets the value at a dotted path, making objects and arrays on the way.
///
/// # Errors
/// When the path leads through something that is neither.
pub(crate) fn set_path(root: &mut Value, path: &str, value: Value) -> Result<(), String> {
    let mut at = root;
    for segment in path.split('.') {
        at = match segment.parse::<usize>() {
            Ok(index) => element(at, index),
            Err(_) => member(at, segment),
        }
        .ok_or_else(|| format!("{path}: nothing can stand beneath another value"))?;
    }
    *at = value;
    Ok(())
}

/// The value at a dotted path.
pub(crate) fn get_path<'a>(root: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(root, |at, segment| match at {
        Value::Array(all) => all.get(segment.parse::<usize>().ok()?),
        Value::Object(members) => members.get(segment),
        _ => None,
    })
}

fn element(at: &mut Value, index: usize) -> Option<&mut Value> {
    if at.is_null() {
        *at = Value::Array(Vec::new());
    }
    let all = at.as_array_mut().filter(|_| index < 256)?;
    while all.len() <= index {
        all.push(Value::Null);
    }
    all.get_mut(index)
}

fn member<'a>(at: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    if at.is_null() {
        *at = Value::Object(Map::new());
    }
    Some(at.as_object_mut()?.entry(name).or_insert(Value::Null))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_build_objects_and_arrays() {
        let mut body = Value::Null;
        set_path(&mut body, "due.1.amount", json!("2.00")).unwrap();
        set_path(&mut body, "due.0.amount", json!("1.00")).unwrap();
        set_path(&mut body, "loan", json!("L1")).unwrap();
        assert_eq!(
            body,
            json!({"due": [{"amount": "1.00"}, {"amount": "2.00"}], "loan": "L1"})
        );
        assert_eq!(get_path(&body, "due.1.amount"), Some(&json!("2.00")));
        assert_eq!(get_path(&body, "due.2"), None);
        assert!(set_path(&mut body, "loan.x", json!(1)).is_err());
    }

    #[test]
    fn a_whole_value_replaces_what_was_beneath_its_name() {
        let mut fields = Fields::default();
        fields.set("due.0.amount", FieldValue::Text("1.00".to_owned()));
        fields.set("loan", FieldValue::Text("L1".to_owned()));
        let mut over = Fields::default();
        over.set("due", FieldValue::Json(json!([])));
        fields.lay_over(&over);
        assert_eq!(fields.get("due.0.amount"), None);
        assert_eq!(fields.get("due"), Some(&FieldValue::Json(json!([]))));
        fields.remove("loan");
        assert_eq!(fields.get("loan"), None);
    }
}
