//! Where in which file something stands, and what is wrong there.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A line of a scenario file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, as it was named.
    pub file: Arc<Path>,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

/// A scenario that cannot be read or played: `file:line: what`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct ScenarioError {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub what: String,
}

impl Place {
    /// What is wrong at this place.
    pub fn error(&self, what: impl Into<String>) -> ScenarioError {
        ScenarioError {
            place: self.clone(),
            what: what.into(),
        }
    }
}
