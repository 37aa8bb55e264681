//! Chapter 2, management of the fund: manager, fee, partners, accounts, interest
//! (Art. 6–11).

use fundtrail_model::Figures;

use super::{Body, Case, Kind, PASS, Rule, Stage, Verdict, refuse, refuse_if, rule, says};
use crate::kinds::prorated;
use crate::period::Period;
use crate::state::{AccountUse, InterestPeriod, Loan, Party, Role, YearFees, pair_key};

pub(super) const RULES: &[Rule] = &[
    rule(
        "SEATS_FULL",
        "A28",
        7,
        Stage::Law,
        says(
            "领导小组席位已满",
            "Every seat of the leading group is taken",
        ),
        &[Kind::KeyEnrol],
        seats_full,
    ),
    rule(
        "MANAGER_NOT_QUALIFIED",
        "R-8-1",
        8,
        Stage::Law,
        says(
            "资金管理人不符合规定条件",
            "The manager does not meet the conditions",
        ),
        &[Kind::ManagerAppoint],
        manager_not_qualified,
    ),
    rule(
        "MANAGER_OFFICE",
        "R-7-2",
        7,
        Stage::Law,
        says(
            "已有资金管理人，或该机构不是现任管理人",
            "Another manager is in office, or this one is not",
        ),
        &[Kind::ManagerAppoint, Kind::ManagerRemove],
        manager_office,
    ),
    rule(
        "FEE_CAP",
        "R-8-2",
        8,
        Stage::Law,
        says(
            "当年管理费累计超过上限",
            "The fees of the year would exceed the ceiling",
        ),
        &[Kind::FeePay],
        fee_cap,
    ),
    rule(
        "PARTNER_ADMITTED",
        "R-9-3",
        9,
        Stage::Law,
        says("该机构已是合作机构", "The institution is a partner already"),
        &[Kind::PartnerAdmit],
        partner_admitted,
    ),
    rule(
        "PARTNER_NOT_ACTIVE",
        "R-9-1",
        9,
        Stage::Law,
        says(
            "该机构在该日不是合作机构",
            "The institution is not a partner on that day",
        ),
        &[
            Kind::PartnerRevoke,
            Kind::AccountOpen,
            Kind::LoanEnrol,
            Kind::LoanDisburse,
            Kind::ClaimSubmit,
        ],
        partner_not_active,
    ),
    rule(
        "PARTNER_NOT_QUALIFIED",
        "R-10-1",
        10,
        Stage::Law,
        says(
            "合作机构不符合规定条件",
            "The institution does not meet the conditions of a partner",
        ),
        &[Kind::PartnerAdmit],
        partner_not_qualified,
    ),
    rule(
        "INTEREST_DUPLICATE",
        "R-11-1",
        11,
        Stage::Law,
        says(
            "该账户该期间的利息已入账",
            "Interest of that account and period was credited before",
        ),
        &[Kind::InterestCredit],
        interest_duplicate,
    ),
    rule(
        "SUSPENSE_EXCESS",
        "R-2-5",
        2,
        Stage::Law,
        says(
            "退还金额超过该机构的暂收款",
            "More than is held on suspense for the payee",
        ),
        &[Kind::SuspenseRefund],
        suspense_excess,
    ),
];

/// A further key of a party that has a seat takes no new one.
fn seats_full(case: &Case<'_>) -> Verdict {
    let (Body::KeyEnrol(enrol), Some(approval)) = (case.body, case.approval()?) else {
        return PASS;
    };
    if enrol.role != Role::GroupMember {
        return PASS;
    }
    let seats = case.seats()?;
    let full = !seats.contains(&enrol.party) && seats.len() >= approval.lg_members as usize;
    refuse_if(full, || {
        Figures::none()
            .with("seats", seats.len())
            .with("lg_members", approval.lg_members)
    })
}

fn manager_not_qualified(case: &Case<'_>) -> Verdict {
    let (Body::ManagerAppoint(appoint), Some(policy)) = (case.body, case.policy()?) else {
        return PASS;
    };
    let conditions = [
        ("state_owned", appoint.state_owned),
        (
            "registered_in_region",
            policy.in_region(&appoint.registered_division),
        ),
        ("platform", appoint.platform),
        ("team", appoint.team),
    ];
    lacking(&conditions)
}

fn manager_office(case: &Case<'_>) -> Verdict {
    let in_office = &case.fund()?.manager;
    let objects = match case.body {
        Body::ManagerAppoint(_) => in_office.is_some(),
        Body::ManagerRemove(remove) => in_office.as_ref() != Some(&remove.manager),
        _ => false,
    };
    refuse_if(objects, || match in_office {
        Some(manager) => Figures::none().with("in_office", manager),
        None => Figures::none(),
    })
}

fn fee_cap(case: &Case<'_>) -> Verdict {
    let (Body::FeePay(fee), Some(policy)) = (case.body, case.policy()?) else {
        return PASS;
    };
    let year = case.date().year();
    let fees: Option<YearFees> = case.view.get(&year.to_be_bytes())?;
    let paid = fees.map(|fees| fees.paid).unwrap_or_default();
    let ceiling = if policy.fee.prorate {
        prorated(policy, year)
    } else {
        policy.fee_ceiling()
    };
    refuse_if(paid + fee.amount > ceiling, || {
        Figures::none()
            .with("year", year)
            .with("paid", paid)
            .with("amount", fee.amount)
            .with("ceiling", ceiling)
    })
}

fn partner_admitted(case: &Case<'_>) -> Verdict {
    let (Body::PartnerAdmit(admit), Some(party)) = (case.body, case.party()?) else {
        return PASS;
    };
    let stands = party
        .admissions
        .iter()
        .find(|one| one.revoked_on.is_none_or(|end| admit.from < end));
    match stands {
        Some(one) => refuse(Figures::none().with("admitted_from", one.from)),
        None => PASS,
    }
}

fn partner_not_active(case: &Case<'_>) -> Verdict {
    const ANY: &[Role] = &[Role::Bank, Role::Insurer, Role::Guarantor];
    let (party, classes, day) = match case.body {
        Body::PartnerRevoke(revoke) => (case.party()?, ANY, revoke.on),
        Body::AccountOpen(open) if open.purpose == AccountUse::Dedicated => {
            (case.party()?, [Role::Bank].as_slice(), case.date())
        }
        Body::LoanEnrol(_) => (case.party()?, [Role::Bank].as_slice(), case.date()),
        Body::LoanDisburse(disburse) => (
            case.bank()?,
            [Role::Bank].as_slice(),
            disburse.disbursed_at.day(),
        ),
        // Whoever was a partner when the loan was made stays covered (A35), in whatever order
        // its disbursements were recorded.
        Body::ClaimSubmit(_) => match case.loan()?.and_then(Loan::earliest_disbursed) {
            Some(when) => (case.party()?, ANY, when.day()),
            None => return PASS,
        },
        _ => return PASS,
    };
    match party {
        Some(party) if !party.is_active_as(classes, day) || is_second_revocation(case, party) => {
            refuse(Figures::none().with("party", &party.party).with("on", day))
        }
        _ => PASS,
    }
}

/// An end that was set is not set anew.
fn is_second_revocation(case: &Case<'_>, party: &Party) -> bool {
    let ended = party
        .admissions
        .last()
        .is_some_and(|one| one.revoked_on.is_some());
    matches!(case.body, Body::PartnerRevoke(_)) && ended
}

fn partner_not_qualified(case: &Case<'_>) -> Verdict {
    let Body::PartnerAdmit(admit) = case.body else {
        return PASS;
    };
    let conditions = [
        ("experience", admit.experience),
        ("operating_rules", admit.operating_rules),
        ("credit_management", admit.credit_management),
        ("risk_control", admit.risk_control),
    ];
    lacking(&conditions)
}

fn lacking(conditions: &[(&'static str, bool)]) -> Verdict {
    match conditions.iter().find(|(_, met)| !met) {
        Some((condition, _)) => refuse(Figures::none().with("lacking", *condition)),
        None => PASS,
    }
}

/// No day of an account bears interest twice.
fn interest_duplicate(case: &Case<'_>) -> Verdict {
    let Body::InterestCredit(credit) = case.body else {
        return PASS;
    };
    let credited: alloc::vec::Vec<InterestPeriod> =
        case.view.list(&pair_key(credit.account.as_bytes(), b""))?;
    let overlaps = |known: &InterestPeriod| {
        Period::parse(&known.period).is_some_and(|other| {
            other.first_day() <= credit.period.last_day()
                && credit.period.first_day() <= other.last_day()
        })
    };
    match credited.into_iter().find(overlaps) {
        Some(known) => refuse(
            Figures::none()
                .with("account", &known.account)
                .with("period", known.period)
                .with("credited", known.amount),
        ),
        None => PASS,
    }
}

fn suspense_excess(case: &Case<'_>) -> Verdict {
    let Body::SuspenseRefund(refund) = case.body else {
        return PASS;
    };
    let held = -case
        .view
        .balance(&alloc::format!("suspense:{}", refund.payee))?;
    refuse_if(refund.amount > held, || {
        Figures::none()
            .with("held", held)
            .with("amount", refund.amount)
    })
}
