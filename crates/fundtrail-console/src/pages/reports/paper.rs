//! A report as a page that prints like a paper: its head, its sections, and room to sign.

use maud::{Markup, html};

use crate::components::definitions::Definitions;
use crate::components::figures::{amount, code, count, day, digest, grouped, moment, nothing};
use crate::components::links;
use crate::components::table::Table;
use crate::i18n::Words;
use crate::reports::document::{Cell, Document, Grid, Section, ten_thousands};

/// Entries of one figure that a page lists; the spreadsheet has all.
const ENTRIES_MAX: usize = 100;
/// An entry's list that needs no opening.
const ENTRIES_BARE: usize = 4;

/// The report below its title.
pub(super) fn shown(words: Words, document: &Document, file: &str) -> Markup {
    let mut head = Definitions::new();
    for (name, cells) in &document.facts {
        head = head.add(
            name,
            html! {
                @for (at, one) in cells.iter().enumerate() {
                    @if at > 0 { " " }
                    (cell(words, one))
                }
            },
        );
    }
    html! {
        p .tools {
            a .button .quiet href=(file) download { (words.t("reports-download")) }
            " "
            button #print .quiet type="button" { (words.t("reports-print")) }
        }
        article .report {
            (head.shown())
            @for one in &document.sections { (section(words, one)) }
            (signed(words))
        }
    }
}

fn section(words: Words, section: &Section) -> Markup {
    html! {
        section .part {
            h2 {
                @if !section.mark.is_empty() { (section.mark) " " }
                (section.title)
            }
            @for one in &section.grids { (grid(words, one, section.grids.len() > 1)) }
            @if section.is_to_write { div .to-write { p { (words.t("reports-to-write")) } } }
            @for note in &section.notes { p .remark { (note) } }
        }
    }
}

fn grid(words: Words, grid: &Grid, is_one_of_many: bool) -> Markup {
    let mut table = Table::new(&grid.caption);
    for column in &grid.columns {
        table = match column.is_figure {
            true => table.figure(&column.heading),
            false => table.text(&column.heading),
        };
    }
    for row in &grid.rows {
        table.row(row.iter().map(|one| cell(words, one)).collect());
    }
    if let Some(total) = &grid.total {
        table.total(total.iter().map(|one| cell(words, one)).collect());
    }
    html! {
        @if is_one_of_many { h3 { (grid.caption) } }
        (table.shown(words))
    }
}

fn cell(words: Words, cell: &Cell) -> Markup {
    match cell {
        Cell::Nothing => nothing(),
        Cell::Text(text) => html! { (text) },
        Cell::Code(text) if text.len() > 40 => digest(text),
        Cell::Code(text) => code(text),
        Cell::Link(text, address) => html! { a href=(address) { (text) } },
        Cell::Amount(yuan, entries) => made_of(words, amount(*yuan), entries),
        Cell::TenThousands(yuan) => {
            let shown = ten_thousands(*yuan);
            html! { data .amount value=(shown) { (grouped(&shown)) } }
        }
        Cell::Count(number, entries) => {
            made_of(words, html! { (grouped(&number.to_string())) }, entries)
        }
        Cell::Percent(text) => html! { (text) "%" },
        Cell::Day(found) => day(*found),
        Cell::Moment(found) => moment(*found),
        Cell::Entries(entries) if entries.len() <= ENTRIES_BARE => list(words, entries),
        Cell::Entries(entries) => {
            let number = count(entries.len() as u64);
            let says = words.ta("reports-so-many", &[("number", number.into())]);
            made_of(words, html! { (says) }, entries)
        }
    }
}

/// A figure that opens the list of its entries.
fn made_of(words: Words, figure: Markup, entries: &[u64]) -> Markup {
    html! {
        @match entries {
            [] => (figure),
            [one] => a .made href={ "/entries/" (one) } { (figure) },
            _ => details .made {
                summary { (figure) }
                (list(words, entries))
            }
        }
    }
}

fn list(words: Words, entries: &[u64]) -> Markup {
    let more = entries.len().saturating_sub(ENTRIES_MAX);
    html! {
        span .entries {
            @for one in entries.iter().take(ENTRIES_MAX) { (links::entry(*one)) " " }
            @if more > 0 {
                (words.ta("reports-more", &[("number", count(more as u64).into())]))
            }
        }
    }
}

/// Where the paper is signed.
fn signed(words: Words) -> Markup {
    html! {
        dl .signed {
            @for name in [
                words.t("reports-prepared-by"),
                words.t("reports-checked-by"),
                words.t("reports-approved-by"),
                words.t("reports-seal"),
                words.t("reports-signed-on"),
            ] {
                div { dt { (name) } dd {} }
            }
        }
    }
}
