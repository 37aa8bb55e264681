//! The books beside the records: who still owes what, what banks state against the ledger,
//! and what was refused.

use axum::extract::State;
use fundtrail_model::port::{Read, Table};
use fundtrail_model::{Day, Fault, Id};
use fundtrail_node::RefusedSubmission;
use fundtrail_regulation::obligations::{self, Obligation, Owed};
use fundtrail_regulation::reconciliation::{self, Stated};
use fundtrail_regulation::state::{Account, Role};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Days, Listing, choice, fits, listed};
use crate::access::Reader;
use crate::app::App;
use crate::as_of::Asked;
use crate::failure::Failure;
use crate::page::Page;
use crate::parameters::{Known, Parameters};
use crate::routes::description::{AsOfDay, ListOf, Paging};

/// Who sees what others tried and were refused.
const SUPERVISING: [Role; 4] = [
    Role::Manager,
    Role::Office,
    Role::GroupMember,
    Role::Regulator,
];

/// An obligation and the day on which it is looked at.
#[derive(Serialize, ToSchema)]
#[schema(as = ObligationOnDay)]
struct OnDay {
    #[serde(flatten)]
    obligation: Obligation,
    as_of: Day,
}

/// `GET /v1/obligations?as_of=&party=&kind=`: `party` owes it, or it is about it
#[utoipa::path(
    get,
    path = "/v1/obligations",
    operation_id = "list_obligations",
    tag = "records",
    summary = "What is still owed, seen on a day.",
    description = "Returns, refunds, notices, reports, reviews and standing alerts, each with who owes it, its due date and the days late.",
    params(
        AsOfDay,
        ("party" = Option<Id>, Query, description = "What this institution owes, or what is about it."),
        ("kind" = Option<Owed>, Query, description = "Obligations of this sort."),
        Paging,
    ),
    responses(
        (status = 200, body = ListOf<OnDay>, description = "A page of them."),
    )
)]
pub(crate) async fn obligations(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let known = parameters.only(&listed(&["party", "kind"]))?;
    let (page, as_of) = (Page::of(&known)?, Asked::of(&app, &known)?);
    let party = known.id("party")?;
    let kind: Option<Owed> = choice(&known, "kind")?;
    app.look(as_of, move |then| {
        let owed = obligations::obligations(then.view(), then.on)?;
        page.sorted(then.state, owed, Obligation::key, |obligation| {
            let wanted = kind.is_none_or(|kind| kind == obligation.kind)
                && party.as_ref().is_none_or(|party| {
                    let owes = obligation.owed_by.party.as_ref();
                    owes.is_some_and(|owes| owes.as_str() == party)
                        || obligation.object == format!("party:{party}")
                });
            let shown = wanted && reader.may_read_object(then.now, &obligation.object)?;
            let as_of = then.on;
            Ok(shown.then_some(OnDay { obligation, as_of }))
        })
    })
    .await
}

/// `GET /v1/reconciliation?account=&from=&until=&as_of=`, by account, day and entry
#[utoipa::path(
    get,
    path = "/v1/reconciliation",
    operation_id = "list_reconciliation",
    tag = "records",
    summary = "Bank statements beside the ledger's balances, by account and day.",
    params(
        ("account" = Option<Id>, Query, description = "Statements of this account."),
        ("from" = Option<Day>, Query, description = "The first day."),
        ("until" = Option<Day>, Query, description = "The last day."),
        AsOfDay,
        Paging,
    ),
    responses(
        (status = 200, body = ListOf<reconciliation::Line>, description = "A page of them."),
    )
)]
pub(crate) async fn reconciliation(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let known = parameters.only(&listed(&["account", "from", "until"]))?;
    let (page, account) = (Page::of(&known)?, known.id("account")?);
    let (days, as_of) = (Days::of(&known)?, Asked::of(&app, &known)?);
    app.look(as_of, move |then| {
        let view = then.view();
        let differences = reconciliation::differences(view)?;
        let stated = reconciliation::statements(view)?;
        page.sorted(then.state, stated, Stated::key, |stated| {
            let wanted = fits(account.as_deref(), stated.account.as_str()) && days.has(stated.on);
            let book = Account::book_of(&stated.account);
            let shown = wanted && reader.may_read_object(then.now, &book)?;
            shown
                .then(|| reconciliation::compare(view, &differences, stated))
                .transpose()
        })
    })
    .await
}

/// `GET /v1/refusals?kind=&code=&party=&transaction=&last=`, oldest first
#[utoipa::path(
    get,
    path = "/v1/refusals",
    operation_id = "list_refusals",
    tag = "records",
    summary = "Refused submissions that an enrolled key signed, with their figures.",
    description = "For manager, office, leading group and regulator.",
    params(
        ("kind" = Option<String>, Query, description = "Of this kind of transaction."),
        ("code" = Option<String>, Query, description = "By a rule of this code."),
        ("party" = Option<Id>, Query, description = "Signed for this institution."),
        ("transaction" = Option<Id>, Query, description = "Of this transaction."),
        ("last" = Option<u64>, Query, description = "Among so many of the newest."),
        Paging,
    ),
    responses(
        (status = 200, body = ListOf<RefusedSubmission>, description = "A page of them."),
    )
)]
pub(crate) async fn refusals(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let names = [
        "kind",
        "code",
        "party",
        "transaction",
        "last",
        "limit",
        "cursor",
    ];
    let known = parameters.only(&names)?;
    reader.check(matches!(&reader, Reader::Known(known) if SUPERVISING.contains(&known.role)))?;
    let page = Page::of(&known)?;
    let (kind, code) = (known.owned("kind"), known.owned("code"));
    let (party, transaction) = (known.id("party")?, known.id("transaction")?);
    let (last, is_later) = (newest(&known)?, known.text("cursor").is_some());
    app.read(move |read| {
        // A later page begins where the one before ended, however many were added since.
        let first = match last {
            Some(last) if !is_later => key_of_last(read, last)?,
            _ => Vec::new(),
        };
        page.rows(read, Table::Refusals, (&first, &[0xff; 9]), |_, bytes| {
            let refused = decode(bytes)?;
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

/// The most refusals that `last` asks for.
const LAST_MAX: u64 = 1000;

/// How many of the newest are asked for.
fn newest(known: &Known) -> Result<Option<usize>, Failure> {
    let malformed = || Failure::Parameter("last".into(), "a number from 1 to 1000");
    let Some(last) = known.number("last")? else {
        return Ok(None);
    };
    let last = Some(last).filter(|last| (1..=LAST_MAX).contains(last));
    let last = last.and_then(|last| usize::try_from(last).ok());
    last.map(Some).ok_or_else(malformed)
}

/// The key of the first among so many of the newest.
fn key_of_last(read: &dyn Read, last: usize) -> Result<Vec<u8>, Fault> {
    let rows = read.range_back(Table::Refusals, &[], &[0xff; 9], last)?;
    Ok(rows
        .into_iter()
        .next_back()
        .map_or_else(Vec::new, |(key, _)| key))
}

fn decode(bytes: &[u8]) -> Result<RefusedSubmission, Fault> {
    serde_json::from_slice(bytes).map_err(|error| Fault(format!("refusals: {error}")))
}
