//! From a record's page to the forms of what is done with it next.

use fundtrail_regulation::Kind;
use maud::{Markup, html};

use super::forms;
use crate::url;
use crate::visit::Visit;

/// Links to the forms of these kinds that the reader's role usually begins, filled in with
/// `member`: `("loan", "L1")`.
pub(crate) fn next(visit: &Visit, kinds: &[Kind], (member, id): (&str, &str)) -> Markup {
    let begun = visit
        .reader
        .as_ref()
        .map(|reader| forms::begun_by(reader.role));
    let begun = begun.unwrap_or_default();
    html! {
        @for form in begun.iter().filter(|form| kinds.contains(&form.kind)) {
            @let kind = form.kind.name();
            @let address = url::with_query(&format!("/work/new/{kind}"), [(member, id)]);
            " " a .button .quiet href=(address) data-begin=(kind) { (visit.words.kind(kind)) }
        }
    }
}
