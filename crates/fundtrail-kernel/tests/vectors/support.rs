//! Files of cases: reading them, and comparing what was expected with what came.

use std::collections::BTreeSet;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Where the vectors lie.
pub(crate) fn place(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/vectors")
        .join(file)
}

/// The text of a file.
pub(crate) fn read(file: &str) -> String {
    std::fs::read_to_string(place(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// A file of JSON.
pub(crate) fn read_json(file: &str) -> Value {
    serde_json::from_str(&read(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Every file of cases, below the folder of the vectors.
pub(crate) fn files() -> Vec<String> {
    let mut found = Vec::new();
    for folder in ["", "ledger/"] {
        let entries = std::fs::read_dir(place(folder)).expect("the vectors are there");
        for entry in entries {
            let name = entry
                .expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned();
            let file = format!("{folder}{name}");
            if name.ends_with(".json") && read_json(&file).get("cases").is_some() {
                found.push(file);
            }
        }
    }
    found
}

/// One case: an object with a name and what is expected.
pub(crate) struct Case<'a> {
    file: &'a str,
    value: &'a Value,
}

impl<'a> Case<'a> {
    /// A member, if it is there.
    pub(crate) fn get(&self, member: &str) -> Option<&'a Value> {
        self.value.get(member)
    }

    /// A member that every case of the family has.
    pub(crate) fn need(&self, member: &str) -> &'a Value {
        let name = &self.value["name"];
        self.get(member)
            .unwrap_or_else(|| panic!("{}: {name}: no {member:?}", self.file))
    }

    /// A text.
    pub(crate) fn text(&self, member: &str) -> &'a str {
        let name = &self.value["name"];
        let text = self.need(member).as_str();
        text.unwrap_or_else(|| panic!("{}: {name}: {member:?} is no text", self.file))
    }

    /// A whole number.
    pub(crate) fn number(&self, member: &str) -> u64 {
        let name = &self.value["name"];
        let number = self.need(member).as_u64();
        number.unwrap_or_else(|| panic!("{}: {name}: {member:?} is no number", self.file))
    }

    /// A list.
    pub(crate) fn list(&self, member: &str) -> &'a [Value] {
        let name = &self.value["name"];
        let list = self.need(member).as_array();
        list.unwrap_or_else(|| panic!("{}: {name}: {member:?} is no list", self.file))
    }

    /// The input of the case as bytes: `text`, `base64`, or `parts` with repetitions.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        if let Some(text) = self.get("text") {
            return text.as_str().expect("a text").as_bytes().to_vec();
        }
        if let Some(base64) = self.get("base64") {
            return STANDARD
                .decode(base64.as_str().expect("a text"))
                .expect("base64");
        }
        let part = |part: &Value| {
            let times = part["times"].as_u64().unwrap_or(1);
            part["text"]
                .as_str()
                .expect("a text")
                .repeat(usize::try_from(times).expect("small"))
        };
        self.list("parts")
            .iter()
            .map(part)
            .collect::<String>()
            .into_bytes()
    }
}

/// Runs every case of a file and lists those that came out otherwise.
pub(crate) fn run(file: &str, actual: impl Fn(&Value, &Case<'_>) -> Value) {
    let head = read_json(file);
    let cases = head["cases"].as_array().expect("cases are a list");
    assert!(!cases.is_empty(), "{file}: no cases");
    let mut names = BTreeSet::new();
    let mut wrong = Vec::new();
    for value in cases {
        let name = value["name"]
            .as_str()
            .unwrap_or_else(|| panic!("{file}: a case has no name"));
        assert!(names.insert(name), "{file}: {name}: stands twice");
        let case = Case { file, value };
        let (expected, came) = (case.need("expect"), actual(&head, &case));
        if *expected != came {
            wrong.push(format!("{file}: {name}: expected {expected}, came {came}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// `{"ok": …}`, or the code of what went wrong.
pub(crate) fn outcome<T: Into<Value>>(result: Result<T, &str>) -> Value {
    match result {
        Ok(value) => json!({ "ok": value.into() }),
        Err(code) => json!(code),
    }
}

/// `"ok"`, or the code of what went wrong.
pub(crate) fn verdict<T>(result: Result<T, &str>) -> Value {
    json!(result.map_or_else(|code| code, |_| "ok"))
}
