//! Figures: rounding, splits, caps, overdue days and deadlines.

use fundtrail_model::{Amount, Day, Rounding};
use fundtrail_regulation::Policy;
use fundtrail_regulation::brake::Ratio;
use fundtrail_regulation::calendar::{Calendar, YearNotice, anniversary, years_before};
use fundtrail_regulation::kinds::prorated;
use fundtrail_regulation::loss;
use serde_json::{Value, json};

use crate::support::{Case, read_json, run, verdict};

pub(crate) const FILES: &[&str] = &["figures.json", "deadlines.json"];

#[test]
fn figures() {
    run("figures.json", |_, case| {
        let came = compute(case);
        verdict(if came == *case.need("claimed") {
            Ok(())
        } else {
            Err("DIFFERENT")
        })
    });
}

#[test]
fn deadlines() {
    let years: Vec<YearNotice> =
        serde_json::from_value(read_json("calendar.json")).expect("notices");
    let calendar = Calendar::from_notices(years).expect("a calendar");
    run("deadlines.json", |_, case| {
        let days = u32::try_from(case.number("working_days")).expect("small");
        let deadline = calendar.nth_working_day_after(day(case, "received"), days);
        verdict(match deadline {
            Ok(deadline) if deadline == day(case, "claimed") => Ok(()),
            Ok(_) => Err("DIFFERENT"),
            Err(missing) => Err(missing.code()),
        })
    });
}

fn compute(case: &Case<'_>) -> Value {
    let policy: Policy = serde_json::from_value(read_json("policy.json")).expect("a policy");
    match case.text("figure") {
        "ratio" => {
            let bp = u32::try_from(case.number("bp")).expect("small");
            json!(amount(case, "amount").basis_points(bp, rounding(case)))
        }
        "fraction" => {
            let (part, whole) = (amount(case, "part"), amount(case, "whole"));
            json!(amount(case, "amount").fraction(part, whole, rounding(case)))
        }
        "split" => json!(amount(case, "amount").split(&amounts(case, "weights"))),
        "compensation" => {
            json!(loss::entitled(
                &policy,
                amount(case, "loss"),
                policy.compensation.cap
            ))
        }
        "claims" => {
            let mut before = Amount::ZERO;
            let mut each = |loss: Amount| {
                let all = loss::entitled(&policy, loss, policy.compensation.cap);
                let now = all - before;
                before = all;
                now
            };
            json!(
                amounts(case, "cumulative_losses")
                    .into_iter()
                    .map(&mut each)
                    .collect::<Vec<_>>()
            )
        }
        "returns" => {
            let mut loan = loan(case);
            let mut each = |collected: Amount| {
                let due = loss::return_due(&loan, collected, &policy);
                loan.collected += collected;
                loan.return_due += due;
                due
            };
            json!(
                amounts(case, "collected")
                    .into_iter()
                    .map(&mut each)
                    .collect::<Vec<_>>()
            )
        }
        "brake" => {
            let ratio = Ratio {
                compensated: amount(case, "compensated"),
                disbursed: amount(case, "disbursed"),
            };
            json!(ratio.reaches(u32::try_from(case.number("bp")).expect("small")))
        }
        "fee_prorated" => {
            json!(prorated(
                &policy,
                u16::try_from(case.number("year")).expect("a year")
            ))
        }
        "overdue_days" => json!(day(case, "as_of").days_since(day(case, "due"))),
        "lost_on" => json!(loss::loss_day(day(case, "due"), &policy)),
        "anniversary" => json!(anniversary(day(case, "day"), years(case))),
        "years_before" => json!(years_before(day(case, "day"), years(case))),
        other => panic!("no such figure: {other}"),
    }
}

/// A loan of which only the compensation matters.
fn loan(case: &Case<'_>) -> fundtrail_regulation::state::Loan {
    let zero = "0.00";
    let loan = json!({
        "loan": "L1", "bank": "BANKA", "borrower": "0".repeat(64), "policy": 1,
        "enrolled_on": "2022-01-01", "total": "10000000.00", "ip_amount": "10000000.00",
        "allocation": "pro_rata", "repayment_order": "costs_interest_principal", "due": [],
        "purpose": "rnd", "pledges": [],
        "credit": { "queried_on": "2022-01-01", "report": "0".repeat(64) },
        "disbursed": zero, "disbursed_ip": zero, "first_disbursed": null, "repaid": zero,
        "risk_noticed": true, "misuse": false, "fraud": false, "counts_for_brake": true,
        "contract": null, "claims": [], "last_recovery": null, "compensated": case.need("compensated"),
        "compensated_on": "2022-09-15", "collected": zero, "return_due": zero,
        "returned": zero, "clawed_back": zero,
    });
    serde_json::from_value(loan).expect("a loan")
}

fn amount(case: &Case<'_>, member: &str) -> Amount {
    Amount::parse(case.text(member)).expect("an amount")
}

fn amounts(case: &Case<'_>, member: &str) -> Vec<Amount> {
    let list = case.list(member).iter();
    list.map(|text| Amount::parse(text.as_str().expect("a text")).expect("an amount"))
        .collect()
}

fn day(case: &Case<'_>, member: &str) -> Day {
    Day::parse(case.text(member)).expect("a date")
}

fn years(case: &Case<'_>) -> u32 {
    u32::try_from(case.number("years")).expect("small")
}

fn rounding(case: &Case<'_>) -> Rounding {
    match case.text("rounding") {
        "half_up" => Rounding::HalfUp,
        "down" => Rounding::Down,
        other => panic!("no such rounding: {other}"),
    }
}
