//! The product's effects and records against the oracle's.

use fundtrail_model::Amount;
use fundtrail_model::entry::Effects as Found;
use fundtrail_model::figures::Figure;
use fundtrail_model::port::{Read as _, Table};
use fundtrail_oracle::step::Act;
use fundtrail_oracle::world::{Effects, Status, World};
use fundtrail_regulation::state::{Book, Claim, ClaimStatus, Loan, Party, Recovery};

use crate::agree::money;
use crate::ledger::Ledger;
use crate::wire;

fn is(found: Amount, own: i64) -> bool {
    found.fen() == i128::from(own)
}

/// Postings with their balances, and alerts with all their figures.
pub(crate) fn effects(
    ledger: &Ledger,
    world: &World,
    own: &Effects,
    found: &Found,
) -> Option<String> {
    let same = own.postings.len() == found.postings.len()
        && own
            .postings
            .iter()
            .zip(&found.postings)
            .all(|((book, amount), posting)| posting.book == *book && is(posting.amount, *amount));
    if !same {
        return Some(format!(
            "postings: oracle {own}\n  product {:?}",
            found.postings
        ));
    }
    for (at, posting) in found.postings.iter().enumerate() {
        let last = !found.postings[at + 1..]
            .iter()
            .any(|later| later.book == posting.book);
        if last && !is(posting.balance, world.balance(&posting.book)) {
            return Some(format!(
                "balance of {}: oracle {}, product {:?}",
                posting.book,
                money(world.balance(&posting.book)),
                posting.balance
            ));
        }
    }
    let text = |figure: &Figure| match figure {
        Figure::Count(number) => number.to_string(),
        Figure::Text(text) => text.to_string(),
    };
    let own_alerts: Vec<String> = own
        .alerts
        .iter()
        .map(|alert| {
            let object = match alert.object.strip_prefix("borrower:") {
                Some(code) => format!("borrower:{}", wire::tag(&ledger.site, code)),
                None => alert.object.clone(),
            };
            let figures: Vec<String> = alert
                .figures
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            format!(
                "{} {object} {:?} {}",
                alert.code,
                alert.due.map(|due| due.to_string()),
                figures.join(",")
            )
        })
        .collect();
    let found_alerts: Vec<String> = found
        .alerts
        .iter()
        .map(|alert| {
            let figures: Vec<String> = alert
                .figures
                .iter()
                .map(|(name, value)| format!("{name}={}", text(value)))
                .collect();
            format!(
                "{} {} {:?} {}",
                alert.code,
                alert.object,
                alert.due.map(|due| due.to_string()),
                figures.join(",")
            )
        })
        .collect();
    (own_alerts != found_alerts)
        .then(|| format!("alerts: oracle {own_alerts:?}\n  product {found_alerts:?}"))
}

/// The records of the objects that an entry revised.
pub(crate) fn touched(ledger: &Ledger, world: &World, found: &Found) -> Option<String> {
    found.revisions.iter().find_map(|revision| {
        let (sort, id) = revision.object.split_once(':')?;
        match sort {
            "loan" => loan(ledger, world, id),
            "claim" => claim(ledger, world, id),
            "recovery" => recovery(ledger, world, id),
            "party" => party(ledger, world, id),
            _ => None,
        }
    })
}

/// Every book, loan, claim, recovery and bank there is, in either.
pub(crate) fn whole(ledger: &Ledger, world: &World) -> Option<String> {
    let keys = |table| -> Vec<String> {
        let rows = ledger
            .memory
            .range(table, &[], &[0xff], usize::MAX)
            .unwrap();
        rows.into_iter()
            .map(|(key, _)| String::from_utf8(key).unwrap())
            .collect()
    };
    for book in keys(Table::Books) {
        let found: Option<Book> = ledger.view().get(book.as_bytes()).unwrap();
        if found.is_none_or(|found| !is(found.balance, world.balance(&book))) {
            return Some(format!(
                "book {book}: oracle {}",
                money(world.balance(&book))
            ));
        }
    }
    let moved = world
        .books
        .iter()
        .filter(|(_, balance)| **balance != 0)
        .find(|(book, _)| !keys(Table::Books).contains(book));
    if let Some((book, balance)) = moved {
        return Some(format!(
            "book {book}: oracle {}, product none",
            money(*balance)
        ));
    }
    let all = |sort: &str, found: Vec<String>, own: Vec<&String>| -> Option<String> {
        (found.iter().collect::<Vec<_>>() != own)
            .then(|| format!("{sort}: oracle {own:?}\n  product {found:?}"))
    };
    all("loans", keys(Table::Loans), world.loans.keys().collect())
        .or_else(|| all("claims", keys(Table::Claims), world.claims.keys().collect()))
        .or_else(|| {
            all(
                "recoveries",
                keys(Table::Recoveries),
                world.recoveries.keys().collect(),
            )
        })
        .or_else(|| world.loans.keys().find_map(|id| loan(ledger, world, id)))
        .or_else(|| world.claims.keys().find_map(|id| claim(ledger, world, id)))
        .or_else(|| {
            world
                .recoveries
                .keys()
                .find_map(|id| recovery(ledger, world, id))
        })
        .or_else(|| {
            ["bank-a", "bank-b"]
                .iter()
                .find_map(|id| party(ledger, world, id))
        })
}

fn loan(ledger: &Ledger, world: &World, id: &str) -> Option<String> {
    let found: Option<Loan> = ledger.view().get(id.as_bytes()).unwrap();
    let (Some(found), Some(own)) = (&found, world.loans.get(id)) else {
        let both = found.is_none() && !world.loans.contains_key(id);
        return (!both).then(|| format!("loan {id}: only one side has it"));
    };
    let counted: i64 = own
        .recoveries
        .iter()
        .map(|id| world.recoveries[id].counted)
        .sum();
    let returned: i64 = own
        .recoveries
        .iter()
        .map(|id| world.recoveries[id].returned)
        .sum();
    let figures = [
        ("disbursed", found.disbursed, own.drawn()),
        ("repaid", found.repaid, own.repaid),
        ("compensated", found.compensated, own.compensated()),
        ("collected", found.collected, counted),
        ("return_due", found.return_due, world.due_before(own)),
        ("returned", found.returned, returned),
        ("clawed_back", found.clawed_back, own.clawed),
    ];
    let wrong = figures.iter().find(|(_, found, own)| !is(*found, *own));
    if let Some((name, found, own)) = wrong {
        return Some(format!(
            "loan {id} {name}: oracle {}, product {found:?}",
            money(*own)
        ));
    }
    let due: Vec<String> = own
        .contract
        .due
        .iter()
        .map(|(day, amount)| format!("{day} {}", money(*amount)))
        .collect();
    let found_due: Vec<String> = found
        .due
        .iter()
        .map(|one| format!("{} {}", one.due_on, one.amount))
        .collect();
    if due != found_due {
        return Some(format!(
            "loan {id} due: oracle {due:?}, product {found_due:?}"
        ));
    }
    (found.counts_for_brake != own.counts && !own.disbursed.is_empty())
        .then(|| format!("loan {id} counts: oracle {}", own.counts))
}

fn claim(ledger: &Ledger, world: &World, id: &str) -> Option<String> {
    let found: Claim = ledger.view().get(id.as_bytes()).unwrap()?;
    let own = &world.claims[id];
    let status = match found.status {
        ClaimStatus::Submitted => Status::Submitted,
        ClaimStatus::Verified => Status::Verified,
        ClaimStatus::Approved => Status::Approved,
        ClaimStatus::Rejected => Status::Rejected,
        ClaimStatus::Paid => Status::Paid,
    };
    let same = is(found.loss, own.loss)
        && is(found.amount, own.amount)
        && is(found.paid, own.paid)
        && status == own.status;
    (!same).then(|| format!("claim {id}: oracle {own:?}\n  product {found:?}"))
}

fn recovery(ledger: &Ledger, world: &World, id: &str) -> Option<String> {
    let found: Option<Recovery> = ledger.view().get(id.as_bytes()).unwrap();
    match (found, world.recoveries.get(id)) {
        (Some(found), Some(own)) => {
            let same = is(found.due, own.due)
                && is(found.returned, own.returned)
                && found.deadline.to_string() == own.deadline.to_string();
            (!same).then(|| format!("recovery {id}: oracle {own:?}\n  product {found:?}"))
        }
        (None, None) => None,
        _ => Some(format!("recovery {id}: only one side has it")),
    }
}

fn party(ledger: &Ledger, world: &World, id: &str) -> Option<String> {
    let found: Party = ledger.view().get(id.as_bytes()).unwrap()?;
    let (compensated, disbursed) = world.ratio(id);
    let policy = &world.policy;
    let claims = world
        .claims
        .values()
        .filter(|one| one.status == Status::Approved && one.claimant == id);
    let unpaid: i64 = claims.map(|one| one.amount - one.paid).sum();
    let whole = if policy.whole_loans {
        found.disbursed
    } else {
        found.disbursed_ip
    };
    let same =
        (policy.net_of_returns || is(found.compensated, compensated)) && is(whole, disbursed);
    (!same).then(|| {
        format!(
            "party {id}: oracle {} {} {}\n  product {found:?}",
            money(compensated),
            money(disbursed),
            money(unpaid)
        )
    })
}

/// The names of what an act is about.
pub(crate) fn names(act: &Act) -> Vec<String> {
    let text = format!("{act:?}");
    let words = text.split('"').skip(1).step_by(2);
    words
        .filter(|word| {
            word.starts_with(['L', 'C', 'R', 'O', 'T'])
                && word.chars().any(|one| one.is_ascii_digit())
        })
        .map(str::to_owned)
        .collect()
}
