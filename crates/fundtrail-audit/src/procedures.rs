//! The way of each claim, kept anew from the entries alone (I6): every payment goes back
//! to exactly one approval, verification and submission, of the same amount, in this
//! order, signed by different keys.

use std::collections::BTreeMap;

use fundtrail_model::{Amount, Id, KeyId};
use fundtrail_regulation::Body;
use fundtrail_regulation::state::ClaimStep;

use crate::reading::Opened;

/// One step of a claim's way.
#[derive(Clone, Debug)]
struct Step {
    entry: u64,
    step: ClaimStep,
    amount: Amount,
    keys: Vec<KeyId>,
    transaction: Id,
}

/// The way of every claim that was submitted, verified, approved or paid.
#[derive(Clone, Debug, Default)]
pub(crate) struct Procedures {
    claims: BTreeMap<Id, Vec<Step>>,
    payments: BTreeMap<Id, Id>,
}

impl Procedures {
    /// Takes note of what an entry does to a claim.
    pub(crate) fn follow(&mut self, opened: &Opened) {
        let (claim, step, amount) = match &opened.body {
            Body::ClaimSubmit(body) => (&body.claim, ClaimStep::Submit, body.amount),
            Body::ClaimVerify(body) => (&body.claim, ClaimStep::Verify, body.amount),
            Body::ClaimApprove(body) => (&body.claim, ClaimStep::Decide, body.amount),
            Body::CompensationPay(body) => (&body.claim, ClaimStep::Pay, body.amount),
            Body::Reversal(body) => return self.take_back(&body.of),
            _ => return,
        };
        let transaction = opened.transaction.id.clone();
        if step == ClaimStep::Pay {
            self.payments.insert(transaction.clone(), claim.clone());
        }
        let keys = opened
            .entry
            .envelope
            .signatures
            .iter()
            .map(|one| one.key_id)
            .collect();
        let entry = opened.entry.index;
        let steps = self.claims.entry(claim.clone()).or_default();
        steps.push(Step {
            entry,
            step,
            amount,
            keys,
            transaction,
        });
    }

    /// What was paid on each claim, less what was reversed.
    pub(crate) fn paid(&self) -> impl Iterator<Item = (&Id, Amount)> {
        self.claims
            .iter()
            .map(|(claim, steps)| (claim, sum_of(steps, ClaimStep::Pay)))
    }

    /// What does not fit, claim by claim.
    pub(crate) fn check(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for (claim, steps) in &self.claims {
            let mut note = |what: String| wrong.push(format!("claim {claim}: {what}"));
            check_order(steps, &mut note);
            check_amounts(steps, &mut note);
            check_keys(steps, &mut note);
        }
        wrong
    }

    fn take_back(&mut self, transaction: &Id) {
        let claim = self.payments.remove(transaction);
        if let Some(steps) = claim.and_then(|claim| self.claims.get_mut(&claim)) {
            steps.retain(|step| step.transaction != *transaction);
        }
    }
}

fn sum_of(steps: &[Step], wanted: ClaimStep) -> Amount {
    of(steps, wanted).map(|step| step.amount).sum()
}

fn of(steps: &[Step], wanted: ClaimStep) -> impl Iterator<Item = &Step> {
    steps.iter().filter(move |step| step.step == wanted)
}

/// One of each before the first payment, in the order of Art. 15.
fn check_order(steps: &[Step], note: &mut impl FnMut(String)) {
    let Some(paid) = of(steps, ClaimStep::Pay).map(|step| step.entry).min() else {
        return;
    };
    let mut before = None;
    for (wanted, name) in [
        (ClaimStep::Submit, "submissions"),
        (ClaimStep::Verify, "verifications"),
        (ClaimStep::Decide, "approvals"),
    ] {
        let found: Vec<u64> = of(steps, wanted).map(|step| step.entry).collect();
        match found.as_slice() {
            [one] if before < Some(*one) && *one < paid => before = Some(*one),
            [one] => note(format!(
                "entry {one} is out of order: it was paid by entry {paid}"
            )),
            _ => note(format!(
                "entry {paid} pays it after {} {name}, not one",
                found.len()
            )),
        }
    }
}

/// What is submitted is verified and approved, and no more than that is paid.
fn check_amounts(steps: &[Step], note: &mut impl FnMut(String)) {
    let Some(submitted) = of(steps, ClaimStep::Submit).next().map(|step| step.amount) else {
        return;
    };
    for step in steps.iter().filter(|step| step.step != ClaimStep::Pay) {
        if step.amount != submitted {
            let (entry, amount) = (step.entry, step.amount);
            note(format!(
                "entry {entry} says {amount}, the submission {submitted}"
            ));
        }
    }
    let paid = sum_of(steps, ClaimStep::Pay);
    if paid > submitted {
        note(format!("{paid} was paid on a claim of {submitted}"));
    }
}

/// Whether one key may stand under both steps. A payment is the manager's, but the leading
/// group signs a part payment too, and a claimant agrees to less: neither acts for another.
fn may_share(one: ClaimStep, other: ClaimStep) -> bool {
    let paired = |with| matches!((one, other), (ClaimStep::Pay, step) | (step, ClaimStep::Pay) if step == with);
    one == other || paired(ClaimStep::Decide) || paired(ClaimStep::Submit)
}

/// No key signs two different steps, but where its holder acts in its own part of both.
fn check_keys(steps: &[Step], note: &mut impl FnMut(String)) {
    for (at, step) in steps.iter().enumerate() {
        let later = steps.iter().skip(at + 1);
        for other in later.filter(|other| !may_share(step.step, other.step)) {
            for key in step.keys.iter().filter(|key| other.keys.contains(key)) {
                let (first, second) = (step.entry, other.entry);
                note(format!(
                    "key {key} signed both entry {first} and entry {second}"
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Id {
        Id::parse(text).unwrap()
    }

    /// A step at an entry, of so many fen, signed by one key.
    fn at(entry: u64, step: ClaimStep, fen: i128, key: u8) -> Step {
        Step {
            entry,
            step,
            amount: Amount::from_fen(fen),
            keys: vec![KeyId::from([key; 16])],
            transaction: id(&format!("T-{entry}")),
        }
    }

    /// The way of Art. 15, in four entries.
    fn lawful() -> Vec<Step> {
        vec![
            at(10, ClaimStep::Submit, 600, 1),
            at(11, ClaimStep::Verify, 600, 2),
            at(12, ClaimStep::Decide, 600, 3),
            at(13, ClaimStep::Pay, 600, 4),
        ]
    }

    fn found(steps: Vec<Step>) -> Vec<String> {
        let claims = BTreeMap::from([(id("C1"), steps)]);
        let procedures = Procedures {
            claims,
            payments: BTreeMap::new(),
        };
        procedures.check()
    }

    #[test]
    fn the_way_of_the_text_is_lawful_whole_in_parts_and_unfinished() {
        assert_eq!(found(lawful()), [""; 0]);
        for steps in 0..4 {
            assert_eq!(found(lawful()[..steps].to_vec()), [""; 0]);
        }
        let mut parts = lawful();
        parts[3].amount = Amount::from_fen(200);
        parts.push(at(14, ClaimStep::Pay, 400, 4));
        assert_eq!(found(parts), [""; 0]);
    }

    #[test]
    fn a_step_left_out_or_done_twice_is_found() {
        for (missing, name) in [(0, "submissions"), (1, "verifications"), (2, "approvals")] {
            let mut steps = lawful();
            steps.remove(missing);
            assert_eq!(
                found(steps),
                [format!(
                    "claim C1: entry 13 pays it after 0 {name}, not one"
                )]
            );
        }
        let mut twice = lawful();
        twice.insert(3, at(14, ClaimStep::Decide, 600, 5));
        assert_eq!(
            found(twice),
            ["claim C1: entry 13 pays it after 2 approvals, not one"]
        );
    }

    #[test]
    fn steps_out_of_order_are_found() {
        let mut steps = lawful();
        (steps[1].entry, steps[2].entry) = (12, 11);
        assert_eq!(
            found(steps),
            ["claim C1: entry 11 is out of order: it was paid by entry 13"]
        );
        let mut late = lawful();
        late[2].entry = 14;
        assert_eq!(
            found(late),
            ["claim C1: entry 14 is out of order: it was paid by entry 13"]
        );
    }

    #[test]
    fn amounts_that_differ_or_are_overpaid_are_found() {
        let mut steps = lawful();
        steps[2].amount = Amount::from_fen(599);
        assert_eq!(
            found(steps),
            ["claim C1: entry 12 says 5.99, the submission 6.00"]
        );
        let mut overpaid = lawful();
        overpaid.push(at(14, ClaimStep::Pay, 1, 5));
        assert_eq!(
            found(overpaid),
            ["claim C1: 6.01 was paid on a claim of 6.00"]
        );
    }

    #[test]
    fn one_key_in_two_steps_is_found() {
        let mut steps = lawful();
        steps[3].keys.push(KeyId::from([2; 16]));
        let key = "02".repeat(16);
        assert_eq!(
            found(steps),
            [format!(
                "claim C1: key {key} signed both entry 11 and entry 13"
            )]
        );
    }

    #[test]
    fn a_seat_may_approve_a_claim_and_a_part_payment() {
        let mut steps = lawful();
        steps[3].keys.push(KeyId::from([3; 16]));
        assert_eq!(found(steps), [""; 0]);
        for other in [1, 3, 4] {
            let mut steps = lawful();
            steps[1].keys.push(KeyId::from([other; 16]));
            assert_eq!(found(steps).len(), 1, "whoever verifies signs nothing else");
        }
    }

    #[test]
    fn a_reversed_payment_counts_no_longer() {
        let claims = BTreeMap::from([(id("C1"), lawful())]);
        let payments = BTreeMap::from([(id("T-13"), id("C1"))]);
        let mut procedures = Procedures { claims, payments };
        let paid =
            |procedures: &Procedures| procedures.paid().map(|(_, paid)| paid.fen()).sum::<i128>();
        assert_eq!(paid(&procedures), 600);
        procedures.take_back(&id("T-12"));
        assert_eq!(paid(&procedures), 600);
        procedures.take_back(&id("T-13"));
        assert_eq!(paid(&procedures), 0);
    }
}
