//! Forms of what a bank does with a loan until something is lost of it.

use fundtrail_regulation::Kind;
use fundtrail_regulation::state::Role;

use super::super::field::{
    Field, Form, Input, PARTNERS, Source, amount, any_loan, day, document, fixed, flag,
    is_not_drawn, is_outstanding, loan, option, party, text,
};
use crate::i18n::families::{ALLOCATION, REPAYMENT_ORDER, RISK_REASON};

const BANK: &[Role] = &[Role::Bank];
const AMENDED: Field = loan(any_loan);
const SIGNED_ON: Field = day("body.signed_on");

pub(super) static FORMS: &[Form] = &[
    Form::new(
        Kind::BorrowerRegister,
        &[Role::Bank, Role::Manager],
        &[
            text("sealed.name").called("enterprise_name"),
            text("sealed.credit_code").help("credit_code"),
            Field::new("body.borrower", Input::Borrower).help("tag_made"),
            day("body.registered_on"),
            Field::new("body.registered_division", Input::Division).help("division"),
            flag("body.legal_person"),
            flag("body.sme").optional(),
            document("body.evidence").called("registration_extract"),
        ],
    ),
    Form::new(
        Kind::LoanEnrol,
        BANK,
        &[
            Field::new("body.loan", Input::Id)
                .called("new_loan")
                .help("new_loan"),
            party("body.bank", BANK),
            Field::new("body.borrower", Input::Borrower).help("tag_found"),
            text("sealed.contract_number").help("contract_number"),
            amount("body.total"),
            amount("body.ip_amount").optional().help("ip_amount"),
            option("body.allocation", &ALLOCATION).optional(),
            option("body.repayment_order", &REPAYMENT_ORDER).optional(),
            Field::new("body.due", Input::Rows(INSTALMENT, 12, 2)).help("due"),
            Field::new("body.purpose", Input::Choice(Source::Purposes)).help("purpose"),
            Field::new("body.pledges", Input::Rows(PLEDGE, 4, 1)).help("pledges"),
            day("body.credit.queried_on").help("queried_on"),
            day("body.credit.adverse_on").optional(),
            document("body.credit.report").called("credit_report"),
        ],
    ),
    Form::new(
        Kind::LoanDisburse,
        BANK,
        &[
            loan(is_not_drawn),
            amount("body.amount"),
            Field::new("body.disbursed_at", Input::TimeOrDay).help("disbursed_at"),
        ],
    ),
    Form::new(
        Kind::LoanRepay,
        BANK,
        &[
            loan(is_outstanding),
            day("body.received_on"),
            amount("body.amount"),
            amount("body.costs_due").optional(),
            amount("body.interest_due").optional(),
            amount("body.principal")
                .called("repaid_principal")
                .help("repaid_principal"),
        ],
    ),
    Form::of(
        Kind::LoanAmend,
        "extension",
        BANK,
        &[
            AMENDED,
            SIGNED_ON,
            fixed("body.change.type", "extension"),
            day("body.change.due_on").called("old_due_on"),
            day("body.change.new_due_on")
                .called("new_due_on")
                .help("new_due_on"),
        ],
    ),
    Form::of(
        Kind::LoanAmend,
        "acceleration",
        BANK,
        &[
            AMENDED,
            SIGNED_ON,
            fixed("body.change.type", "acceleration"),
            day("body.change.due_on"),
        ],
    ),
    Form::of(
        Kind::LoanAmend,
        "pledge_registration",
        BANK,
        &[
            AMENDED,
            SIGNED_ON,
            fixed("body.change.type", "pledge_registration"),
            Field::new("body.change.pledge", Input::Number(0, 23))
                .called("pledge_number")
                .help("pledge_number"),
            day("body.change.registered_on"),
            text("sealed.registration").called("pledge_registration"),
        ],
    ),
    Form::of(
        Kind::LoanAmend,
        "cancellation",
        BANK,
        &[
            AMENDED,
            SIGNED_ON,
            fixed("body.change.type", "cancellation"),
        ],
    ),
    Form::new(
        Kind::RiskNotice,
        PARTNERS,
        &[
            loan(is_outstanding),
            party("body.partner", PARTNERS),
            option("body.reason", &RISK_REASON),
        ],
    ),
];

const INSTALMENT: &[Field] = &[day("body.due.{}.due_on"), amount("body.due.{}.amount")];

const PLEDGE: &[Field] = &[
    Field::new("body.pledges.{}.kind", Input::Choice(Source::Rights)),
    Field::new("body.pledges.{}.class", Input::Number(1, 45))
        .optional()
        .called("trademark_class"),
    text("sealed.pledge.{}").called("right_number"),
    day("body.pledges.{}.registered_on")
        .optional()
        .called("pledge_registered_on"),
    text("sealed.pledge.{}.registration")
        .optional()
        .called("pledge_registration"),
];
