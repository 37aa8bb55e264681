//! Sealed particulars: which a kind carries, and what the node finds inside them.
//!
//! Nothing of their content leaves this module but tags and codes.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use fundtrail_model::disclosure::{self, Disclosure};
use fundtrail_model::tag::TagKey;
use fundtrail_model::{Figures, Findings, Malformed, MalformedCode, Tag, Transaction};

use crate::alerts;
use crate::identifier::{self, Format, credit_code};
use crate::kinds::Body;
use crate::policy::Policy;
use crate::rule::{Bilingual, Refusal};

/// A particular that a kind seals.
#[derive(Clone, Debug)]
pub struct Particular {
    /// Its name in `sealed` and in the disclosure.
    pub name: String,
    /// What is inside.
    pub format: Format,
    /// Whether the kind cannot do without it.
    pub required: bool,
    /// What the node does with it beyond the format.
    pub purpose: Purpose,
}

/// What the node does with a particular beyond checking its format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Nothing.
    Keep,
    /// A credit code of one of these categories.
    Category(&'static [&'static str]),
    /// The borrower's credit code: its tag must be the body's, and its prefix local to be
    /// free of an alert.
    Borrower(Tag),
    /// Must be unique in the ledger, within the given scope.
    Unique(String),
}

impl Particular {
    /// A particular the kind cannot do without.
    pub fn required(name: impl Into<String>, format: Format) -> Particular {
        Particular {
            name: name.into(),
            format,
            required: true,
            purpose: Purpose::Keep,
        }
    }

    /// A particular the kind may carry.
    pub fn optional(name: impl Into<String>, format: Format) -> Particular {
        Particular {
            required: false,
            ..Particular::required(name, format)
        }
    }

    /// The same, put to use.
    #[must_use]
    pub fn used(mut self, purpose: Purpose) -> Particular {
        self.purpose = purpose;
        self
    }
}

/// What came of opening the disclosures of one submission.
#[derive(Clone, Debug, Default)]
pub struct Opened {
    /// Goes into the entry.
    pub findings: Findings,
    /// What the regulation objects to inside the disclosures.
    pub refusals: Vec<Refusal>,
    /// The openings, by digest, for keeping outside the log.
    pub kept: Vec<Kept>,
}

/// An opening to be kept outside the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The digest in the transaction.
    pub digest: String,
    /// The disclosure as sent.
    pub disclosure: String,
}

/// Checks that `sealed` names what the kind seals, without looking inside.
///
/// # Errors
/// `SEALED_UNKNOWN`, `SEALED_MISSING`.
pub fn check_names(transaction: &Transaction, body: &Body) -> Result<(), Malformed> {
    let particulars = body.particulars();
    if transaction
        .sealed
        .keys()
        .any(|name| !particulars.iter().any(|one| one.name == *name))
    {
        // Without the name: a value may stand in its place.
        let names: Vec<&str> = particulars.iter().map(|one| one.name.as_str()).collect();
        let detail = format!("{} seals only: {}", transaction.kind, names.join(" "));
        return Err(Malformed::new(MalformedCode::SealedUnknown, detail));
    }
    match particulars
        .iter()
        .find(|one| one.required && !transaction.sealed.contains_key(&one.name))
    {
        Some(one) => {
            let detail = format!(
                "{} requires the sealed particular {:?}",
                transaction.kind, one.name
            );
            Err(Malformed::new(MalformedCode::SealedMissing, detail))
        }
        None => Ok(()),
    }
}

/// Checks that findings have the shape an honest node gives them: a tag for each sealed
/// particular that must be unique, and alerts only of the kind that rests on them.
pub fn check_findings(
    transaction: &Transaction,
    body: &Body,
    findings: &Findings,
) -> Option<String> {
    let particulars = body.particulars();
    let unique = |one: &&Particular| {
        matches!(one.purpose, Purpose::Unique(_)) && transaction.sealed.contains_key(&one.name)
    };
    let names: Vec<&str> = particulars
        .iter()
        .filter(unique)
        .map(|one| one.name.as_str())
        .collect();
    if !findings
        .tags
        .keys()
        .map(String::as_str)
        .eq(names.iter().copied())
    {
        return Some("the findings do not tag exactly what must be unique".to_string());
    }
    let about_borrower = particulars
        .iter()
        .any(|one| matches!(one.purpose, Purpose::Borrower(_)));
    let known = [
        alerts::USCC_PREFIX_FOREIGN.code,
        alerts::ORGANISATION_CHECK_DIGIT.code,
    ];
    let fits = |code: &String| about_borrower && known.contains(&code.as_str());
    (!findings.alerts.iter().all(fits))
        .then(|| "the findings raise an alert of no such kind".to_string())
}

/// Opens the disclosures that came beside a transaction.
///
/// # Errors
/// `DISCLOSURE_FORM`, `DISCLOSURE_UNMATCHED`, `DISCLOSURE_MISSING`.
pub fn open(
    transaction: &Transaction,
    body: &Body,
    disclosures: &[String],
    tag_key: &TagKey,
    policy: Option<&Policy>,
) -> Result<Opened, Malformed> {
    let mut by_name: BTreeMap<&str, Disclosure> = BTreeMap::new();
    let mut opened = Opened::default();
    for text in disclosures {
        let parsed = Disclosure::parse(text).map_err(|error| {
            Malformed::new(
                MalformedCode::DisclosureForm,
                format!("disclosure: {error}"),
            )
        })?;
        let digest = disclosure::digest(text);
        let named = transaction.sealed.iter().find(|(_, own)| **own == digest);
        match named {
            Some((name, _)) if name.as_str() == parsed.name() => {
                opened.kept.push(Kept {
                    digest: digest.to_string(),
                    disclosure: text.clone(),
                });
                by_name.insert(name, parsed);
            }
            _ => {
                let detail = "a disclosure matches no digest of its name in \"sealed\"";
                return Err(Malformed::new(MalformedCode::DisclosureUnmatched, detail));
            }
        }
    }
    if let Some(name) = transaction
        .sealed
        .keys()
        .find(|name| !by_name.contains_key(name.as_str()))
    {
        let detail = format!("the disclosure of {name:?} did not come with the envelope");
        return Err(Malformed::new(MalformedCode::DisclosureMissing, detail));
    }
    for particular in body.particulars() {
        if let Some(found) = by_name.get(particular.name.as_str()) {
            inspect(&particular, found.value(), tag_key, policy, &mut opened);
        }
    }
    Ok(opened)
}

fn inspect(
    particular: &Particular,
    value: &str,
    tag_key: &TagKey,
    policy: Option<&Policy>,
    opened: &mut Opened,
) {
    let value = match identifier::check(&particular.format, value) {
        Ok(value) => value,
        Err(error) => {
            let (rule, article, title) = FORMAT_RULE;
            let figures = Figures::none()
                .with("particular", particular.name.clone())
                .with("reason", format!("{error}"));
            opened.refusals.push(Refusal {
                code: error.code(),
                rule,
                article,
                title,
                figures,
            });
            return;
        }
    };
    match &particular.purpose {
        Purpose::Keep => {}
        Purpose::Category(allowed) => check_category(particular, &value, allowed, opened),
        Purpose::Borrower(tag) => {
            check_category(particular, &value, &["91", "93"], opened);
            if tag_key.tag("credit_code", &value) != *tag {
                opened.refusals.push(Refusal {
                    code: "BORROWER_TAG",
                    rule: "R-4-0",
                    article: 4,
                    title: Bilingual {
                        zh: "企业标签与所附统一社会信用代码不符",
                        en: "The borrower's tag is not that of the disclosed credit code",
                    },
                    figures: Figures::none(),
                });
            }
            note_credit_code(&value, policy, opened);
        }
        Purpose::Unique(scope) => {
            let tag = tag_key.tag(&particular.name, &format!("{scope}\0{value}"));
            opened.findings.tags.insert(particular.name.clone(), tag);
        }
    }
}

const FORMAT_RULE: (&str, u8, Bilingual) = (
    "R-ID",
    0,
    Bilingual {
        zh: "证件号码格式或校验位错误",
        en: "An identifier is malformed or its check digit is wrong",
    },
);

/// Positions 1–2 of the credit code: what sort of organisation it is.
fn check_category(particular: &Particular, value: &str, allowed: &[&str], opened: &mut Opened) {
    let found = value.get(..2).unwrap_or_default();
    if !allowed.contains(&found) {
        opened.refusals.push(Refusal {
            code: "BORROWER_NOT_LEGAL_PERSON",
            rule: "R-4-2",
            article: 4,
            title: Bilingual {
                zh: "统一社会信用代码的机构类别不是企业法人",
                en: "The credit code is not of the required sort of legal person",
            },
            figures: Figures::none()
                .with("particular", particular.name.clone())
                .with("category", found),
        });
    }
}

/// Plausibility tests only alert (A29).
fn note_credit_code(value: &str, policy: Option<&Policy>, opened: &mut Opened) {
    let Ok(code) = credit_code::check(value) else {
        return;
    };
    if policy.is_some_and(|policy| !policy.in_region(code.division())) {
        opened
            .findings
            .alerts
            .push(alerts::USCC_PREFIX_FOREIGN.code.to_string());
    }
    if !code.organisation_check_holds() {
        opened
            .findings
            .alerts
            .push(alerts::ORGANISATION_CHECK_DIGIT.code.to_string());
    }
}
