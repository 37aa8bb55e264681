//! Chapter 5, supervision: defaulters, reviews, the end of the fund, fraud (Art. 17–22).

use alloc::vec::Vec;

use fundtrail_model::port::Table;
use fundtrail_model::{Amount, Day, Fault, Figures, When};

use super::chapter1::first_disbursement;
use super::ledger::fund_balance;
use super::{Body, Case, Kind, PASS, Rule, Stage, Verdict, refuse, refuse_if, rule, says};
use crate::kinds::ReportKind;
use crate::period::Span;
use crate::state::{Loan, Party, Role, pair_key};

pub(super) const RULES: &[Rule] = &[
    rule(
        "BLACKLISTED",
        "R-18-1",
        18,
        Stage::Law,
        says(
            "企业已被取消申请资格",
            "The enterprise is disqualified from further loans",
        ),
        &[Kind::LoanEnrol, Kind::LoanDisburse],
        blacklisted,
    ),
    rule(
        "RETROACTIVE",
        "A35",
        22,
        Stage::Law,
        says(
            "取消资格不得溯及既往",
            "A disqualification does not reach back before its own date",
        ),
        &[Kind::PartnerRevoke, Kind::Blacklist],
        retroactive,
    ),
    rule(
        "NOT_BLACKLISTED",
        "R-18-2",
        18,
        Stage::Law,
        says("企业未被列入名单", "The enterprise is not on the list"),
        &[Kind::BlacklistLift],
        not_blacklisted,
    ),
    rule(
        "PERIOD_KIND",
        "R-20-1",
        20,
        Stage::Law,
        says(
            "期间类型与报告不符",
            "The period is not of the sort this paper is for",
        ),
        &[Kind::ReportFile, Kind::PerformanceReview],
        period_kind,
    ),
    rule(
        "TERMINATED",
        "R-21-2",
        21,
        Stage::Law,
        says("资金已终止设立", "The fund is terminated"),
        &[
            Kind::PartnerAdmit,
            Kind::Contribution,
            Kind::BorrowerRegister,
            Kind::LoanEnrol,
            Kind::LoanDisburse,
            Kind::ClaimSubmit,
            Kind::Terminate,
        ],
        terminated,
    ),
    rule(
        "NOT_TERMINATED",
        "R-21-3",
        21,
        Stage::Law,
        says("资金尚未终止设立", "The fund is not terminated"),
        &[Kind::Distribute],
        not_terminated,
    ),
    rule(
        "PENDING_OBLIGATIONS",
        "R-21-4",
        21,
        Stage::Law,
        says(
            "尚有未了结的申请、未拨付的补偿或暂收款",
            "Claims, approved payments or suspense money are still open",
        ),
        &[Kind::Distribute],
        pending_obligations,
    ),
    rule(
        "DISTRIBUTION_MISMATCH",
        "R-21-1",
        21,
        Stage::Law,
        says(
            "分配金额与按比例计算的金额不符",
            "The lines are not the proportional shares of the balance",
        ),
        &[Kind::Distribute],
        distribution_mismatch,
    ),
    rule(
        "FRAUD_EXCLUDED",
        "R-22-2",
        22,
        Stage::Law,
        says(
            "因骗取资金已不再纳入补偿范围",
            "Excluded from compensation for fraud",
        ),
        &[
            Kind::LoanEnrol,
            Kind::ClaimSubmit,
            Kind::ClaimApprove,
            Kind::CompensationPay,
        ],
        fraud_excluded,
    ),
    rule(
        "CLAWBACK_EXCESS",
        "R-22-3",
        22,
        Stage::Law,
        says(
            "追缴金额超过尚可追缴的金额",
            "More than can still be clawed back",
        ),
        &[Kind::ClawbackOrder, Kind::ClawbackReturn],
        clawback_excess,
    ),
    rule(
        "CLAWBACK_PAYER",
        "R-22-5",
        22,
        Stage::Law,
        says(
            "付款人不是被追缴人",
            "The payer is not the one who was ordered to pay",
        ),
        &[Kind::ClawbackReturn],
        clawback_payer,
    ),
];

/// An application is refused; so is the first disbursement of one made before.
fn blacklisted(case: &Case<'_>) -> Verdict {
    let day = match case.body {
        Body::LoanDisburse(_) => match first_disbursement(case)? {
            Some(day) => day,
            None => return PASS,
        },
        _ => case.date(),
    };
    match case.borrower()? {
        Some(borrower) if borrower.is_blacklisted_on(day) => {
            let from = borrower.blacklisting.as_ref().map_or(day, |one| one.from);
            refuse(Figures::none().with("from", from).with("date", day))
        }
        _ => PASS,
    }
}

fn retroactive(case: &Case<'_>) -> Verdict {
    let (from, named) = match case.body {
        Body::PartnerRevoke(revoke) => (revoke.on, case.party()?),
        Body::Blacklist(listing) => (listing.from, None),
        _ => return PASS,
    };
    let date = case.date();
    if from < date {
        return refuse(Figures::none().with("from", from).with("date", date));
    }
    // Whatever date is stated: loans on record before it stay covered.
    match named
        .map(|partner| newest_loan(case, partner))
        .transpose()?
        .flatten()
    {
        Some(newest) => refuse_if(from <= newest, || {
            Figures::none()
                .with("from", from)
                .with("newest_loan", newest)
        }),
        None => PASS,
    }
}

/// The day on which the newest loan was made, by its earliest disbursement, that a partner may
/// bear a part of: a bank's own, and an insurer's or guarantor's any.
fn newest_loan(case: &Case<'_>, partner: &Party) -> Result<Option<Day>, Fault> {
    let lends = partner.admissions.iter().any(|one| one.role == Role::Bank);
    let of = if lends {
        pair_key(partner.party.as_bytes(), b"")
    } else {
        Vec::new()
    };
    let mut newest = None;
    for (key, _) in case.view.rows(Table::BankLoans, &of)? {
        let id = key.rsplit(|byte| *byte == 0).next().unwrap_or_default();
        let loan: Option<Loan> = case.view.get(id)?;
        newest = newest.max(
            loan.and_then(|loan| loan.earliest_disbursed())
                .map(When::day),
        );
    }
    Ok(newest)
}

fn not_blacklisted(case: &Case<'_>) -> Verdict {
    let listed = case
        .borrower()?
        .and_then(|borrower| borrower.blacklisting.as_ref());
    refuse_if(
        listed.is_none_or(|one| one.lifted_on.is_some()),
        Figures::none,
    )
}

fn period_kind(case: &Case<'_>) -> Verdict {
    let (period, required) = match case.body {
        Body::ReportFile(file) => match file.report {
            ReportKind::Quarterly => (file.period, Span::Quarter),
            ReportKind::Annual | ReportKind::Plan => (file.period, Span::Year),
            _ => return PASS,
        },
        Body::PerformanceReview(review) => (review.period, Span::HalfYear),
        _ => return PASS,
    };
    refuse_if(period.span() != required, || {
        Figures::none().with("period", alloc::format!("{period}"))
    })
}

fn terminated(case: &Case<'_>) -> Verdict {
    let Some(day) = case.fund()?.terminated_on else {
        return PASS;
    };
    // A claim window that the loan's policy dates outlives the fund's working life (A03).
    let open = matches!(case.body, Body::ClaimSubmit(_))
        && case
            .loan_policy()?
            .and_then(|policy| policy.coverage.claims_until)
            .is_some();
    refuse_if(!open, || Figures::none().with("terminated_on", day))
}

fn not_terminated(case: &Case<'_>) -> Verdict {
    refuse_if(case.fund()?.terminated_on.is_none(), Figures::none)
}

fn pending_obligations(case: &Case<'_>) -> Verdict {
    let fund = case.fund()?;
    let versions = case.versions()?;
    let window = versions
        .iter()
        .filter_map(|one| one.policy.coverage.claims_until)
        .max();
    if let Some(until) = window.filter(|until| case.date() <= *until) {
        return refuse(Figures::none().with("claims_until", until));
    }
    let open =
        fund.claims_undecided > 0 || !fund.approved_unpaid.is_zero() || !fund.suspense.is_zero();
    refuse_if(open, || {
        Figures::none()
            .with("claims_undecided", fund.claims_undecided)
            .with("approved_unpaid", fund.approved_unpaid)
            .with("suspense", fund.suspense)
    })
}

fn distribution_mismatch(case: &Case<'_>) -> Verdict {
    let Body::Distribute(distribute) = case.body else {
        return PASS;
    };
    let balance = fund_balance(case)?;
    let contributed = &case.fund()?.contributed;
    let weights: alloc::vec::Vec<Amount> = contributed.iter().map(|one| one.total).collect();
    for (one, share) in contributed.iter().zip(balance.split(&weights)) {
        let lines = distribute
            .lines
            .iter()
            .filter(|line| line.contributor == one.party);
        let stated: Amount = lines.map(|line| line.amount).sum();
        if stated != share {
            let figures = Figures::none()
                .with("contributor", &one.party)
                .with("stated", stated)
                .with("share", share)
                .with("balance", balance);
            return refuse(figures);
        }
    }
    PASS
}

/// A finding against a partner ends its cooperation, not the cover of honest loans (A35).
fn fraud_excluded(case: &Case<'_>) -> Verdict {
    let found = if case.loan()?.is_some_and(|loan| loan.fraud) {
        "loan"
    } else if case.borrower()?.is_some_and(|borrower| borrower.fraud) {
        "borrower"
    } else {
        return PASS;
    };
    refuse(Figures::none().with("finding_against", found))
}

fn clawback_excess(case: &Case<'_>) -> Verdict {
    let (amount, most) = match (case.body, case.loan()?, case.order()?) {
        (Body::ClawbackOrder(order), Some(loan), _) => (
            order.amount,
            loan.compensated
                .less(loan.return_due)
                .less(loan.clawed_back),
        ),
        (Body::ClawbackReturn(back), _, Some(order)) => {
            (back.amount, order.amount.less(order.returned))
        }
        _ => return PASS,
    };
    refuse_if(amount > most, || {
        Figures::none().with("amount", amount).with("at_most", most)
    })
}

fn clawback_payer(case: &Case<'_>) -> Verdict {
    let (Body::ClawbackReturn(back), Some(order)) = (case.body, case.order()?) else {
        return PASS;
    };
    refuse_if(back.payer != order.debtor, || {
        Figures::none().with("debtor", &order.debtor)
    })
}
