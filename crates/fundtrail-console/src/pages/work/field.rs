//! What a form of work is made of: its kind, who begins it, and its fields, as values of a list.
//!
//! A field's name says where its value goes: `body.loss.principal`, `sealed.contract_number`;
//! `{}` in the names of a list's fields is the number of the row.

use fundtrail_regulation::Kind;
use fundtrail_regulation::state::{Claim, ClaimStatus, Loan, Role};

use crate::i18n::families::Family;

/// The form of a kind, or of one variant of it.
#[derive(Debug)]
pub(crate) struct Form {
    /// What it makes.
    pub(crate) kind: Kind,
    /// Which of several forms of the kind: a value of `WORK_VARIANT`; empty where there is one.
    pub(crate) variant: &'static str,
    /// Who usually begins it.
    pub(crate) by: &'static [Role],
    /// What it asks for, beside the date and the id.
    pub(crate) fields: &'static [Field],
}

/// One thing that is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    /// Where its value goes.
    pub(crate) name: &'static str,
    /// What it takes.
    pub(crate) input: Input,
    /// Whether the kind cannot do without it.
    pub(crate) is_required: bool,
    /// Its name in `WORK_LABEL`, where the member's own name would not do.
    pub(crate) label: Option<&'static str>,
    /// Its name in `WORK_HELP`, where there is something to say.
    pub(crate) help: Option<&'static str>,
    /// Whether choosing it loads the page again, filled in from what is chosen.
    pub(crate) is_subject: bool,
}

/// What a field takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Input {
    /// A line of text.
    Text,
    /// An id.
    Id,
    /// An amount in yuan.
    Amount,
    /// A whole number of so much at least and at most.
    Number(u64, u64),
    /// A date.
    Day,
    /// A time with its offset.
    Time,
    /// A time, or a date where the time is not known.
    TimeOrDay,
    /// A year, half-year, quarter or month.
    Period,
    /// Six digits of a division.
    Division,
    /// 64 hex digits.
    Digest,
    /// 32 hex digits.
    Key,
    /// A file, of which only the digest goes into the transaction.
    Document,
    /// Yes or no.
    Flag,
    /// A value that is always the same.
    Fixed(&'static str),
    /// One of a closed list; the first unless it may be left open.
    Option(&'static Family),
    /// One of what the ledger has.
    Choice(Source),
    /// A borrower: one of the ledger's, or the tag of a credit code.
    Borrower,
    /// Rows of fields: how many, and how many of them are seen at first.
    Rows(&'static [Field], usize, usize),
}

/// What a choice is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    /// Loans of which this holds.
    Loans(fn(&Loan) -> bool),
    /// Claims that stand there.
    Claims(fn(&Claim) -> bool),
    /// Recoveries of which something is owed.
    Recoveries,
    /// Orders to pay back that are open.
    Orders,
    /// Accounts of the fund.
    Accounts,
    /// Institutions that sign as one of these, or all of them where none is named.
    Parties(&'static [Role]),
    /// Purposes that the newest policy allows.
    Purposes,
    /// Kinds of right that the newest policy covers.
    Rights,
}

impl Form {
    /// The only form of a kind.
    pub(crate) const fn new(kind: Kind, by: &'static [Role], fields: &'static [Field]) -> Form {
        Form {
            kind,
            variant: "",
            by,
            fields,
        }
    }

    /// One of several forms of a kind.
    pub(crate) const fn of(
        kind: Kind,
        variant: &'static str,
        by: &'static [Role],
        fields: &'static [Field],
    ) -> Form {
        Form {
            kind,
            variant,
            by,
            fields,
        }
    }
}

impl Field {
    /// One that must be filled in.
    pub(crate) const fn new(name: &'static str, input: Input) -> Field {
        Field {
            name,
            input,
            is_required: true,
            label: None,
            help: None,
            is_subject: false,
        }
    }

    /// The same, but it may be left open.
    pub(crate) const fn optional(mut self) -> Field {
        self.is_required = false;
        self
    }

    /// The same under another name.
    pub(crate) const fn called(mut self, label: &'static str) -> Field {
        self.label = Some(label);
        self
    }

    /// The same with a sentence about it.
    pub(crate) const fn help(mut self, help: &'static str) -> Field {
        self.help = Some(help);
        self
    }

    /// The same, as what the others follow from.
    pub(crate) const fn subject(mut self) -> Field {
        self.is_subject = true;
        self
    }

    /// The last part of its name: `principal` of `body.loss.principal`.
    pub(crate) fn member(&self) -> &'static str {
        let plain = |part: &&str| *part != "{}" && part.parse::<usize>().is_err();
        self.name.rsplit('.').find(plain).unwrap_or(self.name)
    }

    /// Whether its value is sealed.
    pub(crate) fn is_sealed(&self) -> bool {
        self.name.starts_with("sealed.")
    }
}

/// An amount.
pub(crate) const fn amount(name: &'static str) -> Field {
    Field::new(name, Input::Amount)
}

/// A date.
pub(crate) const fn day(name: &'static str) -> Field {
    Field::new(name, Input::Day)
}

/// A file.
pub(crate) const fn document(name: &'static str) -> Field {
    Field::new(name, Input::Document)
}

/// An id.
pub(crate) const fn id(name: &'static str) -> Field {
    Field::new(name, Input::Id)
}

/// A tick box; not ticked is no.
pub(crate) const fn flag(name: &'static str) -> Field {
    Field::new(name, Input::Flag)
}

/// A line of text.
pub(crate) const fn text(name: &'static str) -> Field {
    Field::new(name, Input::Text)
}

/// One of a closed list.
pub(crate) const fn option(name: &'static str, family: &'static Family) -> Field {
    Field::new(name, Input::Option(family))
}

/// An account of the fund.
pub(crate) const fn account(name: &'static str) -> Field {
    Field::new(name, Input::Choice(Source::Accounts))
}

/// An institution that signs as one of these.
pub(crate) const fn party(name: &'static str, roles: &'static [Role]) -> Field {
    Field::new(name, Input::Choice(Source::Parties(roles)))
}

/// A loan that the rest follows from.
pub(crate) const fn loan(fits: fn(&Loan) -> bool) -> Field {
    Field::new("body.loan", Input::Choice(Source::Loans(fits))).subject()
}

/// A claim that the rest follows from.
pub(crate) const fn claim(fits: fn(&Claim) -> bool) -> Field {
    Field::new("body.claim", Input::Choice(Source::Claims(fits))).subject()
}

/// What is always so.
pub(crate) const fn fixed(name: &'static str, value: &'static str) -> Field {
    Field::new(name, Input::Fixed(value))
}

/// Whoever may be a partner.
pub(crate) const PARTNERS: &[Role] = &[Role::Bank, Role::Insurer, Role::Guarantor];

/// Any loan.
pub(crate) fn any_loan(_: &Loan) -> bool {
    true
}

/// A loan with principal that is not repaid.
pub(crate) fn is_outstanding(loan: &Loan) -> bool {
    !loan.outstanding().is_zero()
}

/// A loan of which not all is paid out.
pub(crate) fn is_not_drawn(loan: &Loan) -> bool {
    loan.disbursed < loan.total
}

/// A loan that compensation was paid for.
pub(crate) fn is_compensated(loan: &Loan) -> bool {
    !loan.compensated.is_zero()
}

/// A claim that waits for the manager.
pub(crate) fn is_submitted(claim: &Claim) -> bool {
    claim.status == ClaimStatus::Submitted
}

/// A claim that waits for the leading group.
pub(crate) fn is_verified(claim: &Claim) -> bool {
    claim.status == ClaimStatus::Verified
}

/// A claim that waits for money.
pub(crate) fn is_approved(claim: &Claim) -> bool {
    claim.status == ClaimStatus::Approved
}

/// A claim that is not at its end.
pub(crate) fn is_open(claim: &Claim) -> bool {
    !matches!(claim.status, ClaimStatus::Rejected | ClaimStatus::Paid)
}
