//! A rule is one value: what it says, where it stands, whom it binds, and its predicate.

use alloc::string::{String, ToString};

use fundtrail_model::{Day, Fault, Figures};
use serde::Serialize;

use crate::case::Case;
use crate::kinds::Kind;

/// A text in the two languages of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bilingual {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

/// What a predicate finds: nothing, or the figures that decide against the transaction.
pub type Verdict = Result<Option<Figures>, Fault>;

/// The predicate has nothing to object.
pub const PASS: Verdict = Ok(None);

/// The predicate objects, on these figures.
///
/// # Errors
/// None: the result type is that of predicates.
pub fn refuse(figures: Figures) -> Verdict {
    Ok(Some(figures))
}

/// Objects on `figures` if `objection` holds.
///
/// # Errors
/// None: the result type is that of predicates.
pub fn refuse_if(objection: bool, figures: impl FnOnce() -> Figures) -> Verdict {
    Ok(objection.then(figures))
}

/// When a rule is asked. Each stage reports all of its refusals; a later stage is not
/// reached with any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Whether these signers may say this at all.
    Standing,
    /// Whether what it refers to is there.
    Reference,
    /// What the regulation says.
    Law,
}

/// One rule of the regulation, or of the ledger itself (article 0).
pub struct Rule {
    /// Stable refusal code, never reused.
    pub code: &'static str,
    /// Id in the rule reference, such as `R-12-3`.
    pub id: &'static str,
    /// Article of the text; 0 for rules of the ledger itself.
    pub article: u8,
    /// What it says.
    pub title: Bilingual,
    /// First business date it binds; none means from the beginning.
    pub from: Option<Day>,
    /// Last business date it binds; none means still.
    pub until: Option<Day>,
    /// When it is asked.
    pub stage: Stage,
    /// The kinds it binds.
    pub binds: &'static [Kind],
    /// Objects with figures, or passes. Sees the case and nothing else.
    pub check: fn(&Case<'_>) -> Verdict,
}

impl Rule {
    /// Whether the rule binds this kind on this date.
    pub fn applies(&self, kind: Kind, date: Day) -> bool {
        self.binds.contains(&kind)
            && self.from.is_none_or(|from| from <= date)
            && self.until.is_none_or(|until| date <= until)
    }
}

/// The regulation says no: which rule, and on which figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Stable code.
    pub code: &'static str,
    /// Id in the rule reference.
    pub rule: &'static str,
    /// Article of the text; 0 for rules of the ledger itself.
    pub article: u8,
    /// What the rule says.
    pub title: Bilingual,
    /// The figures that decided it.
    pub figures: Figures,
}

impl Refusal {
    /// The refusal in Chinese: title, article and figures.
    pub fn in_chinese(&self) -> String {
        self.text(self.title.zh, "第", "条", "：")
    }

    /// The refusal in English: title, article and figures.
    pub fn in_english(&self) -> String {
        self.text(self.title.en, "Art. ", "", ": ")
    }

    fn text(&self, title: &str, before: &str, after: &str, colon: &str) -> String {
        let article = match self.article {
            0 => String::new(),
            article => alloc::format!(" [{before}{article}{after}]"),
        };
        let figures = if self.figures.is_empty() {
            String::new()
        } else {
            alloc::format!("{colon}{}", self.figures)
        };
        title.to_string() + &article + &figures
    }
}
