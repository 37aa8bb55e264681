//! The fund's own money: paid in, moved, earned, spent on the manager, given back.
//! Art. 3, 8, 9, 11, 21.

use super::Found;
use crate::money::{less, split, yuan};
use crate::step::{Act, Step};
use crate::world::{Account, Effects, Status, World};

pub(super) fn judge(world: &World, step: &Step, found: &mut Found) {
    match &step.act {
        Act::AccountOpen { main, bank, .. } => {
            found.when(
                !main && !world.is_partner(bank, step.date),
                "PARTNER_NOT_ACTIVE",
            );
        }
        Act::Contribution {
            contributor,
            amount,
            initial,
            ..
        } => {
            found.when(*amount == 0, "AMOUNT_ZERO");
            found.when(world.terminated, "TERMINATED");
            found.when(
                !world.policy.contributors.contains(&contributor.as_str()),
                "CONTRIBUTOR_UNKNOWN",
            );
            let after = world
                .contributed
                .iter()
                .map(|(_, initial, _)| initial)
                .sum::<i64>()
                + amount;
            found.when(
                *initial && (world.active || after > world.policy.initial),
                "INIT_AMOUNT",
            );
        }
        Act::FundActivate => {
            let total: i64 = world
                .contributed
                .iter()
                .map(|(_, initial, _)| initial)
                .sum();
            found.when(world.active, "FUND_ACTIVE");
            found.when(total != world.policy.initial, "INIT_AMOUNT");
        }
        Act::Transfer { from, to, amount } => {
            found.when(*amount == 0, "AMOUNT_ZERO");
            found.when(from == to, "SAME_ACCOUNT");
            found.when(world.held(from) < *amount, "NEGATIVE_BALANCE");
        }
        Act::InterestCredit {
            account,
            period,
            amount,
        } => {
            found.when(*amount == 0, "AMOUNT_ZERO");
            found.when(
                world.interest.contains_key(&(account.clone(), *period)),
                "INTEREST_DUPLICATE",
            );
        }
        Act::SuspenseRefund {
            payee,
            account,
            amount,
        } => {
            found.when(*amount == 0, "AMOUNT_ZERO");
            found.when(
                *amount > -world.balance(&format!("suspense:{payee}")),
                "SUSPENSE_EXCESS",
            );
            found.when(world.held(account) < *amount, "NEGATIVE_BALANCE");
        }
        Act::FeePay {
            account,
            payee,
            amount,
        } => {
            found.when(*amount == 0, "AMOUNT_ZERO");
            found.when(!world.active, "FUND_NOT_ACTIVE");
            found.when(*payee != world.manager, "PAYEE_NOT_ALLOWED");
            found.when(
                world.held(account) < *amount || takes_suspense(world, *amount),
                "NEGATIVE_BALANCE",
            );
            let year = step.date.parts().year;
            let whole = world.policy.fee_of_year();
            let ceiling = if world.policy.fee_prorated {
                world.policy.fee_prorated_in(year)
            } else {
                whole
            };
            found.when(
                world.fees.get(&year).unwrap_or(&0) + amount > ceiling,
                "FEE_CAP",
            );
        }
        Act::Terminate => found.when(world.terminated, "TERMINATED"),
        Act::Distribute { lines } => {
            found.when(!world.terminated, "NOT_TERMINATED");
            let window = world.policy.claims_until;
            found.when(
                is_pending(world) || window.is_some_and(|last| step.date <= last),
                "PENDING_OBLIGATIONS",
            );
            found.when(
                lines
                    .iter()
                    .any(|(party, ..)| !world.policy.contributors.contains(&party.as_str())),
                "PAYEE_NOT_ALLOWED",
            );
            let mut short = false;
            for account in world.accounts.keys() {
                let out: i64 = lines
                    .iter()
                    .filter(|(_, from, _)| from == account)
                    .map(|(.., amount)| amount)
                    .sum();
                short |= out > world.held(account);
            }
            let out: i64 = lines.iter().map(|(.., amount)| amount).sum();
            found.when(short || takes_suspense(world, out), "NEGATIVE_BALANCE");
            let weights: Vec<i64> = world
                .contributed
                .iter()
                .map(|(_, _, total)| *total)
                .collect();
            let shares = split(world.fund(), &weights);
            let wrong = world
                .contributed
                .iter()
                .zip(shares)
                .any(|((party, ..), share)| {
                    let own = lines.iter().filter(|(to, ..)| to == party);
                    own.map(|(.., amount)| amount).sum::<i64>() != share
                });
            found.when(wrong, "DISTRIBUTION_MISMATCH");
        }
        _ => {}
    }
}

/// Whether an outflow would take money that is somebody else's and only held (暂收款).
pub(super) fn takes_suspense(world: &World, out: i64) -> bool {
    let suspense = world
        .books
        .iter()
        .filter(|(book, _)| book.starts_with("suspense:"));
    let held: i64 = suspense.map(|(_, balance)| -balance).sum();
    world.fund() - out < held
}

/// Undecided claims, approved payments, money on suspense.
fn is_pending(world: &World) -> bool {
    let open = |status| {
        matches!(
            status,
            Status::Submitted | Status::Verified | Status::Approved
        )
    };
    world.claims.values().any(|claim| open(claim.status))
        || world
            .books
            .iter()
            .any(|(book, balance)| book.starts_with("suspense:") && *balance != 0)
}

pub(super) fn apply(world: &mut World, step: &Step, effects: &mut Effects) {
    let date = step.date;
    match &step.act {
        Act::AccountOpen { account, bank, .. } => {
            world
                .accounts
                .insert(account.clone(), Account { bank: bank.clone() });
            world.books.entry(format!("account:{account}")).or_default();
        }
        Act::Contribution {
            contributor,
            account,
            amount,
            initial,
        } => {
            world.post(effects, date, format!("account:{account}"), *amount);
            world.post(
                effects,
                date,
                format!("contribution:{contributor}"),
                -amount,
            );
            add_contribution(
                world,
                contributor,
                if *initial { *amount } else { 0 },
                *amount,
            );
        }
        Act::FundActivate => world.active = true,
        Act::Transfer { from, to, amount } => {
            world.post(effects, date, format!("account:{from}"), -amount);
            world.post(effects, date, format!("account:{to}"), *amount);
        }
        Act::InterestCredit {
            account,
            period,
            amount,
        } => {
            world.post(effects, date, format!("account:{account}"), *amount);
            world.post(effects, date, "interest".to_owned(), -amount);
            world.interest.insert((account.clone(), *period), *amount);
        }
        Act::SuspenseRefund {
            payee,
            account,
            amount,
        } => {
            world.post(effects, date, format!("account:{account}"), -amount);
            world.post(effects, date, format!("suspense:{payee}"), *amount);
        }
        Act::FeePay {
            account,
            payee,
            amount,
        } => {
            world.post(effects, date, format!("account:{account}"), -amount);
            world.post(effects, date, "fees".to_owned(), *amount);
            let year = date.parts().year;
            let paid = world.fees.entry(year).or_default();
            *paid += amount;
            let (paid, prorated) = (*paid, world.policy.fee_prorated_in(year));
            if paid > prorated && prorated < world.policy.fee_of_year() {
                let figures = vec![
                    ("year", year.to_string()),
                    ("paid", yuan(paid)),
                    ("prorated", yuan(prorated)),
                ];
                effects.alert("FEE_ABOVE_PRORATA", format!("party:{payee}"), None, figures);
            }
        }
        Act::Terminate => world.terminated = true,
        Act::Distribute { lines } => {
            for (party, account, amount) in lines {
                world.post(effects, date, format!("account:{account}"), -amount);
                world.post(effects, date, format!("distribution:{party}"), *amount);
            }
        }
        _ => {}
    }
}

/// Adds to what a contributor paid in; what is taken back comes off.
pub(super) fn add_contribution(world: &mut World, contributor: &str, initial: i64, total: i64) {
    match world
        .contributed
        .iter_mut()
        .find(|(party, ..)| party == contributor)
    {
        Some((_, own_initial, own_total)) => {
            *own_initial += initial;
            *own_total = less(*own_total, -total);
        }
        None => world
            .contributed
            .push((contributor.to_owned(), initial, total)),
    }
}
