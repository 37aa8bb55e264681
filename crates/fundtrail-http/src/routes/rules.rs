//! The law as this node applies it: rules, and the policy's versions.

use axum::Json;
use axum::extract::State;
use fundtrail_model::Day;
use fundtrail_regulation::chapters;
use fundtrail_regulation::state::{PolicyVersion, View};
use fundtrail_regulation::{Bilingual, Kind, Rule, Stage};
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;
use crate::page::{Listed, Page};
use crate::parameters::{Parameters, Segment, number};

/// A rule without its predicate.
#[derive(Serialize)]
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
pub(crate) async fn rules(parameters: Parameters) -> Result<Json<Vec<Written>>, Failure> {
    parameters.only(&[])?;
    Ok(Json(chapters::rules().map(Written::from).collect()))
}

/// `GET /v1/policy`: every version, or the one that applies on `as_of`
pub(crate) async fn policies(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<Listed>, Failure> {
    let known = parameters.only(&["as_of", "limit", "cursor"])?;
    let (page, as_of) = (Page::of(&known)?, known.day("as_of")?);
    app.read(move |read| {
        let applying = match as_of {
            Some(day) => View::new(read)
                .policy_on(day)?
                .map(|version| version.version),
            None => None,
        };
        page.list(read, b"", |version: PolicyVersion| {
            let wanted = as_of.is_none() || applying == Some(version.version);
            Ok(wanted.then_some(version))
        })
    })
    .await
}

/// `GET /v1/policy/{version}`
pub(crate) async fn policy(
    State(app): State<App>,
    Segment(version): Segment,
) -> Result<Json<PolicyVersion>, Failure> {
    let missing = || Failure::NotFound("no such version was adopted".into());
    let version = u32::try_from(number("version", &version)?).map_err(|_| missing())?;
    app.read(move |read| {
        View::new(read)
            .get(&version.to_be_bytes())?
            .map(Json)
            .ok_or_else(missing)
    })
    .await
}
