//! The books beside the records: who still owes what, what banks state against the ledger,
//! and what was refused.

use axum::extract::State;
use fundtrail_model::Day;
use fundtrail_node::RefusedSubmission;
use fundtrail_regulation::obligations::{self, Obligation, Owed};
use fundtrail_regulation::reconciliation::{self, Stated};
use fundtrail_regulation::state::{Account, Role, View};
use serde::Serialize;

use super::{Listing, as_of, choice, fits};
use crate::access::Reader;
use crate::app::App;
use crate::page::Page;
use crate::parameters::Parameters;

/// Who sees what others tried and were refused.
const SUPERVISING: [Role; 4] = [
    Role::Manager,
    Role::Office,
    Role::GroupMember,
    Role::Regulator,
];

/// An obligation and the day on which it is looked at.
#[derive(Serialize)]
struct OnDay {
    #[serde(flatten)]
    obligation: Obligation,
    as_of: Day,
}

/// `GET /v1/obligations?as_of=&party=&kind=`: `party` owes it, or it is about it
pub(crate) async fn obligations(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let known = parameters.only(&["as_of", "party", "kind", "limit", "cursor"])?;
    let (page, as_of) = (Page::of(&known)?, as_of(&app, &known)?);
    let party = known.owned("party");
    let kind: Option<Owed> = choice(&known, "kind")?;
    app.read(move |read| {
        let view = View::new(read);
        let owed = obligations::obligations(view, as_of)?;
        page.sorted(read, owed, Obligation::key, |obligation| {
            let wanted = kind.is_none_or(|kind| kind == obligation.kind)
                && party.as_ref().is_none_or(|party| {
                    let owes = obligation.owed_by.party.as_ref();
                    owes.is_some_and(|owes| owes.as_str() == party)
                        || obligation.object == format!("party:{party}")
                });
            let shown = wanted && reader.may_read_object(view, &obligation.object)?;
            Ok(shown.then_some(OnDay { obligation, as_of }))
        })
    })
    .await
}

/// `GET /v1/reconciliation?account=&from=&until=`, by account, day and entry
pub(crate) async fn reconciliation(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let known = parameters.only(&["account", "from", "until", "limit", "cursor"])?;
    let (page, account) = (Page::of(&known)?, known.owned("account"));
    let (from, until) = (known.day("from")?, known.day("until")?);
    app.read(move |read| {
        let view = View::new(read);
        let differences = reconciliation::differences(view)?;
        let stated = reconciliation::statements(view)?;
        page.sorted(read, stated, Stated::key, |stated| {
            let wanted = fits(account.as_deref(), stated.account.as_str())
                && from.is_none_or(|from| from <= stated.on)
                && until.is_none_or(|until| stated.on <= until);
            let book = Account::book_of(&stated.account);
            let shown = wanted && reader.may_read_object(view, &book)?;
            shown
                .then(|| reconciliation::compare(view, &differences, stated))
                .transpose()
        })
    })
    .await
}

/// `GET /v1/refusals?kind=&code=&party=&transaction=`, oldest first
pub(crate) async fn refusals(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let names = ["kind", "code", "party", "transaction", "limit", "cursor"];
    let known = parameters.only(&names)?;
    reader.check(matches!(&reader, Reader::Known(known) if SUPERVISING.contains(&known.role)))?;
    let page = Page::of(&known)?;
    let (kind, code) = (known.owned("kind"), known.owned("code"));
    let (party, transaction) = (known.owned("party"), known.owned("transaction"));
    app.read(move |read| {
        page.list(read, b"", |refused: RefusedSubmission| {
            let has_code = |code: &String| refused.refusals.iter().any(|one| one.code == *code);
            let is_of = |party: &String| refused.parties.iter().any(|one| one.as_str() == party);
            let wanted = fits(kind.as_deref(), &refused.kind)
                && fits(transaction.as_deref(), refused.transaction.as_str())
                && code.as_ref().is_none_or(has_code)
                && party.as_ref().is_none_or(is_of);
            Ok(wanted.then_some(refused))
        })
    })
    .await
}
