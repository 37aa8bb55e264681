//! Where a setting comes from: a flag, the environment, the file; in this order.
//!
//! A setting has one name, such as `limits.queue`. In the file that is a key in a table, in
//! the environment `FUNDTRAILD_LIMITS__QUEUE`. All sources are read even where another one
//! wins, and everything that is wrong is gathered, so that it can be said at once.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::Complaint;

/// What the names of the node's variables begin with.
///
/// Not `FUNDTRAIL_`: the variables of the tools begin so, and `FUNDTRAIL_LOG_KEY` is the
/// public half there.
pub(super) const PREFIX: &str = "FUNDTRAILD_";
const TOOLS_PREFIX: &str = "FUNDTRAIL_";

/// Settings whose name with the tools' prefix is a variable of the tools.
const OF_THE_TOOLS: &[&str] = &["log_key"];

/// The variables of a process.
pub(super) type Variables = Vec<(OsString, OsString)>;

/// What can be a setting.
pub(super) trait Setting: Sized {
    /// From a variable.
    fn from_text(text: &str) -> Result<Self, String>;
    /// From the file. `base` is the file's directory.
    fn from_value(value: &Value, base: &Path) -> Result<Self, String>;
}

/// A value of the file.
#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    Integer(String),
    Flag(bool),
    /// Its sort.
    Other(&'static str),
}

/// A value of the file and its line.
#[derive(Debug)]
struct Found {
    line: usize,
    value: Value,
}

/// All sources but the flags.
#[derive(Debug, Default)]
pub(super) struct Sources {
    path: PathBuf,
    /// By name. What was read is taken out.
    file: BTreeMap<String, Found>,
    /// Tables of the file, with their lines.
    tables: Vec<(String, usize)>,
    /// By name. What was read is taken out.
    variables: BTreeMap<String, OsString>,
    /// Names after the tools' prefix.
    of_the_tools: Vec<String>,
    /// Every setting that was asked for.
    known: Vec<&'static str>,
    problems: Vec<String>,
}

impl Sources {
    /// Sorts the variables of the process.
    pub(super) fn new(variables: Variables) -> Sources {
        let mut sources = Sources::default();
        for (name, value) in variables {
            let name = name.to_string_lossy();
            if let Some(own) = name.strip_prefix(PREFIX) {
                sources.variables.insert(setting_of(own), value);
            } else if let Some(other) = name.strip_prefix(TOOLS_PREFIX) {
                sources.of_the_tools.push(setting_of(other));
            }
        }
        sources
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`Complaint`] when it cannot be read or is not TOML: there is nothing to go on with.
    pub(super) fn read(&mut self, path: &Path) -> Result<(), Complaint> {
        let complain = |what: String| Complaint(format!("{}: {what}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| complain(error.to_string()))?;
        let table = DeTable::parse(&text)
            .map_err(|error| complain(error.to_string().trim_end().to_owned()))?;
        path.clone_into(&mut self.path);
        self.flatten(&text, "", table.get_ref());
        Ok(())
    }

    fn flatten(&mut self, text: &str, prefix: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = format!("{prefix}{}", key.get_ref());
            let line = line_of(text, key);
            let value = match value.get_ref() {
                DeValue::Table(inner) => {
                    self.flatten(text, &format!("{name}."), inner);
                    self.tables.push((name, line));
                    continue;
                }
                DeValue::String(text) => Value::Text(text.to_string()),
                DeValue::Integer(number) if number.radix() == 10 => {
                    Value::Integer(number.as_str().to_owned())
                }
                DeValue::Boolean(flag) => Value::Flag(*flag),
                other => Value::Other(other.type_str()),
            };
            self.file.insert(name, Found { line, value });
        }
    }

    /// A setting that may be missing.
    pub(super) fn take<T: Setting>(&mut self, name: &'static str, flag: Option<T>) -> Option<T> {
        self.known.push(name);
        let in_file = self.file.remove(name).and_then(|found| {
            let base = self.path.parent().unwrap_or(Path::new(""));
            let read = T::from_value(&found.value, base);
            read.map_err(|what| {
                let at = self.path.display();
                let problem = format!("{at}:{}: {name}: {what}", found.line);
                self.problems.push(problem);
            })
            .ok()
        });
        let in_environment = self.variables.remove(name).and_then(|value| {
            let read = match value.to_str() {
                None => Err("is not UTF-8".to_owned()),
                Some("") => Err("is empty; unset it where it is not wanted".to_owned()),
                Some(text) => T::from_text(text),
            };
            read.map_err(|what| self.problems.push(format!("{}: {what}", variable(name))))
                .ok()
        });
        flag.or(in_environment).or(in_file)
    }

    /// A setting that must be there.
    pub(super) fn need<T: Setting>(&mut self, name: &'static str, flag: Option<T>) -> Option<T> {
        let before = self.problems.len();
        let value = self.take(name, flag);
        if value.is_none() && self.problems.len() == before {
            self.complain(format!(
                "{name} is not given: say --{}, {}, or {name} in the file of --config",
                name.replace('_', "-"),
                variable(name)
            ));
        }
        value
    }

    pub(super) fn complain(&mut self, problem: String) {
        self.problems.push(problem);
    }

    /// Everything that is wrong, what nobody asked for included.
    pub(super) fn problems(self) -> Vec<String> {
        let mut problems = self.problems;
        let at = self.path.display();
        let is_table = |table: &str| {
            let inside = format!("{table}.");
            self.known.iter().any(|name| name.starts_with(&inside))
        };
        for (name, found) in &self.file {
            problems.push(format!("{at}:{}: there is no setting {name}", found.line));
        }
        for (table, line) in self.tables.iter().filter(|(table, _)| !is_table(table)) {
            problems.push(format!("{at}:{line}: there is no table {table}"));
        }
        for name in self.variables.keys() {
            problems.push(format!("{}: there is no setting {name}", variable(name)));
        }
        for name in &self.of_the_tools {
            if self.known.contains(&name.as_str()) && !OF_THE_TOOLS.contains(&name.as_str()) {
                let wrong = variable(name).replacen(PREFIX, TOOLS_PREFIX, 1);
                problems.push(format!(
                    "{wrong}: the node's variables begin with {PREFIX}: say {}",
                    variable(name)
                ));
            }
        }
        problems
    }
}

/// The variable of a setting.
pub(super) fn variable(name: &str) -> String {
    PREFIX.to_owned() + &name.replace('.', "__").to_uppercase()
}

fn setting_of(variable: &str) -> String {
    variable.to_lowercase().replace("__", ".")
}

fn line_of<T>(text: &str, spanned: &Spanned<T>) -> usize {
    let before = text.get(..spanned.span().start).unwrap_or_default();
    before.matches('\n').count() + 1
}

impl Value {
    fn text(&self) -> Result<&str, String> {
        match self {
            Value::Text(text) if text.is_empty() => Err("is empty".into()),
            Value::Text(text) => Ok(text),
            Value::Integer(_) => Err("is a number, not a text in quotes".into()),
            Value::Flag(_) => Err("is true or false, not a text in quotes".into()),
            Value::Other(sort) => Err(format!("is a value of type {sort}, not a text in quotes")),
        }
    }
}

impl Setting for String {
    fn from_text(text: &str) -> Result<String, String> {
        Ok(text.to_owned())
    }

    fn from_value(value: &Value, _: &Path) -> Result<String, String> {
        value.text().map(str::to_owned)
    }
}

/// In the file relative to the file, elsewhere to the working directory.
impl Setting for PathBuf {
    fn from_text(text: &str) -> Result<PathBuf, String> {
        Ok(text.into())
    }

    fn from_value(value: &Value, base: &Path) -> Result<PathBuf, String> {
        value.text().map(|text| base.join(text))
    }
}

impl Setting for SocketAddr {
    fn from_text(text: &str) -> Result<SocketAddr, String> {
        text.parse()
            .map_err(|_| format!("{text:?} is not an address and port, such as 127.0.0.1:7440"))
    }

    fn from_value(value: &Value, _: &Path) -> Result<SocketAddr, String> {
        SocketAddr::from_text(value.text()?)
    }
}

impl Setting for usize {
    fn from_text(text: &str) -> Result<usize, String> {
        text.parse()
            .map_err(|_| format!("{text:?} is not a whole number"))
    }

    fn from_value(value: &Value, _: &Path) -> Result<usize, String> {
        match value {
            Value::Integer(number) => usize::from_text(number),
            Value::Text(_) => Err("is a text, not a number without quotes".into()),
            Value::Flag(_) => Err("is true or false, not a whole number".into()),
            Value::Other(sort) => Err(format!("is a value of type {sort}, not a whole number")),
        }
    }
}

impl Setting for bool {
    fn from_text(text: &str) -> Result<bool, String> {
        text.parse()
            .map_err(|_| format!("{text:?} is not true or false"))
    }

    fn from_value(value: &Value, _: &Path) -> Result<bool, String> {
        match value {
            Value::Flag(flag) => Ok(*flag),
            Value::Text(_) => Err("is a text, not true or false without quotes".into()),
            Value::Integer(_) => Err("is a number, not true or false".into()),
            Value::Other(sort) => Err(format!("is a value of type {sort}, not true or false")),
        }
    }
}
