//! Loans, claims on them, and what is to be returned of recoveries.

use axum::Json;
use axum::extract::State;
use fundtrail_model::{Amount, Day, Fault, Id, Tag};
use fundtrail_regulation::loss;
use fundtrail_regulation::state::{Claim, ClaimStatus, Loan, Recovery, View};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Days, Listing, One, choice, fits, get, id_of, listed, tag_of};
use crate::access::{Concern, Reader};
use crate::app::App;
use crate::as_of::{Asked, Dated};
use crate::page::Page;
use crate::parameters::{Parameters, Segment};
use crate::routes::description::{AsOfDay, ListOf, Paging};

/// How far a loan has come.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = LoanProgress)]
#[serde(rename_all = "snake_case")]
enum Progress {
    /// Nothing was disbursed.
    Enrolled,
    /// Principal is outstanding.
    Running,
    /// All principal was repaid.
    Repaid,
    /// Compensation was paid on it, and stands.
    Compensated,
}

impl Progress {
    fn of(loan: &Loan) -> Progress {
        if !loan.compensated.is_zero() {
            Progress::Compensated
        } else if loan.disbursed.is_zero() {
            Progress::Enrolled
        } else if loan.outstanding().is_zero() {
            Progress::Repaid
        } else {
            Progress::Running
        }
    }
}

/// Whether principal that was due before a day is not repaid.
fn is_overdue(loan: &Loan, on: Day) -> bool {
    let unpaid = loss::unpaid_instalments(loan);
    unpaid
        .iter()
        .any(|one| one.due_on < on && !one.amount.is_zero())
}

/// `GET /v1/loans?bank=&borrower=&status=&overdue=&as_of=`: `status` is `enrolled`, `running`,
/// `repaid` or `compensated`; `overdue` by the day looked at
#[utoipa::path(
    get,
    path = "/v1/loans",
    operation_id = "list_loans",
    tag = "records",
    summary = "Loans.",
    params(
        ("bank" = Option<Id>, Query, description = "Loans of this bank."),
        ("borrower" = Option<Tag>, Query, description = "Loans of this enterprise."),
        ("status" = inline(Option<Progress>), Query, description = "Loans that have come so far."),
        ("overdue" = Option<bool>, Query, description = "Whether principal that was due before the day is not repaid."),
        AsOfDay,
        Paging,
    ),
    responses(
        (status = 200, body = ListOf<Loan>, description = "A page of them."),
    )
)]
pub(crate) async fn loans(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let names = ["bank", "borrower", "status", "overdue"];
    let known = parameters.only(&listed(&names))?;
    let (page, bank) = (Page::of(&known)?, known.id("bank")?);
    let (as_of, overdue) = (Asked::of(&app, &known)?, known.flag("overdue")?);
    let status: Option<Progress> = choice(&known, "status")?;
    let borrower = known
        .text("borrower")
        .map(|text| tag_of("borrower", text))
        .transpose()?;
    app.look(as_of, move |then| {
        page.list(then.state, b"", |loan: Loan| {
            let wanted = fits(bank.as_deref(), loan.bank.as_str())
                && borrower
                    .as_ref()
                    .is_none_or(|borrower| *borrower == loan.borrower)
                && status.is_none_or(|status| status == Progress::of(&loan))
                && overdue.is_none_or(|overdue| overdue == is_overdue(&loan, then.on));
            Ok((wanted && reader.may_read_party(&loan.bank)).then_some(loan))
        })
    })
    .await
}

/// `GET /v1/loans/{id}?as_of=`
#[utoipa::path(
    get,
    path = "/v1/loans/{id}",
    operation_id = "get_loan",
    tag = "records",
    summary = "One loan.",
    params(
        ("id" = Id, Path, description = "The loan."),
        AsOfDay,
    ),
    responses(
        (status = 200, body = Dated<Loan>, description = "The loan."),
    )
)]
pub(crate) async fn loan(
    State(app): State<App>,
    reader: Reader,
    Segment(id): Segment,
    parameters: Parameters,
) -> One<Loan> {
    let as_of = Asked::of(&app, &parameters.only(&["as_of"])?)?;
    let id = id_of(&id)?;
    app.look(as_of, move |then| {
        reader.check_object(then.now, &format!("loan:{id}"))?;
        then.dated(get(then.state, id.as_bytes())?).map(Json)
    })
    .await
}

/// `GET /v1/claims?loan=&claimant=&bank=&status=&from=&until=&as_of=`: `bank` lent, and the
/// claim was submitted in these days
#[utoipa::path(
    get,
    path = "/v1/claims",
    operation_id = "list_claims",
    tag = "records",
    summary = "Claims.",
    params(
        ("loan" = Option<Id>, Query, description = "Claims on this loan."),
        ("claimant" = Option<Id>, Query, description = "Claims of this institution."),
        ("bank" = Option<Id>, Query, description = "Claims on loans of this bank."),
        ("status" = Option<ClaimStatus>, Query, description = "Claims that have come so far."),
        ("from" = Option<Day>, Query, description = "Claims submitted on this day or later."),
        ("until" = Option<Day>, Query, description = "Claims submitted on this day or earlier."),
        AsOfDay,
        Paging,
    ),
    responses(
        (status = 200, body = ListOf<Claim>, description = "A page of them."),
    )
)]
pub(crate) async fn claims(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let names = ["loan", "claimant", "bank", "status", "from", "until"];
    let known = parameters.only(&listed(&names))?;
    let (page, as_of) = (Page::of(&known)?, Asked::of(&app, &known)?);
    let (loan, claimant) = (known.id("loan")?, known.id("claimant")?);
    let (bank, days) = (known.id("bank")?, Days::of(&known)?);
    let status: Option<ClaimStatus> = choice(&known, "status")?;
    app.look(as_of, move |then| {
        page.list(then.state, b"", |claim: Claim| {
            let wanted = fits(loan.as_deref(), claim.loan.as_str())
                && fits(claimant.as_deref(), claim.claimant.as_str())
                && status.is_none_or(|status| status == claim.status)
                && submitted_on(&claim).is_none_or(|day| days.has(day))
                && is_lent_by(then.view(), &claim.loan, bank.as_deref())?;
            let shown =
                wanted && reader.may_read(then.now, &Concern::of_claim(then.now, &claim)?)?;
            Ok(shown.then_some(claim))
        })
    })
    .await
}

/// When a claim was submitted: its first step.
fn submitted_on(claim: &Claim) -> Option<Day> {
    claim.steps.first().map(|step| step.date)
}

/// Whether a bank lent, where one is asked for.
fn is_lent_by(view: View<'_>, loan: &Id, bank: Option<&str>) -> Result<bool, Fault> {
    let Some(bank) = bank else {
        return Ok(true);
    };
    let loan: Option<Loan> = view.get(loan.as_bytes())?;
    Ok(loan.is_some_and(|loan| loan.bank.as_str() == bank))
}

/// `GET /v1/claims/{id}?as_of=`: a claim's own `as_of` is the day of its loss
#[utoipa::path(
    get,
    path = "/v1/claims/{id}",
    operation_id = "get_claim",
    tag = "records",
    summary = "One claim.",
    params(
        ("id" = Id, Path, description = "The claim."),
        AsOfDay,
    ),
    responses(
        (status = 200, body = Dated<Claim>, description = "The claim."),
    )
)]
pub(crate) async fn claim(
    State(app): State<App>,
    reader: Reader,
    Segment(id): Segment,
    parameters: Parameters,
) -> One<Claim> {
    let as_of = Asked::of(&app, &parameters.only(&["as_of"])?)?;
    let id = id_of(&id)?;
    app.look(as_of, move |then| {
        reader.check_object(then.now, &format!("claim:{id}"))?;
        then.dated(get(then.state, id.as_bytes())?).map(Json)
    })
    .await
}

/// A recovery and what is owed of it on a day.
#[derive(Serialize, ToSchema)]
#[schema(as = RecoveryOnDay)]
pub(crate) struct Owing {
    #[serde(flatten)]
    recovery: Recovery,
    as_of: Day,
    /// Due and not yet returned.
    owed: Amount,
    /// Calendar days past the deadline while something is owed; else 0.
    days_late: i64,
}

impl Owing {
    fn on(as_of: Day, recovery: Recovery) -> Owing {
        Owing {
            owed: recovery.owed(),
            days_late: recovery.days_late(as_of),
            recovery,
            as_of,
        }
    }
}

/// `GET /v1/recoveries?loan=&collector=&owed=&from=&until=&as_of=`: the money reached the
/// collector in these days
#[utoipa::path(
    get,
    path = "/v1/recoveries",
    operation_id = "list_recoveries",
    tag = "records",
    summary = "Recoveries, with what is owed and how late.",
    params(
        ("loan" = Option<Id>, Query, description = "Recoveries on this loan."),
        ("collector" = Option<Id>, Query, description = "What this institution collected."),
        ("owed" = Option<bool>, Query, description = "Whether something is owed of them."),
        ("from" = Option<Day>, Query, description = "Received on this day or later."),
        ("until" = Option<Day>, Query, description = "Received on this day or earlier."),
        AsOfDay,
        Paging,
    ),
    responses(
        (status = 200, body = ListOf<Owing>, description = "A page of them."),
    )
)]
pub(crate) async fn recoveries(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let names = ["loan", "collector", "owed", "from", "until"];
    let known = parameters.only(&listed(&names))?;
    let (page, days) = (Page::of(&known)?, Days::of(&known)?);
    let (loan, collector) = (known.id("loan")?, known.id("collector")?);
    let (owed, as_of) = (known.flag("owed")?, Asked::of(&app, &known)?);
    app.look(as_of, move |then| {
        page.list(then.state, b"", |recovery: Recovery| {
            let wanted = fits(loan.as_deref(), recovery.loan.as_str())
                && fits(collector.as_deref(), recovery.collector.as_str())
                && owed.is_none_or(|owed| owed != recovery.owed().is_zero())
                && days.has(recovery.received_on);
            let concern = Concern::of_recovery(then.now, &recovery)?;
            let shown = wanted && reader.may_read(then.now, &concern)?;
            Ok(shown.then(|| Owing::on(then.on, recovery)))
        })
    })
    .await
}

/// `GET /v1/recoveries/{id}?as_of=`
#[utoipa::path(
    get,
    path = "/v1/recoveries/{id}",
    operation_id = "get_recovery",
    tag = "records",
    summary = "One recovery.",
    params(
        ("id" = Id, Path, description = "The recovery."),
        AsOfDay,
    ),
    responses(
        (status = 200, body = Dated<Owing>, description = "The recovery."),
    )
)]
pub(crate) async fn recovery(
    State(app): State<App>,
    reader: Reader,
    Segment(id): Segment,
    parameters: Parameters,
) -> One<Owing> {
    let as_of = Asked::of(&app, &parameters.only(&["as_of"])?)?;
    let id = id_of(&id)?;
    app.look(as_of, move |then| {
        reader.check_object(then.now, &format!("recovery:{id}"))?;
        let recovery = get(then.state, id.as_bytes())?;
        then.dated(Owing::on(then.on, recovery)).map(Json)
    })
    .await
}
