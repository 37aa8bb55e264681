//! Who takes part: partners, borrowers and keys, as of a day.

use axum::Json;
use axum::extract::State;
use fundtrail_model::{Amount, Day, Fault, Id, KeyId, Tag};
use fundtrail_regulation::state::{Borrower, Key, Loan, Party, Record as _, Role};
use serde::Serialize;
use utoipa::ToSchema;

use super::ratio::Ratio;
use super::{Listing, One, choice, fits, get, id_of, listed, tag_of};
use crate::access::{Concern, Reader};
use crate::app::App;
use crate::as_of::{Asked, Dated, Then};
use crate::failure::Failure;
use crate::page::Page;
use crate::parameters::{Parameters, Segment};
use crate::routes::description::{AsOfDay, ListOf, Paging};

/// An institution and how it stands on a day.
#[derive(Serialize, ToSchema)]
#[schema(as = PartyOnDay)]
pub(crate) struct Standing {
    #[serde(flatten)]
    party: Party,
    as_of: Day,
    /// Whether it is an admitted partner on that day.
    active: bool,
    /// Whether a warning stands.
    warned: bool,
    /// Whether a suspension stands.
    suspended: bool,
    /// Of a bank: what was compensated against what it lent.
    ratio: Option<Ratio>,
}

impl Standing {
    fn then(then: &Then<'_>, party: Party) -> Result<Standing, Fault> {
        Ok(Standing {
            as_of: then.on,
            active: party.is_active_on(then.on),
            warned: party.warning().is_some(),
            suspended: party.suspension().is_some(),
            ratio: Ratio::of(then.view(), then.on, &party)?,
            party,
        })
    }
}

/// `GET /v1/partners?role=&active=&as_of=`: whoever is or was admitted
#[utoipa::path(
    get,
    path = "/v1/partners",
    operation_id = "list_partners",
    tag = "records",
    summary = "Institutions that are or were admitted.",
    params(
        ("role" = Option<Role>, Query, description = "Those admitted in this role."),
        ("active" = Option<bool>, Query, description = "Whether they are partners on the day."),
        AsOfDay,
        Paging,
    ),
    responses(
        (status = 200, body = ListOf<Standing>, description = "A page of them."),
    )
)]
pub(crate) async fn partners(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let known = parameters.only(&listed(&["role", "active"]))?;
    let page = Page::of(&known)?;
    let role: Option<Role> = choice(&known, "role")?;
    let (active, as_of) = (known.flag("active")?, Asked::of(&app, &known)?);
    app.look(as_of, move |then| {
        page.list(then.state, b"", |party: Party| {
            let admitted = |role| party.admissions.iter().any(|one| one.role == role);
            let wanted = match role {
                Some(role) => admitted(role),
                None => !party.admissions.is_empty(),
            } && reader.may_read_party(&party.party);
            if !wanted || active.is_some_and(|active| active != party.is_active_on(then.on)) {
                return Ok(None);
            }
            Standing::then(&then, party).map(Some)
        })
    })
    .await
}

/// `GET /v1/partners/{id}?as_of=`: any party
#[utoipa::path(
    get,
    path = "/v1/partners/{id}",
    operation_id = "get_partner",
    tag = "records",
    summary = "One institution.",
    params(
        ("id" = Id, Path, description = "The institution."),
        AsOfDay,
    ),
    responses(
        (status = 200, body = Dated<Standing>, description = "The institution."),
    )
)]
pub(crate) async fn partner(
    State(app): State<App>,
    reader: Reader,
    Segment(id): Segment,
    parameters: Parameters,
) -> One<Standing> {
    let as_of = Asked::of(&app, &parameters.only(&["as_of"])?)?;
    let id = id_of(&id)?;
    app.look(as_of, move |then| {
        reader.check_object(then.now, &format!("party:{id}"))?;
        let party = get(then.state, id.as_bytes())?;
        then.dated(Standing::then(&then, party)?).map(Json)
    })
    .await
}

/// A borrower and how it stands on a day.
#[derive(Serialize, ToSchema)]
#[schema(as = BorrowerOnDay)]
pub(crate) struct Listable {
    #[serde(flatten)]
    borrower: Borrower,
    as_of: Day,
    /// Whether it is disqualified on that day.
    blacklisted: bool,
}

impl Listable {
    fn on(as_of: Day, borrower: Borrower) -> Listable {
        let blacklisted = borrower.is_blacklisted_on(as_of);
        Listable {
            borrower,
            as_of,
            blacklisted,
        }
    }

    /// With what was paid on the loans that the reader may read: others' are others'.
    fn for_reader(mut self, reader: &Reader, then: &Then<'_>) -> Result<Listable, Fault> {
        if let Some(loans) = reader.loans_of(then.now, &self.borrower.borrower)? {
            let mut compensated = Amount::ZERO;
            for loan in loans {
                let loan: Option<Loan> = then.view().get(&loan.key())?;
                compensated += loan.map(|loan| loan.compensated).unwrap_or_default();
            }
            self.borrower.compensated = compensated;
        }
        Ok(self)
    }
}

/// `GET /v1/borrowers?blacklisted=&as_of=`
#[utoipa::path(
    get,
    path = "/v1/borrowers",
    operation_id = "list_borrowers",
    tag = "records",
    summary = "Enterprises, by tag.",
    params(
        ("blacklisted" = Option<bool>, Query, description = "Whether they are disqualified on the day."),
        AsOfDay,
        Paging,
    ),
    responses(
        (status = 200, body = ListOf<Listable>, description = "A page of them."),
    )
)]
pub(crate) async fn borrowers(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let known = parameters.only(&listed(&["blacklisted"]))?;
    let page = Page::of(&known)?;
    let (blacklisted, as_of) = (known.flag("blacklisted")?, Asked::of(&app, &known)?);
    app.look(as_of, move |then| {
        page.list(then.state, b"", |borrower: Borrower| {
            let shown = Listable::on(then.on, borrower);
            if blacklisted.is_some_and(|wanted| wanted != shown.blacklisted) {
                return Ok(None);
            }
            let concern = Concern::of_borrower(shown.borrower.borrower);
            match reader.may_read(then.now, &concern)? {
                true => shown.for_reader(&reader, &then).map(Some),
                false => Ok(None),
            }
        })
    })
    .await
}

/// `GET /v1/borrowers/{tag}?as_of=`
#[utoipa::path(
    get,
    path = "/v1/borrowers/{id}",
    operation_id = "get_borrower",
    tag = "records",
    summary = "One enterprise.",
    params(
        ("id" = Tag, Path, description = "Its tag."),
        AsOfDay,
    ),
    responses(
        (status = 200, body = Dated<Listable>, description = "The enterprise."),
    )
)]
pub(crate) async fn borrower(
    State(app): State<App>,
    reader: Reader,
    Segment(tag): Segment,
    parameters: Parameters,
) -> One<Listable> {
    let as_of = Asked::of(&app, &parameters.only(&["as_of"])?)?;
    let tag = tag_of("tag", &tag)?;
    app.look(as_of, move |then| {
        reader.check_object(then.now, &format!("borrower:{tag}"))?;
        let shown = Listable::on(then.on, get(then.state, tag.to_string().as_bytes())?);
        then.dated(shown.for_reader(&reader, &then)?).map(Json)
    })
    .await
}

/// `GET /v1/keys?party=&role=&standing=&as_of=`
#[utoipa::path(
    get,
    path = "/v1/keys",
    operation_id = "list_keys",
    tag = "records",
    summary = "Keys of institutions.",
    params(
        ("party" = Option<Id>, Query, description = "Keys of this institution."),
        ("role" = Option<Role>, Query, description = "Keys in this role."),
        ("standing" = Option<bool>, Query, description = "Whether they stand still."),
        AsOfDay,
        Paging,
    ),
    responses(
        (status = 200, body = ListOf<Key>, description = "A page of them."),
    )
)]
pub(crate) async fn keys(State(app): State<App>, parameters: Parameters) -> Listing {
    let known = parameters.only(&listed(&["party", "role", "standing"]))?;
    let as_of = Asked::of(&app, &known)?;
    let (page, party) = (Page::of(&known)?, known.id("party")?);
    let role: Option<Role> = choice(&known, "role")?;
    let standing = known.flag("standing")?;
    app.look(as_of, move |then| {
        page.list(then.state, b"", |key: Key| {
            let wanted = fits(party.as_deref(), key.party.as_str())
                && role.is_none_or(|role| role == key.role)
                && standing.is_none_or(|standing| standing == key.revoked.is_none());
            Ok(wanted.then_some(key))
        })
    })
    .await
}

/// `GET /v1/keys/{keyid}?as_of=`
#[utoipa::path(
    get,
    path = "/v1/keys/{id}",
    operation_id = "get_key",
    tag = "records",
    summary = "One key.",
    params(
        ("id" = KeyId, Path, description = "The key."),
        AsOfDay,
    ),
    responses(
        (status = 200, body = Dated<Key>, description = "The key."),
    )
)]
pub(crate) async fn key(
    State(app): State<App>,
    Segment(id): Segment,
    parameters: Parameters,
) -> One<Key> {
    let as_of = Asked::of(&app, &parameters.only(&["as_of"])?)?;
    let malformed = || Failure::Parameter("keyid".into(), "32 lower-case hex digits");
    let id = KeyId::parse(&id).ok_or_else(malformed)?;
    app.look(as_of, move |then| {
        let key = get(then.state, id.to_string().as_bytes())?;
        then.dated(key).map(Json)
    })
    .await
}
