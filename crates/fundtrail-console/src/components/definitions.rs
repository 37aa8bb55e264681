//! Lists of a name and what it is: what a record says, one member a line.

use maud::{Markup, html};

/// A definition list.
#[derive(Default)]
pub(crate) struct Definitions {
    lines: Vec<(String, Markup)>,
    is_money: bool,
}

impl Definitions {
    /// An empty one.
    pub(crate) fn new() -> Definitions {
        Definitions::default()
    }

    /// An empty one for amounts, which stand to the right below one another.
    pub(crate) fn of_amounts() -> Definitions {
        Definitions {
            is_money: true,
            ..Definitions::default()
        }
    }

    /// With one more.
    pub(crate) fn add(mut self, name: impl Into<String>, value: Markup) -> Definitions {
        self.lines.push((name.into(), value));
        self
    }

    /// With one more where there is something to say.
    pub(crate) fn add_some(self, name: impl Into<String>, value: Option<Markup>) -> Definitions {
        match value {
            Some(value) => self.add(name, value),
            None => self,
        }
    }

    /// The list.
    pub(crate) fn shown(&self) -> Markup {
        html! {
            dl .facts .money[self.is_money] {
                @for (name, value) in &self.lines {
                    div { dt { (name) } dd { (value) } }
                }
            }
        }
    }
}
