//! The form of a new transaction: `/work/new/{kind}`.

use axum::http::StatusCode;
use maud::{Markup, html};

use super::controls;
use super::field::{Form, Input};
use super::filled::Filled;
use super::{forms, prospect};
use crate::components::definitions::Definitions;
use crate::components::figures::{amount, day};
use crate::components::links;
use crate::components::notices::{Tone, notice};
use crate::i18n::Words;
use crate::i18n::families::{PLACE, WORK_VARIANT};
use crate::pages::entry::article_name;
use crate::sheet::{Answer, Place, Sheet};
use crate::trouble::Trouble;
use crate::visit::{Segment, Visit};

/// `GET /work/new/{kind}?variant=&loan=&claim=&recovery=&…`: a parameter of a field's name fills
/// it in; one of a list's name gives that many rows.
pub(crate) async fn page(visit: Visit, segment: Result<Segment, Trouble>) -> Answer {
    let Segment(name) = segment?;
    let words = visit.words;
    let Some(reader) = &visit.reader else {
        return Err(Trouble::new(
            StatusCode::UNAUTHORIZED,
            "UNAUTHENTICATED",
            "",
        ));
    };
    let forms = forms::of_kind(&name);
    let asked = visit.parameter("variant");
    let named = forms.iter().find(|form| asked == Some(form.variant));
    let Some(form) = named.or(forms.first()) else {
        return Err(Trouble::nowhere());
    };
    let filled = Filled::of(&visit, reader, form).await?;
    let mut fields = Vec::new();
    let seals_code = form
        .fields
        .iter()
        .any(|field| field.name == "sealed.credit_code");
    for field in form.fields {
        if matches!(field.input, Input::Borrower) && !seals_code {
            fields.push(controls::code_of_borrower(words));
        }
        fields.push(controls::shown(&visit, &filled, field).await?);
    }
    Ok(Sheet::new(Place::Work, words.kind(&name))
        .under(words.of_family(&PLACE, Place::Work.name()), Place::Work.address())
        .script("work.js")
        .script("forms.js")
        .body(html! {
            (articles(words, form))
            @if forms.len() > 1 { (variants(&visit, &forms, form)) }
            (subject(words, &filled))
            noscript { (notice(Tone::Warn, html! { p { (words.t("work-script")) } })) }
            div .work {
                form #work .paper data-kind=(form.kind.name()) data-variant=[Some(form.variant).filter(|one| !one.is_empty())]
                    autocomplete="off" {
                    div .fields {
                        (when(words, &filled))
                        @for field in &fields { (field) }
                    }
                    (identity(words, &filled))
                    p .act {
                        button #work-keep type="submit" { (words.t("work-keep")) }
                        " " span .help { (words.t("work-keep-help")) }
                    }
                }
                (verdict(words))
            }
        }))
}

fn articles(words: Words, form: &Form) -> Markup {
    html! {
        p .status {
            @for article in form.kind.articles() {
                a href={ "/rules?article=" (article) } { (article_name(words, *article)) }
            }
            code { (form.kind.name()) }
        }
    }
}

fn variants(visit: &Visit, forms: &[&'static Form], form: &Form) -> Markup {
    html! {
        nav .variants aria-label=(visit.words.t("work-variants")) {
            ul {
                @for one in forms {
                    li {
                        a href=(visit.address_with(&[("variant", one.variant)]))
                            aria-current=[(one.variant == form.variant).then_some("page")] {
                            (visit.words.of_family(&WORK_VARIANT, one.variant))
                        }
                    }
                }
            }
        }
    }
}

/// The figures of what it is about, as the ledger has them.
fn subject(words: Words, filled: &Filled) -> Markup {
    if filled.loan.is_none() && filled.claim.is_none() && filled.recovery.is_none() {
        return html! {};
    }
    let mut about = Definitions::new();
    let mut money = Definitions::of_amounts();
    if let Some(loan) = &filled.loan {
        about = about
            .add(words.t("col-loan"), links::of("/loans", loan.loan.as_str()))
            .add(
                words.t("col-bank"),
                links::of("/partners", loan.bank.as_str()),
            )
            .add_some(
                words.t("col-due"),
                loan.due.last().map(|last| day(last.due_on)),
            );
        money = money
            .add(words.t("loan-total"), amount(loan.total))
            .add(words.t("loan-ip"), amount(loan.ip_amount))
            .add(words.t("loan-outstanding"), amount(loan.outstanding()))
            .add(words.t("loan-compensated"), amount(loan.compensated));
    }
    if let Some(claim) = &filled.claim {
        about = about
            .add(
                words.t("col-claim"),
                links::of("/claims", claim.claim.as_str()),
            )
            .add(words.t("claim-as-of"), day(claim.as_of));
        money = money
            .add(words.t("claim-loss"), amount(claim.loss))
            .add(words.t("claim-amount"), amount(claim.amount))
            .add(words.t("claim-paid"), amount(claim.paid));
    }
    if let Some(owing) = &filled.recovery {
        about = about
            .add(
                words.t("col-recovery"),
                links::of("/recoveries", owing.recovery.recovery.as_str()),
            )
            .add(words.t("recovery-deadline"), day(owing.recovery.deadline));
        money = money
            .add(words.t("recovery-amount"), amount(owing.recovery.amount))
            .add(words.t("recovery-due"), amount(owing.recovery.due))
            .add(words.t("recovery-owed"), amount(owing.owed));
    }
    html! {
        section #work-subject aria-label=(words.t("work-subject")) { (about.shown()) (money.shown()) }
    }
}

/// The business date, which every kind has.
fn when(words: Words, filled: &Filled) -> Markup {
    html! {
        div .field {
            label for="w-date" {
                (words.t("work-date"))
                span .must title=(words.t("work-must")) aria-hidden="true" { "*" }
            }
            input #w-date name="date" type="date" required value=[filled.value("date")]
                aria-describedby="w-date-help";
            p #w-date-help .help { (words.t("work-date-help")) }
        }
    }
}

/// The transaction's id, which is made here unless somebody wants another.
fn identity(words: Words, filled: &Filled) -> Markup {
    html! {
        details {
            summary { (words.t("work-id")) }
            div .field .wide {
                label for="w-id" { (words.t("work-id")) }
                input #w-id name="id" type="text" pattern=r"[A-Za-z0-9][A-Za-z0-9._\-]{0,63}"
                    maxlength="64" autocomplete="off" spellcheck="false" value=[filled.value("id")]
                    aria-describedby="w-id-help";
                p #w-id-help .help { (words.t("work-id-help")) }
            }
        }
    }
}

/// Where `work.js` says what the ledger would make of it.
fn verdict(words: Words) -> Markup {
    html! {
        aside .verdict aria-label=(words.t("work-verdict")) {
            h2 { (words.t("work-verdict")) }
            p #work-status role="status" aria-live="polite" {}
            ul #work-refusals .refusals {}
            div #work-prospect {}
            (prospect::names(words))
            h2 { (words.t("work-missing")) }
            ul #work-missing .missing {}
            h2 { (words.t("work-says")) }
            div #work-says {}
        }
    }
}
