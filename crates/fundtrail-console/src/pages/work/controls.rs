//! The fields of a form as a page has them.

use maud::{Markup, html};

use super::choices::Choices;
use super::field::{Field, Input};
use super::filled::Filled;
use crate::i18n::Words;
use crate::i18n::families::{MEMBER, WORK_HELP, WORK_LABEL};
use crate::trouble::Trouble;
use crate::visit::Visit;

/// The most rows that an address may ask for.
const ROWS_MAX: usize = 120;
const ID: &str = r"[A-Za-z0-9][A-Za-z0-9._\-]{0,63}";
const TIME: &str =
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+\-][0-9]{2}:[0-9]{2})";
const TIME_OR_DAY: &str =
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+\-][0-9]{2}:[0-9]{2}))?";
const PERIOD: &str = r"[0-9]{4}(H[12]|Q[1-4]|-(0[1-9]|1[0-2]))?";

/// What a field is called.
pub(super) fn called(words: Words, field: &Field) -> String {
    match field.label {
        Some(label) => words.of_family(&WORK_LABEL, label),
        None if field.is_sealed() => words.of_family(&WORK_LABEL, field.member()),
        None => words.of_family(&MEMBER, field.member()),
    }
}

/// A field of the form, with what it offers.
///
/// # Errors
/// [`Trouble`] where the API fails.
pub(super) async fn shown(
    visit: &Visit,
    filled: &Filled,
    field: &Field,
) -> Result<Markup, Trouble> {
    match field.input {
        Input::Rows(columns, most, seen) => rows(visit, field, (columns, most, seen)).await,
        Input::Choice(source) => {
            let choices = Choices::of(visit, source).await?;
            Ok(one(
                visit.words,
                field,
                field.name,
                filled.value(field.name),
                &choices,
            ))
        }
        _ => Ok(one(
            visit.words,
            field,
            field.name,
            filled.value(field.name),
            &Choices::default(),
        )),
    }
}

/// The id of a field's element: `w-body-loss-principal`.
pub(super) fn id_of(name: &str) -> String {
    format!("w-{}", name.replace(['.', '_'], "-"))
}

/// Rows of fields: those that are seen, and more of them to open.
async fn rows(
    visit: &Visit,
    field: &Field,
    (columns, most, seen): (&[Field], usize, usize),
) -> Result<Markup, Trouble> {
    let words = visit.words;
    let mut choices = Vec::new();
    for column in columns {
        choices.push(match column.input {
            Input::Choice(source) => Choices::of(visit, source).await?,
            _ => Choices::default(),
        });
    }
    let asked = visit
        .parameter(field.member())
        .and_then(|rows| rows.parse::<usize>().ok());
    let most = asked.map_or(most, |asked| asked.clamp(1, ROWS_MAX));
    let seen = if asked.is_some() { most } else { seen };
    let row = |number: usize| {
        html! {
            div .row role="group" aria-label=(words.ta("work-row", &[("number", (number + 1).into())])) {
                span .number aria-hidden="true" { (number + 1) }
                @for (column, choices) in columns.iter().zip(&choices) {
                    @let name = column.name.replace("{}", &number.to_string());
                    // Only the first row must be there.
                    @let column = if field.is_required && number == 0 { *column } else { column.optional() };
                    (one(words, &column, &name, None, choices))
                }
            }
        }
    };
    Ok(html! {
        fieldset .rows id=(id_of(field.name)) {
            legend { (called(words, field)) }
            (help(words, field, field.name))
            @for number in 0..seen.min(most) { (row(number)) }
            @if seen < most {
                details {
                    summary { (words.t("work-rows-more")) }
                    @for number in seen..most { (row(number)) }
                }
            }
        }
    })
}

fn one(words: Words, field: &Field, name: &str, value: Option<&str>, choices: &Choices) -> Markup {
    if let Input::Fixed(fixed) = field.input {
        return html! { input type="hidden" name=(name) value=(fixed); };
    }
    let label = html! {
        label for=(id_of(name)) {
            (called(words, field))
            @if field.is_required && !matches!(field.input, Input::Flag) {
                span .must title=(words.t("work-must")) aria-hidden="true" { "*" }
            }
            @if field.is_sealed() { span .sealed { (words.t("work-sealed")) } }
        }
    };
    html! {
        div .field .tick[matches!(field.input, Input::Flag)] .wide[is_wide(field)] {
            @if let Input::Flag = field.input {
                (control(words, field, name, value, choices)) (label)
            } @else {
                (label) (control(words, field, name, value, choices))
            }
            (help(words, field, name))
            p .error data-error=(name) {}
        }
    }
}

fn is_wide(field: &Field) -> bool {
    matches!(field.input, Input::Borrower | Input::Digest) || field.is_subject
}

fn help(words: Words, field: &Field, name: &str) -> Markup {
    html! {
        @if let Some(help) = field.help {
            p .help id=(help_of(name)) { (words.of_family(&WORK_HELP, help)) }
        } @else if let Input::Document = field.input {
            p .help id=(help_of(name)) { (words.t("work-document")) }
        }
    }
}

fn help_of(name: &str) -> String {
    format!("{}-help", id_of(name))
}

fn control(
    words: Words,
    field: &Field,
    name: &str,
    value: Option<&str>,
    choices: &Choices,
) -> Markup {
    let id = id_of(name);
    let is_helped = field.help.is_some() || matches!(field.input, Input::Document);
    let help = is_helped.then(|| help_of(name));
    let must = field.is_required;
    let plain = |pattern: &str, most: u16, placeholder: Option<&str>| {
        html! {
            input id=(id) name=(name) type="text" required[must] value=[value] pattern=(pattern)
                maxlength=(most) placeholder=[placeholder] autocomplete="off" spellcheck="false"
                aria-describedby=[&help];
        }
    };
    html! {
        @match field.input {
            Input::Text => {
                input id=(id) name=(name) type="text" required[must] value=[value] maxlength="200"
                    autocomplete="off" spellcheck="false" aria-describedby=[&help];
            }
            Input::Id => (plain(ID, 64, None)),
            Input::Time => (plain(TIME, 35, Some("2023-03-20T10:00:00+08:00"))),
            Input::TimeOrDay => (plain(TIME_OR_DAY, 35, Some("2023-03-20T10:00:00+08:00"))),
            Input::Period => (plain(PERIOD, 7, Some("2023Q1"))),
            Input::Division => (plain("[0-9]{6}", 6, Some("150200"))),
            Input::Digest => (plain("[0-9a-f]{64}", 64, None)),
            Input::Key => (plain("[0-9a-f]{32}", 32, None)),
            Input::Amount => span .money {
                input id=(id) name=(name) type="text" data-type="amount" required[must] value=[value]
                    inputmode="decimal" maxlength="24" autocomplete="off" aria-describedby=[&help];
                span .unit { (words.t("work-yuan")) }
            },
            Input::Number(least, most) => {
                input id=(id) name=(name) type="number" data-type="number" required[must] value=[value]
                    min=(least) max=(most) step="1" aria-describedby=[&help];
            }
            Input::Day => {
                input id=(id) name=(name) type="date" required[must] value=[value] aria-describedby=[&help];
            }
            Input::Document => {
                input id=(id) name=(name) type="file" required[must] aria-describedby=[&help];
            }
            Input::Flag => {
                input id=(id) name=(name) type="checkbox" data-type="boolean" value="true"
                    checked[value == Some("true")] aria-describedby=[&help];
            }
            Input::Option(family) => {
                select id=(id) name=(name) required[must] aria-describedby=[&help] {
                    @if must { option value="" { (words.t("work-choose")) } }
                    @for one in family.values {
                        option value=(one) selected[value == Some(one)] { (words.of_family(family, one)) }
                    }
                }
            }
            Input::Choice(_) if choices.is_whole && !choices.offered.is_empty() => {
                (select(words, field, (name, value, help.as_deref()), choices))
            }
            Input::Choice(_) => {
                input id=(id) name=(name) type="text" required[must] value=[value] pattern=(ID)
                    maxlength="64" list=[(!choices.offered.is_empty()).then(|| format!("{id}-list"))]
                    autocomplete="off" spellcheck="false" aria-describedby=[&help]
                    data-subject=[field.is_subject.then(|| field.member())];
                @if !choices.offered.is_empty() {
                    datalist id={ (id) "-list" } {
                        @for (value, called) in &choices.offered { option value=(value) { (called) } }
                    }
                }
            }
            Input::Borrower => {
                input id=(id) name=(name) type="text" required[must] value=[value]
                    pattern="[0-9a-f]{64}" maxlength="64" autocomplete="off" spellcheck="false"
                    aria-describedby=[&help] data-tag-of="w-sealed-credit-code w-credit-code";
            }
            // Elsewhere: see `shown` and `one`.
            Input::Fixed(_) | Input::Rows(..) => {}
        }
    }
}

/// One of what there is; what the address names is among it, whether the ledger lists it or not.
fn select(
    words: Words,
    field: &Field,
    (name, value, help): (&str, Option<&str>, Option<&str>),
    choices: &Choices,
) -> Markup {
    let is_listed = |value: &str| choices.offered.iter().any(|(one, _)| one == value);
    let only = match choices.offered.as_slice() {
        [(only, _)] if field.is_required && !field.is_subject => Some(only.as_str()),
        _ => None,
    };
    let chosen = value.or(only);
    html! {
        select id=(id_of(name)) name=(name) required[field.is_required] aria-describedby=[help]
            data-subject=[field.is_subject.then(|| field.member())] {
            option value="" { (words.t("work-choose")) }
            @if let Some(value) = chosen.filter(|value| !is_listed(value)) {
                option value=(value) selected { (value) }
            }
            @for (one, called) in &choices.offered {
                option value=(one) selected[chosen == Some(one.as_str())] { (called) }
            }
        }
    }
}

/// The credit code that a borrower's tag is asked for, where the kind does not seal it.
pub(super) fn code_of_borrower(words: Words) -> Markup {
    html! {
        div .field .wide {
            label for="w-credit-code" { (words.t("work-code")) }
            input #w-credit-code type="text" maxlength="18" autocomplete="off" spellcheck="false"
                aria-describedby="w-credit-code-help";
            p #w-credit-code-help .help { (words.t("work-code-help")) }
        }
    }
}
