//! A chart with all that belongs to it: its name, its drawings, its key, its figures.

use maud::{Markup, html};

use super::canvas::{Canvas, PLACES};
use crate::components::notices;
use crate::components::table::Table;
use crate::i18n::Words;

/// A chart to be shown.
pub(super) struct Figure<'a> {
    /// Unique on the page.
    pub(super) id: &'a str,
    /// Its name.
    pub(super) title: String,
    /// What amounts are counted in.
    pub(super) unit: Option<String>,
    /// What it shows, in a sentence, for who cannot see it.
    pub(super) says: String,
    /// What its colours stand for: classes, and words.
    pub(super) key: Vec<(&'static str, Markup)>,
    /// Its figures.
    pub(super) table: Table,
}

impl Figure<'_> {
    /// The chart, drawn by `draw` for a width.
    pub(super) fn shown(&self, words: Words, draw: impl Fn(i32) -> Canvas) -> Markup {
        html! {
            figure .chart #(self.id) {
                figcaption {
                    b { (self.title) }
                    @if let Some(unit) = &self.unit { " " span { (unit) } }
                }
                @for (class, width) in PLACES {
                    (draw(width).drawn(class, self.id, &self.title, &self.says))
                }
                @if !self.key.is_empty() {
                    ul .key {
                        @for (class, says) in &self.key {
                            li { span class={ "swatch " (class) } aria-hidden="true" {} (says) }
                        }
                    }
                }
                details {
                    summary { (words.t("graph-figures")) }
                    (self.table.shown(words))
                }
            }
        }
    }

    /// The chart's name, and that there is nothing to draw.
    pub(super) fn empty(id: &str, title: &str, words: Words) -> Markup {
        html! {
            figure .chart #(id) {
                figcaption { b { (title) } }
                (notices::empty(words))
            }
        }
    }
}
