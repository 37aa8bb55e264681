//! Forms of notices, findings, reports and audits, and of who takes part.

use fundtrail_regulation::Kind;
use fundtrail_regulation::state::Role;

use super::super::field::{
    Field, Form, Input, PARTNERS, Source, any_loan, day, document, fixed, flag, id, loan, option,
    party,
};
use crate::i18n::families::{NOTICE_KIND, OPINION, REPORT_KIND};

const MANAGER: &[Role] = &[Role::Manager];
const BANK: &[Role] = &[Role::Bank];
const OFFICE: &[Role] = &[Role::Office];
const GROUP: &[Role] = &[Role::GroupMember, Role::Office];
const FINDING: Field = document("body.finding");
const WITHDRAWN: Field = flag("body.withdrawn").optional();
const ISSUED_AT: Field = Field::new("body.issued_at", Input::Time).help("time");

pub(super) static FORMS: &[Form] = &[
    Form::new(
        Kind::WarnNotice,
        MANAGER,
        &[party("body.bank", BANK), ISSUED_AT],
    ),
    Form::new(
        Kind::SuspendNotice,
        MANAGER,
        &[party("body.bank", BANK), ISSUED_AT],
    ),
    Form::new(
        Kind::SuspendLift,
        MANAGER,
        &[
            party("body.bank", BANK),
            option("body.notice", &NOTICE_KIND),
            Field::new("body.lifted_at", Input::Time).help("time"),
        ],
    ),
    Form::new(
        Kind::ReportFile,
        &[Role::Manager, Role::Bank, Role::Insurer, Role::Guarantor],
        &[
            party(
                "body.reporter",
                &[Role::Manager, Role::Bank, Role::Insurer, Role::Guarantor],
            ),
            option("body.report", &REPORT_KIND),
            Field::new("body.period", Input::Period).help("period"),
            document("body.digest").called("paper"),
        ],
    ),
    Form::new(
        Kind::PerformanceReview,
        &[Role::Manager, Role::Office],
        &[
            party(
                "body.subject",
                &[Role::Manager, Role::Bank, Role::Insurer, Role::Guarantor],
            ),
            Field::new("body.period", Input::Period).help("half_year"),
            document("body.digest").called("paper"),
        ],
    ),
    Form::new(
        Kind::MisuseFinding,
        MANAGER,
        &[loan(any_loan), FINDING, WITHDRAWN],
    ),
    Form::of(
        Kind::FraudFinding,
        "loan",
        GROUP,
        &[
            fixed("body.about.type", "loan"),
            Field::new("body.about.loan", Input::Choice(Source::Loans(any_loan))),
            FINDING,
            WITHDRAWN,
        ],
    ),
    Form::of(
        Kind::FraudFinding,
        "borrower",
        GROUP,
        &[
            fixed("body.about.type", "borrower"),
            Field::new("body.about.borrower", Input::Borrower).help("tag_found"),
            FINDING,
            WITHDRAWN,
        ],
    ),
    Form::of(
        Kind::FraudFinding,
        "partner",
        GROUP,
        &[
            fixed("body.about.type", "partner"),
            party("body.about.partner", PARTNERS),
            FINDING,
            WITHDRAWN,
        ],
    ),
    Form::new(
        Kind::Blacklist,
        OFFICE,
        &[
            Field::new("body.borrower", Input::Borrower).help("tag_found"),
            day("body.from").called("first_day"),
            document("body.evidence"),
        ],
    ),
    Form::new(
        Kind::BlacklistLift,
        OFFICE,
        &[
            Field::new("body.borrower", Input::Borrower).help("tag_found"),
            day("body.on").called("first_day_without"),
            document("body.evidence"),
        ],
    ),
    Form::new(
        Kind::AuditEngage,
        OFFICE,
        &[
            id("body.engagement").called("new_engagement"),
            party("body.auditor", &[Role::Auditor]),
            Field::new("body.partners", Input::Rows(IN_SCOPE, 4, 0))
                .optional()
                .help("in_scope"),
            day("body.from"),
            day("body.until"),
        ],
    ),
    Form::new(
        Kind::AuditReport,
        &[Role::Auditor],
        &[
            id("body.engagement"),
            option("body.opinion", &OPINION),
            document("body.digest").called("paper"),
        ],
    ),
    Form::new(
        Kind::PartnerRevoke,
        GROUP,
        &[
            party("body.partner", PARTNERS),
            day("body.on").called("first_day_without"),
            document("body.decision").called("minutes"),
        ],
    ),
    Form::new(
        Kind::KeyRevoke,
        OFFICE,
        &[Field::new("body.key", Input::Key).help("key")],
    ),
    Form::new(
        Kind::ParticularsErase,
        OFFICE,
        &[
            id("body.of").help("erase"),
            document("body.decision").called("minutes"),
        ],
    ),
];

const IN_SCOPE: &[Field] = &[party("body.partners.{}", PARTNERS)];
