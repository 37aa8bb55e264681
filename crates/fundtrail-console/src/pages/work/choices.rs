//! What the ledger offers for a field: the reader's loans, claims, accounts, institutions.
//!
//! What this reader may not list is typed in instead, and so is what is too long a list.

use fundtrail_model::Id;
use fundtrail_regulation::Policy;
use fundtrail_regulation::state::{Claim, Loan, PolicyVersion};

use super::field::Source;
use crate::components::figures::grouped;
use crate::components::words_of_role;
use crate::i18n::Words;
use crate::records::{Listed, Obligation, Owing, Standing, WithBalance};
use crate::trouble::Trouble;
use crate::visit::Visit;

/// What may be chosen.
#[derive(Default)]
pub(super) struct Choices {
    /// Values and what they are called.
    pub(super) offered: Vec<(String, String)>,
    /// Whether nothing else makes sense.
    pub(super) is_whole: bool,
}

impl Choices {
    /// What a source has for this reader.
    ///
    /// # Errors
    /// [`Trouble`] where the API fails.
    pub(super) async fn of(visit: &Visit, source: Source) -> Result<Choices, Trouble> {
        let words = visit.words;
        match source {
            Source::Loans(fits) => {
                list::<Loan>(visit, "/v1/loans?limit=500", |loan| {
                    fits(loan).then(|| called_loan(words, loan))
                })
                .await
            }
            Source::Claims(fits) => {
                list::<Claim>(visit, "/v1/claims?limit=500", |claim| {
                    fits(claim).then(|| called_claim(claim))
                })
                .await
            }
            Source::Recoveries => {
                list::<Owing>(visit, "/v1/recoveries?owed=true&limit=500", |owing| {
                    Some(called_recovery(words, owing))
                })
                .await
            }
            Source::Orders => {
                let path = "/v1/obligations?kind=clawback_return&limit=500";
                list::<Obligation>(visit, path, |owed| {
                    let id = owed.object.strip_prefix("order:")?.to_owned();
                    let left = owed.amount.map(|left| grouped(&left.to_string()));
                    Some((id.clone(), joined([Some(id), left])))
                })
                .await
            }
            Source::Accounts => {
                list::<WithBalance>(visit, "/v1/accounts?limit=500", |one| {
                    let id = one.account.account.to_string();
                    let balance = grouped(&one.balance.to_string());
                    let bank = one.account.bank.to_string();
                    Some((id.clone(), joined([Some(id), Some(bank), Some(balance)])))
                })
                .await
            }
            Source::Parties(roles) => {
                list::<Standing>(visit, "/v1/partners?limit=500", |one| {
                    let own = &one.party.roles;
                    let fits = roles.is_empty() || own.iter().any(|role| roles.contains(role));
                    let id = one.party.party.to_string();
                    let role = own.first().map(|role| words_of_role(words, *role));
                    fits.then(|| (id.clone(), joined([Some(id), role])))
                })
                .await
            }
            Source::Purposes => named(visit, |policy| &policy.purpose.allowed).await,
            Source::Rights => named(visit, |policy| &policy.ip.kinds).await,
        }
    }
}

/// A loan as a line of a choice.
fn called_loan(words: Words, loan: &Loan) -> (String, String) {
    let id = loan.loan.to_string();
    let left = grouped(&loan.outstanding().to_string());
    let left = words.ta("work-choice-outstanding", &[("amount", left.into())]);
    (
        id.clone(),
        joined([Some(id), Some(loan.bank.to_string()), Some(left)]),
    )
}

fn called_claim(claim: &Claim) -> (String, String) {
    let id = claim.claim.to_string();
    let amount = grouped(&claim.unpaid().to_string());
    (
        id.clone(),
        joined([Some(id), Some(claim.claimant.to_string()), Some(amount)]),
    )
}

fn called_recovery(words: Words, owing: &Owing) -> (String, String) {
    let id = owing.recovery.recovery.to_string();
    let owed = grouped(&owing.owed.to_string());
    let until = words.ta(
        "work-choice-until",
        &[("day", owing.recovery.deadline.to_string().into())],
    );
    (id.clone(), joined([Some(id), Some(owed), Some(until)]))
}

fn joined<const N: usize>(parts: [Option<String>; N]) -> String {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(" · ")
}

async fn list<T: serde::de::DeserializeOwned>(
    visit: &Visit,
    path: &str,
    called: impl Fn(&T) -> Option<(String, String)>,
) -> Result<Choices, Trouble> {
    let listed: Option<Listed<T>> = visit.api.allowed(path).await?;
    Ok(listed.map_or_else(Choices::default, |listed| Choices {
        offered: listed.items.iter().filter_map(called).collect(),
        is_whole: listed.next.is_none(),
    }))
}

/// What the newest policy names.
async fn named(visit: &Visit, codes: impl Fn(&Policy) -> &Vec<Id>) -> Result<Choices, Trouble> {
    let listed: Option<Listed<PolicyVersion>> = visit.api.allowed("/v1/policy?limit=500").await?;
    let versions = listed.map_or_else(Vec::new, |listed| listed.items);
    let newest = versions.iter().max_by_key(|version| version.version);
    let codes = newest.map_or(&[][..], |newest| codes(&newest.policy).as_slice());
    Ok(Choices {
        offered: codes
            .iter()
            .map(|code| (code.to_string(), visit.words.choice(code.as_str())))
            .collect(),
        is_whole: newest.is_some(),
    })
}
