//! The fund at a glance: money by account, totals by book, and whether what must hold
//! does (invariants I1 to I5 of the rule reference).
//!
//! Everything is computed from the books and records of one state; nothing is cached.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use fundtrail_model::{Amount, Day, DocumentDigest, Fault, Id, amount};
use fundtrail_regulation::loss;
use fundtrail_regulation::policy::StopAt;
use fundtrail_regulation::state::{
    Account, Book, Borrower, Claim, Filing, FilingKind, Fund, Ledger, Loan, PolicyVersion, View,
    YearFees, pair_key,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::records::WithBalance;
use crate::access::Reader;
use crate::app::App;
use crate::as_of::Asked;
use crate::failure::Failure;
use crate::page::size;
use crate::parameters::Parameters;
use crate::routes::description::AsOfDay;

/// The fund as of a state.
#[derive(Serialize, ToSchema)]
#[schema(as = FundOverview)]
pub(crate) struct Overview {
    /// The day the state was asked for, if one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<Day>,
    /// Number of entries of the state.
    size: u64,
    /// What genesis set; null before it.
    ledger: Option<Ledger>,
    fund: Fund,
    /// Sum of the accounts.
    #[serde(with = "amount::signed")]
    balance: Amount,
    /// Those that the reader may read.
    accounts: Vec<WithBalance>,
    totals: Totals,
    invariants: Vec<Invariant>,
    /// The newest audit report on file.
    last_audit: Option<Audited>,
}

/// An audit report that was filed.
#[derive(Serialize, ToSchema)]
struct Audited {
    /// The firm.
    auditor: Option<Id>,
    /// Its business date.
    on: Option<Day>,
    /// SHA-256 of the report.
    digest: Option<DocumentDigest>,
    /// The entry that filed it.
    entry: u64,
}

/// What came in and went out, all positive, from the books.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = FundTotals)]
struct Totals {
    #[serde(with = "amount::signed")]
    contributions: Amount,
    #[serde(with = "amount::signed")]
    interest: Amount,
    #[serde(with = "amount::signed")]
    returns: Amount,
    #[serde(with = "amount::signed")]
    clawbacks: Amount,
    /// Received and belonging to somebody else.
    #[serde(with = "amount::signed")]
    suspense: Amount,
    #[serde(with = "amount::signed")]
    compensation: Amount,
    #[serde(with = "amount::signed")]
    fees: Amount,
    #[serde(with = "amount::signed")]
    distributions: Amount,
    /// Books of no known sort: always 0.00.
    #[serde(with = "amount::signed")]
    other: Amount,
}

/// Something that must hold at any height.
#[derive(Serialize, ToSchema)]
#[schema(as = FundInvariant)]
struct Invariant {
    id: &'static str,
    says: &'static str,
    holds: bool,
    /// The objects for which it does not, the first few, that the reader may read.
    violated_by: Vec<String>,
}

impl Invariant {
    /// Whether it holds is everybody's; who breaks it, for those who may read of it.
    fn keep_for(&mut self, reader: &Reader, view: View<'_>) -> Result<(), Fault> {
        let mut own = Vec::new();
        for object in std::mem::take(&mut self.violated_by) {
            if reader.may_read_object(view, &object)? {
                own.push(object);
            }
        }
        self.violated_by = own;
        Ok(())
    }
}

/// `GET /v1/fund?as_of=`: accounts and objects are named to those who may read of them
#[utoipa::path(
    get,
    path = "/v1/fund",
    operation_id = "get_fund",
    tag = "records",
    summary = "Balances, totals and whether what must hold does.",
    description = "Accounts and objects are named to those who may read of them.",
    params(AsOfDay),
    responses(
        (status = 200, body = Overview, description = "The fund."),
    )
)]
pub(crate) async fn fund(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Result<Json<Overview>, Failure> {
    let as_of = Asked::of(&app, &parameters.only(&["as_of"])?)?;
    app.look(as_of, move |then| {
        let view = then.view();
        let mut accounts = view.list::<Account>(b"")?;
        accounts.retain(|account| reader.may_read_party(&account.bank));
        let accounts: Vec<WithBalance> = accounts
            .into_iter()
            .map(|account| WithBalance::of(view, account))
            .collect::<Result<_, Fault>>()?;
        let books: Vec<Book> = view.list(b"")?;
        let balance = held(&books);
        let totals = Totals::of(&books);
        let mut invariants = vec![
            no_account_below_zero(&books),
            balance_follows(&totals, balance),
            compensation_within_bounds(view)?,
            returns_within_compensation(view)?,
            fees_within_ceiling(view)?,
        ];
        for invariant in &mut invariants {
            invariant.keep_for(&reader, then.now)?;
        }
        let (ledger, fund) = (view.ledger()?, view.fund()?);
        Ok(Json(Overview {
            as_of: then.asked(),
            size: size(then.state)?,
            ledger,
            fund,
            balance,
            accounts,
            totals,
            invariants,
            last_audit: Audited::newest(view)?,
        }))
    })
    .await
}

impl Audited {
    fn newest(view: View<'_>) -> Result<Option<Audited>, Fault> {
        let prefix = pair_key(FilingKind::AuditReport.name().as_bytes(), b"");
        let filings: Vec<Filing> = view.list(&prefix)?;
        let newest = filings.into_iter().max_by_key(|filing| filing.entry);
        Ok(newest.map(|filing| Audited {
            auditor: filing.party,
            on: filing.until,
            digest: filing.digest,
            entry: filing.entry,
        }))
    }
}

fn is_account(book: &Book) -> bool {
    book.book.starts_with("account:")
}

fn held(books: &[Book]) -> Amount {
    books
        .iter()
        .filter(|book| is_account(book))
        .map(|book| book.balance)
        .sum()
}

impl Totals {
    /// Books are debit positive: what came in stands in them as a credit.
    fn of(books: &[Book]) -> Totals {
        let mut totals = Totals::default();
        for book in books.iter().filter(|book| !is_account(book)) {
            let sort = book.book.split(':').next().unwrap_or_default();
            match sort {
                "contribution" => totals.contributions -= book.balance,
                "interest" => totals.interest -= book.balance,
                "returns" => totals.returns -= book.balance,
                "clawbacks" => totals.clawbacks -= book.balance,
                "suspense" => totals.suspense -= book.balance,
                "compensation" => totals.compensation += book.balance,
                "fees" => totals.fees += book.balance,
                "distribution" => totals.distributions += book.balance,
                _ => totals.other += book.balance,
            }
        }
        totals
    }

    fn came_in(&self) -> Amount {
        self.contributions + self.interest + self.returns + self.clawbacks + self.suspense
    }

    fn went_out(&self) -> Amount {
        self.compensation + self.fees + self.distributions
    }
}

fn no_account_below_zero(books: &[Book]) -> Invariant {
    let below = books
        .iter()
        .filter(|book| is_account(book) && book.balance.is_negative());
    invariant(
        "I1",
        "no account is below zero",
        below.map(|book| book.book.clone()),
    )
}

fn balance_follows(totals: &Totals, balance: Amount) -> Invariant {
    let follows = totals.came_in() - totals.went_out() == balance && totals.other.is_zero();
    let says = "balance = contributions + interest + returns + clawbacks + suspense \
                − compensation − fees − distributions";
    invariant(
        "I2",
        says,
        (!follows).then(|| "fund".to_owned()).into_iter(),
    )
}

/// For each loan, what the loss of its paid claims entitles to under the policy that binds it.
fn compensation_within_bounds(view: View<'_>) -> Result<Invariant, Fault> {
    let mut losses: BTreeMap<String, Amount> = BTreeMap::new();
    let claims: Vec<Claim> = view.list(b"")?;
    for claim in claims.iter().filter(|claim| !claim.paid.is_zero()) {
        let loss = losses.entry(claim.loan.to_string()).or_default();
        *loss = claim.loss.max(*loss);
    }
    let policies: Vec<PolicyVersion> = view.list(b"")?;
    let mut above = Vec::new();
    for loan in view.list::<Loan>(b"")? {
        let Some(version) = binding(&policies, &loan) else {
            continue;
        };
        let borrower: Option<Borrower> = view.get(loan.borrower.to_string().as_bytes())?;
        let cap = loss::cap(&version.policy, &loan, borrower.as_ref());
        let loss = losses.get(loan.loan.as_str()).copied().unwrap_or_default();
        if loan.compensated > loss::entitled(&version.policy, loss, cap) {
            above.push(name_of(&loan));
        }
    }
    let says = "no loan is compensated beyond the ratio of its loss, nor beyond the cap";
    Ok(invariant("I3", says, above.into_iter()))
}

fn returns_within_compensation(view: View<'_>) -> Result<Invariant, Fault> {
    let policies: Vec<PolicyVersion> = view.list(b"")?;
    let loans: Vec<Loan> = view.list(b"")?;
    let above = loans.iter().filter(|loan| {
        let stops = binding(&policies, loan)
            .is_none_or(|version| version.policy.returns.stop_at == StopAt::Compensation);
        stops && loan.returned > loan.compensated
    });
    let says = "no loan returns more than it was compensated, where the policy stops there";
    Ok(invariant("I4", says, above.map(name_of)))
}

fn binding<'a>(policies: &'a [PolicyVersion], loan: &Loan) -> Option<&'a PolicyVersion> {
    policies
        .iter()
        .find(|version| version.version == loan.policy)
}

fn fees_within_ceiling(view: View<'_>) -> Result<Invariant, Fault> {
    let policies: Vec<PolicyVersion> = view.list(b"")?;
    let ceiling = policies
        .iter()
        .map(|version| version.policy.fee_ceiling())
        .max();
    let years: Vec<YearFees> = view.list(b"")?;
    let above = years
        .iter()
        .filter(|year| year.paid > ceiling.unwrap_or_default());
    let names = above.map(|year| format!("fees:{}", year.year));
    Ok(invariant(
        "I5",
        "no year's fees are above the ceiling",
        names,
    ))
}

fn name_of(loan: &Loan) -> String {
    format!("loan:{}", loan.loan)
}

fn invariant(
    id: &'static str,
    says: &'static str,
    mut violated_by: impl Iterator<Item = String>,
) -> Invariant {
    let violated_by: Vec<String> = violated_by.by_ref().take(20).collect();
    Invariant {
        id,
        says,
        holds: violated_by.is_empty(),
        violated_by,
    }
}
