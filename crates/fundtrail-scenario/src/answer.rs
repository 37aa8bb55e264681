//! What a ledger answers to a submission, whether it runs in memory or behind HTTP.

use fundtrail_kernel::Verdict;
use fundtrail_model::{Effects, Fault, Figures, Moment, Submission};
use fundtrail_regulation::Refusal;

/// A ledger that takes submissions: the one in memory, or a node.
pub trait Target {
    /// Submits at a moment of the ledger's clock; a node that has its own ignores it.
    ///
    /// # Errors
    /// [`Fault`] when there is no verdict at all.
    fn submit(&mut self, submission: &Submission, clock: Moment) -> Result<Answer, Fault>;
}

/// A verdict.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It is entry `index`.
    Recorded {
        /// Position in the ledger.
        index: u64,
        /// What it did.
        effects: Effects,
    },
    /// It was recorded before.
    Repeated {
        /// Position in the ledger.
        index: u64,
    },
    /// Its id is another transaction's.
    Conflict {
        /// Position of that one.
        index: u64,
    },
    /// The regulation says no.
    Refused(Vec<Objection>),
    /// Its bytes say nothing.
    Malformed {
        /// The stable reason.
        code: String,
        /// What exactly.
        detail: String,
    },
}

/// One refusal, as anyone may read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// The stable code.
    pub code: String,
    /// Id in the rule reference.
    pub rule: String,
    /// Article; 0 for rules of the ledger itself.
    pub article: u8,
    /// The figures that decided.
    pub figures: Figures,
    /// All of it in Chinese.
    pub zh: String,
    /// All of it in English.
    pub en: String,
}

impl Answer {
    /// The verdict in a word, with its codes.
    pub fn name(&self) -> String {
        match self {
            Answer::Recorded { effects, .. } => effects
                .alerts
                .iter()
                .fold("recorded".to_owned(), |text, alert| {
                    text + " alert=" + &alert.code
                }),
            Answer::Repeated { .. } => "repeated".to_owned(),
            Answer::Conflict { .. } => "conflict".to_owned(),
            Answer::Refused(all) => all
                .iter()
                .fold("refused".to_owned(), |text, one| text + " " + &one.code),
            Answer::Malformed { code, .. } => format!("malformed {code}"),
        }
    }

    /// Everything it says, in both languages, a line each.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Answer::Recorded { effects, .. } => effects
                .alerts
                .iter()
                .map(|alert| format!("{} [{}]: {}", alert.code, alert.article, alert.figures))
                .collect(),
            Answer::Refused(all) => all
                .iter()
                .flat_map(|one| {
                    [
                        format!("{}: {}", one.code, one.en),
                        format!("{}: {}", one.code, one.zh),
                    ]
                })
                .collect(),
            Answer::Malformed { detail, .. } => vec![detail.clone()],
            Answer::Repeated { .. } | Answer::Conflict { .. } => Vec::new(),
        }
    }
}

impl From<Verdict> for Answer {
    fn from(verdict: Verdict) -> Answer {
        match verdict {
            Verdict::Recorded { index, effects } => Answer::Recorded { index, effects },
            Verdict::Repeated { index } => Answer::Repeated { index },
            Verdict::Conflict { index } => Answer::Conflict { index },
            Verdict::Refused(all) => Answer::Refused(all.iter().map(Objection::from).collect()),
            Verdict::Malformed(malformed) => malformed.into(),
        }
    }
}

impl From<fundtrail_model::Malformed> for Answer {
    fn from(malformed: fundtrail_model::Malformed) -> Answer {
        Answer::Malformed {
            code: malformed.code.as_str().to_owned(),
            detail: malformed.to_string(),
        }
    }
}

impl From<&Refusal> for Objection {
    fn from(refusal: &Refusal) -> Objection {
        Objection {
            code: refusal.code.to_owned(),
            rule: refusal.rule.to_owned(),
            article: refusal.article,
            figures: refusal.figures.clone(),
            zh: refusal.in_chinese(),
            en: refusal.in_english(),
        }
    }
}
