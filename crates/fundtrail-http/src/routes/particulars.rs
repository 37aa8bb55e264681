//! What a transaction sealed, opened: names, codes and numbers, for whom they concern.
//!
//! Nothing of it is logged, cached or quoted in an error.

use axum::Json;
use axum::extract::State;
use fundtrail_model::disclosure::{Disclosure, DisclosureDigest};
use fundtrail_model::port::{Read, Table};
use fundtrail_model::{Entry, Fault, Id, Transaction};
use fundtrail_regulation::kinds::{Original, original};
use fundtrail_regulation::state::{Erased, View};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{Concern, Reader};
use crate::app::App;
use crate::failure::Failure;
use crate::parameters::{Parameters, Segment};

/// What a transaction sealed.
#[derive(Serialize, ToSchema)]
pub(crate) struct Particulars {
    transaction: Id,
    particulars: Vec<Opened>,
}

/// One particular.
#[derive(Serialize, ToSchema)]
#[schema(as = Particular)]
struct Opened {
    name: String,
    /// As in the transaction.
    digest: DisclosureDigest,
    /// The exact text that the digest is of; none where it is not kept any more.
    disclosure: Option<String>,
    value: Option<String>,
    /// The entry that ordered it erased.
    erased_by: Option<u64>,
}

/// `GET /v1/transactions/{id}/particulars?name=`
#[utoipa::path(
    get,
    path = "/v1/transactions/{id}/particulars",
    operation_id = "list_particulars",
    tag = "entries",
    summary = "What a transaction sealed, opened: for whom it concerns.",
    params(
        ("id" = Id, Path, description = "The transaction."),
        ("name" = Option<String>, Query, description = "Only the particular of that name."),
    ),
    responses(
        (status = 200, body = Particulars, description = "Those that it sealed."),
    )
)]
pub(crate) async fn particulars(
    State(app): State<App>,
    reader: Reader,
    Segment(id): Segment,
    parameters: Parameters,
) -> Result<Json<Particulars>, Failure> {
    let id = Id::parse(&id).ok_or_else(|| Failure::Parameter("id".into(), "an id"))?;
    let name = parameters.only(&["name"])?.owned("name");
    app.read(move |read| {
        let view = View::new(read);
        let Some(Original {
            entry, transaction, ..
        }) = original(view, &id)?
        else {
            // What is not there and what may not be read give the same answer.
            reader.check(reader.may_read_whole_ledger())?;
            return Err(Failure::NotFound(
                "no transaction of that id is recorded".into(),
            ));
        };
        reader.check(may_read(&reader, view, &entry)?)?;
        let particulars = opened(read, &transaction, name.as_deref())?;
        if name.is_some() && particulars.is_empty() {
            return Err(Failure::NotFound(
                "the transaction seals no particular of that name".into(),
            ));
        }
        Ok(Json(Particulars {
            transaction: id,
            particulars,
        }))
    })
    .await
}

fn may_read(reader: &Reader, view: View<'_>, entry: &Entry) -> Result<bool, Fault> {
    reader.may_read_particulars(view, &Concern::of_entry(view, entry)?)
}

fn opened(
    read: &dyn Read,
    transaction: &Transaction,
    only: Option<&str>,
) -> Result<Vec<Opened>, Fault> {
    let erased: Option<Erased> = View::new(read).get(transaction.id.as_bytes())?;
    let wanted = transaction
        .sealed
        .iter()
        .filter(|(name, _)| only.is_none_or(|only| only == name.as_str()));
    wanted
        .map(|(name, digest)| {
            let by = |erased: &Erased| erased.particulars.get(name).copied();
            let erased_by = erased.as_ref().and_then(by);
            // Another transaction may have brought the same text since.
            let kept = match erased_by {
                Some(_) => None,
                None => read.get(Table::Disclosures, digest.to_string().as_bytes())?,
            };
            let disclosure = kept
                .map(|bytes| String::from_utf8(bytes).map_err(|_| unreadable()))
                .transpose()?;
            let value = disclosure
                .as_deref()
                .map(|text| Disclosure::parse(text).map_err(|_| unreadable()))
                .transpose()?
                .map(|parsed| parsed.value().to_owned());
            Ok(Opened {
                name: name.clone(),
                digest: *digest,
                disclosure,
                value,
                erased_by,
            })
        })
        .collect()
}

fn unreadable() -> Fault {
    Fault("a disclosure that was kept cannot be read".into())
}
