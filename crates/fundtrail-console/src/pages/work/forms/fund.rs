//! Forms of the fund's own money and accounts, and of its books.

use fundtrail_regulation::Kind;
use fundtrail_regulation::state::Role;

use super::super::field::{
    Field, Form, Input, account, amount, day, document, id, option, party, text,
};
use crate::i18n::families::{ACCOUNT_USE, CONTRIBUTION};

const MANAGER: &[Role] = &[Role::Manager];

pub(super) static FORMS: &[Form] = &[
    Form::new(
        Kind::BankStatement,
        &[Role::Bank],
        &[
            account("body.account"),
            day("body.on").called("statement_on"),
            amount("body.closing"),
            document("body.digest").called("statement"),
        ],
    ),
    Form::new(
        Kind::InterestCredit,
        &[Role::Bank, Role::Manager],
        &[
            account("body.account"),
            Field::new("body.period", Input::Period).help("period"),
            amount("body.amount"),
        ],
    ),
    Form::new(
        Kind::Contribution,
        &[Role::Finance, Role::Government],
        &[
            party("body.contributor", &[]),
            account("body.account").called("arrived_at"),
            amount("body.amount"),
            option("body.purpose", &CONTRIBUTION).called("contribution"),
        ],
    ),
    Form::new(
        Kind::Transfer,
        MANAGER,
        &[
            account("body.from").called("paid_from"),
            account("body.to"),
            amount("body.amount"),
        ],
    ),
    Form::new(
        Kind::FeePay,
        MANAGER,
        &[
            account("body.account").called("paid_from"),
            party("body.payee", MANAGER),
            amount("body.amount").help("fee"),
        ],
    ),
    Form::new(
        Kind::AccountOpen,
        MANAGER,
        &[
            id("body.account").called("new_account"),
            option("body.purpose", &ACCOUNT_USE).called("account_use"),
            party("body.bank", &[Role::Bank]),
            text("sealed.account_number"),
        ],
    ),
    Form::new(Kind::FundActivate, MANAGER, &[]),
    Form::new(
        Kind::PeriodSeal,
        MANAGER,
        &[
            Field::new("body.period", Input::Period).help("sealed_period"),
            Field::new("body.size", Input::Number(0, 999_999_999_999_999)),
            Field::new("body.root", Input::Digest),
        ],
    ),
    Form::new(Kind::Reversal, MANAGER, &[id("body.of").help("reversal")]),
];
