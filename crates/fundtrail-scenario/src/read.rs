//! Reads scenario files: lines, includes, defaults and names, down to a list of actions.
//!
//! A line that begins with a space continues the line before. Absent on purpose: any
//! state; whether a step makes sense is the ledger's to say.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fundtrail_model::{Day, Moment};

use crate::expectation::Expectation;
use crate::field::{FieldValue, Fields};
use crate::files;
use crate::place::{Place, ScenarioError};
use crate::scenario::{Action, Scenario, Signers, Step, What};
use crate::word::{self, Word};

mod expect;

/// Includes within includes.
const DEPTH_MAX: usize = 16;

/// Reads a scenario file and all it includes.
///
/// # Errors
/// [`ScenarioError`] with the place of the first thing that cannot be read.
pub fn read(file: &Path) -> Result<Scenario, ScenarioError> {
    let mut reader = Reader::default();
    reader.file(file, None)?;
    Ok(Scenario {
        origin: reader.origin,
        actions: reader.actions,
    })
}

/// Reads a scenario from its text, as if it stood in that file.
///
/// # Errors
/// As [`read`].
pub fn read_text(file: &Path, text: &str) -> Result<Scenario, ScenarioError> {
    let mut reader = Reader::default();
    reader.text(file, text)?;
    Ok(Scenario {
        origin: reader.origin,
        actions: reader.actions,
    })
}

#[derive(Default)]
struct Reader {
    origin: Option<String>,
    defaults: BTreeMap<String, (Fields, Fields)>,
    names: BTreeMap<String, String>,
    actions: Vec<Action>,
    depth: usize,
}

impl Reader {
    fn file(&mut self, file: &Path, from: Option<&Place>) -> Result<(), ScenarioError> {
        let nowhere = Place {
            file: Arc::from(file),
            line: 0,
        };
        let from = from.unwrap_or(&nowhere);
        let text = files::text(file).map_err(|error| from.error(error))?;
        if self.depth == DEPTH_MAX {
            return Err(from.error("files include each other too deeply"));
        }
        self.depth += 1;
        self.text(file, &text)?;
        self.depth -= 1;
        Ok(())
    }

    fn text(&mut self, file: &Path, text: &str) -> Result<(), ScenarioError> {
        for (place, line) in lines(file, text) {
            self.line(&place, &line).map_err(|error| match error {
                LineError::Here(what) => place.error(what),
                LineError::Elsewhere(error) => error,
            })?;
        }
        Ok(())
    }

    fn line(&mut self, place: &Place, line: &str) -> Result<(), LineError> {
        let words = word::split(line)?;
        let Some((Word::Bare(first), rest)) = words.split_first() else {
            return Err("a line begins with a date or a directive".into());
        };
        match (first.as_str(), rest) {
            ("include", [Word::Bare(name)]) => self
                .file(&beside(place, name), Some(place))
                .map_err(LineError::Elsewhere),
            ("ledger", [Word::Bare(origin)]) => {
                self.origin = Some(origin.clone());
                Ok(())
            }
            ("let", [Word::Text(name, value)]) => {
                let value = self.named(value)?;
                self.names.insert(name.clone(), value);
                Ok(())
            }
            ("default", [Word::Bare(kind), fields @ ..]) => self.set_default(kind, fields),
            ("clock", [Word::Bare(moment)]) => {
                let moment =
                    Moment::parse(moment).ok_or("clock: like 2023-03-20T10:00:00+08:00")?;
                self.push(place, line, What::Clock(moment));
                Ok(())
            }
            ("expect", checked) => {
                let check = expect::parse(checked, &|text| self.named(text))?;
                self.push(place, line, What::Check(check));
                Ok(())
            }
            (date, words) => {
                let date = Day::parse(date)
                    .ok_or_else(|| format!("{date}: neither a date nor a directive"))?;
                self.dated(place, line, date, words)
            }
        }
    }

    /// A step, or a directive that stands for steps.
    fn dated(
        &mut self,
        place: &Place,
        line: &str,
        date: Day,
        words: &[Word],
    ) -> Result<(), LineError> {
        match words {
            [Word::Bare(party), Word::Bare(id), Word::Bare(role)] if party == "party" => {
                for body in files::party_keys(id, role) {
                    self.submit(place, line, date, "key_enrol", &body)?;
                }
                Ok(())
            }
            [Word::Bare(word), Word::Bare(name), rest @ ..] if word == "policy" => {
                let mut body = files::policy(&beside(place, name), rest, date)?;
                body.extend(expected(rest));
                self.submit(place, line, date, "policy_adopt", &body)
            }
            [Word::Bare(word), Word::Bare(name), rest @ ..] if word == "calendar" => {
                let mut body = files::calendar(&beside(place, name), rest)?;
                body.extend(expected(rest));
                self.submit(place, line, date, "calendar_adopt", &body)
            }
            [Word::Bare(kind), rest @ ..] => self.submit(place, line, date, kind, rest),
            _ => Err("a kind is expected after the date".into()),
        }
    }

    fn submit(
        &mut self,
        place: &Place,
        line: &str,
        date: Day,
        kind: &str,
        words: &[Word],
    ) -> Result<(), LineError> {
        let arrow = words.iter().position(|word| *word == Word::Arrow);
        let (words, expected) = match arrow {
            Some(at) => (words.get(..at).unwrap_or_default(), words.get(at + 1..)),
            None => (words, None),
        };
        let expected = expected.map(Expectation::parse).transpose()?;
        let (body, sealed) = self.defaults.get(kind).cloned().unwrap_or_default();
        let mut step = Step {
            date,
            kind: kind.to_owned(),
            id: None,
            ledger: None,
            body,
            sealed,
            signers: Signers::default(),
            expected,
        };
        for word in words {
            self.word(&mut step, word)?;
        }
        let text = line
            .split_once("=>")
            .map_or(line, |(text, _)| text)
            .trim_end();
        self.push(place, text, What::Submit(Box::new(step)));
        Ok(())
    }

    fn word(&self, step: &mut Step, word: &Word) -> Result<(), LineError> {
        let list = |value: &str| -> Vec<String> {
            value
                .split(',')
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect()
        };
        match word {
            Word::Text(name, value) => match name.as_str() {
                "id" => step.id = Some(value.clone()),
                "ledger" => step.ledger = Some(value.clone()),
                "by" => step.signers.only = Some(list(value)),
                "+by" => step.signers.also = list(value),
                "-by" => step.signers.but = list(value),
                _ => {
                    let value = FieldValue::Text(self.named(value)?);
                    let (fields, name) = target(&mut step.body, &mut step.sealed, name);
                    fields.set(name, value);
                }
            },
            Word::Json(name, value) => {
                let (fields, name) = target(&mut step.body, &mut step.sealed, name);
                fields.remove(name);
                fields.set(name, FieldValue::Json(value.clone()));
            }
            Word::Bare(word) => match word.strip_prefix('-') {
                Some(name) => {
                    let (fields, name) = target(&mut step.body, &mut step.sealed, name);
                    fields.remove(name);
                }
                None => return Err(format!("{word}: name=value is expected").into()),
            },
            Word::Arrow => return Err("=> twice".into()),
        }
        Ok(())
    }

    fn set_default(&mut self, kind: &str, words: &[Word]) -> Result<(), LineError> {
        let (mut body, mut sealed) = self.defaults.get(kind).cloned().unwrap_or_default();
        for word in words {
            let (name, value) = match word {
                Word::Text(name, value) => (name, FieldValue::Text(self.named(value)?)),
                Word::Json(name, value) => (name, FieldValue::Json(value.clone())),
                Word::Bare(_) | Word::Arrow => return Err("default: name=value is expected".into()),
            };
            let mut over = Fields::default();
            let (fields, name) = target(&mut body, &mut sealed, name);
            over.set(name, value);
            fields.lay_over(&over);
        }
        self.defaults.insert(kind.to_owned(), (body, sealed));
        Ok(())
    }

    /// Puts in what `let` gave a name: `$E1`, by itself or after a prefix such as `borrower:`.
    fn named(&self, text: &str) -> Result<String, LineError> {
        let Some((before, name)) = text.split_once('$') else {
            return Ok(text.to_owned());
        };
        let value = self
            .names
            .get(name)
            .ok_or_else(|| format!("${name}: not set by let"))?;
        Ok(before.to_owned() + value)
    }

    fn push(&mut self, place: &Place, text: &str, what: What) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.actions.push(Action {
            place: place.clone(),
            text,
            what,
        });
    }
}

/// A line's own error, or one of a file it includes.
pub(crate) enum LineError {
    Here(String),
    Elsewhere(ScenarioError),
}

impl From<String> for LineError {
    fn from(what: String) -> LineError {
        LineError::Here(what)
    }
}

impl From<&str> for LineError {
    fn from(what: &str) -> LineError {
        LineError::Here(what.to_owned())
    }
}

/// `sealed.NAME` is a particular, `body.NAME` a member even where `NAME` is a word of the
/// format (`body.by`), anything else a member.
fn target<'a, 'n>(
    body: &'a mut Fields,
    sealed: &'a mut Fields,
    name: &'n str,
) -> (&'a mut Fields, &'n str) {
    match (name.strip_prefix("sealed."), name.strip_prefix("body.")) {
        (Some(name), _) => (sealed, name),
        (_, Some(name)) => (body, name),
        _ => (body, name),
    }
}

/// The words from `=>` on; a directive expects to be recorded where it says nothing.
fn expected(words: &[Word]) -> Vec<Word> {
    match words.iter().position(|word| *word == Word::Arrow) {
        Some(at) => words.get(at..).unwrap_or_default().to_vec(),
        None => vec![Word::Arrow, Word::Bare("recorded".to_owned())],
    }
}

/// A file named in another stands beside it; `builtin:` ones stand in the program.
fn beside(place: &Place, name: &str) -> PathBuf {
    if name.starts_with(files::BUILTIN) {
        return PathBuf::from(name);
    }
    place.file.parent().unwrap_or(Path::new("")).join(name)
}

/// Lines with their continuations, and where each begins.
fn lines(file: &Path, text: &str) -> Vec<(Place, String)> {
    let file: Arc<Path> = Arc::from(file);
    let mut all: Vec<(Place, String)> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = word::uncommented(line);
        match all.last_mut() {
            _ if line.trim().is_empty() => {}
            Some((_, whole)) if line.starts_with(char::is_whitespace) => {
                whole.push(' ');
                whole.push_str(line.trim());
            }
            _ => all.push((
                Place {
                    file: Arc::clone(&file),
                    line: at + 1,
                },
                line.to_owned(),
            )),
        }
    }
    all
}

#[cfg(test)]
mod tests;
