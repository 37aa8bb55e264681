//! Enterprises and loans. Art. 4, 5, 12, 14, 18, 22.

use super::{Found, notices};
use crate::day::Day;
use crate::money::less;
use crate::step::{About, Act, Change, Contract, Step};
use crate::world::{Effects, Loan, World};

const ALLOWED: &[&str] = &[
    "ip_operation",
    "rnd",
    "tech_upgrade",
    "industrialisation",
    "working_capital",
];

/// The credit query may be so many days old.
const QUERY_DAYS: i64 = 30;

pub(super) fn judge(world: &World, step: &Step, found: &mut Found) {
    match &step.act {
        Act::BorrowerRegister {
            division,
            legal_person,
            ..
        } => {
            found.when(world.terminated, "TERMINATED");
            found.when(!division.starts_with("1502"), "BORROWER_REGION");
            found.when(!legal_person, "BORROWER_NOT_LEGAL_PERSON");
        }
        Act::LoanEnrol(contract) => enrol(world, step, contract, found),
        Act::LoanDisburse { loan, .. } => disburse(world, step, &world.loans[loan], found),
        Act::LoanRepay {
            loan,
            received_on,
            amount,
            costs,
            interest,
            principal,
        } => {
            let loan = &world.loans[loan];
            found.when(*amount == 0, "AMOUNT_ZERO");
            found.when(*received_on > step.date, "DATE_ORDER");
            found.when(loan.compensated() > 0, "REPAY_AFTER_COMPENSATION");
            let rest = if loan.contract.principal_first {
                *amount
            } else {
                less(less(*amount, *costs), *interest)
            };
            found.when(*principal != rest.min(loan.outstanding()), "SPLIT_MISMATCH");
        }
        Act::LoanAmend {
            loan,
            signed_on,
            change,
        } => amend(&world.loans[loan], step.date, *signed_on, change, found),
        Act::Blacklist { from, .. } => found.when(*from < step.date, "RETROACTIVE"),
        Act::BlacklistLift { borrower, .. } => {
            let listed = world.borrowers[borrower].listed;
            let stands = listed.is_some_and(|(_, until)| until.is_none());
            found.when(!stands, "NOT_BLACKLISTED");
        }
        Act::PartnerRevoke { partner, on } => {
            // An end that was set is not set anew.
            let ended = world.partners[partner].until.is_some();
            found.when(
                ended || !world.is_partner(partner, *on),
                "PARTNER_NOT_ACTIVE",
            );
            let made = |loan: &Loan| {
                (loan.contract.bank == *partner || !super::is_bank(world, partner))
                    && loan.earliest().is_some_and(|when| when.day() >= *on)
            };
            let takes_cover = world.loans.values().any(made);
            found.when(*on < step.date || takes_cover, "RETROACTIVE");
        }
        _ => {}
    }
}

fn enrol(world: &World, step: &Step, contract: &Contract, found: &mut Found) {
    let borrower = &world.borrowers[&contract.borrower];
    found.when(contract.total == 0, "AMOUNT_ZERO");
    found.when(contract.queried_on > step.date, "DATE_ORDER");
    found.when(world.terminated, "TERMINATED");
    found.when(!world.active, "FUND_NOT_ACTIVE");
    found.when(!world.policy.in_force(step.date), "OUT_OF_PERIOD");
    found.when(contract.pledges.is_empty(), "IP_NOT_PLEDGED");
    let covered = |kind: &&str| ["patent", "trademark"].contains(kind);
    found.when(
        !contract.pledges.is_empty() && !contract.pledges.iter().any(|(kind, _)| covered(kind)),
        "IP_KIND",
    );
    found.when(!ALLOWED.contains(&contract.purpose), "PURPOSE_FORBIDDEN");
    found.when(
        !world.is_partner(&contract.bank, step.date),
        "PARTNER_NOT_ACTIVE",
    );
    found.when(contract.ip.unwrap_or(0) == 0, "IP_PORTION_UNDEFINED");
    let least = contract.total * world.policy.least_ip_bp;
    found.when(
        contract.ip.is_some_and(|ip| ip * 10_000 < least),
        "IP_SHARE",
    );
    let twice = world
        .loans
        .values()
        .any(|loan| loan.contract.bank == contract.bank && loan.contract.number == contract.number);
    found.when(twice, "CONTRACT_DUPLICATE");
    let decided = step.signers.iter().any(|name| name.starts_with("lg-"));
    let overdue = contract.due.iter().any(|(day, _)| *day < step.date);
    let too_late = overdue && world.policy.enrol_before_overdue;
    found.when(too_late && !decided, "LOAN_ALREADY_OVERDUE");
    found.when(
        is_listed(world, &contract.borrower, step.date),
        "BLACKLISTED",
    );
    found.when(borrower.fraud, "FRAUD_EXCLUDED");
}

fn disburse(world: &World, step: &Step, loan: &Loan, found: &mut Found) {
    let Act::LoanDisburse { amount, at, .. } = &step.act else {
        return;
    };
    let (day, policy) = (at.day(), &world.policy);
    let borrower = &world.borrowers[&loan.contract.borrower];
    found.when(*amount == 0, "AMOUNT_ZERO");
    found.when(day > step.date, "DATE_ORDER");
    found.when(world.terminated, "TERMINATED");
    found.when(
        policy.disbursed_in_period && !policy.in_force(day),
        "OUT_OF_PERIOD",
    );
    found.when(
        !world.is_partner(&loan.contract.bank, day),
        "PARTNER_NOT_ACTIVE",
    );
    found.when(
        loan.drawn() + amount > loan.contract.total,
        "LOAN_OVERDRAWN",
    );
    let ended = loan.contract.due.last().is_some_and(|(due, _)| *due < day);
    let mut with_it = loan.clone();
    with_it.disbursed.push((step.id.clone(), *amount, *at));
    let overdue = ended
        || with_it
            .unpaid()
            .iter()
            .any(|(due, unpaid)| *due < day && *unpaid > 0);
    let claimed = super::loss::standing(world, loan).any(|(_, claim)| claim.as_of < day);
    found.when(
        overdue || claimed || loan.fraud || borrower.fraud,
        "LOAN_CLOSED",
    );
    if loan.earliest().is_none_or(|earliest| day < earliest.day()) {
        found.when(!borrower.division.starts_with("1502"), "BORROWER_REGION");
        found.when(
            borrower
                .registered_on
                .is_none_or(|on| day < on.plus_years(1)),
            "BORROWER_AGE",
        );
        let clean_from = day.plus_years(-3);
        found.when(
            loan.contract.adverse_on.is_some_and(|on| on >= clean_from),
            "BORROWER_CREDIT",
        );
        let queried = loan.contract.queried_on;
        found.when(
            queried > day || queried.plus(QUERY_DAYS) < day,
            "CREDIT_QUERY",
        );
        found.when(
            is_listed(world, &loan.contract.borrower, day),
            "BLACKLISTED",
        );
    }
}

fn amend(loan: &Loan, date: Day, signed_on: Day, change: &Change, found: &mut Found) {
    found.when(signed_on > date, "DATE_ORDER");
    let due = &loan.contract.due;
    match change {
        Change::Extension(old, new) => {
            found.when(signed_on >= *old, "EXTENSION_TOO_LATE");
            found.when(
                !due.iter().any(|(day, _)| day == old) || new <= old,
                "AMENDMENT_INVALID",
            );
        }
        Change::Acceleration(new) => {
            found.when(*new < signed_on, "AMENDMENT_INVALID");
        }
        Change::Cancellation => found.when(
            !loan.disbursed.is_empty() || loan.misuse || loan.fraud,
            "AMENDMENT_INVALID",
        ),
    }
}

fn is_listed(world: &World, borrower: &str, day: Day) -> bool {
    let listed = world.borrowers[borrower].listed;
    listed.is_some_and(|(from, until)| from <= day && until.is_none_or(|until| day < until))
}

pub(super) fn apply(world: &mut World, step: &Step, effects: &mut Effects) {
    match &step.act {
        Act::BorrowerRegister {
            borrower,
            registered_on,
            division,
            ..
        } => {
            let own = world.borrowers.entry(borrower.clone()).or_default();
            own.registered_on = Some(*registered_on);
            own.division.clone_from(division);
            if !borrower
                .get(2..)
                .is_some_and(|rest| rest.starts_with("1502"))
            {
                effects.alert(
                    "USCC_PREFIX_FOREIGN",
                    format!("borrower:{borrower}"),
                    None,
                    Vec::new(),
                );
            }
        }
        Act::LoanEnrol(contract) => {
            let loan = Loan {
                contract: (**contract).clone(),
                enrolled_on: step.date,
                disbursed: Vec::new(),
                repaid: 0,
                repayments: Vec::new(),
                noticed: false,
                misuse: false,
                fraud: false,
                counts: true,
                claims: Vec::new(),
                payments: Vec::new(),
                recoveries: Vec::new(),
                clawed: 0,
            };
            world.loan_ids.insert(contract.loan.clone());
            world.loans.insert(contract.loan.clone(), loan);
        }
        Act::LoanDisburse {
            loan: id,
            amount,
            at,
        } => {
            let loan = world.loans.entry(id.clone());
            loan.and_modify(|loan| loan.disbursed.push((step.id.clone(), *amount, *at)));
            let (bank, borrower) = {
                let contract = &world.loans[id].contract;
                (contract.bank.clone(), contract.borrower.clone())
            };
            notices::count_again(world, &bank, Some(&borrower));
            if notices::suspensions_of(world, &bank, *at).next().is_some() {
                let covered = if world.loans[id].counts { "yes" } else { "no" };
                let figures = vec![
                    ("disbursed_on", at.day().to_string()),
                    ("covered", covered.to_owned()),
                ];
                effects.alert(
                    "NEW_LOAN_WHILE_SUSPENDED",
                    format!("loan:{id}"),
                    None,
                    figures,
                );
            }
            notices::raise(world, &bank, effects);
        }
        Act::LoanRepay {
            loan, principal, ..
        } => {
            if let Some(loan) = world.loans.get_mut(loan) {
                loan.repaid += principal;
                loan.repayments.push((step.id.clone(), *principal));
            }
        }
        Act::LoanAmend {
            loan: id, change, ..
        } => {
            if *change == Change::Cancellation {
                world.loans.remove(id);
            } else if let Some(loan) = world.loans.get_mut(id) {
                loan.amend(change);
            }
        }
        Act::RiskNotice { loan, .. } => {
            if let Some(loan) = world.loans.get_mut(loan) {
                loan.noticed = true;
            }
        }
        Act::MisuseFinding { loan, withdrawn } => {
            if let Some(loan) = world.loans.get_mut(loan) {
                loan.misuse = !withdrawn;
            }
        }
        Act::FraudFinding {
            about: About::Loan(loan),
            withdrawn,
        } => {
            if let Some(loan) = world.loans.get_mut(loan) {
                loan.fraud = !withdrawn;
            }
        }
        Act::FraudFinding {
            about: About::Borrower(borrower),
            withdrawn,
        } => {
            world
                .borrowers
                .entry(borrower.clone())
                .and_modify(|one| one.fraud = !withdrawn);
        }
        Act::Blacklist { borrower, from } => {
            world
                .borrowers
                .entry(borrower.clone())
                .and_modify(|one| one.listed = Some((*from, None)));
        }
        Act::BlacklistLift { borrower, on } => {
            world.borrowers.entry(borrower.clone()).and_modify(|one| {
                one.listed = one.listed.map(|(from, _)| (from, Some(*on)));
            });
        }
        Act::PartnerRevoke { partner, on } => {
            world
                .partners
                .entry(partner.clone())
                .and_modify(|one| one.until = Some(*on));
        }
        _ => {}
    }
}
