//! Why a policy file is not accepted.

use core::fmt;

use crate::note::NoteError;

/// What is wrong with a policy file, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogPolicyError {
    /// The line, from 1; none when it is about the file as a whole.
    pub line: Option<usize>,
    /// What is wrong.
    pub problem: LogPolicyProblem,
}

/// What can be wrong with a policy file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogPolicyProblem {
    /// Above the bounds.
    #[error("a policy has at most 1000000 bytes, 256 logs, 256 witnesses and 256 groups")]
    TooLarge,
    /// A control character other than tab and newline.
    #[error("a policy is UTF-8 text without control characters other than tab and newline")]
    Text,
    /// A line that is none of the four, or has more or fewer words than it should.
    #[error(
        "a line is 'log KEY [URL]', 'witness NAME KEY [URL]', 'group NAME all|any|K MEMBER...' or 'quorum NAME|none'"
    )]
    Line,
    /// Not a verifier key.
    #[error("not a verifier key: {0}")]
    Key(NoteError),
    /// A type that this line may not have.
    #[error("a log's key is of type 01, a witness's of type 04")]
    KeyType,
    /// One public key on two lines, whatever its names there.
    #[error("the public key stands on an earlier line: two names would be one party")]
    KeyDuplicate,
    /// A name that is taken, or `none`.
    #[error("the name is taken by an earlier line, or is 'none'")]
    Name,
    /// A name that no earlier line defines.
    #[error("a member or quorum is a witness or group of an earlier line")]
    Undefined,
    /// A name that is a member already.
    #[error("a witness or group is a member at most once in the whole file")]
    MemberTwice,
    /// Not `all`, `any` or a number of the members.
    #[error("a group asks for 'all', 'any', or a number from 1 to that of its members")]
    Threshold,
    /// A second quorum line.
    #[error("there is a quorum line already")]
    QuorumTwice,
    /// No quorum line.
    #[error("a policy has a quorum line, 'quorum none' at least")]
    NoQuorum,
    /// No log line.
    #[error("a policy names at least one log")]
    NoLog,
}

impl LogPolicyError {
    /// The stable code, as in the first word of the message.
    pub const fn code(self) -> &'static str {
        match self.problem {
            LogPolicyProblem::TooLarge => "POLICY_FILE_TOO_LARGE",
            LogPolicyProblem::Text => "POLICY_FILE_TEXT",
            LogPolicyProblem::Line => "POLICY_FILE_LINE",
            LogPolicyProblem::Key(_) => "POLICY_FILE_KEY",
            LogPolicyProblem::KeyType => "POLICY_FILE_KEY_TYPE",
            LogPolicyProblem::KeyDuplicate => "POLICY_FILE_KEY_DUPLICATE",
            LogPolicyProblem::Name => "POLICY_FILE_NAME",
            LogPolicyProblem::Undefined => "POLICY_FILE_UNDEFINED",
            LogPolicyProblem::MemberTwice => "POLICY_FILE_MEMBER",
            LogPolicyProblem::Threshold => "POLICY_FILE_THRESHOLD",
            LogPolicyProblem::QuorumTwice => "POLICY_FILE_QUORUM_TWICE",
            LogPolicyProblem::NoQuorum => "POLICY_FILE_NO_QUORUM",
            LogPolicyProblem::NoLog => "POLICY_FILE_NO_LOG",
        }
    }
}

impl fmt::Display for LogPolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.code())?;
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        self.problem.fmt(f)
    }
}

impl core::error::Error for LogPolicyError {}
