//! The page of a list, and the way to its next by the API's cursor; and how large the ledger was.

use fundtrail_model::Day;
use maud::{Markup, html};

use crate::components::figures::count;
use crate::components::filters::Filters;
use crate::records::Listed;
use crate::sheet::{Place, Sheet};
use crate::visit::Visited;

/// The page of a list: what it is filtered by, the list, and where it goes on.
pub(crate) fn of_list<T>(
    visit: &Visited,
    place: Place,
    title: &str,
    filters: &Filters<'_>,
    list: &Markup,
    listed: &Listed<T>,
) -> Sheet {
    Sheet::new(place, title).body(html! {
        (filters.form())
        (list)
        (below(visit, listed))
    })
}

/// What stands below a list: where the next page is, and of which state this one is.
pub(crate) fn below<T>(visit: &Visited, listed: &Listed<T>) -> Markup {
    let next = listed.next.as_deref().unwrap_or_default();
    let shown = u64::try_from(listed.items.len()).unwrap_or(u64::MAX);
    steps(
        visit,
        visit.parameter("cursor").is_some(),
        next,
        shown,
        listed.size,
        listed.as_of,
    )
}

/// The same for any list that goes on at `next`, empty where it does not.
pub(crate) fn steps(
    visit: &Visited,
    is_later: bool,
    next: &str,
    shown: u64,
    size: u64,
    as_of: Option<Day>,
) -> Markup {
    let words = visit.words;
    let state = match as_of {
        Some(day) => words.ta(
            "pages-state-on",
            &[
                ("shown", count(shown).into()),
                ("size", count(size).into()),
                ("day", day.to_string().into()),
            ],
        ),
        None => words.ta(
            "pages-state",
            &[("shown", count(shown).into()), ("size", count(size).into())],
        ),
    };
    html! {
        nav .pages aria-label=(words.t("pages-label")) {
            @if is_later {
                a rel="first" href=(visit.address_with(&[("cursor", "")])) { (words.t("pages-first")) }
            }
            @if !next.is_empty() {
                a rel="next" href=(visit.address_with(&[("cursor", next)])) { (words.t("pages-next")) }
            }
            span { (state) }
        }
    }
}
