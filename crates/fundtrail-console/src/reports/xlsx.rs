//! A report as a spreadsheet: a sheet for each section, figures as numbers, and a last sheet
//! with the entries that each figure is made of.
//!
//! The same document gives the same bytes: the file is dated by the period's last day.
//! Numbers of a spreadsheet are doubles, which hold fifteen digits exactly; an amount with
//! more is written as text. Texts are never formulas.

use std::fmt;

use axum::http::{HeaderMap, Uri, header};
use chrono::Datelike as _;
use fundtrail_model::{Amount, Day};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Url, Workbook, Worksheet,
    XlsxError,
};

use super::document::{Cell, Document, Grid, Section, ten_thousands};
use crate::i18n::Words;

/// Digits that a double holds, whatever they are.
const DIGITS_MAX: usize = 15;
/// Links of one sheet that spreadsheets bear.
const LINKS_MAX: usize = 60_000;
/// A4.
const PAPER: u8 = 9;
/// Columns that no section exceeds: so wide is a title.
const TITLE_COLUMNS: u16 = 6;

/// Why there is no file.
#[derive(Debug)]
pub(crate) struct Unwritten(XlsxError);

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the spreadsheet: {}", self.0)
    }
}

impl From<XlsxError> for Unwritten {
    fn from(error: XlsxError) -> Unwritten {
        Unwritten(error)
    }
}

/// The file. `site` is what an address of this console begins with.
///
/// # Errors
/// [`Unwritten`] where the document does not fit into a spreadsheet.
pub(crate) fn bytes(words: Words, document: &Document, site: &str) -> Result<Vec<u8>, Unwritten> {
    let mut book = Workbook::new();
    let properties = DocProperties::new()
        .set_title(&document.title)
        .set_author("Fundtrail")
        .set_creation_datetime(&date(document.until)?);
    book.set_properties(&properties);
    let mut writer = Writer {
        words,
        title: &document.title,
        site,
        formats: Formats::new(),
        entries: Vec::new(),
        lines: 0,
        entries_sheet: words.t("reports-entries-sheet"),
    };
    let head = writer.head(document)?;
    book.push_worksheet(head);
    for section in &document.sections {
        let sheet = writer.section(section)?;
        book.push_worksheet(sheet);
    }
    let entries = writer.entries()?;
    book.push_worksheet(entries);
    Ok(book.save_to_buffer()?)
}

/// What an address of this console begins with, as whoever asks names it. Plain only on this
/// machine: a session elsewhere needs TLS.
pub(crate) fn site(headers: &HeaderMap, uri: &Uri) -> String {
    let named = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let host = named.or_else(|| uri.authority().map(|authority| authority.as_str()));
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    let host =
        host.filter(|host| !host.is_empty() && host.len() <= 255 && host.bytes().all(is_plain));
    let host = host.unwrap_or("localhost");
    let is_here = ["localhost", "127.", "[::1]"]
        .iter()
        .any(|here| host.starts_with(here));
    let scheme = match uri.scheme_str() {
        Some("https") => "https",
        _ if is_here => "http",
        _ => "https",
    };
    format!("{scheme}://{host}")
}

/// How cells look.
struct Formats {
    title: Format,
    caption: Format,
    heading: Format,
    text: Format,
    code: Format,
    amount: Format,
    long: Format,
    number: Format,
    percent: Format,
    day: Format,
    note: Format,
}

impl Formats {
    fn new() -> Formats {
        let cell = || {
            Format::new()
                .set_border(FormatBorder::Thin)
                .set_align(FormatAlign::Top)
        };
        Formats {
            title: Format::new().set_bold().set_font_size(16),
            caption: Format::new().set_bold(),
            heading: cell()
                .set_bold()
                .set_background_color("E8F0F7")
                .set_text_wrap(),
            text: cell().set_text_wrap(),
            code: cell(),
            amount: cell().set_num_format("#,##0.00"),
            long: cell().set_align(FormatAlign::Right),
            number: cell().set_num_format("#,##0"),
            percent: cell().set_num_format("0.00%"),
            day: cell()
                .set_num_format("yyyy-mm-dd")
                .set_align(FormatAlign::Left),
            note: Format::new().set_italic(),
        }
    }
}

/// A figure and its entries, for the last sheet.
struct Made {
    sheet: String,
    what: String,
    figure: String,
    entries: Vec<u64>,
}

struct Writer<'a> {
    words: Words,
    title: &'a str,
    site: &'a str,
    formats: Formats,
    entries: Vec<Made>,
    /// Lines of the last sheet so far.
    lines: usize,
    entries_sheet: String,
}

impl Writer<'_> {
    /// The first sheet: whose report it is, on what.
    fn head(&mut self, document: &Document) -> Result<Worksheet, XlsxError> {
        let name = self.words.t("reports-head");
        let mut sheet = self.sheet(&name, false)?;
        sheet.set_column_width(0, 24)?.set_column_width(1, 70)?;
        sheet.write_string_with_format(0, 0, &document.title, &self.formats.title)?;
        let mut row = 2;
        for (name, cells) in &document.facts {
            for cell in cells {
                sheet.write_string_with_format(row, 0, name, &self.formats.heading)?;
                self.cell(&mut sheet, (row, 1), cell, name)?;
                row += 1;
            }
        }
        Ok(sheet)
    }

    fn section(&mut self, section: &Section) -> Result<Worksheet, XlsxError> {
        let widest = section
            .grids
            .iter()
            .map(|grid| grid.columns.len())
            .max()
            .unwrap_or(0);
        let mut sheet = self.sheet(&section.sheet, widest > 5)?;
        let columns = u16::try_from(widest).unwrap_or(0).max(TITLE_COLUMNS);
        for column in 0..columns {
            sheet.set_column_width(column, if column == 0 { 26 } else { 19 })?;
        }
        let heading = format!("{} {}", section.mark, section.title);
        sheet.write_string_with_format(0, 0, heading.trim(), &self.formats.title)?;
        let mut row = 2;
        // Where one table is the whole sheet, its headings stay in sight.
        if section.grids.len() == 1 {
            sheet.set_freeze_panes(row + 2, 1)?;
            sheet.set_repeat_rows(row + 1, row + 1)?;
        } else {
            sheet.set_freeze_panes(1, 1)?;
            sheet.set_repeat_rows(0, 0)?;
        }
        for grid in &section.grids {
            row = self.grid(&mut sheet, row, grid, &section.sheet)? + 1;
        }
        if section.is_to_write {
            sheet.write_string_with_format(
                row,
                0,
                self.words.t("reports-to-write"),
                &self.formats.note,
            )?;
            row += 2;
        }
        for note in &section.notes {
            sheet.write_string_with_format(row, 0, note, &self.formats.note)?;
            row += 1;
        }
        Ok(sheet)
    }

    /// Writes a table from a row on, and gives the row after it.
    fn grid(
        &mut self,
        sheet: &mut Worksheet,
        from: u32,
        grid: &Grid,
        name: &str,
    ) -> Result<u32, XlsxError> {
        sheet.write_string_with_format(from, 0, &grid.caption, &self.formats.caption)?;
        for (at, column) in (0..).zip(&grid.columns) {
            sheet.write_string_with_format(from + 1, at, &column.heading, &self.formats.heading)?;
        }
        let mut row = from + 2;
        if grid.rows.is_empty() {
            sheet.write_string_with_format(
                row,
                0,
                self.words.t("parts-empty"),
                &self.formats.note,
            )?;
            row += 1;
        }
        for cells in grid.rows.iter().chain(&grid.total) {
            let first = cells.first().map(label).unwrap_or_default();
            for ((at, cell), column) in (0..).zip(cells).zip(&grid.columns) {
                let what = format!("{} · {} · {first} · {}", name, grid.caption, column.heading);
                self.cell(sheet, (row, at), cell, &what)?;
            }
            row += 1;
        }
        Ok(row)
    }

    /// Writes a cell; what it is made of is kept for the last sheet.
    fn cell(
        &mut self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        cell: &Cell,
        what: &str,
    ) -> Result<(), XlsxError> {
        let formats = &self.formats;
        match cell {
            Cell::Nothing => {
                sheet.write_blank(row, column, &formats.text)?;
            }
            Cell::Text(text) => {
                sheet.write_string_with_format(row, column, text, &formats.text)?;
            }
            Cell::Code(text) => {
                sheet.write_string_with_format(row, column, text, &formats.code)?;
            }
            Cell::Link(text, path) => {
                let url = Url::new(format!("{}{path}", self.site)).set_text(text);
                sheet.write_url_with_format(row, column, url, &formats.text)?;
            }
            Cell::Amount(amount, entries) => {
                self.link(sheet, (row, column), entries, what, &amount.to_string())?;
                self.amount(sheet, (row, column), *amount)?;
            }
            Cell::TenThousands(amount) => {
                write(
                    sheet,
                    (row, column),
                    &ten_thousands(*amount),
                    &formats.amount,
                    formats,
                )?;
            }
            Cell::Count(number, entries) => {
                let number = number.to_string();
                self.link(sheet, (row, column), entries, what, &number)?;
                let formats = &self.formats;
                write(sheet, (row, column), &number, &formats.number, formats)?;
            }
            Cell::Percent(text) => {
                write(
                    sheet,
                    (row, column),
                    &format!("{text}e-2"),
                    &formats.percent,
                    formats,
                )?;
            }
            Cell::Day(day) => {
                sheet.write_datetime_with_format(row, column, date(*day)?, &formats.day)?;
            }
            Cell::Moment(moment) => {
                sheet.write_string_with_format(row, column, moment.to_string(), &formats.code)?;
            }
            Cell::Entries(entries) => {
                let text = numbers(entries);
                self.link(sheet, (row, column), entries, what, "")?;
                sheet.write_string_with_format(row, column, text, &self.formats.text)?;
            }
        }
        Ok(())
    }

    fn amount(
        &self,
        sheet: &mut Worksheet,
        at: (u32, u16),
        amount: Amount,
    ) -> Result<(), XlsxError> {
        write(
            sheet,
            at,
            &amount.to_string(),
            &self.formats.amount,
            &self.formats,
        )
    }

    /// Lets a cell lead to its entry, or to its first line of the last sheet. What is written
    /// to the cell afterwards keeps the link.
    fn link(
        &mut self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        entries: &[u64],
        what: &str,
        figure: &str,
    ) -> Result<(), XlsxError> {
        let target = match entries {
            [] => return Ok(()),
            [one] => format!("{}/entries/{one}", self.site),
            // Counted from 1, below the title and the headings.
            _ => format!("internal:'{}'!A{}", self.entries_sheet, self.lines + 4),
        };
        self.lines += entries.len();
        self.entries.push(Made {
            sheet: sheet.name(),
            what: what.to_owned(),
            figure: figure.to_owned(),
            entries: entries.to_vec(),
        });
        sheet.write_url(row, column, Url::new(target))?;
        Ok(())
    }

    /// The last sheet: a line for each figure and entry.
    fn entries(&self) -> Result<Worksheet, XlsxError> {
        let (words, formats) = (self.words, &self.formats);
        let mut sheet = self.sheet(&self.entries_sheet, false)?;
        sheet.write_string_with_format(0, 0, &self.entries_sheet, &formats.title)?;
        for (column, width) in [18, 60, 20, 12].into_iter().enumerate() {
            sheet.set_column_width(u16::try_from(column).unwrap_or(0), width)?;
        }
        let headings = [
            words.t("reports-section"),
            words.t("reports-item"),
            words.t("reports-figure"),
            words.t("col-entry"),
        ];
        for (at, heading) in (0..).zip(&headings) {
            sheet.write_string_with_format(2, at, heading, &formats.heading)?;
        }
        sheet.set_freeze_panes(3, 0)?.set_repeat_rows(2, 2)?;
        let lines = self
            .entries
            .iter()
            .flat_map(|made| made.entries.iter().map(move |one| (made, *one)));
        for ((row, (made, entry)), links) in (3..).zip(lines).zip(0..) {
            sheet.write_string_with_format(row, 0, &made.sheet, &formats.text)?;
            sheet.write_string_with_format(row, 1, &made.what, &formats.text)?;
            sheet.write_string_with_format(row, 2, &made.figure, &formats.long)?;
            if links < LINKS_MAX {
                sheet.write_url(row, 3, Url::new(format!("{}/entries/{entry}", self.site)))?;
            }
            write(
                &mut sheet,
                (row, 3),
                &entry.to_string(),
                &formats.number,
                formats,
            )?;
        }
        Ok(sheet)
    }

    /// An empty sheet that prints on A4.
    fn sheet(&self, name: &str, is_wide: bool) -> Result<Worksheet, XlsxError> {
        let mut sheet = Worksheet::new();
        sheet.set_name(name)?;
        sheet
            .set_paper_size(PAPER)
            .set_print_fit_to_pages(1, 0)
            .set_print_center_horizontally(true);
        if is_wide {
            sheet.set_landscape();
        }
        // In headers and footers an ampersand begins a code.
        sheet.set_header(format!("&L{}&R&A", self.title.replace('&', "&&")));
        sheet.set_footer("&C&P / &N");
        Ok(sheet)
    }
}

/// Writes a decimal number as a number, or as text where a double does not hold it.
fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    decimal: &str,
    format: &Format,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let digits = decimal.split('e').next().unwrap_or_default();
    let digits = digits.bytes().filter(u8::is_ascii_digit).count();
    match decimal.parse::<f64>() {
        Ok(number) if digits <= DIGITS_MAX => {
            sheet.write_number_with_format(row, column, number, format)?;
        }
        _ => {
            sheet.write_string_with_format(row, column, decimal, &formats.long)?;
        }
    }
    Ok(())
}

/// What a row is about.
fn label(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) | Cell::Code(text) | Cell::Link(text, _) => text.clone(),
        _ => String::new(),
    }
}

/// `#3 #5`; only as many as fit into a cell.
fn numbers(entries: &[u64]) -> String {
    const SHOWN_MAX: usize = 40;
    let mut text: Vec<String> = entries
        .iter()
        .take(SHOWN_MAX)
        .map(|one| format!("#{one}"))
        .collect();
    if entries.len() > SHOWN_MAX {
        text.push("…".to_owned());
    }
    text.join(" ")
}

fn date(day: Day) -> Result<ExcelDateTime, XlsxError> {
    let date = day.date();
    let part = |number: u32| u8::try_from(number).unwrap_or(1);
    let year = u16::try_from(date.year()).unwrap_or(9999);
    ExcelDateTime::from_ymd(year, part(date.month()), part(date.day()))
}
