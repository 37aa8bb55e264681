//! What may be signed: a file for each kind of transaction, and the one list of them.
//!
//! A kind says what it means, what its body holds, who must sign it and what it does.
//! Whether it may be done is the business of `chapters`. A new kind is one file and one
//! line in the list below.

mod filing;
mod prelude;

use alloc::vec::Vec;
use core::fmt::Debug;

use fundtrail_model::{Amount, Day, Fault, Figures, Id, Malformed, MalformedCode, Transaction};
use serde::de::DeserializeOwned;

use crate::case::{Case, Subject};
use crate::outcome::Outcome;
use crate::particulars::Particular;
use crate::rule::Bilingual;
use crate::signers::Need;
use crate::state::Key;

/// What a kind of transaction means.
pub trait Meaning: DeserializeOwned + Debug {
    /// The wire name.
    const NAME: &'static str;
    /// The articles it serves.
    const ARTICLES: &'static [u8];
    /// What it is called.
    const TITLE: Bilingual;

    /// What it refers to and what it brings into being.
    fn subject(&self) -> Subject;

    /// Who must sign it.
    ///
    /// # Errors
    /// [`Fault`] when the storage cannot be read.
    fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault>;

    /// What it does, once nothing stands against it. Cannot fail for reasons a submitter
    /// can cause.
    ///
    /// # Errors
    /// [`Fault`] when the storage cannot be read.
    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault>;

    /// Checks what the types of the body cannot, without any state.
    ///
    /// # Errors
    /// [`Malformed`] with the first thing that does not fit.
    fn check(&self) -> Result<(), Malformed> {
        Ok(())
    }

    /// The particulars it seals.
    fn particulars(&self) -> Vec<Particular> {
        Vec::new()
    }

    /// Keys that it brings with it, and that sign it to prove possession.
    fn introduces(&self, _index: u64) -> Vec<Key> {
        Vec::new()
    }

    /// The amount of money it states, where it moves or claims any.
    fn amount(&self) -> Option<Amount> {
        None
    }

    /// What leaves which account of the fund.
    fn outflows(&self) -> Vec<(Id, Amount)> {
        Vec::new()
    }

    /// Days that its business date must not precede, by name.
    ///
    /// # Errors
    /// [`Fault`] when the storage cannot be read.
    fn follows(&self, _case: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
        Ok(Vec::new())
    }

    /// Whether it may be reversed, and what stands against reversing it now.
    ///
    /// # Errors
    /// [`Fault`] when the storage cannot be read.
    fn reversal_blocked(&self, _case: &Case<'_>) -> Result<Option<Figures>, Fault> {
        Ok(Some(Figures::none().with("kind", Self::NAME)))
    }

    /// Takes back what `apply` did to the records; the postings are taken back for it.
    ///
    /// # Errors
    /// [`Fault`] when the storage cannot be read.
    fn undo(&self, _case: &Case<'_>, _out: &mut Outcome<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

/// Declares the list of kinds: [`Kind`], [`Body`] and what is asked of each.
macro_rules! kinds {
    ($($module:ident :: $name:ident,)+) => {
        $(mod $module;)+
        $(pub use $module::$name;)+

        /// A kind of transaction.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind { $(#[doc = concat!("See [`", stringify!($name), "`].")] $name,)+ }

        /// A body, read as its kind. All are small but the policy and the calendar, which
        /// are rare.
        #[derive(Debug)]
        #[expect(clippy::large_enum_variant, reason = "one body is alive at a time")]
        pub enum Body { $(#[doc = concat!("See [`", stringify!($name), "`].")] $name($name),)+ }

        impl Kind {
            /// Every kind, in the order of the list.
            pub const ALL: &'static [Kind] = &[$(Kind::$name,)+];

            /// The wire name.
            pub const fn name(self) -> &'static str {
                match self { $(Kind::$name => $name::NAME,)+ }
            }

            /// What it is called.
            pub const fn title(self) -> Bilingual {
                match self { $(Kind::$name => $name::TITLE,)+ }
            }

            /// The articles it serves.
            pub const fn articles(self) -> &'static [u8] {
                match self { $(Kind::$name => $name::ARTICLES,)+ }
            }
        }

        impl Body {
            /// Reads the body of a transaction.
            ///
            /// # Errors
            /// `UNKNOWN_KIND`, and what is wrong with the body.
            pub fn parse(transaction: &Transaction) -> Result<Body, Malformed> {
                let body = match transaction.kind.as_str() {
                    $($name::NAME => Body::$name(transaction.body_as()?),)+
                    _ => {
                        let detail = "there is no kind of that name";
                        return Err(Malformed::new(MalformedCode::UnknownKind, detail));
                    }
                };
                match &body { $(Body::$name(body) => body.check()?,)+ }
                Ok(body)
            }

            /// The kind.
            pub const fn kind(&self) -> Kind {
                match self { $(Body::$name(_) => Kind::$name,)+ }
            }
        }

        impl Body {
            /// See [`Meaning::subject`].
            pub fn subject(&self) -> Subject {
                match self { $(Body::$name(body) => body.subject(),)+ }
            }

            /// See [`Meaning::needs`].
            ///
            /// # Errors
            /// As there.
            pub fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault> {
                match self { $(Body::$name(body) => body.needs(case),)+ }
            }

            /// See [`Meaning::apply`].
            ///
            /// # Errors
            /// As there.
            pub fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
                match self { $(Body::$name(body) => body.apply(case, out),)+ }
            }

            /// See [`Meaning::particulars`].
            pub fn particulars(&self) -> Vec<Particular> {
                match self { $(Body::$name(body) => body.particulars(),)+ }
            }

            /// See [`Meaning::introduces`].
            pub fn introduces(&self, index: u64) -> Vec<Key> {
                match self { $(Body::$name(body) => body.introduces(index),)+ }
            }

            /// See [`Meaning::amount`].
            pub fn amount(&self) -> Option<Amount> {
                match self { $(Body::$name(body) => body.amount(),)+ }
            }

            /// See [`Meaning::outflows`].
            pub fn outflows(&self) -> Vec<(Id, Amount)> {
                match self { $(Body::$name(body) => body.outflows(),)+ }
            }

            /// See [`Meaning::follows`].
            ///
            /// # Errors
            /// As there.
            pub fn follows(&self, case: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
                match self { $(Body::$name(body) => body.follows(case),)+ }
            }

            /// See [`Meaning::reversal_blocked`].
            ///
            /// # Errors
            /// As there.
            pub fn reversal_blocked(&self, case: &Case<'_>) -> Result<Option<Figures>, Fault> {
                match self { $(Body::$name(body) => body.reversal_blocked(case),)+ }
            }

            /// See [`Meaning::undo`].
            ///
            /// # Errors
            /// As there.
            pub fn undo(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
                match self { $(Body::$name(body) => body.undo(case, out),)+ }
            }
        }
    };
}

kinds! {
    genesis::Genesis,
    policy_adopt::PolicyAdopt,
    calendar_adopt::CalendarAdopt,
    key_enrol::KeyEnrol,
    key_rotate::KeyRotate,
    key_revoke::KeyRevoke,
    ledger_restore::LedgerRestore,
    manager_appoint::ManagerAppoint,
    manager_remove::ManagerRemove,
    partner_admit::PartnerAdmit,
    partner_revoke::PartnerRevoke,
    contribution::Contribution,
    fund_activate::FundActivate,
    account_open::AccountOpen,
    transfer::Transfer,
    interest_credit::InterestCredit,
    borrower_register::BorrowerRegister,
    loan_enrol::LoanEnrol,
    loan_disburse::LoanDisburse,
    loan_repay::LoanRepay,
    loan_amend::LoanAmend,
    risk_notice::RiskNotice,
    claim_submit::ClaimSubmit,
    claim_verify::ClaimVerify,
    claim_approve::ClaimApprove,
    claim_reject::ClaimReject,
    compensation_pay::CompensationPay,
    recovery_report::RecoveryReport,
    recovery_return::RecoveryReturn,
    suspense_refund::SuspenseRefund,
    warn_notice::WarnNotice,
    suspend_notice::SuspendNotice,
    suspend_lift::SuspendLift,
    fee_pay::FeePay,
    blacklist::Blacklist,
    blacklist_lift::BlacklistLift,
    misuse_finding::MisuseFinding,
    fraud_finding::FraudFinding,
    clawback_order::ClawbackOrder,
    clawback_return::ClawbackReturn,
    report_file::ReportFile,
    performance_review::PerformanceReview,
    audit_engage::AuditEngage,
    audit_report::AuditReport,
    bank_statement::BankStatement,
    period_seal::PeriodSeal,
    reversal::Reversal,
    particulars_erase::ParticularsErase,
    terminate::Terminate,
    distribute::Distribute,
}

pub use audit_report::Opinion;
pub use claim_submit::LossBase;
pub use compensation_pay::payable;
pub use contribution::ContributionPurpose;
pub use distribute::DistributionLine;
pub use fee_pay::prorated;
pub use fraud_finding::FraudSubject;
pub use genesis::FoundingKey;
pub use ledger_restore::RestoreReason;
pub use loan_amend::LoanChange;
pub use report_file::ReportKind;
pub use reversal::{Original, original};

impl Kind {
    /// The kind of that wire name.
    pub fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}
