//! I3, I4 and I6: what each loan was compensated with and returns, and how it was paid.

use std::collections::BTreeMap;

use fundtrail_model::{Amount, Fault, Id};
use fundtrail_regulation::loss;
use fundtrail_regulation::policy::{Policy, StopAt};
use fundtrail_regulation::state::{
    Borrower, Claim, ClaimStatus, Loan, PolicyVersion, Recovery, View,
};

use super::Grounds;

/// I3: compensation at most the ratio of the cumulative loss, at most the cap, and the sum
/// of what was paid on the loan's claims.
pub(super) fn compensation(grounds: &Grounds<'_>) -> Result<Vec<String>, Fault> {
    let mut wrong = Vec::new();
    let claims = by_loan(grounds.view.list::<Claim>(b"")?, |claim| &claim.loan);
    for loan in grounds.view.list::<Loan>(b"")? {
        let mut note = |what: String| wrong.push(format!("loan {}: {what}", loan.loan));
        let own = claims.get(&loan.loan).map_or(&[][..], Vec::as_slice);
        let paid: Amount = own.iter().map(|claim| claim.paid).sum();
        if paid != loan.compensated {
            note(format!(
                "{} compensated, {paid} paid on its claims",
                loan.compensated
            ));
        }
        if loan.compensated.is_zero() {
            continue;
        }
        let Some(policy) = policy_of(&loan, grounds.view)? else {
            note("compensated under no policy".into());
            continue;
        };
        let paid_claims = own.iter().filter(|claim| !claim.paid.is_zero());
        let lost = paid_claims
            .map(|claim| claim.loss)
            .max()
            .unwrap_or_default();
        let share = loss::ratio_of(&policy, lost);
        if loan.compensated > share {
            note(format!(
                "{} compensated, {share} is the share of {lost}",
                loan.compensated
            ));
        }
        let borrower: Option<Borrower> = grounds.view.get(loan.borrower.to_string().as_bytes())?;
        let cap = loss::cap(&policy, &loan, borrower.as_ref());
        if loan.compensated > cap {
            note(format!(
                "{} compensated, the cap is {cap}",
                loan.compensated
            ));
        }
    }
    Ok(wrong)
}

/// I4: returns at most the compensation, and the sum of what was returned on the loan's
/// recoveries.
pub(super) fn returns(grounds: &Grounds<'_>) -> Result<Vec<String>, Fault> {
    let mut wrong = Vec::new();
    let recoveries = by_loan(grounds.view.list::<Recovery>(b"")?, |recovery| {
        &recovery.loan
    });
    for loan in grounds.view.list::<Loan>(b"")? {
        let mut note = |what: String| wrong.push(format!("loan {}: {what}", loan.loan));
        let own = recoveries.get(&loan.loan).map_or(&[][..], Vec::as_slice);
        let returned: Amount = own.iter().map(|recovery| recovery.returned).sum();
        if returned != loan.returned {
            note(format!(
                "{} returned, {returned} on its recoveries",
                loan.returned
            ));
        }
        let policy = policy_of(&loan, grounds.view)?;
        let stops = policy.is_none_or(|policy| policy.returns.stop_at == StopAt::Compensation);
        if stops && loan.returned > loan.compensated {
            note(format!(
                "{} returned, {} compensated",
                loan.returned, loan.compensated
            ));
        }
        for recovery in own
            .iter()
            .filter(|recovery| recovery.returned > recovery.due)
        {
            let Recovery {
                recovery,
                returned,
                due,
                ..
            } = recovery;
            note(format!("recovery {recovery}: {returned} returned of {due}"));
        }
    }
    Ok(wrong)
}

/// I6: the way of each claim, and its payments against its record.
pub(super) fn procedures(grounds: &Grounds<'_>) -> Result<Vec<String>, Fault> {
    let mut wrong = grounds.procedures.check();
    let paid: BTreeMap<&Id, Amount> = grounds.procedures.paid().collect();
    for claim in grounds.view.list::<Claim>(b"")? {
        let entries = paid.get(&claim.claim).copied().unwrap_or_default();
        let id = &claim.claim;
        if entries != claim.paid {
            wrong.push(format!(
                "claim {id}: {entries} paid by the entries, {} by its record",
                claim.paid
            ));
        }
        if claim.status == ClaimStatus::Paid && claim.paid != claim.amount {
            wrong.push(format!(
                "claim {id}: settled with {} of {}",
                claim.paid, claim.amount
            ));
        }
    }
    Ok(wrong)
}

fn by_loan<T>(records: Vec<T>, loan: impl Fn(&T) -> &Id) -> BTreeMap<Id, Vec<T>> {
    let mut grouped: BTreeMap<Id, Vec<T>> = BTreeMap::new();
    for record in records {
        grouped
            .entry(loan(&record).clone())
            .or_default()
            .push(record);
    }
    grouped
}

/// The policy that governs the loan (A44).
fn policy_of(loan: &Loan, view: View<'_>) -> Result<Option<Policy>, Fault> {
    let version: Option<PolicyVersion> = view.get(&loan.policy.to_be_bytes())?;
    Ok(version.map(|version| version.policy))
}

#[cfg(test)]
mod tests {
    use fundtrail_regulation::state::{Allocation, CreditCheck, RepaymentOrder};

    use super::super::tests::{Scene, borrower, day, fen, id};
    use super::*;

    fn loan(compensated: i128, returned: i128) -> Loan {
        Loan {
            loan: id("L1"),
            bank: id("BANK-A"),
            borrower: borrower(),
            policy: 1,
            enrolled_on: day("2022-01-01"),
            total: fen(1_000_000_000),
            ip_amount: fen(1_000_000_000),
            allocation: Allocation::ProRata,
            repayment_order: RepaymentOrder::PrincipalFirst,
            due: Vec::new(),
            purpose: id("rnd"),
            pledges: Vec::new(),
            credit: CreditCheck {
                queried_on: day("2022-01-01"),
                adverse_on: None,
                report: fundtrail_model::DocumentDigest::parse(&"0".repeat(64)).unwrap(),
            },
            disbursed: fen(1_000_000_000),
            disbursed_ip: fen(1_000_000_000),
            first_disbursed: None,
            earlier_disbursed: Vec::new(),
            repaid: Amount::ZERO,
            risk_noticed: true,
            misuse: false,
            fraud: false,
            counts_for_brake: true,
            contract: None,
            claims: Vec::new(),
            compensated: fen(compensated),
            compensated_on: None,
            collected: Amount::ZERO,
            return_due: Amount::ZERO,
            returned: fen(returned),
            last_recovery: None,
            clawed_back: Amount::ZERO,
        }
    }

    fn claim(loss: i128, paid: i128) -> Claim {
        Claim {
            claim: id("C1"),
            loan: id("L1"),
            claimant: id("BANK-A"),
            as_of: day("2022-09-01"),
            loss: fen(loss),
            borne: Vec::new(),
            amount: fen(paid),
            paid: fen(paid),
            beside_principal: Amount::ZERO,
            status: ClaimStatus::Paid,
            approval: None,
            steps: Vec::new(),
        }
    }

    fn recovery(due: i128, returned: i128) -> Recovery {
        Recovery {
            recovery: id("R1"),
            loan: id("L1"),
            collector: id("BANK-A"),
            received_on: day("2023-01-01"),
            amount: fen(due),
            counted: fen(due),
            due: fen(due),
            deadline: day("2023-02-01"),
            returned: fen(returned),
            previous: None,
        }
    }

    fn scene(loan: Loan, claim: Claim) -> Scene {
        let mut scene = Scene::default();
        scene.adopt();
        scene.put(&loan);
        scene.put(&claim);
        scene
    }

    #[test]
    fn a_third_of_a_fen_too_much_breaks_i3() {
        let right = scene(loan(37_037_037, 0), claim(123_456_789, 37_037_037));
        assert_eq!(right.run(compensation), [""; 0]);
        let wrong = scene(loan(37_037_038, 0), claim(123_456_789, 37_037_038));
        assert_eq!(
            wrong.run(compensation),
            ["loan L1: 370370.38 compensated, 370370.37 is the share of 1234567.89"]
        );
    }

    #[test]
    fn a_fen_above_the_cap_breaks_i3() {
        let right = scene(loan(150_000_000, 0), claim(800_000_000, 150_000_000));
        assert_eq!(right.run(compensation), [""; 0]);
        let wrong = scene(loan(150_000_001, 0), claim(800_000_000, 150_000_001));
        assert_eq!(
            wrong.run(compensation),
            ["loan L1: 1500000.01 compensated, the cap is 1500000.00"]
        );
    }

    #[test]
    fn compensation_without_claim_or_policy_breaks_i3() {
        let mut scene = Scene::default();
        scene.put(&loan(100, 0));
        let wrong = scene.run(compensation);
        assert_eq!(
            wrong,
            [
                "loan L1: 1.00 compensated, 0.00 paid on its claims",
                "loan L1: compensated under no policy"
            ]
        );
    }

    #[test]
    fn returning_a_fen_too_much_breaks_i4() {
        let mut right = scene(loan(300, 300), claim(1000, 300));
        right.put(&recovery(300, 300));
        assert_eq!(right.run(returns), [""; 0]);
        let mut wrong = scene(loan(300, 301), claim(1000, 300));
        wrong.put(&recovery(300, 301));
        assert_eq!(
            wrong.run(returns),
            [
                "loan L1: 3.01 returned, 3.00 compensated",
                "loan L1: recovery R1: 3.01 returned of 3.00"
            ]
        );
    }

    #[test]
    fn a_payment_that_no_entry_makes_breaks_i6() {
        let wrong = scene(loan(300, 0), claim(1000, 300)).run(procedures);
        assert_eq!(
            wrong,
            ["claim C1: 0.00 paid by the entries, 3.00 by its record"]
        );
    }
}
