//! Who takes part: partners, borrowers and keys, as of a day.

use axum::Json;
use axum::extract::State;
use fundtrail_model::{Day, Fault, KeyId};
use fundtrail_regulation::state::{Borrower, Key, Party, Role, View};
use serde::Serialize;

use super::{Listing, One, as_of, choice, fits, get, id_of, tag_of};
use crate::access::{Concern, Reader};
use crate::app::App;
use crate::failure::Failure;
use crate::page::Page;
use crate::parameters::{Parameters, Segment};

/// An institution and how it stands on a day.
#[derive(Serialize)]
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
}

impl Standing {
    fn on(as_of: Day, party: Party) -> Standing {
        let active = party.is_active_on(as_of);
        let (warned, suspended) = (party.warning().is_some(), party.suspension().is_some());
        Standing {
            party,
            as_of,
            active,
            warned,
            suspended,
        }
    }
}

/// `GET /v1/partners?role=&active=&as_of=`: whoever is or was admitted
pub(crate) async fn partners(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let known = parameters.only(&["role", "active", "as_of", "limit", "cursor"])?;
    let page = Page::of(&known)?;
    let role: Option<Role> = choice(&known, "role")?;
    let (active, as_of) = (known.flag("active")?, as_of(&app, &known)?);
    app.read(move |read| {
        page.list(read, b"", |party: Party| {
            let admitted = |role| party.admissions.iter().any(|one| one.role == role);
            let wanted = match role {
                Some(role) => admitted(role),
                None => !party.admissions.is_empty(),
            } && reader.may_read_party(&party.party);
            let standing = Standing::on(as_of, party);
            Ok(
                (wanted && active.is_none_or(|active| active == standing.active))
                    .then_some(standing),
            )
        })
    })
    .await
}

/// `GET /v1/partners/{id}?as_of=`: any party
pub(crate) async fn partner(
    State(app): State<App>,
    reader: Reader,
    Segment(id): Segment,
    parameters: Parameters,
) -> One<Standing> {
    let as_of = as_of(&app, &parameters.only(&["as_of"])?)?;
    let id = id_of(&id)?;
    app.read(move |read| {
        reader.check_object(View::new(read), &format!("party:{id}"))?;
        Ok(Json(Standing::on(as_of, get(read, id.as_bytes())?)))
    })
    .await
}

/// A borrower and how it stands on a day.
#[derive(Serialize)]
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
    fn for_reader(mut self, reader: &Reader, view: View<'_>) -> Result<Listable, Fault> {
        if let Some(loans) = reader.loans_of(view, &self.borrower.borrower)? {
            self.borrower.compensated = loans.iter().map(|loan| loan.compensated).sum();
        }
        Ok(self)
    }
}

/// `GET /v1/borrowers?blacklisted=&as_of=`
pub(crate) async fn borrowers(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let known = parameters.only(&["blacklisted", "as_of", "limit", "cursor"])?;
    let page = Page::of(&known)?;
    let (blacklisted, as_of) = (known.flag("blacklisted")?, as_of(&app, &known)?);
    app.read(move |read| {
        page.list(read, b"", |borrower: Borrower| {
            let shown = Listable::on(as_of, borrower);
            if blacklisted.is_some_and(|wanted| wanted != shown.blacklisted) {
                return Ok(None);
            }
            let view = View::new(read);
            let concern = Concern::of_borrower(shown.borrower.borrower);
            match reader.may_read(view, &concern)? {
                true => shown.for_reader(&reader, view).map(Some),
                false => Ok(None),
            }
        })
    })
    .await
}

/// `GET /v1/borrowers/{tag}?as_of=`
pub(crate) async fn borrower(
    State(app): State<App>,
    reader: Reader,
    Segment(tag): Segment,
    parameters: Parameters,
) -> One<Listable> {
    let as_of = as_of(&app, &parameters.only(&["as_of"])?)?;
    let tag = tag_of("tag", &tag)?;
    app.read(move |read| {
        let view = View::new(read);
        reader.check_object(view, &format!("borrower:{tag}"))?;
        let shown = Listable::on(as_of, get(read, tag.to_string().as_bytes())?);
        Ok(Json(shown.for_reader(&reader, view)?))
    })
    .await
}

/// `GET /v1/keys?party=&role=&standing=`
pub(crate) async fn keys(State(app): State<App>, parameters: Parameters) -> Listing {
    let known = parameters.only(&["party", "role", "standing", "limit", "cursor"])?;
    let (page, party) = (Page::of(&known)?, known.owned("party"));
    let role: Option<Role> = choice(&known, "role")?;
    let standing = known.flag("standing")?;
    app.read(move |read| {
        page.list(read, b"", |key: Key| {
            let wanted = fits(party.as_deref(), key.party.as_str())
                && role.is_none_or(|role| role == key.role)
                && standing.is_none_or(|standing| standing == key.revoked.is_none());
            Ok(wanted.then_some(key))
        })
    })
    .await
}

/// `GET /v1/keys/{keyid}`
pub(crate) async fn key(State(app): State<App>, Segment(id): Segment) -> One<Key> {
    let malformed = || Failure::Parameter("keyid".into(), "32 lower-case hex digits");
    let id = KeyId::parse(&id).ok_or_else(malformed)?;
    app.read(move |read| get(read, id.to_string().as_bytes()).map(Json))
        .await
}
