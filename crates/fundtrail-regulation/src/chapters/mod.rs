//! What may happen: a file for each chapter of the text, each a list of rules, and the
//! one function that asks them.
//!
//! A new rule is one value in one list. An amended article is a second value with a later
//! date; the first stays, with its last day, so that old entries replay under old law.

mod chapter1;
mod chapter2;
mod chapter3;
mod chapter4;
mod chapter4_returns;
mod chapter5;
mod chapter6;
pub(crate) mod claims;
mod erasure;
mod ledger;
mod references;
mod restoring;

use alloc::vec::Vec;

use fundtrail_model::Fault;

use crate::case::Case;
use crate::kinds::{Body, Kind};
use crate::rule::{Bilingual, PASS, Refusal, Rule, Stage, Verdict, refuse, refuse_if};

/// Every rule, chapter by chapter: the ledger's own first, then the text's in its order.
pub static RULES: &[&[Rule]] = &[
    ledger::RULES,
    references::RULES,
    erasure::RULES,
    restoring::RULES,
    chapter1::RULES,
    chapter2::RULES,
    chapter3::RULES,
    chapter4::RULES,
    chapter4_returns::RULES,
    chapter5::RULES,
    chapter6::RULES,
];

/// Every rule, in the order in which they are asked.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().flat_map(|chapter| chapter.iter())
}

/// Asks every rule that binds the case. All refusals of the first stage that has any are
/// reported, in the order of the text.
///
/// # Errors
/// [`Fault`] when the storage cannot be read.
pub fn judge(case: &Case<'_>) -> Result<Vec<Refusal>, Fault> {
    judge_but(case, None)
}

/// As [`judge`], of what is still to be signed: whoever is missing is taken to sign yet,
/// unless nobody has a key that would do.
///
/// # Errors
/// [`Fault`] when the storage cannot be read.
pub fn foresee(case: &Case<'_>) -> Result<Vec<Refusal>, Fault> {
    judge_but(case, case.can_be_signed()?.then_some(SIGNATURE_MISSING))
}

/// The code of the rule that only says that signers are missing.
const SIGNATURE_MISSING: &str = "SIG_MISSING";

fn judge_but(case: &Case<'_>, left_out: Option<&str>) -> Result<Vec<Refusal>, Fault> {
    let (kind, date) = (case.kind(), case.date());
    for stage in [Stage::Standing, Stage::Reference, Stage::Law] {
        let mut refusals = Vec::new();
        let asked = |rule: &&Rule| {
            rule.stage == stage && rule.applies(kind, date) && left_out != Some(rule.code)
        };
        for rule in rules().filter(asked) {
            if let Some(figures) = (rule.check)(case)? {
                refusals.push(Refusal {
                    code: rule.code,
                    rule: rule.id,
                    article: rule.article,
                    title: rule.title,
                    figures,
                });
            }
        }
        if !refusals.is_empty() {
            return Ok(refusals);
        }
    }
    Ok(Vec::new())
}

/// Writes a rule on four lines.
const fn rule(
    code: &'static str,
    id: &'static str,
    article: u8,
    stage: Stage,
    title: Bilingual,
    binds: &'static [Kind],
    check: fn(&Case<'_>) -> Verdict,
) -> Rule {
    Rule {
        code,
        id,
        article,
        title,
        from: None,
        until: None,
        stage,
        binds,
        check,
    }
}

/// A text in Chinese and English.
const fn says(zh: &'static str, en: &'static str) -> Bilingual {
    Bilingual { zh, en }
}
