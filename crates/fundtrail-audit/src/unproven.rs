//! Why a document proves nothing: one answer for statements and seals.

use std::fmt;

use fundtrail_model::Malformed;
use fundtrail_model::checkpoint::CheckpointError;
use serde::Serialize;

/// The first thing in a document that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unproven {
    /// The stable code.
    pub code: &'static str,
    /// The entry it is about, where it is about one.
    pub entry: Option<u64>,
    /// What happened, in a sentence.
    pub detail: String,
}

impl Unproven {
    /// About the document as a whole.
    pub(crate) fn whole(code: &'static str, detail: impl Into<String>) -> Unproven {
        Unproven {
            code,
            entry: None,
            detail: detail.into(),
        }
    }

    /// About one entry.
    pub(crate) fn at(entry: u64, code: &'static str, detail: impl Into<String>) -> Unproven {
        Unproven {
            code,
            entry: Some(entry),
            detail: detail.into(),
        }
    }

    /// The document is not of its form.
    pub(crate) fn form(code: &'static str, malformed: &Malformed) -> Unproven {
        Unproven::whole(code, malformed.to_string())
    }
}

impl From<CheckpointError> for Unproven {
    fn from(error: CheckpointError) -> Unproven {
        let text = error.to_string();
        let code = error.code();
        let detail = text.strip_prefix(code).unwrap_or(&text);
        Unproven::whole(code, detail.trim_start_matches(": "))
    }
}

impl fmt::Display for Unproven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.entry {
            Some(entry) => write!(f, "{}: entry {entry}: {}", self.code, self.detail),
            None => write!(f, "{}: {}", self.code, self.detail),
        }
    }
}

impl std::error::Error for Unproven {}
