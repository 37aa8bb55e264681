//! What can be asked of the oracle: one business step, in plain words.

use crate::day::{Day, Second, When};
use crate::money::Fen;

/// A business step as it is signed.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The transaction's id.
    pub id: String,
    /// The business date.
    pub date: Day,
    /// When it is recorded, if it is.
    pub recorded: Second,
    /// Names of the keys that sign, in order.
    pub signers: Vec<String>,
    /// What it says.
    pub act: Act,
}

/// Which notice of Art. 13.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// 警示, at 3 %.
    Warning,
    /// 中止, at 5 %.
    Suspension,
}

/// A change of a loan.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// What is due on one day is due on a later one.
    Extension(Day, Day),
    /// What is due later is due on that day.
    Acceleration(Day),
    /// The enrolment was a mistake.
    Cancellation,
}

/// Whom a finding of fraud is about.
#[derive(Clone, Debug, PartialEq)]
pub enum About {
    /// A loan.
    Loan(String),
    /// A borrower, by its number.
    Borrower(String),
}

/// The periods that papers are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Period {
    /// A calendar year.
    Year(i64),
    /// A half, 1 or 2.
    Half(i64, i64),
    /// A quarter, 1 to 4.
    Quarter(i64, i64),
    /// A month.
    Month(i64, i64),
}

/// What a step says. The members are those of the kind's body in `docs/FORMAT.md`, 6.
#[expect(missing_docs, reason = "the format says what each member is")]
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Names an account of the fund.
    AccountOpen {
        account: String,
        main: bool,
        bank: String,
    },
    /// Money paid into the fund.
    Contribution {
        contributor: String,
        account: String,
        amount: Fen,
        initial: bool,
    },
    /// The fund begins to work.
    FundActivate,
    /// Between two of its accounts.
    Transfer {
        from: String,
        to: String,
        amount: Fen,
    },
    /// Interest of a period.
    InterestCredit {
        account: String,
        period: Period,
        amount: Fen,
    },
    /// An enterprise, by its credit code.
    BorrowerRegister {
        borrower: String,
        registered_on: Day,
        division: String,
        legal_person: bool,
    },
    /// A loan contract.
    LoanEnrol(Box<Contract>),
    /// Money paid out to the borrower.
    LoanDisburse { loan: String, amount: Fen, at: When },
    /// Money the borrower paid.
    LoanRepay {
        loan: String,
        received_on: Day,
        amount: Fen,
        costs: Fen,
        interest: Fen,
        principal: Fen,
    },
    /// A change of the contract.
    LoanAmend {
        loan: String,
        signed_on: Day,
        change: Change,
    },
    /// Art. 14.
    RiskNotice { loan: String, partner: String },
    /// Art. 15.
    ClaimSubmit(Box<Claimed>),
    /// 核实.
    ClaimVerify {
        claim: String,
        loss: Fen,
        amount: Fen,
    },
    /// 同意.
    ClaimApprove {
        claim: String,
        amount: Fen,
        override_misuse: bool,
    },
    /// 不同意.
    ClaimReject { claim: String },
    /// 拨付.
    CompensationPay {
        claim: String,
        account: String,
        payee: String,
        amount: Fen,
        loss: Fen,
        partial: bool,
    },
    /// Money collected after compensation.
    RecoveryReport(Box<Collected>),
    /// The fund's share of it.
    RecoveryReturn {
        recovery: String,
        loan: String,
        payer: String,
        account: String,
        amount: Fen,
        suspense: Fen,
    },
    /// Money in excess goes back.
    SuspenseRefund {
        payee: String,
        account: String,
        amount: Fen,
    },
    /// Art. 13.
    Notice {
        sort: Sort,
        bank: String,
        issued_at: Second,
    },
    /// A18.
    Lift {
        sort: Sort,
        bank: String,
        lifted_at: Second,
    },
    /// Art. 8.
    FeePay {
        account: String,
        payee: String,
        amount: Fen,
    },
    /// Art. 18.
    Blacklist { borrower: String, from: Day },
    /// Its end.
    BlacklistLift { borrower: String, on: Day },
    /// Art. 5.
    MisuseFinding { loan: String, withdrawn: bool },
    /// Art. 22.
    FraudFinding { about: About, withdrawn: bool },
    /// Art. 22.
    ClawbackOrder {
        order: String,
        loan: String,
        debtor: String,
        amount: Fen,
    },
    /// Money paid back under it.
    ClawbackReturn {
        order: String,
        payer: String,
        account: String,
        amount: Fen,
    },
    /// A quarterly report of the manager, or else an annual one.
    ReportFile {
        reporter: String,
        quarterly: bool,
        period: Period,
    },
    /// The half-yearly review.
    PerformanceReview { subject: String, period: Period },
    /// A closing balance.
    BankStatement {
        account: String,
        on: Day,
        closing: Fen,
    },
    /// 红字冲销.
    Reversal { of: String },
    /// Art. 21.
    Terminate,
    /// To contributors: (contributor, account, amount).
    Distribute { lines: Vec<(String, String, Fen)> },
    /// Cooperation ends from a day on.
    PartnerRevoke { partner: String, on: Day },
}

/// A loan contract as enrolled.
#[derive(Clone, Debug, PartialEq)]
pub struct Contract {
    /// Its id.
    pub loan: String,
    /// The lender.
    pub bank: String,
    /// The borrower's credit code.
    pub borrower: String,
    /// The whole amount.
    pub total: Fen,
    /// The part on pledged rights, if the contract says it.
    pub ip: Option<Fen>,
    /// Whether the bank's own ledger says how much of the rest is of the IP part.
    pub bank_ledger: bool,
    /// Whether repayments pay principal first.
    pub principal_first: bool,
    /// Principal by day, ascending.
    pub due: Vec<(Day, Fen)>,
    /// What for.
    pub purpose: &'static str,
    /// Kinds of the pledged rights, and whether each pledge is registered.
    pub pledges: Vec<(&'static str, bool)>,
    /// Day of the credit query.
    pub queried_on: Day,
    /// Newest adverse item.
    pub adverse_on: Option<Day>,
    /// The contract's number at its bank.
    pub number: String,
}

/// A claim as submitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    /// Its id.
    pub claim: String,
    /// The loan.
    pub loan: String,
    /// Who claims.
    pub claimant: String,
    /// The day of the loss.
    pub as_of: Day,
    /// Principal lost.
    pub principal: Fen,
    /// Interest stated as lost.
    pub interest: Fen,
    /// Who bears how much; the claimant alone if empty.
    pub borne: Vec<(String, Fen)>,
    /// What is claimed now.
    pub amount: Fen,
}

/// Money collected after compensation.
#[derive(Clone, Debug, PartialEq)]
pub struct Collected {
    /// Its id.
    pub recovery: String,
    /// The loan.
    pub loan: String,
    /// Who collected.
    pub collector: String,
    /// When it arrived.
    pub received_on: Day,
    /// How much.
    pub amount: Fen,
    /// Of which from the pledge.
    pub from_pledge: Fen,
    /// Of which interest.
    pub interest: Fen,
    /// Costs of enforcement.
    pub costs: Fen,
}

impl Period {
    /// Its last day.
    pub fn last_day(self) -> Day {
        match self {
            Period::Year(year) => Day::new(year, 12, 31),
            Period::Half(year, half) => Day::new(year, half * 6, 31),
            Period::Quarter(year, quarter) => Day::new(year, quarter * 3, 31),
            Period::Month(year, month) => Day::new(year, month, 31),
        }
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Period::Year(year) => write!(f, "{year}"),
            Period::Half(year, half) => write!(f, "{year}H{half}"),
            Period::Quarter(year, quarter) => write!(f, "{year}Q{quarter}"),
            Period::Month(year, month) => write!(f, "{year}-{month:02}"),
        }
    }
}
