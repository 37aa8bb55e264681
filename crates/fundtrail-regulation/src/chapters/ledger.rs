//! Rules of the ledger itself, which hold whatever the regulation says: order, dates,
//! signatures, balances.

use alloc::format;
use alloc::string::ToString;

use fundtrail_model::note::VerifierKey;
use fundtrail_model::{Amount, Figures, Id};

use super::{Body, Case, Kind, PASS, Rule, Stage, Verdict, refuse, refuse_if, rule, says};
use crate::kinds::Original;
use crate::seal;
use crate::signers::Signer;
use crate::state::{Account, Claim, ClaimStep, Role};

pub(super) const RULES: &[Rule] = &[
    rule(
        "LEDGER_NOT_FOUNDED",
        "L-1",
        0,
        Stage::Standing,
        says("账本尚未创立", "The ledger has no genesis yet"),
        ALL_BUT_GENESIS,
        not_founded,
    ),
    rule(
        "LEDGER_FOUNDED",
        "L-2",
        0,
        Stage::Standing,
        says(
            "账本已创立，创立交易只能有一笔",
            "The ledger has its genesis; there is only one",
        ),
        &[Kind::Genesis],
        founded,
    ),
    rule(
        "DATE_IN_FUTURE",
        "L-3",
        0,
        Stage::Standing,
        says(
            "业务日期晚于记账时的日期",
            "The business date is later than the day of recording",
        ),
        Kind::ALL,
        date_in_future,
    ),
    rule(
        "SIG_ROLE",
        "L-4",
        0,
        Stage::Standing,
        says(
            "签名密钥未登记、已吊销或无权签署此类交易",
            "A signing key is unknown, revoked, or has no part in this kind",
        ),
        Kind::ALL,
        stranger_signed,
    ),
    rule(
        super::SIGNATURE_MISSING,
        "L-5",
        0,
        Stage::Standing,
        says("缺少必需的签名", "A required signature is missing"),
        Kind::ALL,
        signature_missing,
    ),
    rule(
        "SIG_SUITE",
        "L-6",
        0,
        Stage::Standing,
        says(
            "该日期不允许使用此签名算法",
            "The policy does not allow this signature suite on that date",
        ),
        ALL_BUT_GENESIS,
        suite_not_allowed,
    ),
    rule(
        "SAME_KEY",
        "R-15-2",
        15,
        Stage::Standing,
        says(
            "同一密钥不得签署同一申请的两个环节",
            "One key may not sign two steps of one claim",
        ),
        &[
            Kind::ClaimVerify,
            Kind::ClaimApprove,
            Kind::ClaimReject,
            Kind::CompensationPay,
        ],
        same_key,
    ),
    rule(
        "SAME_BODY",
        "R-15-2",
        15,
        Stage::Law,
        says(
            "申请人或贷款银行不得自行核实、拨付",
            "Whoever claims or lent may not verify or pay the claim",
        ),
        &[Kind::ClaimVerify, Kind::CompensationPay],
        same_body,
    ),
    rule(
        "GENESIS_LOG_KEY",
        "L-7",
        0,
        Stage::Law,
        says(
            "日志密钥名称须与账本名称一致",
            "The log key is not a verifier key named after the ledger",
        ),
        &[Kind::Genesis],
        log_key_named,
    ),
    rule(
        "PERIOD_SEALED",
        "L-8",
        0,
        Stage::Law,
        says(
            "业务日期落在已封账的期间内",
            "The business date falls into a sealed period",
        ),
        ALL_BUT_GENESIS,
        period_sealed,
    ),
    rule(
        "DATE_ORDER",
        "L-9",
        0,
        Stage::Law,
        says(
            "业务日期早于其所依据的事实",
            "The business date precedes what the transaction follows from",
        ),
        &[
            Kind::LoanEnrol,
            Kind::LoanDisburse,
            Kind::LoanRepay,
            Kind::LoanAmend,
            Kind::ClaimSubmit,
            Kind::ClaimVerify,
            Kind::ClaimApprove,
            Kind::ClaimReject,
            Kind::CompensationPay,
            Kind::RecoveryReport,
            Kind::RecoveryReturn,
            Kind::WarnNotice,
            Kind::SuspendNotice,
            Kind::SuspendLift,
            Kind::BankStatement,
            Kind::PeriodSeal,
            Kind::Reversal,
            Kind::ParticularsErase,
            Kind::LedgerRestore,
        ],
        date_order,
    ),
    rule(
        "AMOUNT_ZERO",
        "L-10",
        0,
        Stage::Law,
        says("金额为零", "The amount is zero"),
        &[
            Kind::Contribution,
            Kind::Transfer,
            Kind::InterestCredit,
            Kind::LoanEnrol,
            Kind::LoanDisburse,
            Kind::LoanRepay,
            Kind::ClaimSubmit,
            Kind::ClaimVerify,
            Kind::ClaimApprove,
            Kind::CompensationPay,
            Kind::RecoveryReport,
            Kind::RecoveryReturn,
            Kind::SuspenseRefund,
            Kind::FeePay,
            Kind::ClawbackOrder,
            Kind::ClawbackReturn,
        ],
        amount_zero,
    ),
    rule(
        "SAME_ACCOUNT",
        "L-11",
        0,
        Stage::Law,
        says("划出与划入账户相同", "Both accounts are the same"),
        &[Kind::Transfer],
        same_account,
    ),
    rule(
        "NEGATIVE_BALANCE",
        "I1",
        12,
        Stage::Law,
        says("账户余额不足", "The account does not cover it"),
        &[
            Kind::Transfer,
            Kind::CompensationPay,
            Kind::SuspenseRefund,
            Kind::FeePay,
            Kind::Distribute,
            Kind::Reversal,
        ],
        negative_balance,
    ),
    rule(
        "SEAL_ORDER",
        "L-12",
        0,
        Stage::Law,
        says(
            "封账期间须晚于已封账的期间",
            "The period ends no later than one sealed before",
        ),
        &[Kind::PeriodSeal],
        seal_order,
    ),
    rule(
        "SEAL_STALE",
        "L-13",
        0,
        Stage::Law,
        says(
            "封账根对应的账本高度不是当前高度",
            "The seal was made for another height of the ledger",
        ),
        &[Kind::PeriodSeal],
        seal_stale,
    ),
    rule(
        "SEAL_ROOT",
        "L-14",
        0,
        Stage::Law,
        says(
            "封账根与账本状态不符",
            "The seal's root is not that of the state",
        ),
        &[Kind::PeriodSeal],
        seal_root,
    ),
    rule(
        "REVERSAL_BLOCKED",
        "L-15",
        0,
        Stage::Law,
        says(
            "该交易不可冲销，或其后果已不可撤回",
            "The transaction cannot be reversed, or not any more",
        ),
        &[Kind::Reversal],
        reversal_blocked,
    ),
];

/// All kinds but the first of the list, which is genesis.
const ALL_BUT_GENESIS: &[Kind] = match Kind::ALL {
    [_, rest @ ..] => rest,
    [] => &[],
};

fn not_founded(case: &Case<'_>) -> Verdict {
    refuse_if(case.ledger()?.is_none(), Figures::none)
}

fn founded(case: &Case<'_>) -> Verdict {
    let Some(ledger) = case.ledger()? else {
        return PASS;
    };
    refuse(Figures::none().with("founded_on", ledger.founded_on))
}

fn date_in_future(case: &Case<'_>) -> Verdict {
    let today = case.time.day();
    refuse_if(case.date() > today, || {
        Figures::none()
            .with("date", case.date())
            .with("today", today)
    })
}

/// Unknown and revoked keys, managers out of office, and, where nothing is missing, keys
/// that the kind has no place for.
fn stranger_signed(case: &Case<'_>) -> Verdict {
    let standing = case.standing()?;
    let manager = case.fund()?.manager.clone();
    for signer in &case.signers {
        if let Some(reason) = unfit(case, signer, manager.as_ref()) {
            return refuse(
                Figures::none()
                    .with("key", signer.key_id.to_string())
                    .with("reason", reason),
            );
        }
    }
    match standing
        .strangers
        .first()
        .filter(|_| standing.missing.is_empty())
    {
        Some(key) => refuse(
            Figures::none()
                .with("key", key.to_string())
                .with("reason", "not_needed"),
        ),
        None => PASS,
    }
}

fn unfit(case: &Case<'_>, signer: &Signer, manager: Option<&Id>) -> Option<&'static str> {
    let Some(key) = &signer.key else {
        return Some("unknown");
    };
    if key.revoked.is_some() {
        return Some("revoked");
    }
    let office_matters = !matches!(
        case.kind(),
        Kind::Genesis | Kind::KeyEnrol | Kind::KeyRotate | Kind::KeyRevoke | Kind::ManagerAppoint
    );
    let out_of_office = key.role == Role::Manager && manager != Some(&key.party);
    (office_matters && out_of_office).then_some("manager_not_in_office")
}

fn signature_missing(case: &Case<'_>) -> Verdict {
    let standing = case.standing()?;
    if standing.missing.is_empty() {
        return PASS;
    }
    let mut figures = Figures::none().with("missing", standing.missing.join("; "));
    if standing.missing.iter().any(|need| need.contains("quorum")) {
        figures = figures.with("seats", standing.seats);
        if let Some(approval) = case.approval()? {
            let includes: alloc::vec::Vec<&str> =
                approval.lg_must_include.iter().map(Id::as_str).collect();
            figures = figures
                .with("required_seats", approval.lg_threshold)
                .with("must_include", includes.join(" "));
        }
    }
    refuse(figures)
}

/// By the day of recording: no stated date brings a suite back.
fn suite_not_allowed(case: &Case<'_>) -> Verdict {
    let Some(policy) = case.procedure()? else {
        return PASS;
    };
    let today = case.time.day();
    let keys = case.signers.iter().filter_map(|signer| signer.key.as_ref());
    let mut refused = keys.filter(|key| !policy.allows_suite(key.suite.as_str(), today));
    match refused.next() {
        Some(key) => refuse(
            Figures::none()
                .with("suite", &key.suite)
                .with("today", today),
        ),
        None => PASS,
    }
}

/// Whoever signed one step of a claim signs no other; several acts of one step may have
/// the same signers, and the leading group decides as often as it must.
fn same_key(case: &Case<'_>) -> Verdict {
    let Some(claim) = case.claim()? else {
        return PASS;
    };
    let own = match case.kind() {
        Kind::ClaimVerify => ClaimStep::Verify,
        Kind::CompensationPay => ClaimStep::Pay,
        _ => ClaimStep::Decide,
    };
    for signer in &case.signers {
        if signer
            .key
            .as_ref()
            .is_some_and(|key| key.role == Role::GroupMember)
        {
            continue;
        }
        let mut others = claim.steps.iter().filter(|step| step.step != own);
        if let Some(step) = others.find(|step| step.keys.contains(&signer.lineage())) {
            // The claimant signs again where a payment takes something off its claim.
            if step.step == ClaimStep::Submit
                && own == ClaimStep::Pay
                && agrees_to_less(signer, claim)
            {
                continue;
            }
            let figures = Figures::none()
                .with("key", signer.key_id.to_string())
                .with("signed_entry", step.entry);
            return refuse(figures);
        }
    }
    PASS
}

fn agrees_to_less(signer: &Signer, claim: &Claim) -> bool {
    signer
        .key
        .as_ref()
        .is_some_and(|key| key.party == claim.claimant && key.role.is_partner())
}

fn same_body(case: &Case<'_>) -> Verdict {
    let (Some(claim), Some(loan), Some(manager)) =
        (case.claim()?, case.loan()?, &case.fund()?.manager)
    else {
        return PASS;
    };
    refuse_if(claim.claimant == *manager || loan.bank == *manager, || {
        Figures::none().with("manager", manager)
    })
}

fn log_key_named(case: &Case<'_>) -> Verdict {
    let Body::Genesis(genesis) = case.body else {
        return PASS;
    };
    let named =
        VerifierKey::parse(&genesis.log_key).is_ok_and(|key| key.name() == case.transaction.ledger);
    refuse_if(!named, || {
        Figures::none().with("ledger", case.transaction.ledger.as_str())
    })
}

fn period_sealed(case: &Case<'_>) -> Verdict {
    let Some(sealed_until) = case.fund()?.sealed_until else {
        return PASS;
    };
    refuse_if(case.date() <= sealed_until, || {
        Figures::none()
            .with("date", case.date())
            .with("sealed_until", sealed_until)
    })
}

fn date_order(case: &Case<'_>) -> Verdict {
    let days = case.body.follows(case)?;
    match days.into_iter().find(|(_, day)| case.date() < *day) {
        Some((name, day)) => refuse(Figures::none().with("date", case.date()).with(name, day)),
        None => PASS,
    }
}

fn amount_zero(case: &Case<'_>) -> Verdict {
    refuse_if(
        case.body.amount().is_some_and(Amount::is_zero),
        Figures::none,
    )
}

fn same_account(case: &Case<'_>) -> Verdict {
    let Body::Transfer(transfer) = case.body else {
        return PASS;
    };
    refuse_if(transfer.from == transfer.to, || {
        Figures::none().with("account", &transfer.from)
    })
}

/// Every account covers what leaves it, and what is held on suspense stays refundable.
fn negative_balance(case: &Case<'_>) -> Verdict {
    let outflows = match case.body {
        Body::Reversal(reversal) => match crate::kinds::original(case.view, &reversal.of)? {
            Some(original) => reversed_outflows(&original),
            None => return PASS,
        },
        body => body.outflows(),
    };
    for (account, _) in &outflows {
        let out: Amount = outflows
            .iter()
            .filter(|(other, _)| other == account)
            .map(|(_, amount)| *amount)
            .sum();
        let balance = case.view.balance(&Account::book_of(account))?;
        if balance < out {
            let figures = Figures::none()
                .with("account", account)
                .with("balance", balance)
                .with("amount", out)
                .with("short", out - balance);
            return refuse(figures);
        }
    }
    let spends = matches!(
        case.kind(),
        Kind::CompensationPay | Kind::FeePay | Kind::Distribute
    );
    let suspense = case.fund()?.suspense;
    if spends && !suspense.is_zero() {
        let out: Amount = outflows.iter().map(|(_, amount)| *amount).sum();
        let total = fund_balance(case)?;
        return refuse_if(total - out < suspense, || {
            Figures::none()
                .with("fund", total)
                .with("amount", out)
                .with("held_on_suspense", suspense)
        });
    }
    PASS
}

fn reversed_outflows(original: &Original) -> alloc::vec::Vec<(Id, Amount)> {
    let postings = original
        .entry
        .effects
        .postings
        .iter()
        .filter(|posting| !posting.amount.is_negative());
    postings
        .filter_map(|posting| {
            Some((
                Id::parse(posting.book.strip_prefix("account:")?)?,
                posting.amount,
            ))
        })
        .collect()
}

/// The money in all accounts of the fund.
pub(super) fn fund_balance(case: &Case<'_>) -> Result<Amount, fundtrail_model::Fault> {
    let accounts: alloc::vec::Vec<Account> = case.view.list(b"")?;
    let mut total = Amount::ZERO;
    for account in accounts {
        total += case.view.balance(&Account::book_of(&account.account))?;
    }
    Ok(total)
}

fn seal_order(case: &Case<'_>) -> Verdict {
    let (Body::PeriodSeal(seal), Some(sealed_until)) = (case.body, case.fund()?.sealed_until)
    else {
        return PASS;
    };
    let until = seal.period.last_day();
    refuse_if(until <= sealed_until, || {
        Figures::none()
            .with("until", until)
            .with("sealed_until", sealed_until)
    })
}

fn seal_stale(case: &Case<'_>) -> Verdict {
    let Body::PeriodSeal(seal) = case.body else {
        return PASS;
    };
    refuse_if(seal.size != case.index, || {
        Figures::none()
            .with("size", seal.size)
            .with("height", case.index)
    })
}

fn seal_root(case: &Case<'_>) -> Verdict {
    let Body::PeriodSeal(period) = case.body else {
        return PASS;
    };
    if period.size != case.index {
        return PASS;
    }
    let root = seal::root(case.view)?.to_hex();
    refuse_if(root != period.root.as_str(), || {
        Figures::none()
            .with("stated", period.root.as_str())
            .with("expected", root.as_str())
    })
}

fn reversal_blocked(case: &Case<'_>) -> Verdict {
    let Body::Reversal(reversal) = case.body else {
        return PASS;
    };
    match crate::kinds::original(case.view, &reversal.of)? {
        Some(original) => Ok(original
            .body
            .reversal_blocked(case)?
            .map(|figures| figures.with("of", format!("entry {}", original.entry.index)))),
        None => PASS,
    }
}
