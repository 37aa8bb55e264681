//! Accounts with their balances, and alerts.

use axum::Json;
use axum::extract::State;
use fundtrail_model::{Amount, Fault, Id, amount};
use fundtrail_regulation::state::{Account, AlertRecord, View};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Listing, One, fits, get, id_of, listed};
use crate::access::Reader;
use crate::app::App;
use crate::as_of::{Asked, Dated};
use crate::page::Page;
use crate::parameters::{Parameters, Segment, number};
use crate::routes::description::{AsOfDay, ListOf, Paging};

/// An account with its balance.
#[derive(Serialize, ToSchema)]
#[schema(as = AccountWithBalance)]
pub(crate) struct WithBalance {
    #[serde(flatten)]
    account: Account,
    #[serde(with = "amount::signed")]
    balance: Amount,
}

impl WithBalance {
    pub(crate) fn of(view: View<'_>, account: Account) -> Result<WithBalance, Fault> {
        let balance = view.balance(&Account::book_of(&account.account))?;
        Ok(WithBalance { account, balance })
    }
}

/// `GET /v1/accounts?bank=&as_of=`
#[utoipa::path(
    get,
    path = "/v1/accounts",
    operation_id = "list_accounts",
    tag = "records",
    summary = "Accounts of the fund with their balances.",
    params(
        ("bank" = Option<Id>, Query, description = "Accounts at this bank."),
        AsOfDay,
        Paging,
    ),
    responses(
        (status = 200, body = ListOf<WithBalance>, description = "A page of them."),
    )
)]
pub(crate) async fn accounts(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let known = parameters.only(&listed(&["bank"]))?;
    let (page, bank) = (Page::of(&known)?, known.id("bank")?);
    let as_of = Asked::of(&app, &known)?;
    app.look(as_of, move |then| {
        page.list(then.state, b"", |account: Account| {
            let wanted = fits(bank.as_deref(), account.bank.as_str())
                && reader.may_read_party(&account.bank);
            wanted
                .then(|| WithBalance::of(then.view(), account))
                .transpose()
        })
    })
    .await
}

/// `GET /v1/accounts/{id}?as_of=`
#[utoipa::path(
    get,
    path = "/v1/accounts/{id}",
    operation_id = "get_account",
    tag = "records",
    summary = "One account.",
    params(
        ("id" = Id, Path, description = "The account."),
        AsOfDay,
    ),
    responses(
        (status = 200, body = Dated<WithBalance>, description = "The account."),
    )
)]
pub(crate) async fn account(
    State(app): State<App>,
    reader: Reader,
    Segment(id): Segment,
    parameters: Parameters,
) -> One<WithBalance> {
    let as_of = Asked::of(&app, &parameters.only(&["as_of"])?)?;
    let id = id_of(&id)?;
    app.look(as_of, move |then| {
        reader.check_object(then.now, &Account::book_of(&id))?;
        let account = get(then.state, id.as_bytes())?;
        then.dated(WithBalance::of(then.view(), account)?).map(Json)
    })
    .await
}

/// `GET /v1/alerts?standing=&code=&object=&as_of=`, oldest first
#[utoipa::path(
    get,
    path = "/v1/alerts",
    operation_id = "list_alerts",
    tag = "records",
    summary = "Alerts, oldest first.",
    params(
        ("standing" = Option<bool>, Query, description = "Whether they stand still."),
        ("code" = Option<String>, Query, description = "Alerts of this code."),
        ("object" = Option<String>, Query, description = "Alerts about this object, such as loan:L1."),
        AsOfDay,
        Paging,
    ),
    responses(
        (status = 200, body = ListOf<AlertRecord>, description = "A page of them."),
    )
)]
pub(crate) async fn alerts(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let known = parameters.only(&listed(&["standing", "code", "object"]))?;
    let as_of = Asked::of(&app, &known)?;
    let (page, standing) = (Page::of(&known)?, known.flag("standing")?);
    let (code, object) = (known.owned("code"), known.owned("object"));
    app.look(as_of, move |then| {
        // The table also holds an index of what stands, under another prefix.
        page.list(then.state, b"n", |record: AlertRecord| {
            let wanted = standing.is_none_or(|standing| standing == record.closed_by.is_none())
                && fits(code.as_deref(), &record.alert.code)
                && fits(object.as_deref(), &record.alert.object);
            let shown = wanted && reader.may_read_object(then.now, &record.alert.object)?;
            Ok(shown.then_some(record))
        })
    })
    .await
}

/// `GET /v1/alerts/{number}?as_of=`
#[utoipa::path(
    get,
    path = "/v1/alerts/{id}",
    operation_id = "get_alert",
    tag = "records",
    summary = "One alert.",
    params(
        ("id" = u64, Path, description = "Its number."),
        AsOfDay,
    ),
    responses(
        (status = 200, body = Dated<AlertRecord>, description = "The alert."),
    )
)]
pub(crate) async fn alert(
    State(app): State<App>,
    reader: Reader,
    Segment(id): Segment,
    parameters: Parameters,
) -> One<AlertRecord> {
    let as_of = Asked::of(&app, &parameters.only(&["as_of"])?)?;
    let number = number("number", &id)?;
    app.look(as_of, move |then| {
        let key = AlertRecord::key_of(number);
        let alert: Option<AlertRecord> = then.now.get(&key)?;
        // What is not there concerns nobody.
        let object = alert.as_ref().map_or("", |record| &record.alert.object);
        reader.check_object(then.now, object)?;
        then.dated(get(then.state, &key)?).map(Json)
    })
    .await
}
