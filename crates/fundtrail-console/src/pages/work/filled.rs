//! What a form is filled in with: what the address says, what follows from the loan, claim or
//! recovery it is about, and whoever fills it in.
//!
//! These are suggestions. Nothing is worked out that the ledger would work out: what is right
//! is said by the dry run.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use fundtrail_model::Moment;
use fundtrail_regulation::Kind;
use fundtrail_regulation::state::{Claim, Loan};
use serde::Deserialize;

use super::field::{Form, Input};
use crate::records::{Listed, Owing};
use crate::trouble::Trouble;
use crate::url;
use crate::visit::{Reader, Visit};

/// Milliseconds from UTC to Asia/Shanghai.
const SHANGHAI_MILLIS: i64 = 8 * 60 * 60 * 1000;

/// What a form begins with.
pub(super) struct Filled {
    /// Values by the field's name.
    values: BTreeMap<String, String>,
    /// The loan it is about.
    pub(super) loan: Option<Loan>,
    /// The claim it is about.
    pub(super) claim: Option<Claim>,
    /// The recovery it is about.
    pub(super) recovery: Option<Owing>,
}

impl Filled {
    /// Finds what the address names, as far as the reader may read it.
    ///
    /// # Errors
    /// [`Trouble`] where the API fails.
    pub(super) async fn of(visit: &Visit, reader: &Reader, form: &Form) -> Result<Filled, Trouble> {
        let mut filled = Filled {
            values: BTreeMap::new(),
            loan: None,
            claim: None,
            recovery: None,
        };
        let is_asked = |name: &str| form.fields.iter().any(|field| field.name == name);
        let named = |member: &str| {
            let is_about = is_asked(&format!("body.{member}"));
            visit
                .parameter(member)
                .filter(|_| is_about)
                .map(url::encode)
        };
        if let Some(id) = named("claim") {
            filled.claim = visit.api.allowed(&format!("/v1/claims/{id}")).await?;
        }
        if let Some(id) = named("recovery") {
            filled.recovery = visit.api.allowed(&format!("/v1/recoveries/{id}")).await?;
        }
        let of_claim = filled
            .claim
            .as_ref()
            .map(|claim| url::encode(claim.loan.as_str()));
        let of_recovery = filled
            .recovery
            .as_ref()
            .map(|one| url::encode(one.recovery.loan.as_str()));
        if let Some(id) = of_claim.or(of_recovery).or(named("loan")) {
            filled.loan = visit.api.allowed(&format!("/v1/loans/{id}")).await?;
        }
        filled.set("date", today());
        filled.suggest_times(form);
        filled.suggest_own(reader, form);
        filled.suggest(visit, form).await?;
        for field in form.fields {
            if let Some(value) = visit.parameter(field.member())
                && field.name.starts_with("body.")
            {
                filled.set(field.name, value.to_owned());
            }
        }
        Ok(filled)
    }

    /// What a field begins with.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    fn set(&mut self, name: &str, value: impl ToString) {
        self.values.insert(name.to_owned(), value.to_string());
    }

    fn suggest_times(&mut self, form: &Form) {
        for field in form.fields {
            match field.input {
                Input::Time => self.set(field.name, now_in_shanghai()),
                Input::TimeOrDay => self.set(field.name, today()),
                _ => {}
            }
        }
    }

    /// Who fills it in, where the kind has a place for them.
    fn suggest_own(&mut self, reader: &Reader, form: &Form) {
        if !form.by.contains(&reader.role) {
            return;
        }
        for member in [
            "claimant",
            "collector",
            "payer",
            "partner",
            "reporter",
            "bank",
            "contributor",
        ] {
            let name = format!("body.{member}");
            let is_partners =
                reader.role.is_partner() || ["reporter", "contributor"].contains(&member);
            if is_partners && form.fields.iter().any(|field| field.name == name) {
                self.set(&name, &reader.party);
            }
        }
    }

    /// What follows from what it is about.
    async fn suggest(&mut self, visit: &Visit, form: &Form) -> Result<(), Trouble> {
        let (claim, loan) = (self.claim.clone(), self.loan.clone());
        match (form.kind, &claim, &loan) {
            (Kind::ClaimSubmit, _, Some(loan)) => {
                self.set("body.as_of", today());
                let before = count::<Claim>(visit, "/v1/claims", loan).await?;
                self.set("body.claim", numbered("K", loan, before));
            }
            (Kind::ClaimVerify, Some(claim), _) => {
                self.set("body.loss", claim.loss);
                self.set("body.amount", claim.amount);
            }
            (Kind::ClaimApprove, Some(claim), _) => self.set("body.amount", claim.amount),
            (Kind::CompensationPay, Some(claim), _) => {
                self.set("body.payee", &claim.claimant);
                self.set("body.amount", claim.unpaid());
                self.set("body.reconfirmed_loss", claim.loss);
            }
            (Kind::RecoveryReport, _, Some(loan)) => {
                let before = count::<Owing>(visit, "/v1/recoveries", loan).await?;
                self.set("body.recovery", numbered("R", loan, before));
            }
            (Kind::LoanDisburse, _, Some(loan)) => {
                self.set("body.amount", loan.total.less(loan.disbursed));
            }
            _ => {}
        }
        if form.kind == Kind::PeriodSeal {
            let period = visit
                .parameter("period")
                .map_or_else(last_month, str::to_owned);
            let path = url::with_query("/v1/seals/next", [("period", period.as_str())]);
            if let Some(next) = visit.api.allowed::<NextSeal>(&path).await? {
                self.set("body.period", next.period);
                self.set("body.size", next.size);
                self.set("body.root", next.root);
            }
        }
        if form.kind == Kind::RecoveryReturn
            && let Some(Owing { recovery, owed, .. }) = &self.recovery
        {
            let (loan, payer, owed) = (recovery.loan.clone(), recovery.collector.clone(), *owed);
            self.set("body.loan", loan);
            self.set("body.payer", payer);
            self.set("body.amount", owed);
        }
        Ok(())
    }
}

/// What the next seal says (`GET /v1/seals/next`).
#[derive(Deserialize)]
struct NextSeal {
    period: String,
    size: u64,
    root: String,
}

/// How many of a loan's there are that the reader may see.
async fn count<T: serde::de::DeserializeOwned>(
    visit: &Visit,
    path: &str,
    loan: &Loan,
) -> Result<usize, Trouble> {
    let path = url::with_query(path, [("loan", loan.loan.as_str()), ("limit", "1000")]);
    let listed: Option<Listed<T>> = visit.api.allowed(&path).await?;
    Ok(listed.map_or(0, |listed| listed.items.len()))
}

/// `K-A1` for the first of a loan, `K-A1-2` for the second.
fn numbered(letter: &str, loan: &Loan, before: usize) -> String {
    match before {
        0 => format!("{letter}-{}", loan.loan),
        before => format!("{letter}-{}-{}", loan.loan, before + 1),
    }
}

fn millis() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or_default()
}

/// The date in Asia/Shanghai.
fn today() -> String {
    let now = Moment::from_millis(millis());
    now.map_or_else(String::new, |now| now.day().to_string())
}

/// The month before this one in Asia/Shanghai: `2022-12`.
fn last_month() -> String {
    let today = today();
    let mut parts = today.split('-').map_while(|part| part.parse::<u32>().ok());
    match (parts.next(), parts.next()) {
        (Some(year), Some(1)) => format!("{:04}-12", year.saturating_sub(1)),
        (Some(year), Some(month)) => format!("{year:04}-{:02}", month.saturating_sub(1)),
        _ => String::new(),
    }
}

/// The time in Asia/Shanghai, to the second, as a kind takes it.
fn now_in_shanghai() -> String {
    let local = Moment::from_millis(millis() + SHANGHAI_MILLIS).map(|local| local.to_string());
    let local = local.unwrap_or_default();
    format!("{}+08:00", local.get(..19).unwrap_or_default())
}
