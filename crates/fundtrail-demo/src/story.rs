//! Plays the story on the node and shows it as a table.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use fundtrail_demo::{HttpTarget, Node};
use fundtrail_model::{Amount, Effects, Moment};
use fundtrail_scenario::{Answer, Line, Played, Run, read};
use indicatif::{ProgressBar, ProgressStyle};

/// Plays a scenario file on a node; every answer must be as the file expects and as the
/// ledger in memory beside it says. Gives what was played, to go on from.
pub(crate) fn play(
    path: &Path,
    node: &Node,
    origin: &str,
    clock: Moment,
    lang: &str,
) -> Result<Run, String> {
    let scenario = read(path).map_err(|error| error.to_string())?;
    let site = node
        .site(origin, clock)
        .map_err(|error| error.to_string())?;
    let mut target = HttpTarget::new(&node.url, origin);
    let mut run = Run::new(&site).map_err(|fault| fault.to_string())?;
    let bar = ProgressBar::new(scenario.actions.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let mut tale = Tale::new(lang);
    let began = Instant::now();
    for action in &scenario.actions {
        let line = run
            .play(action, Some(&mut target))
            .map_err(|error| error.to_string())?;
        if let Some(problem) = &line.problem {
            return Err(format!("{}: {problem}\n    {}", line.place, line.text));
        }
        bar.inc(1);
        tale.tell(&line);
        bar.set_message(tale.newest.clone());
    }
    let seconds = began.elapsed().as_secs_f64();
    bar.finish_and_clear();
    tale.print(seconds);
    Ok(run)
}

struct Tale {
    chinese: bool,
    recorded: usize,
    refused: usize,
    signatures: usize,
    alerts: usize,
    fund: Amount,
    accounts: BTreeMap<String, Amount>,
    movements: Table,
    refusals: Table,
    newest: String,
}

impl Tale {
    fn new(lang: &str) -> Tale {
        let mut movements = table(&["date", "kind", "id", "moves, yuan", "fund, yuan", "alerts"]);
        right(&mut movements, 3);
        right(&mut movements, 4);
        Tale {
            chinese: lang == "zh",
            recorded: 0,
            refused: 0,
            signatures: 0,
            alerts: 0,
            fund: Amount::ZERO,
            accounts: BTreeMap::new(),
            movements,
            refusals: table(&["date", "kind", "code", "art.", "because"]),
            newest: String::new(),
        }
    }

    fn tell(&mut self, line: &Line) {
        let Some(played) = &line.played else { return };
        self.newest = format!("{} {}", played.draft.date, played.draft.kind);
        match &played.answer {
            Answer::Recorded { effects, .. } => self.record(played, effects),
            Answer::Refused(objections) => {
                self.refused += 1;
                for objection in objections {
                    let message = if self.chinese {
                        &objection.zh
                    } else {
                        &objection.en
                    };
                    let (date, kind) = (&played.draft.date, &played.draft.kind);
                    let article = objection.article.to_string();
                    self.refusals
                        .add_row([date, kind, &objection.code, &article, message]);
                }
            }
            _ => {}
        }
    }

    fn record(&mut self, played: &Played, effects: &Effects) {
        self.recorded += 1;
        self.signatures += played.submission.envelope.signatures.len();
        self.alerts += effects.alerts.len();
        let mut moved = Amount::ZERO;
        for posting in effects
            .postings
            .iter()
            .filter(|posting| posting.book.starts_with("account:"))
        {
            moved += posting.amount;
            self.accounts.insert(posting.book.clone(), posting.balance);
        }
        self.fund = self.accounts.values().copied().sum();
        if effects.postings.is_empty() && effects.alerts.is_empty() {
            return;
        }
        let alerts: Vec<&str> = effects
            .alerts
            .iter()
            .map(|alert| alert.code.as_str())
            .collect();
        let moves = if effects.postings.is_empty() {
            String::new()
        } else {
            grouped(moved)
        };
        let draft = &played.draft;
        self.movements.add_row([
            &draft.date,
            &draft.kind,
            &draft.id,
            &moves,
            &grouped(self.fund),
            &alerts.join(", "),
        ]);
    }

    fn print(&self, seconds: f64) {
        println!("Money and alerts (transactions that move none and raise none are left out):");
        println!("{}\n", self.movements);
        println!("Refused, with article and figures:");
        println!("{}\n", self.refusals);
        println!(
            "{} transactions recorded with {} signatures and {} alerts, {} refused, in {seconds:.1} s",
            self.recorded, self.signatures, self.alerts, self.refused,
        );
    }
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_NO_BORDERS)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header);
    if table.width().is_none() {
        table.set_width(150);
    }
    table
}

fn right(table: &mut Table, column: usize) {
    if let Some(column) = table.column_mut(column) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

/// `-1500000.00` as `-1,500,000.00`.
fn grouped(amount: Amount) -> String {
    let text = amount.to_string();
    let (yuan, fen) = text.split_once('.').unwrap_or((&text, "00"));
    let digits = yuan.trim_start_matches('-');
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if yuan.starts_with('-') { "-" } else { "" };
    format!("{sign}{grouped}.{fen}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_by_thousands() {
        let texts = ["0.00", "999.99", "1000.00", "-1500000.00", "10000000.01"];
        let grouped_texts = texts.map(|text| {
            let plain = Amount::parse(text.trim_start_matches('-')).unwrap();
            grouped(if text.starts_with('-') { -plain } else { plain })
        });
        assert_eq!(
            grouped_texts,
            [
                "0.00",
                "999.99",
                "1,000.00",
                "-1,500,000.00",
                "10,000,000.01"
            ]
        );
    }
}
