//! What a claim is worth under the policy of its loan: the figures that the rules of
//! Art. 12, 13 and 15 compare.

use fundtrail_model::{Amount, Day, Fault, Figures};

use super::Case;
use crate::kinds::{Body, ClaimSubmit};
use crate::loss::{self, Overdue};
use crate::policy::{Component, Policy};
use crate::state::{Allocation, Loan};

/// The figures of a claim.
pub(super) struct Appraisal {
    /// Where the loan's principal stands.
    pub(super) overdue: Overdue,
    /// First and last day in force.
    pub(super) effective: (Day, Day),
    /// The most that principal lost on the IP part can be.
    pub(super) loss: Amount,
    /// Whether the loss is known to the fen, or the bank's sub-ledger decides below that.
    pub(super) exact: bool,
    /// What the claim states and the policy counts.
    pub(super) counted: Amount,
    /// What the policy does not count, though it is stated.
    pub(super) not_counted: Amount,
    /// The ceiling left for the loan.
    pub(super) cap: Amount,
    /// What all bearers are entitled to together.
    pub(super) entitled: Amount,
    /// The ratio of the claimant's own part of the loss, without the ceiling.
    pub(super) own_ratio: Amount,
    /// What the claimant is entitled to, all claims together.
    pub(super) own: Amount,
    /// The same for the loss as computed, where the claim states another.
    pub(super) own_computed: Amount,
}

impl Appraisal {
    /// Whether the claim states less than the principal that is known to be lost.
    pub(super) fn is_understated(&self, claim: &ClaimSubmit) -> bool {
        self.exact && claim.loss.principal < self.loss
    }

    /// The one amount that may be claimed now: what the claimant is entitled to, less what
    /// it claimed before.
    pub(super) fn expected(&self, claim: &ClaimSubmit, loan: &Loan) -> Amount {
        let own = if self.is_understated(claim) {
            self.own_computed
        } else {
            self.own
        };
        own.less(loan.claimed_by(&claim.claimant))
    }
}

/// The figures behind a claim that passes, under the names that refusals give them; none of
/// any other kind.
pub(crate) fn figures(case: &Case<'_>) -> Result<Figures, Fault> {
    let (Body::ClaimSubmit(claim), Some(loan)) = (case.body, case.loan()?) else {
        return Ok(Figures::none());
    };
    let (Some(appraisal), Some(policy)) = (appraise(case, claim)?, case.loan_policy()?) else {
        return Ok(Figures::none());
    };
    let figures = Figures::none()
        .with("loss", appraisal.counted)
        .with("at_most", appraisal.own_ratio)
        .with("cap", appraisal.cap)
        .with("claimed_before", loan.claimed_total())
        .with("expected", appraisal.expected(claim, loan));
    Ok(match policy.coverage.claims_until {
        Some(last) => figures.with("claims_until", last),
        None => figures.with("effective_to", appraisal.effective.1),
    })
}

/// Appraises a claim; none where its loan or policy is missing.
pub(super) fn appraise(case: &Case<'_>, claim: &ClaimSubmit) -> Result<Option<Appraisal>, Fault> {
    let (Some(loan), Some(policy)) = (case.loan()?, case.loan_policy()?) else {
        return Ok(None);
    };
    let overdue = loss::overdue(loan, claim.as_of, policy);
    let (counted, not_counted) = components(claim, policy);
    let cap = loss::cap(policy, loan, case.borrower()?);
    let entitled = loss::entitled(policy, counted, cap);
    let bearers = claim.bearers();
    let computed = loss::ip_part(loan, overdue.covered, policy);
    Ok(Some(Appraisal {
        overdue,
        effective: (policy.policy.effective_from, policy.policy.effective_to),
        loss: computed,
        exact: loan.allocation == Allocation::ProRata,
        counted,
        not_counted,
        cap,
        entitled,
        own_ratio: loss::share(loss::ratio_of(policy, counted), &bearers, &claim.claimant),
        own: loss::share(entitled, &bearers, &claim.claimant),
        own_computed: loss::share(
            loss::entitled(policy, computed + counted.less(claim.loss.principal), cap),
            &bearers,
            &claim.claimant,
        ),
    }))
}

/// Splits what a claim states into what the policy counts and what it does not (A04).
fn components(claim: &ClaimSubmit, policy: &Policy) -> (Amount, Amount) {
    let base = &claim.loss;
    let parts = [
        (Component::Principal, base.principal),
        (Component::Interest, base.interest),
        (Component::Penalty, base.penalty),
        (Component::Costs, base.costs),
    ];
    let counts = |component: &Component| policy.compensation.components.contains(component);
    let sum = |wanted: bool| -> Amount {
        parts
            .iter()
            .filter(|(one, _)| counts(one) == wanted)
            .map(|(_, amount)| *amount)
            .sum()
    };
    (sum(true), sum(false))
}
