//! A scenario as read: what is to be submitted, and what must then be so.

use fundtrail_model::{Day, Moment};

use crate::expectation::Expectation;
use crate::field::Fields;
use crate::place::Place;

/// Everything a file and what it includes ask for, in order.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The origin it wants, if it names one.
    pub origin: Option<String>,
    /// What to do, in order.
    pub actions: Vec<Action>,
}

/// One thing to do.
#[derive(Clone, Debug)]
pub struct Action {
    /// Where it stands.
    pub place: Place,
    /// The line as written, without comment and expectation.
    pub text: String,
    /// What it is.
    pub what: What,
}

/// What a line asks for.
#[derive(Clone, Debug)]
pub enum What {
    /// Submit a transaction.
    Submit(Box<Step>),
    /// Compare a record or a balance.
    Check(Check),
    /// Set the ledger's clock.
    Clock(Moment),
}

/// A transaction to be submitted.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its business date.
    pub date: Day,
    /// Its kind.
    pub kind: String,
    /// Its id; numbered if absent.
    pub id: Option<String>,
    /// Its ledger, if not the one it is sent to.
    pub ledger: Option<String>,
    /// Members of its body.
    pub body: Fields,
    /// Its sealed particulars: name and value.
    pub sealed: Fields,
    /// Who signs.
    pub signers: Signers,
    /// What is expected, if anything.
    pub expected: Option<Expectation>,
}

/// Who signs: whoever the kind needs, unless the line says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signers {
    /// `by=`: these and nobody else.
    pub only: Option<Vec<String>>,
    /// `+by=`: these too.
    pub also: Vec<String>,
    /// `-by=`: but not these.
    pub but: Vec<String>,
}

/// Something that must be so.
#[derive(Clone, Debug, PartialEq)]
pub enum Check {
    /// `expect balance BOOK AMOUNT`: a book's running balance.
    Balance {
        /// `account:main`, `compensation` and so on.
        book: String,
        /// In yuan.
        amount: String,
    },
    /// `expect fund AMOUNT`: all accounts of the fund together.
    Fund {
        /// In yuan.
        amount: String,
    },
    /// `expect due RECOVERY AMOUNT DEADLINE`: what a recovery owes, and until when.
    Due {
        /// The recovery.
        recovery: String,
        /// In yuan.
        amount: String,
        /// The last day on time.
        deadline: String,
    },
    /// `expect alert CODE OBJECT open|answered|none`: whether an alert stands.
    Alert {
        /// Its code.
        code: String,
        /// Its object, such as `party:bank-a`.
        object: String,
        /// `open`, or `none` where it never stood or was answered.
        standing: bool,
    },
    /// `expect TABLE KEY path=value …`: members of a record.
    Record {
        /// `loan`, `claim`, `party` and so on.
        table: String,
        /// The record's key.
        key: String,
        /// Path and value of each member.
        members: Fields,
    },
}
