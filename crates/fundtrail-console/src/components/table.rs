//! Tables: a caption, headings that stay, figures to the right. On a narrow screen each row
//! becomes a block whose cells carry their heading.

use maud::{Markup, html};

use crate::components::notices;
use crate::i18n::Words;

/// What a column holds, and so how it is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// Words, ids, dates.
    Text,
    /// Amounts and counts: to the right, figures of one width.
    Figure,
}

/// A table. The first cell of a row is its heading.
pub(crate) struct Table {
    caption: String,
    columns: Vec<(String, Column)>,
    rows: Vec<Vec<Markup>>,
    total: Option<Vec<Markup>>,
    is_tight: bool,
}

impl Table {
    /// A table without columns and rows. The caption is said to who cannot see it.
    pub(crate) fn new(caption: impl Into<String>) -> Table {
        Table {
            caption: caption.into(),
            columns: Vec::new(),
            rows: Vec::new(),
            total: None,
            is_tight: false,
        }
    }

    /// With a column of words.
    pub(crate) fn text(mut self, heading: impl Into<String>) -> Table {
        self.columns.push((heading.into(), Column::Text));
        self
    }

    /// With a column of figures.
    pub(crate) fn figure(mut self, heading: impl Into<String>) -> Table {
        self.columns.push((heading.into(), Column::Figure));
        self
    }

    /// No wider than what it holds: for few columns.
    pub(crate) fn tight(mut self) -> Table {
        self.is_tight = true;
        self
    }

    /// Adds a row, a cell for each column.
    pub(crate) fn row(&mut self, cells: Vec<Markup>) {
        self.rows.push(cells);
    }

    /// Sets the last row, which sums up the others.
    pub(crate) fn total(&mut self, cells: Vec<Markup>) {
        self.total = Some(cells);
    }

    /// Whether it has no rows.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table, or a sentence where it has no rows.
    pub(crate) fn shown(&self, words: Words) -> Markup {
        if self.is_empty() {
            return notices::empty(words);
        }
        html! {
            div .scroll .tight[self.is_tight] {
                table {
                    caption { (self.caption) }
                    thead {
                        tr {
                            @for (heading, column) in &self.columns {
                                th scope="col" class=[column.class()] { (heading) }
                            }
                        }
                    }
                    tbody {
                        @for row in &self.rows { (self.shown_row(row)) }
                    }
                    @if let Some(total) = &self.total {
                        tfoot { (self.shown_row(total)) }
                    }
                }
            }
        }
    }

    fn shown_row(&self, cells: &[Markup]) -> Markup {
        html! {
            tr {
                @for (at, ((heading, column), cell)) in self.columns.iter().zip(cells).enumerate() {
                    @if at == 0 {
                        th scope="row" class=[column.class()] data-label=(heading) { div { (cell) } }
                    } @else {
                        td class=[column.class()] data-label=(heading) { div { (cell) } }
                    }
                }
            }
        }
    }
}

impl Column {
    fn class(self) -> Option<&'static str> {
        (self == Column::Figure).then_some("figure")
    }
}
