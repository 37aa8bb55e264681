//! The law as this node applies it: rules, and the policy's versions.

use axum::Json;
use axum::extract::State;
use fundtrail_model::Day;
use fundtrail_regulation::chapters;
use fundtrail_regulation::state::PolicyVersion;
use fundtrail_regulation::{Bilingual, Kind, Rule, Stage};
use serde::Serialize;
use utoipa::ToSchema;

use super::description::{AsOfDay, ListOf, Paging};
use crate::app::App;
use crate::as_of::{Asked, Dated};
use crate::failure::Failure;
use crate::page::{Listed, Page};
use crate::parameters::{Parameters, Segment, number};

/// A rule without its predicate.
#[derive(Serialize, ToSchema)]
#[schema(as = Rule)]
pub(crate) struct Written {
    code: &'static str,
    rule: &'static str,
    article: u8,
    title: Bilingual,
    from: Option<Day>,
    until: Option<Day>,
    stage: &'static str,
    binds: Vec<&'static str>,
}

impl From<&Rule> for Written {
    fn from(rule: &Rule) -> Written {
        Written {
            code: rule.code,
            rule: rule.id,
            article: rule.article,
            title: rule.title,
            from: rule.from,
            until: rule.until,
            stage: match rule.stage {
                Stage::Standing => "standing",
                Stage::Reference => "reference",
                Stage::Law => "law",
            },
            binds: rule.binds.iter().copied().map(Kind::name).collect(),
        }
    }
}

/// `GET /v1/rules`, in the order of the text
#[utoipa::path(
    get,
    path = "/v1/rules",
    operation_id = "list_rules",
    tag = "regulation",
    summary = "Every rule with its article, in the order of the text.",
    responses(
        (status = 200, body = Vec<Written>, description = "The rules."),
    )
)]
pub(crate) async fn rules(parameters: Parameters) -> Result<Json<Vec<Written>>, Failure> {
    parameters.only(&[])?;
    Ok(Json(chapters::rules().map(Written::from).collect()))
}

/// `GET /v1/policy`: every version, or the one that applies on `as_of`, of those adopted then
#[utoipa::path(
    get,
    path = "/v1/policy",
    operation_id = "list_policies",
    tag = "regulation",
    summary = "Versions of the policy.",
    params(
        ("as_of" = Option<Day>, Query, description = "Only the version that applies on this day, of those adopted then."),
        Paging,
    ),
    responses(
        (status = 200, body = ListOf<PolicyVersion>, description = "A page of them."),
    )
)]
pub(crate) async fn policies(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<Listed>, Failure> {
    let known = parameters.only(&["as_of", "limit", "cursor"])?;
    let (page, as_of) = (Page::of(&known)?, Asked::of(&app, &known)?);
    app.look(as_of, move |then| {
        let applying = then.view().policy_on(then.on)?;
        let applying = applying.map(|version| version.version);
        page.list(then.state, b"", |version: PolicyVersion| {
            let wanted = then.asked().is_none() || applying == Some(version.version);
            Ok(wanted.then_some(version))
        })
    })
    .await
}

/// `GET /v1/policy/{version}?as_of=`
#[utoipa::path(
    get,
    path = "/v1/policy/{version}",
    operation_id = "get_policy",
    tag = "regulation",
    summary = "One version of the policy.",
    params(
        ("version" = u32, Path, description = "From 1."),
        AsOfDay,
    ),
    responses(
        (status = 200, body = Dated<PolicyVersion>, description = "The version."),
    )
)]
pub(crate) async fn policy(
    State(app): State<App>,
    Segment(version): Segment,
    parameters: Parameters,
) -> Result<Json<Dated<PolicyVersion>>, Failure> {
    let as_of = Asked::of(&app, &parameters.only(&["as_of"])?)?;
    let missing = || Failure::NotFound("no such version was adopted".into());
    let version = u32::try_from(number("version", &version)?).map_err(|_| missing())?;
    app.look(as_of, move |then| {
        let version = then.view().get(&version.to_be_bytes())?;
        then.dated(version.ok_or_else(missing)?).map(Json)
    })
    .await
}
