//! Loans, claims on them, and what is to be returned of recoveries.

use axum::Json;
use axum::extract::State;
use fundtrail_model::{Amount, Day};
use fundtrail_regulation::state::{Claim, ClaimStatus, Loan, Recovery, View};
use serde::Serialize;

use super::{Listing, One, as_of, choice, fits, get, id_of, tag_of};
use crate::access::{Concern, Reader};
use crate::app::App;
use crate::page::Page;
use crate::parameters::{Parameters, Segment};

/// `GET /v1/loans?bank=&borrower=`
pub(crate) async fn loans(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let known = parameters.only(&["bank", "borrower", "limit", "cursor"])?;
    let (page, bank) = (Page::of(&known)?, known.owned("bank"));
    let borrower = known
        .text("borrower")
        .map(|text| tag_of("borrower", text))
        .transpose()?;
    app.read(move |read| {
        page.list(read, b"", |loan: Loan| {
            let wanted = fits(bank.as_deref(), loan.bank.as_str())
                && borrower
                    .as_ref()
                    .is_none_or(|borrower| *borrower == loan.borrower);
            Ok((wanted && reader.may_read_party(&loan.bank)).then_some(loan))
        })
    })
    .await
}

/// `GET /v1/loans/{id}`
pub(crate) async fn loan(
    State(app): State<App>,
    reader: Reader,
    Segment(id): Segment,
) -> One<Loan> {
    let id = id_of(&id)?;
    app.read(move |read| {
        reader.check_object(View::new(read), &format!("loan:{id}"))?;
        get(read, id.as_bytes()).map(Json)
    })
    .await
}

/// `GET /v1/claims?loan=&claimant=&status=`
pub(crate) async fn claims(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let known = parameters.only(&["loan", "claimant", "status", "limit", "cursor"])?;
    let page = Page::of(&known)?;
    let (loan, claimant) = (known.owned("loan"), known.owned("claimant"));
    let status: Option<ClaimStatus> = choice(&known, "status")?;
    app.read(move |read| {
        page.list(read, b"", |claim: Claim| {
            let wanted = fits(loan.as_deref(), claim.loan.as_str())
                && fits(claimant.as_deref(), claim.claimant.as_str())
                && status.is_none_or(|status| status == claim.status);
            let view = View::new(read);
            let shown = wanted && reader.may_read(view, &Concern::of_claim(view, &claim)?)?;
            Ok(shown.then_some(claim))
        })
    })
    .await
}

/// `GET /v1/claims/{id}`
pub(crate) async fn claim(
    State(app): State<App>,
    reader: Reader,
    Segment(id): Segment,
) -> One<Claim> {
    let id = id_of(&id)?;
    app.read(move |read| {
        reader.check_object(View::new(read), &format!("claim:{id}"))?;
        get(read, id.as_bytes()).map(Json)
    })
    .await
}

/// A recovery and what is owed of it on a day.
#[derive(Serialize)]
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

/// `GET /v1/recoveries?loan=&collector=&owed=&as_of=`
pub(crate) async fn recoveries(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let known = parameters.only(&["loan", "collector", "owed", "as_of", "limit", "cursor"])?;
    let page = Page::of(&known)?;
    let (loan, collector) = (known.owned("loan"), known.owned("collector"));
    let (owed, as_of) = (known.flag("owed")?, as_of(&app, &known)?);
    app.read(move |read| {
        page.list(read, b"", |recovery: Recovery| {
            let wanted = fits(loan.as_deref(), recovery.loan.as_str())
                && fits(collector.as_deref(), recovery.collector.as_str())
                && owed.is_none_or(|owed| owed != recovery.owed().is_zero());
            let view = View::new(read);
            let shown = wanted && reader.may_read(view, &Concern::of_recovery(view, &recovery)?)?;
            Ok(shown.then(|| Owing::on(as_of, recovery)))
        })
    })
    .await
}

/// `GET /v1/recoveries/{id}?as_of=`
pub(crate) async fn recovery(
    State(app): State<App>,
    reader: Reader,
    Segment(id): Segment,
    parameters: Parameters,
) -> One<Owing> {
    let as_of = as_of(&app, &parameters.only(&["as_of"])?)?;
    let id = id_of(&id)?;
    app.read(move |read| {
        reader.check_object(View::new(read), &format!("recovery:{id}"))?;
        Ok(Json(Owing::on(as_of, get(read, id.as_bytes())?)))
    })
    .await
}
