//! Warnings and suspensions, and which loans count for them. Art. 13; A12 to A18.

use super::Found;
use crate::day::{Day, When};
use crate::money::{Fen, half_up, less};
use crate::step::{Act, Sort, Step};
use crate::world::{Effects, Loan, Notice, World};

/// Compensated and disbursed, of one bank.
pub(crate) fn ratio(world: &World, bank: &str) -> (Fen, Fen) {
    let own = || {
        world
            .loans
            .values()
            .filter(|loan| loan.contract.bank == bank)
    };
    let mut compensated: Fen = own().map(Loan::compensated).sum();
    if world.policy.net_of_returns {
        let recoveries = own().flat_map(|loan| &loan.recoveries);
        let returned: Fen = recoveries.map(|id| world.recoveries[id].returned).sum();
        compensated = less(compensated, returned);
    }
    let counted = own().filter(|loan| loan.counts).map(|loan| {
        let drawn = loan.drawn();
        if world.policy.whole_loans {
            drawn
        } else {
            half_up(drawn, loan.ip(), loan.contract.total)
        }
    });
    (compensated, counted.sum())
}

fn is_reached(compensated: Fen, disbursed: Fen, bp: Fen) -> bool {
    compensated > 0 && i128::from(compensated) * 10_000 >= i128::from(bp) * i128::from(disbursed)
}

/// The ratio in per cent, cut to four decimals.
fn per_cent(compensated: Fen, disbursed: Fen) -> String {
    if disbursed == 0 {
        return "∞".to_owned();
    }
    let scaled = i128::from(compensated) * 1_000_000 / i128::from(disbursed);
    format!("{}.{:04}", scaled / 10_000, scaled % 10_000)
}

pub(super) fn judge(world: &World, step: &Step, found: &mut Found) {
    match &step.act {
        Act::Notice {
            sort,
            bank,
            issued_at,
        } => {
            let (compensated, disbursed) = ratio(world, bank);
            let bp = match sort {
                Sort::Warning => world.policy.warn_bp,
                Sort::Suspension => world.policy.suspend_bp,
            };
            let cosigned = step.signers.iter().any(|name| name == "OFF");
            found.when(
                !is_reached(compensated, disbursed, bp) && !cosigned,
                "NOTICE_UNFOUNDED",
            );
            found.when(
                world.standing_notice(bank, *sort).is_some(),
                "NOTICE_STANDS",
            );
            found.when(Day::of(*issued_at) > step.date, "DATE_ORDER");
        }
        Act::Lift {
            sort,
            bank,
            lifted_at,
        } => {
            let notice = world.standing_notice(bank, *sort);
            found.when(
                notice.is_none_or(|notice| *lifted_at <= notice.issued_at),
                "NOTICE_NOT_STANDING",
            );
            found.when(Day::of(*lifted_at) > step.date, "DATE_ORDER");
        }
        _ => {}
    }
}

pub(super) fn apply(world: &mut World, step: &Step, effects: &mut Effects) {
    match &step.act {
        Act::Notice {
            sort,
            bank,
            issued_at,
        } => {
            let notice = Notice {
                sort: *sort,
                issued_at: *issued_at,
                lifted_at: None,
            };
            world.notices.entry(bank.clone()).or_default().push(notice);
            if *sort == Sort::Suspension {
                count_again(world, bank, None);
            }
        }
        Act::Lift {
            sort,
            bank,
            lifted_at,
        } => {
            let notices = world.notices.entry(bank.clone()).or_default();
            if let Some(notice) = notices.iter_mut().rev().find(|notice| notice.sort == *sort) {
                notice.lifted_at = Some(*lifted_at);
            }
            count_again(world, bank, None);
            raise(world, bank, effects);
        }
        _ => {}
    }
}

/// Suspensions of a bank into which a disbursement falls.
pub(super) fn suspensions_of<'w>(
    world: &'w World,
    bank: &str,
    when: When,
) -> impl Iterator<Item = &'w Notice> {
    let notices = world.notices.get(bank).into_iter().flatten();
    notices.filter(move |notice| {
        notice.sort == Sort::Suspension
            && !when.is_before(notice.issued_at)
            && notice.lifted_at.is_none_or(|lifted| when.is_before(lifted))
    })
}

/// Whether a suspension leaves a loan to its bank: it came to a new customer.
pub(super) fn is_excluded(world: &World, loan: &Loan) -> bool {
    let Some(earliest) = loan.earliest() else {
        return false;
    };
    let contract = &loan.contract;
    suspensions_of(world, &contract.bank, earliest).any(|notice| {
        let old = world.loans.values().any(|other| {
            other.contract.bank == contract.bank
                && other.contract.borrower == contract.borrower
                && other
                    .disbursed
                    .iter()
                    .any(|(_, _, when)| when.is_before(notice.issued_at))
        });
        world.policy.exclude_old_customers || !old
    })
}

/// Decides anew which loans of a bank, or of it to one borrower, count.
pub(super) fn count_again(world: &mut World, bank: &str, borrower: Option<&str>) {
    let loans = world.loans.iter().filter(|(_, loan)| {
        loan.contract.bank == bank && borrower.is_none_or(|one| loan.contract.borrower == one)
    });
    let counts: Vec<(String, bool)> = loans
        .map(|(id, loan)| (id.clone(), !is_excluded(world, loan)))
        .collect();
    for (id, counts) in counts {
        world
            .loans
            .entry(id)
            .and_modify(|loan| loan.counts = counts);
    }
}

/// Says which notice is due.
pub(super) fn raise(world: &World, bank: &str, effects: &mut Effects) {
    let (compensated, disbursed) = ratio(world, bank);
    let stands = |sort| world.standing_notice(bank, sort).is_some();
    if stands(Sort::Suspension) {
        return;
    }
    let policy = &world.policy;
    let (code, bp) = if is_reached(compensated, disbursed, policy.suspend_bp) {
        ("SUSPEND_NOTICE_DUE", policy.suspend_bp)
    } else if is_reached(compensated, disbursed, policy.warn_bp) && !stands(Sort::Warning) {
        ("WARN_NOTICE_DUE", policy.warn_bp)
    } else {
        return;
    };
    let figures = vec![
        ("compensated", crate::money::yuan(compensated)),
        ("disbursed", crate::money::yuan(disbursed)),
        ("ratio_percent", per_cent(compensated, disbursed)),
        ("threshold_bp", bp.to_string()),
    ];
    effects.alert(code, format!("party:{bank}"), None, figures);
}
