//! How a command ends: with an answer, or without one.

/// What was asked was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Answer {
    /// Done, recorded, verified, clean.
    Yes,
    /// Refused, malformed, does not verify, findings.
    No,
}

impl Answer {
    /// Yes only if both are.
    pub(crate) fn and(self, other: Answer) -> Answer {
        self.max(other)
    }
}

/// There is no answer: usage, a file, the network, or a fault.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

impl Failure {
    /// A failure that says where it happened.
    pub(crate) fn at(place: impl std::fmt::Display, why: impl std::fmt::Display) -> Failure {
        Failure(format!("{place}: {why}"))
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure(error.to_string())
    }
}

/// The end of a command.
pub(crate) type Ending = Result<Answer, Failure>;
