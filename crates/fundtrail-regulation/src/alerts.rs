//! Alerts: what is recorded all the same, though somebody now owes something. The one
//! list of them.

use crate::rule::Bilingual;
use crate::state::Role;

/// One sort of alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlertKind {
    /// Stable code, never reused.
    pub code: &'static str,
    /// Article it rests on; 0 where it rests on none.
    pub article: u8,
    /// The role that owes an answer.
    pub owed_by: Role,
    /// What it says.
    pub title: Bilingual,
}

/// Declares the alerts and the list of them in one place.
macro_rules! alerts {
    ($($name:ident: $article:literal, $owed_by:ident, $zh:literal, $en:literal;)+) => {
        $(
            #[doc = $en]
            pub const $name: AlertKind = AlertKind {
                code: stringify!($name),
                article: $article,
                owed_by: Role::$owed_by,
                title: Bilingual { zh: $zh, en: $en },
            };
        )+

        /// Every sort of alert.
        pub static ALERTS: &[AlertKind] = &[$($name,)+];
    };
}

alerts! {
    USCC_PREFIX_FOREIGN: 4, Manager, "统一社会信用代码的登记机关区划不在本市", "The credit code was issued by an authority outside the region.";
    ORGANISATION_CHECK_DIGIT: 4, Manager, "统一社会信用代码中组织机构代码的校验位不符", "The organisation code inside the credit code fails its own check.";
    MISUSE_APPROVED: 5, GroupMember, "贷款已被认定违规使用，仍同意补偿", "A claim was approved in spite of a confirmed misuse of proceeds.";
    FEE_ABOVE_PRORATA: 8, Manager, "当年管理费超过按生效天数折算的金额", "The year's fees exceed the part of the ceiling that falls on days in force.";
    RECONCILE_DIFF: 8, Manager, "银行对账单余额与账本不符", "A bank statement differs from the ledger.";
    REPORT_OVERDUE: 8, Manager, "报告或评价逾期报送", "A report or review was filed late.";
    NEW_LOAN_WHILE_SUSPENDED: 13, Bank, "中止期间发放贷款", "A loan was disbursed during a suspension.";
    WARN_NOTICE_DUE: 13, Manager, "补偿比率达到警示门槛，应发出警示通知", "The ratio has reached the first threshold: a warning is due.";
    SUSPEND_NOTICE_DUE: 13, Manager, "补偿比率达到中止门槛，应发出中止通知", "The ratio has reached the second threshold: a notice to suspend is due.";
    NO_RISK_NOTICE: 14, Bank, "申请补偿前未发出风险通知", "A claim came without an earlier notice of risk.";
    LATE_RETURN: 16, Bank, "返还逾期", "A return came after its deadline.";
    SHORT_RETURN_ARREARS: 16, Bank, "返还不足", "A return left something owed.";
}

/// The alert of that code.
pub fn by_code(code: &str) -> Option<&'static AlertKind> {
    ALERTS.iter().find(|alert| alert.code == code)
}
