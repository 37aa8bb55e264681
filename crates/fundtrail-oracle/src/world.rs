//! The books and lists of a fund, as maps; and the way of one step through the rules.

use std::collections::{BTreeMap, BTreeSet};

use crate::day::{Day, Second, When};
use crate::law;
use crate::money::{Fen, yuan};
use crate::policy::Policy;
use crate::standing::{self, Key};
use crate::step::{Change, Claimed, Contract, Period, Sort, Step};

/// Codes of refusals.
pub type Codes = BTreeSet<&'static str>;

/// What the oracle says of a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// It stands, and moved this money with these alerts.
    Recorded(Effects),
    /// It does not: every code of the first stage that objects, and those of admission.
    Refused(Codes),
}

/// What a recorded step did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effects {
    /// Books and amounts, in order.
    pub postings: Vec<(String, Fen)>,
    /// Alerts raised, in order.
    pub alerts: Vec<Alert>,
}

/// Somebody owes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Its code.
    pub code: &'static str,
    /// What it is about.
    pub object: String,
    /// By when.
    pub due: Option<Day>,
    /// Its figures, in order.
    pub figures: Vec<(&'static str, String)>,
}

/// A partner of the fund.
#[derive(Clone, Debug)]
pub struct Partner {
    /// First day.
    pub from: Day,
    /// First day without.
    pub until: Option<Day>,
}

/// An enterprise.
#[derive(Clone, Debug, Default)]
pub struct Borrower {
    /// When it was registered.
    pub registered_on: Option<Day>,
    /// Where.
    pub division: String,
    /// Listed from; and until, if lifted.
    pub listed: Option<(Day, Option<Day>)>,
    /// Found to have defrauded the fund.
    pub fraud: bool,
}

/// A loan and all that happened to it.
#[derive(Clone, Debug)]
pub struct Loan {
    /// As enrolled; `due` as amended since.
    pub contract: Contract,
    /// When it was enrolled.
    pub enrolled_on: Day,
    /// Disbursements that stand: transaction, amount, when. In order of recording.
    pub disbursed: Vec<(String, Fen, When)>,
    /// Principal repaid.
    pub repaid: Fen,
    /// Repayments that stand, with their principal.
    pub repayments: Vec<(String, Fen)>,
    /// Art. 14.
    pub noticed: bool,
    /// Art. 5.
    pub misuse: bool,
    /// Art. 22.
    pub fraud: bool,
    /// Whether it counts for the brake.
    pub counts: bool,
    /// Its claims, in order of submission.
    pub claims: Vec<String>,
    /// Payments that stand: transaction, claim, date, amount.
    pub payments: Vec<(String, String, Day, Fen)>,
    /// Recoveries that stand, in order.
    pub recoveries: Vec<String>,
    /// Ordered back.
    pub clawed: Fen,
}

/// How far a claim is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// 已申请.
    Submitted,
    /// 已核实.
    Verified,
    /// 已同意.
    Approved,
    /// 已拨付.
    Paid,
    /// 不同意.
    Rejected,
}

/// A claim.
#[derive(Clone, Debug)]
pub struct Claim {
    /// On which loan.
    pub loan: String,
    /// Who claims.
    pub claimant: String,
    /// The day of the loss.
    pub as_of: Day,
    /// The loss it is for; lowered when a payment confirms less.
    pub loss: Fen,
    /// How much of it is not principal.
    pub beside: Fen,
    /// Who bears how much.
    pub borne: Vec<(String, Fen)>,
    /// What it is worth.
    pub amount: Fen,
    /// Paid so far.
    pub paid: Fen,
    /// Whether the group turned down what was left of it.
    pub closed: bool,
    /// How far it is.
    pub status: Status,
    /// Date of its last step.
    pub last_step: Day,
    /// Keys of each of its steps: 0 submission, 1 verification, 2 decision, 3 payment.
    pub keys: Vec<(u8, String)>,
    /// Place in the order of approvals.
    pub approval: u64,
}

/// Money collected, and what is owed of it.
#[derive(Clone, Debug)]
pub struct Recovery {
    /// On which loan.
    pub loan: String,
    /// Who collected.
    pub collector: String,
    /// When it arrived.
    pub received_on: Day,
    /// When it was reported.
    pub reported_on: Day,
    /// What counts of it.
    pub counted: Fen,
    /// Made due by it.
    pub due: Fen,
    /// Returned.
    pub returned: Fen,
    /// Last day on time.
    pub deadline: Day,
}

/// A notice of Art. 13.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Which.
    pub sort: Sort,
    /// Dispatch.
    pub issued_at: Second,
    /// Lifting.
    pub lifted_at: Option<Second>,
}

/// A clawback order.
#[derive(Clone, Debug)]
pub struct Order {
    /// On which loan.
    pub loan: String,
    /// Who owes.
    pub debtor: String,
    /// How much.
    pub amount: Fen,
    /// Returned.
    pub returned: Fen,
}

/// A recorded step that may be taken back.
#[derive(Clone, Debug)]
pub struct Past {
    /// As signed.
    pub step: Step,
    /// What it posted.
    pub postings: Vec<(String, Fen)>,
    /// Its place in the order of recording.
    pub number: u64,
    /// A payment: the claim as it was before.
    pub claim_before: Option<Claim>,
    /// A payment: due and deadline of the recovery that caught up, as they were before.
    pub caught: Option<(String, Fen, Day)>,
    /// Whether it was taken back.
    pub reversed: bool,
}

/// An account of the fund at a bank.
#[derive(Clone, Debug)]
pub struct Account {
    /// The bank.
    pub bank: String,
}

/// A whole fund.
#[derive(Clone, Debug)]
pub struct World {
    /// The numbers and readings.
    pub policy: Policy,
    /// Who may sign.
    pub keys: BTreeMap<String, Key>,
    /// Banks, insurers and guarantors.
    pub partners: BTreeMap<String, Partner>,
    /// The manager in office.
    pub manager: String,
    /// Double entry, debit positive.
    pub books: BTreeMap<String, Fen>,
    /// Accounts by id.
    pub accounts: BTreeMap<String, Account>,
    /// Who paid in: toward the initial total, and in all. In the order of first payments.
    pub contributed: Vec<(String, Fen, Fen)>,
    /// Art. 3.
    pub active: bool,
    /// Art. 21.
    pub terminated: bool,
    /// Interest by account and period.
    pub interest: BTreeMap<(String, Period), Fen>,
    /// Fees by year.
    pub fees: BTreeMap<i64, Fen>,
    /// Enterprises by credit code.
    pub borrowers: BTreeMap<String, Borrower>,
    /// Loans by id.
    pub loans: BTreeMap<String, Loan>,
    /// Claims by id.
    pub claims: BTreeMap<String, Claim>,
    /// Recoveries by id.
    pub recoveries: BTreeMap<String, Recovery>,
    /// Orders by id.
    pub orders: BTreeMap<String, Order>,
    /// Notices by bank, in order.
    pub notices: BTreeMap<String, Vec<Notice>>,
    /// Movements of accounts by business date.
    pub movements: Vec<(String, Day, Fen)>,
    /// What may be taken back, by transaction.
    pub past: BTreeMap<String, Past>,
    /// Every id a loan ever had: none is given twice.
    pub loan_ids: BTreeSet<String>,
    /// Every id a recovery ever had.
    pub recovery_ids: BTreeSet<String>,
    /// Ids of all recorded transactions.
    pub recorded: BTreeSet<String>,
    /// Approvals given so far.
    pub approvals: u64,
    /// Steps recorded so far.
    pub steps: u64,
}

impl World {
    /// A fund that has a policy, a manager and partners, and no money yet.
    pub fn new(
        policy: Policy,
        manager: &str,
        keys: BTreeMap<String, Key>,
        partners: BTreeMap<String, Partner>,
    ) -> World {
        World {
            policy,
            keys,
            partners,
            manager: manager.to_owned(),
            books: BTreeMap::new(),
            accounts: BTreeMap::new(),
            contributed: Vec::new(),
            active: false,
            terminated: false,
            interest: BTreeMap::new(),
            fees: BTreeMap::new(),
            borrowers: BTreeMap::new(),
            loans: BTreeMap::new(),
            claims: BTreeMap::new(),
            recoveries: BTreeMap::new(),
            orders: BTreeMap::new(),
            notices: BTreeMap::new(),
            movements: Vec::new(),
            past: BTreeMap::new(),
            recorded: BTreeSet::new(),
            loan_ids: BTreeSet::new(),
            recovery_ids: BTreeSet::new(),
            approvals: 0,
            steps: 0,
        }
    }

    /// What becomes of a step; if it stands, the fund is changed by it.
    pub fn take(&mut self, step: &Step) -> Said {
        let codes = self.judge(step);
        if !codes.is_empty() {
            return Said::Refused(codes);
        }
        let mut effects = Effects::default();
        law::apply(self, step, &mut effects);
        self.recorded.insert(step.id.clone());
        self.steps += 1;
        Said::Recorded(effects)
    }

    /// Every code of the first stage that objects, and those of admission beside them.
    pub fn judge(&self, step: &Step) -> Codes {
        let mut codes = standing::judge(self, step);
        if codes.is_empty() {
            codes = law::references(self, step);
        }
        if codes.is_empty() {
            codes = law::judge(self, step);
        }
        codes.extend(law::admission(step));
        codes
    }

    /// A book's balance.
    pub fn balance(&self, book: &str) -> Fen {
        self.books.get(book).copied().unwrap_or(0)
    }

    /// An account's balance.
    pub fn held(&self, account: &str) -> Fen {
        self.balance(&format!("account:{account}"))
    }

    /// All accounts together.
    pub fn fund(&self) -> Fen {
        let accounts = self
            .books
            .iter()
            .filter(|(book, _)| book.starts_with("account:"));
        accounts.map(|(_, balance)| *balance).sum()
    }

    pub(crate) fn post(&mut self, effects: &mut Effects, date: Day, book: String, amount: Fen) {
        *self.books.entry(book.clone()).or_default() += amount;
        if let Some(account) = book.strip_prefix("account:") {
            self.movements.push((account.to_owned(), date, amount));
        }
        effects.postings.push((book, amount));
    }

    /// The newest notice of a sort, if it is not lifted.
    pub fn standing_notice(&self, bank: &str, sort: Sort) -> Option<&Notice> {
        let own = self.notices.get(bank)?.iter().rev();
        own.filter(|notice| notice.sort == sort)
            .take(1)
            .find(|notice| notice.lifted_at.is_none())
    }

    /// Whether an institution is a partner on a day.
    pub fn is_partner(&self, party: &str, day: Day) -> bool {
        self.partners.get(party).is_some_and(|partner| {
            partner.from <= day && partner.until.is_none_or(|until| day < until)
        })
    }

    /// Principal lost on a loan's IP part, as of a day.
    pub fn lost_on(&self, loan: &str, as_of: Day) -> Fen {
        law::loss::lost(self, &self.loans[loan], as_of).ip
    }

    /// The loss of a claim as things stand now.
    pub fn loss_now(&self, claim: &str) -> Fen {
        let claim = &self.claims[claim];
        law::loss::now(self, &self.loans[&claim.loan], claim)
    }

    /// What may be paid of a claim when so much loss is confirmed.
    pub fn payable(&self, claim: &str, confirmed: Fen) -> Fen {
        law::loss::payable(self, claim, confirmed)
    }

    /// What a claim may ask for.
    pub fn claimable(&self, claimed: &Claimed) -> Fen {
        law::claimable(self, claimed)
    }

    /// What was compensated on a bank's loans, and what it disbursed of those that count.
    pub fn ratio(&self, bank: &str) -> (Fen, Fen) {
        law::ratio(self, bank)
    }

    /// Due in all on a loan's recoveries so far.
    pub fn due_before(&self, loan: &Loan) -> Fen {
        loan.recoveries
            .iter()
            .map(|id| self.recoveries[id].due)
            .sum()
    }
}

impl Effects {
    pub(crate) fn alert(
        &mut self,
        code: &'static str,
        object: String,
        due: Option<Day>,
        figures: Vec<(&'static str, String)>,
    ) {
        self.alerts.push(Alert {
            code,
            object,
            due,
            figures,
        });
    }
}

impl Loan {
    /// Disbursed so far.
    pub fn drawn(&self) -> Fen {
        self.disbursed.iter().map(|(_, amount, _)| amount).sum()
    }

    /// Disbursed and not repaid.
    pub fn outstanding(&self) -> Fen {
        crate::money::less(self.drawn(), self.repaid)
    }

    /// Compensated so far.
    pub fn compensated(&self) -> Fen {
        self.payments.iter().map(|(_, _, _, amount)| amount).sum()
    }

    /// The part on pledged rights.
    pub fn ip(&self) -> Fen {
        self.contract.ip.unwrap_or(0)
    }

    /// The earliest disbursement.
    pub fn earliest(&self) -> Option<When> {
        self.disbursed
            .iter()
            .map(|(_, _, when)| *when)
            .min_by_key(|when| when.order())
    }

    /// What is unpaid of each instalment: repayments pay the earliest first, and what was
    /// not drawn comes off the latest.
    pub fn unpaid(&self) -> Vec<(Day, Fen)> {
        let (drawn, mut before) = (self.drawn(), 0);
        let mut unpaid = Vec::new();
        for (day, amount) in &self.contract.due {
            let after = before + amount;
            unpaid.push((
                *day,
                crate::money::less(after.min(drawn), before.max(self.repaid)),
            ));
            before = after;
        }
        unpaid
    }

    pub(crate) fn amend(&mut self, change: &Change) {
        let moved = |day: Day| match change {
            Change::Extension(old, new) if day == *old => *new,
            Change::Acceleration(new) if day > *new => *new,
            _ => day,
        };
        let mut due: BTreeMap<Day, Fen> = BTreeMap::new();
        for (day, amount) in &self.contract.due {
            *due.entry(moved(*day)).or_default() += amount;
        }
        self.contract.due = due.into_iter().collect();
    }
}

impl std::fmt::Display for Effects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (book, amount) in &self.postings {
            write!(f, "{book} {}; ", yuan(*amount))?;
        }
        for alert in &self.alerts {
            write!(
                f,
                "{} {} {:?} {:?}; ",
                alert.code,
                alert.object,
                alert.due.map(|d| d.to_string()),
                alert.figures
            )?;
        }
        Ok(())
    }
}
