//! What a transaction refers to is there, and what it brings into being is not.

use alloc::string::ToString;

use fundtrail_model::port::Table;
use fundtrail_model::{Figures, Id};

use super::{Body, Case, Kind, PASS, Rule, Stage, Verdict, refuse, refuse_if, rule, says};
use crate::state::{Key, Role};

pub(super) const RULES: &[Rule] = &[
    rule(
        "ID_TAKEN",
        "L-20",
        0,
        Stage::Reference,
        says("编号已被使用", "It exists already under that id"),
        &[
            Kind::KeyEnrol,
            Kind::KeyRotate,
            Kind::AccountOpen,
            Kind::LoanEnrol,
            Kind::ClaimSubmit,
            Kind::RecoveryReport,
            Kind::ClawbackOrder,
            Kind::AuditEngage,
            Kind::PeriodSeal,
            Kind::Reversal,
        ],
        id_taken,
    ),
    rule(
        "KEY_UNKNOWN",
        "L-21",
        0,
        Stage::Reference,
        says(
            "密钥未登记或已吊销",
            "The key is not enrolled, or revoked already",
        ),
        &[Kind::KeyRevoke],
        key_unknown,
    ),
    rule(
        "PARTY_UNKNOWN",
        "L-22",
        0,
        Stage::Reference,
        says(
            "机构未以所需身份登记",
            "No such party is known in the role it needs",
        ),
        &[
            Kind::PartnerRevoke,
            Kind::ManagerRemove,
            Kind::AccountOpen,
            Kind::SuspenseRefund,
            Kind::WarnNotice,
            Kind::SuspendNotice,
            Kind::SuspendLift,
            Kind::FraudFinding,
            Kind::ClawbackOrder,
            Kind::PerformanceReview,
            Kind::AuditEngage,
        ],
        party_unknown,
    ),
    rule(
        "ACCOUNT_UNKNOWN",
        "R-9-2",
        9,
        Stage::Reference,
        says(
            "账户不是登记在册的资金账户",
            "The account is not one of the fund's",
        ),
        &[
            Kind::Contribution,
            Kind::Transfer,
            Kind::InterestCredit,
            Kind::CompensationPay,
            Kind::RecoveryReturn,
            Kind::SuspenseRefund,
            Kind::FeePay,
            Kind::ClawbackReturn,
            Kind::BankStatement,
            Kind::Distribute,
        ],
        account_unknown,
    ),
    rule(
        "BORROWER_UNKNOWN",
        "R-8-3",
        8,
        Stage::Reference,
        says("企业未登记入库", "The borrower is not registered"),
        &[
            Kind::LoanEnrol,
            Kind::Blacklist,
            Kind::BlacklistLift,
            Kind::FraudFinding,
        ],
        borrower_unknown,
    ),
    rule(
        "LOAN_NOT_ENROLLED",
        "R-12-0",
        12,
        Stage::Reference,
        says("贷款未入库", "The loan is not enrolled"),
        &[
            Kind::LoanDisburse,
            Kind::LoanRepay,
            Kind::LoanAmend,
            Kind::RiskNotice,
            Kind::ClaimSubmit,
            Kind::RecoveryReport,
            Kind::RecoveryReturn,
            Kind::MisuseFinding,
            Kind::FraudFinding,
            Kind::ClawbackOrder,
        ],
        loan_unknown,
    ),
    rule(
        "CLAIM_UNKNOWN",
        "R-15-4",
        15,
        Stage::Reference,
        says("没有该补偿申请", "There is no such claim"),
        &[
            Kind::ClaimVerify,
            Kind::ClaimApprove,
            Kind::ClaimReject,
            Kind::CompensationPay,
        ],
        claim_unknown,
    ),
    rule(
        "RECOVERY_UNKNOWN",
        "R-16-3",
        16,
        Stage::Reference,
        says("该贷款没有此笔追偿报告", "The loan has no such recovery"),
        &[Kind::RecoveryReturn],
        recovery_unknown,
    ),
    rule(
        "ORDER_UNKNOWN",
        "R-22-4",
        22,
        Stage::Reference,
        says("没有该追缴决定", "There is no such clawback order"),
        &[Kind::ClawbackReturn],
        order_unknown,
    ),
    rule(
        "ENGAGEMENT_UNKNOWN",
        "R-17-1",
        17,
        Stage::Reference,
        says("没有该审计委托", "There is no such audit engagement"),
        &[Kind::AuditReport],
        engagement_unknown,
    ),
    rule(
        "TRANSACTION_UNKNOWN",
        "L-23",
        0,
        Stage::Reference,
        says("没有该交易", "There is no such transaction"),
        &[Kind::Reversal, Kind::ParticularsErase],
        transaction_unknown,
    ),
];

fn id_taken(case: &Case<'_>) -> Verdict {
    let read = case.view.read();
    for creation in &case.subject.creates {
        let stands = read.get(creation.table, &creation.key)?.is_some();
        let was = match &creation.object {
            Some(object) => read.get(Table::Heads, object.as_bytes())?.is_some(),
            None => false,
        };
        if stands || was {
            return refuse(Figures::none().with("exists", creation.name.as_str()));
        }
    }
    PASS
}

fn key_unknown(case: &Case<'_>) -> Verdict {
    let Some(key_id) = case.subject.key else {
        return PASS;
    };
    let key: Option<Key> = case.view.get(key_id.to_string().as_bytes())?;
    let standing = key.is_some_and(|key| key.revoked.is_none());
    refuse_if(!standing, || {
        Figures::none().with("key", key_id.to_string())
    })
}

/// The roles in which a kind needs the party it names; any will do where none is given.
fn roles_needed(kind: Kind) -> &'static [Role] {
    match kind {
        Kind::AccountOpen | Kind::WarnNotice | Kind::SuspendNotice | Kind::SuspendLift => {
            &[Role::Bank]
        }
        Kind::AuditEngage => &[Role::Auditor],
        Kind::ManagerRemove => &[Role::Manager],
        Kind::PerformanceReview => &[Role::Bank, Role::Insurer, Role::Guarantor, Role::Manager],
        _ => &[Role::Bank, Role::Insurer, Role::Guarantor],
    }
}

fn party_unknown(case: &Case<'_>) -> Verdict {
    let Some(id) = &case.subject.party else {
        return PASS;
    };
    let needed = roles_needed(case.kind());
    let fits = case
        .party()?
        .is_some_and(|party| party.roles.iter().any(|role| needed.contains(role)));
    refuse_if(!fits, || Figures::none().with("party", id))
}

fn account_unknown(case: &Case<'_>) -> Verdict {
    for account in &case.subject.accounts {
        if case.account(account)?.is_none() {
            return refuse(Figures::none().with("account", account));
        }
    }
    PASS
}

fn borrower_unknown(case: &Case<'_>) -> Verdict {
    let missing = case.subject.borrower.is_some() && case.borrower()?.is_none();
    refuse_if(missing, Figures::none)
}

fn loan_unknown(case: &Case<'_>) -> Verdict {
    let Some(loan) = &case.subject.loan else {
        return PASS;
    };
    refuse_if(case.loan()?.is_none(), || {
        Figures::none().with("loan", loan)
    })
}

fn claim_unknown(case: &Case<'_>) -> Verdict {
    refuse_if(case.claim()?.is_none(), || {
        named("claim", case.subject.claim.as_ref())
    })
}

/// Where nothing was ever compensated the law has more to say than that a recovery is
/// missing.
fn recovery_unknown(case: &Case<'_>) -> Verdict {
    let Some(loan) = case.loan()? else {
        return PASS;
    };
    if loan.compensated.is_zero() {
        return PASS;
    }
    let known = case
        .recovery()?
        .is_some_and(|recovery| recovery.loan == loan.loan);
    refuse_if(!known, || named("recovery", case.subject.recovery.as_ref()))
}

fn order_unknown(case: &Case<'_>) -> Verdict {
    refuse_if(case.order()?.is_none(), || {
        named("order", case.subject.order.as_ref())
    })
}

fn engagement_unknown(case: &Case<'_>) -> Verdict {
    let Body::AuditReport(report) = case.body else {
        return PASS;
    };
    refuse_if(report.engaged(case)?.is_none(), || {
        Figures::none().with("engagement", &report.engagement)
    })
}

fn transaction_unknown(case: &Case<'_>) -> Verdict {
    let of = match case.body {
        Body::Reversal(reversal) => &reversal.of,
        Body::ParticularsErase(erasure) => &erasure.of,
        _ => return PASS,
    };
    refuse_if(crate::kinds::original(case.view, of)?.is_none(), || {
        Figures::none().with("transaction", of)
    })
}

fn named(what: &'static str, id: Option<&Id>) -> Figures {
    id.map_or_else(Figures::none, |id| Figures::none().with(what, id))
}
