//! Accounts with their balances, and alerts.

use axum::Json;
use axum::extract::State;
use fundtrail_model::{Amount, Fault, amount};
use fundtrail_regulation::state::{Account, AlertRecord, View};
use serde::Serialize;

use super::{Listing, One, fits, get, id_of, missing};
use crate::access::Reader;
use crate::app::App;
use crate::page::Page;
use crate::parameters::{Parameters, Segment, number};

/// An account with its balance.
#[derive(Serialize)]
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

/// `GET /v1/accounts?bank=`
pub(crate) async fn accounts(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let known = parameters.only(&["bank", "limit", "cursor"])?;
    let (page, bank) = (Page::of(&known)?, known.owned("bank"));
    app.read(move |read| {
        page.list(read, b"", |account: Account| {
            let wanted = fits(bank.as_deref(), account.bank.as_str())
                && reader.may_read_party(&account.bank);
            wanted
                .then(|| WithBalance::of(View::new(read), account))
                .transpose()
        })
    })
    .await
}

/// `GET /v1/accounts/{id}`
pub(crate) async fn account(
    State(app): State<App>,
    reader: Reader,
    Segment(id): Segment,
) -> One<WithBalance> {
    let id = id_of(&id)?;
    app.read(move |read| {
        let view = View::new(read);
        reader.check_object(view, &Account::book_of(&id))?;
        Ok(Json(WithBalance::of(view, get(read, id.as_bytes())?)?))
    })
    .await
}

/// `GET /v1/alerts?standing=&code=&object=`, oldest first
pub(crate) async fn alerts(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Listing {
    let known = parameters.only(&["standing", "code", "object", "limit", "cursor"])?;
    let (page, standing) = (Page::of(&known)?, known.flag("standing")?);
    let (code, object) = (known.owned("code"), known.owned("object"));
    app.read(move |read| {
        // The table also holds an index of what stands, under another prefix.
        page.list(read, b"n", |record: AlertRecord| {
            let wanted = standing.is_none_or(|standing| standing == record.closed_by.is_none())
                && fits(code.as_deref(), &record.alert.code)
                && fits(object.as_deref(), &record.alert.object);
            let shown = wanted && reader.may_read_object(View::new(read), &record.alert.object)?;
            Ok(shown.then_some(record))
        })
    })
    .await
}

/// `GET /v1/alerts/{number}`
pub(crate) async fn alert(
    State(app): State<App>,
    reader: Reader,
    Segment(id): Segment,
) -> One<AlertRecord> {
    let number = number("number", &id)?;
    app.read(move |read| {
        let view = View::new(read);
        let alert: Option<AlertRecord> = view.get(&AlertRecord::key_of(number))?;
        // What is not there concerns nobody.
        let object = alert.as_ref().map_or("", |record| &record.alert.object);
        reader.check_object(view, object)?;
        alert.map(Json).ok_or_else(missing)
    })
    .await
}
