//! Period seals: which there are, what one made now must contain, and what one says of an
//! object.

use axum::Json;
use axum::extract::State;
use fundtrail_kernel::seal::SealDocument;
use fundtrail_regulation::period::Period;
use fundtrail_regulation::state::{PeriodSeal, View};
use serde::Serialize;
use utoipa::ToSchema;

use super::description::{ListOf, Paging};
use super::statements::published;
use crate::access::Reader;
use crate::app::App;
use crate::failure::Failure;
use crate::page::{Listed, Page, size};
use crate::parameters::{Parameters, Segment};

/// What a seal of a period must contain if it is the next entry: the body of a `period_seal`
/// is its first three members.
#[derive(Serialize, ToSchema)]
#[schema(as = NextSeal)]
pub(crate) struct Next {
    period: Period,
    size: u64,
    root: String,
    /// Number of objects under the root.
    leaves: u64,
}

/// `GET /v1/seals`
#[utoipa::path(
    get,
    path = "/v1/seals",
    operation_id = "list_seals",
    tag = "proofs",
    summary = "Period seals.",
    params(
        Paging,
    ),
    responses(
        (status = 200, body = ListOf<PeriodSeal>, description = "A page of them."),
    )
)]
pub(crate) async fn seals(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<Listed>, Failure> {
    let page = Page::of(&parameters.only(&["limit", "cursor"])?)?;
    app.read(move |read| page.list(read, b"", |seal: PeriodSeal| Ok(Some(seal))))
        .await
}

/// `GET /v1/seals/next?period=`
#[utoipa::path(
    get,
    path = "/v1/seals/next",
    operation_id = "next_seal",
    tag = "proofs",
    summary = "What a period seal must contain if it is the next entry.",
    params(
        ("period" = Period, Query, description = "The period."),
    ),
    responses(
        (status = 200, body = Next, description = "Its contents."),
    )
)]
pub(crate) async fn next(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<Next>, Failure> {
    let known = parameters.only(&["period"])?;
    let period = period(known.text("period").unwrap_or_default())?;
    let trees = app.seals.clone();
    app.read(move |read| {
        let contents = trees.next(read, size(read)?)?;
        Ok(Json(Next {
            period,
            size: contents.size,
            root: contents.root,
            leaves: contents.leaves,
        }))
    })
    .await
}

/// `GET /v1/seals/{period}?object=&size=`, under the published checkpoint where no size is
/// given
#[utoipa::path(
    get,
    path = "/v1/seals/{period}",
    operation_id = "get_seal",
    tag = "proofs",
    summary = "What a seal says of an object, or that it has it not, with proofs.",
    description = "See docs/FORMAT.md, section 13.1.",
    params(
        ("period" = Period, Path, description = "The period."),
        ("object" = String, Query, description = "The name of an object, such as loan:L1."),
        ("size" = Option<u64>, Query, description = "The size of the checkpoint; the published one where nothing is said."),
    ),
    responses(
        (status = 200, body = SealDocument, description = "The document."),
    )
)]
pub(crate) async fn seal(
    State(app): State<App>,
    reader: Reader,
    Segment(name): Segment,
    parameters: Parameters,
) -> Result<Json<SealDocument>, Failure> {
    let known = parameters.only(&["object", "size"])?;
    let wanted = period(&name)?;
    let missing = || Failure::Parameter("object".into(), "the name of an object is required");
    let object = known.owned("object").ok_or_else(missing)?;
    let size = known.number("size")?;
    let (trees, witnessed_only) = (app.seals.clone(), app.node().witnessed_only());
    app.read(move |read| {
        reader.check_object(View::new(read), &object)?;
        let seal: Option<PeriodSeal> = View::new(read).get(wanted.to_string().as_bytes())?;
        let unsealed = || Failure::NotFound(format!("{wanted} is not sealed"));
        let seal = seal.ok_or_else(unsealed)?;
        let checkpoint = published(read, size, witnessed_only)?;
        let tree = trees.of(read, &seal)?;
        let document = SealDocument::of(read, &object, &seal, &tree, &checkpoint)?;
        // What is absent is proved by its neighbours, who are somebody's.
        if document.present.is_none() && !reader.may_read_whole_ledger() {
            let absent = format!("the seal of {wanted} does not have {object}");
            return Err(Failure::NotFound(absent));
        }
        Ok(Json(document))
    })
    .await
}

fn period(text: &str) -> Result<Period, Failure> {
    let expected = "a period: 2022, 2022H1, 2022Q1 or 2022-01";
    Period::parse(text).ok_or_else(|| Failure::Parameter("period".into(), expected))
}
