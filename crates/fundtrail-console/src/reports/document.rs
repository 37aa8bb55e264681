//! A report as sections of tables: what both the page and the spreadsheet are made of, so
//! that no figure can stand in one and be another in the other.

use fundtrail_model::{Amount, Day, Moment};

/// A report, in one language.
pub(crate) struct Document {
    /// `2022年第一季度运营情况报告`
    pub(crate) title: String,
    /// By the period's last day.
    pub(crate) until: Day,
    /// Who reports, on what, from which state.
    pub(crate) facts: Vec<(String, Vec<Cell>)>,
    /// In the order of their letters.
    pub(crate) sections: Vec<Section>,
}

/// One part of it.
pub(crate) struct Section {
    /// `A`; empty for the summary.
    pub(crate) mark: &'static str,
    pub(crate) title: String,
    /// The name of its sheet, at most 31 characters.
    pub(crate) sheet: String,
    pub(crate) grids: Vec<Grid>,
    /// What is to know about it.
    pub(crate) notes: Vec<String>,
    /// Whether the manager writes it: nothing on record says it.
    pub(crate) is_to_write: bool,
}

/// A table.
pub(crate) struct Grid {
    pub(crate) caption: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
    pub(crate) total: Option<Vec<Cell>>,
}

/// A column.
pub(crate) struct Column {
    pub(crate) heading: String,
    pub(crate) is_figure: bool,
}

/// What stands in a cell.
pub(crate) enum Cell {
    Nothing,
    Text(String),
    /// A code, an id.
    Code(String),
    /// A text that leads to a page: the text, its path.
    Link(String, String),
    /// Yuan, and the entries they are made of.
    Amount(Amount, Vec<u64>),
    /// Ten thousands of yuan (万元), rounded to two decimals.
    TenThousands(Amount),
    /// A number, and the entries it counts.
    Count(i64, Vec<u64>),
    /// `2.83`, of a hundred.
    Percent(String),
    Day(Day),
    Moment(Moment),
    /// Entries by themselves.
    Entries(Vec<u64>),
}

impl Section {
    pub(crate) fn new(mark: &'static str, title: String) -> Section {
        let sheet = if mark.is_empty() {
            title.clone()
        } else {
            format!("{mark} {title}")
        };
        Section {
            mark,
            sheet: sheet.chars().take(31).collect(),
            title,
            grids: Vec::new(),
            notes: Vec::new(),
            is_to_write: false,
        }
    }

    pub(crate) fn grid(mut self, grid: Grid) -> Section {
        self.grids.push(grid);
        self
    }

    pub(crate) fn note(mut self, note: String) -> Section {
        self.notes.push(note);
        self
    }
}

impl Grid {
    pub(crate) fn new(caption: String) -> Grid {
        Grid {
            caption,
            columns: Vec::new(),
            rows: Vec::new(),
            total: None,
        }
    }

    pub(crate) fn text(mut self, heading: String) -> Grid {
        self.columns.push(Column {
            heading,
            is_figure: false,
        });
        self
    }

    pub(crate) fn figure(mut self, heading: String) -> Grid {
        self.columns.push(Column {
            heading,
            is_figure: true,
        });
        self
    }

    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// The total, where there is more than one row to add up.
    pub(crate) fn total(&mut self, cells: Vec<Cell>) {
        if self.rows.len() > 1 {
            self.total = Some(cells);
        }
    }
}

impl Cell {
    /// An amount that no single entries make: a balance, a sum of sums.
    pub(crate) fn sum(amount: Amount) -> Cell {
        Cell::Amount(amount, Vec::new())
    }

    /// A number that no single entries make.
    pub(crate) fn number(count: i64) -> Cell {
        Cell::Count(count, Vec::new())
    }

    /// A record's page.
    pub(crate) fn record(list: &str, id: &str) -> Cell {
        Cell::Link(id.to_owned(), format!("{list}/{}", crate::url::encode(id)))
    }

    /// A day, where there is one.
    pub(crate) fn day(day: Option<Day>) -> Cell {
        day.map_or(Cell::Nothing, Cell::Day)
    }
}

/// Yuan as ten thousands of yuan with two decimals, half a unit and more rounded up.
pub(crate) fn ten_thousands(amount: Amount) -> String {
    const UNIT: i128 = 10_000;
    let fen = amount.fen();
    let rounded = (fen.abs() + UNIT / 2) / UNIT;
    let sign = if fen < 0 && rounded > 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", rounded / 100, rounded % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_thousands_are_rounded_half_up() {
        for (fen, shown) in [
            (0, "0.00"),
            (4_999, "0.00"),
            (5_000, "0.01"),
            (-4_999, "0.00"),
            (-5_000, "-0.01"),
            (1_000_000, "1.00"),
            (15_000_000, "15.00"),
            (931_998_456, "932.00"),
            (1_234_565_000, "1234.57"),
        ] {
            assert_eq!(ten_thousands(Amount::from_fen(fen)), shown, "{fen}");
        }
    }

    #[test]
    fn a_single_row_needs_no_total() {
        let mut grid = Grid::new("x".into()).text("y".into());
        grid.row(vec![Cell::Nothing]);
        grid.total(vec![Cell::Nothing]);
        assert!(grid.total.is_none());
    }
}
