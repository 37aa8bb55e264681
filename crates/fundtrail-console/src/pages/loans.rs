//! Loans: the list, and one with its claims and recoveries.

use fundtrail_regulation::Kind;
use fundtrail_regulation::state::{Claim, Loan};
use maud::{Markup, html};

use crate::components::definitions::Definitions;
use crate::components::figures::{amount, day, day_or_none};
use crate::components::filters::Filters;
use crate::components::notices::{Tone, badge};
use crate::components::table::Table;
use crate::components::{links, pages, wire};
use crate::i18n::Words;
use crate::i18n::families::{ALLOCATION, FLAG, PLACE, PROGRESS, REPAYMENT_ORDER};
use crate::pages::{claims, recoveries, work};
use crate::records::{Listed, Owing};
use crate::sheet::{Answer, Place, Sheet};
use crate::trouble::Trouble;
use crate::url;
use crate::visit::{Segment, Visit};

/// `GET /loans?bank=&status=&overdue=&borrower=&as_of=`
pub(crate) async fn list(visit: Visit) -> Answer {
    let words = visit.words;
    let filters = Filters::new(&visit)
        .text("bank", words.t("col-bank"))
        .family("status", words.t("col-status"), &PROGRESS)
        .family("overdue", words.t("loan-overdue"), &FLAG)
        .text("borrower", words.t("col-borrower"))
        .day("as_of", words.t("col-as-of"));
    let listed: Listed<Loan> = visit.api.get(&filters.request("/v1/loans")).await?;
    let title = words.of_family(&PLACE, Place::Loans.name());
    Ok(pages::of_list(
        &visit,
        Place::Loans,
        &title,
        &filters,
        &table(words, &title, &listed.items),
        &listed,
    ))
}

/// `GET /loans/{id}?as_of=`
pub(crate) async fn one(visit: Visit, segment: Result<Segment, Trouble>) -> Answer {
    let Segment(id) = segment?;
    let words = visit.words;
    let loan: Loan = visit
        .api
        .get(&visit.dated(&format!("/v1/loans/{}", url::encode(&id))))
        .await?;
    let day = visit.parameter("as_of").map(|day| ("as_of", day));
    let of_loan =
        |path| url::with_query(path, [("loan", loan.loan.as_str())].into_iter().chain(day));
    let (claims, recoveries) = (of_loan("/v1/claims"), of_loan("/v1/recoveries"));
    let (claims, recoveries) = tokio::join!(
        visit.api.allowed::<Listed<Claim>>(&claims),
        visit.api.allowed::<Listed<Owing>>(&recoveries),
    );
    let list = words.of_family(&PLACE, Place::Loans.name());
    let title = words.ta("loan-title", &[("id", loan.loan.to_string().into())]);
    Ok(Sheet::new(Place::Loans, title)
        .under(list, Place::Loans.address())
        .body(html! {
            p .status { (marks(words, &loan)) " " (links::entries_of(words, &format!("loan:{}", loan.loan)))
                (work::next(&visit, &next(&loan), ("loan", loan.loan.as_str()))) }
            (facts(words, &loan))
            h2 { (words.t("loan-due")) }
            (due(words, &loan))
            h2 { (words.of_family(&PLACE, "claims")) }
            (claims::table(words, &words.of_family(&PLACE, "claims"), items(claims?.as_ref())))
            h2 { (words.of_family(&PLACE, "recoveries")) }
            (recoveries::table(words, &words.of_family(&PLACE, "recoveries"), items(recoveries?.as_ref())))
        }))
}

/// What is done next with a loan, as far as it has come.
fn next(loan: &Loan) -> Vec<Kind> {
    let mut kinds = Vec::new();
    if loan.disbursed < loan.total {
        kinds.push(Kind::LoanDisburse);
    }
    if !loan.outstanding().is_zero() {
        kinds.extend([Kind::LoanRepay, Kind::RiskNotice, Kind::ClaimSubmit]);
    }
    if !loan.compensated.is_zero() {
        kinds.push(Kind::RecoveryReport);
    }
    kinds
}

/// Loans, a row each.
pub(super) fn table(words: Words, caption: &str, loans: &[Loan]) -> Markup {
    let mut table = Table::new(caption)
        .text(words.t("col-loan"))
        .text(words.t("col-bank"))
        .text(words.t("col-borrower"))
        .text(words.t("col-enrolled"))
        .figure(words.t("loan-total"))
        .figure(words.t("loan-ip"))
        .figure(words.t("loan-outstanding"))
        .figure(words.t("loan-compensated"))
        .text(words.t("col-status"));
    for loan in loans {
        table.row(vec![
            links::of("/loans", loan.loan.as_str()),
            links::of("/partners", loan.bank.as_str()),
            links::long("/borrowers", &loan.borrower.to_string()),
            day(loan.enrolled_on),
            amount(loan.total),
            amount(loan.ip_amount),
            amount(loan.outstanding()),
            amount(loan.compensated),
            marks(words, loan),
        ]);
    }
    table.shown(words)
}

/// What marks a loan, in a word each.
fn marks(words: Words, loan: &Loan) -> Markup {
    html! {
        @if loan.fraud { (badge(Tone::Bad, &words.t("loan-fraud"))) " " }
        @if loan.misuse { (badge(Tone::Bad, &words.t("loan-misuse"))) " " }
        @if loan.risk_noticed { (badge(Tone::Warn, &words.t("loan-risk"))) " " }
        @if loan.first_disbursed.is_none() { (badge(Tone::Plain, &words.t("loan-not-drawn"))) }
        @else if loan.outstanding().is_zero() { (badge(Tone::Good, &words.t("loan-repaid"))) }
        @else { (badge(Tone::Plain, &words.t("loan-running"))) }
    }
}

fn facts(words: Words, loan: &Loan) -> Markup {
    let pledges = html! {
        ul .plain {
            @for pledge in &loan.pledges {
                li {
                    span title=(pledge.kind) { (words.choice(pledge.kind.as_str())) }
                    @if let Some(on) = pledge.registered_on { " " (day(on)) }
                }
            }
        }
    };
    html! {
        (Definitions::new()
            .add(words.t("col-bank"), links::of("/partners", loan.bank.as_str()))
            .add(words.t("col-borrower"), links::long("/borrowers", &loan.borrower.to_string()))
            .add(words.t("col-enrolled"), day(loan.enrolled_on))
            .add(words.t("loan-first"), day_or_none(loan.first_disbursed.map(|when| when.day())))
            .add(words.t("loan-purpose"), html! { span title=(loan.purpose) { (words.choice(loan.purpose.as_str())) } })
            .add(words.t("loan-pledges"), pledges)
            .add(
                words.t("loan-allocation"),
                html! { (words.of_family(&ALLOCATION, &wire(&loan.allocation))) },
            )
            .add(
                words.t("loan-order"),
                html! { (words.of_family(&REPAYMENT_ORDER, &wire(&loan.repayment_order))) },
            )
            .add(words.t("loan-policy"), links::of("/policy", &loan.policy.to_string()))
            .shown())
        (Definitions::of_amounts()
            .add(words.t("loan-total"), amount(loan.total))
            .add(words.t("loan-ip"), amount(loan.ip_amount))
            .add(words.t("loan-disbursed"), amount(loan.disbursed))
            .add(words.t("loan-repaid-amount"), amount(loan.repaid))
            .add(words.t("loan-outstanding"), amount(loan.outstanding()))
            .add(words.t("loan-compensated"), amount(loan.compensated))
            .add(words.t("loan-collected"), amount(loan.collected))
            .add(words.t("loan-return-due"), amount(loan.return_due))
            .add(words.t("loan-returned"), amount(loan.returned))
            .shown())
    }
}

fn due(words: Words, loan: &Loan) -> Markup {
    let mut table = Table::new(words.t("loan-due"))
        .tight()
        .text(words.t("col-due"))
        .figure(words.t("col-amount"));
    for instalment in &loan.due {
        table.row(vec![day(instalment.due_on), amount(instalment.amount)]);
    }
    table.shown(words)
}

fn items<T>(listed: Option<&Listed<T>>) -> &[T] {
    listed.map_or(&[], |listed| &listed.items)
}
