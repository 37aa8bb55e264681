//! A list's filters: a form that is kept in the address, and the API's request that follows.
//!
//! Only what the form has is passed on; what it has is checked by the API.

use maud::{Markup, html};

use crate::i18n::families::Family;
use crate::url;
use crate::visit::{Visit, Visited};

/// Items on a page of a list.
const LIMIT: &str = "50";

/// The filters of a list.
pub(crate) struct Filters<'a> {
    visit: &'a Visited,
    fields: Vec<Field>,
}

struct Field {
    name: &'static str,
    label: String,
    input: Input,
}

enum Input {
    /// An id, a code: the longest sensible length in characters.
    Text(u32),
    Date,
    /// Wire names and what they are called.
    Choice(Vec<(String, String)>),
}

impl<'a> Filters<'a> {
    /// None yet.
    pub(crate) fn new(visit: &'a Visit) -> Filters<'a> {
        Filters {
            visit,
            fields: Vec::new(),
        }
    }

    /// With one of an id or a code.
    pub(crate) fn text(self, name: &'static str, label: impl Into<String>) -> Filters<'a> {
        self.field(name, label, Input::Text(24))
    }

    /// With one of a business date.
    pub(crate) fn day(self, name: &'static str, label: impl Into<String>) -> Filters<'a> {
        self.field(name, label, Input::Date)
    }

    /// With one of a family's names.
    pub(crate) fn family(
        self,
        name: &'static str,
        label: impl Into<String>,
        family: &Family,
    ) -> Filters<'a> {
        let words = self.visit.words;
        let options = family
            .values
            .iter()
            .map(|value| ((*value).to_owned(), words.of_family(family, value)))
            .collect();
        self.field(name, label, Input::Choice(options))
    }

    /// With one of a list of wire names and what they are called.
    pub(crate) fn choice(
        self,
        name: &'static str,
        label: impl Into<String>,
        options: Vec<(String, String)>,
    ) -> Filters<'a> {
        self.field(name, label, Input::Choice(options))
    }

    /// The API's request for this page of the list.
    pub(crate) fn request(&self, path: &str) -> String {
        let cursor = self
            .visit
            .parameter("cursor")
            .map(|cursor| ("cursor", cursor));
        let pairs = self.set().chain(cursor).chain([("limit", LIMIT)]);
        url::with_query(path, pairs)
    }

    /// The filters that the address sets, as the API names them.
    pub(crate) fn set(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.fields.iter().map(|field| field.name);
        own.filter_map(|name| Some((name, self.visit.parameter(name)?)))
    }

    /// Whether the address sets any.
    pub(crate) fn are_set(&self) -> bool {
        self.set().next().is_some()
    }

    /// The form.
    pub(crate) fn form(&self) -> Markup {
        let words = self.visit.words;
        html! {
            form .filters method="get" action=(self.visit.path) role="search" {
                @for field in &self.fields {
                    p {
                        label for={ "f-" (field.name) } { (field.label) }
                        (self.input(field))
                    }
                }
                p .act {
                    button type="submit" { (words.t("filters-apply")) }
                    @if self.are_set() { a href=(self.visit.path) { (words.t("filters-clear")) } }
                }
            }
        }
    }

    fn input(&self, field: &Field) -> Markup {
        let value = self.visit.parameter(field.name);
        let id = format!("f-{}", field.name);
        html! {
            @match &field.input {
                Input::Text(most) => {
                    input #(id) name=(field.name) type="text" size=(most) maxlength="128"
                        value=[value] autocomplete="off" spellcheck="false";
                }
                Input::Date => {
                    input #(id) name=(field.name) type="date" value=[value];
                }
                Input::Choice(options) => {
                    select #(id) name=(field.name) {
                        option value="" { (self.visit.words.t("filters-all")) }
                        @for (wire, called) in options {
                            option value=(wire) selected[value == Some(wire.as_str())] { (called) }
                        }
                    }
                }
            }
        }
    }

    fn field(mut self, name: &'static str, label: impl Into<String>, input: Input) -> Filters<'a> {
        self.fields.push(Field {
            name,
            label: label.into(),
            input,
        });
        self
    }
}
