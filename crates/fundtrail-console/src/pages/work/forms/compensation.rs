//! Forms of a loss: claim, verification, decision, payment, and what comes back of it.

use fundtrail_regulation::Kind;
use fundtrail_regulation::state::Role;

use super::super::field::{
    Field, Form, Input, PARTNERS, Source, account, amount, any_loan, claim, day, document, flag,
    id, is_approved, is_compensated, is_open, is_outstanding, is_submitted, is_verified, loan,
    party,
};

const MANAGER: &[Role] = &[Role::Manager];
const GROUP: &[Role] = &[Role::GroupMember, Role::Office];

pub(super) static FORMS: &[Form] = &[
    Form::new(
        Kind::ClaimSubmit,
        PARTNERS,
        &[
            loan(is_outstanding).help("claim_loan"),
            id("body.claim").called("new_claim").help("new_id"),
            party("body.claimant", PARTNERS),
            day("body.as_of").called("loss_as_of"),
            amount("body.loss.principal")
                .called("lost_principal")
                .help("lost_principal"),
            amount("body.loss.interest")
                .optional()
                .help("beside_principal"),
            amount("body.loss.penalty").optional(),
            amount("body.loss.costs").optional(),
            Field::new("body.borne", Input::Rows(SHARE, 4, 0))
                .optional()
                .help("borne"),
            amount("body.amount").called("claimed").help("claimed"),
        ],
    ),
    Form::new(
        Kind::ClaimVerify,
        MANAGER,
        &[
            claim(is_submitted),
            amount("body.loss").help("verified_loss"),
            amount("body.amount").called("verified_amount"),
        ],
    ),
    Form::new(
        Kind::ClaimApprove,
        GROUP,
        &[
            claim(is_verified),
            amount("body.amount").called("approved_amount"),
            document("body.decision").called("minutes"),
            flag("body.override_misuse")
                .optional()
                .help("override_misuse"),
        ],
    ),
    Form::new(
        Kind::ClaimReject,
        GROUP,
        &[claim(is_open), document("body.decision").called("minutes")],
    ),
    Form::new(
        Kind::CompensationPay,
        MANAGER,
        &[
            claim(is_approved),
            account("body.account").called("paid_from"),
            party("body.payee", PARTNERS),
            amount("body.amount")
                .called("paid_amount")
                .help("paid_amount"),
            amount("body.reconfirmed_loss").help("reconfirmed_loss"),
            flag("body.partial").optional().help("partial"),
        ],
    ),
    Form::new(
        Kind::RecoveryReport,
        PARTNERS,
        &[
            loan(is_compensated).help("recovery_loan"),
            id("body.recovery").called("new_recovery").help("new_id"),
            party("body.collector", PARTNERS),
            day("body.received_on").help("received_on"),
            amount("body.amount").called("collected"),
            amount("body.from_pledge").optional(),
            amount("body.interest")
                .optional()
                .called("collected_interest"),
            amount("body.costs").optional().called("enforcement_costs"),
        ],
    ),
    Form::new(
        Kind::RecoveryReturn,
        PARTNERS,
        &[
            Field::new("body.recovery", Input::Choice(Source::Recoveries))
                .subject()
                .help("recovery_return"),
            Field::new("body.loan", Input::Choice(Source::Loans(any_loan))),
            party("body.payer", PARTNERS),
            account("body.account").called("arrived_at"),
            amount("body.amount").called("returned"),
            amount("body.suspense").optional().help("suspense"),
        ],
    ),
    Form::new(
        Kind::SuspenseRefund,
        MANAGER,
        &[
            party("body.payee", &[]),
            account("body.account").called("paid_from"),
            amount("body.amount"),
        ],
    ),
    Form::new(
        Kind::ClawbackOrder,
        GROUP,
        &[
            id("body.order").called("new_order"),
            loan(is_compensated),
            party("body.debtor", &[]),
            amount("body.amount"),
            document("body.decision").called("minutes"),
        ],
    ),
    Form::new(
        Kind::ClawbackReturn,
        PARTNERS,
        &[
            Field::new("body.order", Input::Choice(Source::Orders)),
            party("body.payer", PARTNERS),
            account("body.account").called("arrived_at"),
            amount("body.amount"),
        ],
    ),
];

const SHARE: &[Field] = &[
    party("body.borne.{}.party", PARTNERS),
    amount("body.borne.{}.amount"),
];
