//! The what-if tool: plays files and prints the verdict of each step.

use std::io::{self, Write};
use std::path::PathBuf;

use crate::answer::Answer;
use crate::read::read;
use crate::run::{Line, Played, Run};
use crate::scenario::Scenario;

/// In which language refusals are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Language {
    /// Chinese.
    Chinese,
    /// English.
    #[default]
    English,
}

/// Plays each file on a ledger of its own and prints what became of every step: verdict,
/// code, article and figures, and the money it moved. Steps that come from included files
/// are played and counted, and printed only where something is not as expected.
///
/// Gives whether everything expected came true; a file that cannot be played counts as not.
///
/// # Errors
/// Those of writing to `out`.
pub fn simulate(paths: &[PathBuf], language: Language, out: &mut dyn Write) -> io::Result<bool> {
    let mut all_met = true;
    for path in paths {
        writeln!(out, "{}", path.display())?;
        match read(path) {
            Ok(scenario) => all_met &= play(&scenario, path, language, out)?,
            Err(error) => {
                writeln!(out, "  {error}")?;
                all_met = false;
            }
        }
    }
    Ok(all_met)
}

fn play(
    scenario: &Scenario,
    path: &std::path::Path,
    language: Language,
    out: &mut dyn Write,
) -> io::Result<bool> {
    let (mut steps, mut included, mut unmet) = (0_usize, 0_usize, 0_usize);
    let mut run = match Run::alone(scenario) {
        Ok(run) => run,
        Err(error) => return writeln!(out, "  {error}").map(|()| false),
    };
    for action in &scenario.actions {
        let line = match run.play(action, None) {
            Ok(line) => line,
            Err(error) => return writeln!(out, "  {error}").map(|()| false),
        };
        let own = &*action.place.file == path;
        steps += usize::from(line.played.is_some());
        included += usize::from(line.played.is_some() && !own);
        unmet += usize::from(line.problem.is_some());
        if own || line.problem.is_some() {
            print(&line, language, out)?;
        }
    }
    writeln!(
        out,
        "  {steps} steps, {included} of them included; {unmet} not as expected"
    )?;
    Ok(unmet == 0)
}

fn print(line: &Line, language: Language, out: &mut dyn Write) -> io::Result<()> {
    let mark = match (&line.problem, &line.played) {
        (Some(_), _) => "FAIL",
        (None, Some(Played { expected: None, .. })) => "-",
        (None, _) => "ok",
    };
    match &line.played {
        Some(played) => {
            let draft = &played.draft;
            let verdict = played.answer.name();
            writeln!(
                out,
                "  {mark:<4} {} {:<18} {verdict}",
                draft.date, draft.kind
            )?;
            for detail in details(&played.answer, language) {
                writeln!(out, "  {:<4} {:10} {:<18} {detail}", "", "", "")?;
            }
        }
        None => writeln!(out, "  {mark:<4} {}", line.text)?,
    }
    if let Some(problem) = &line.problem {
        writeln!(out, "       {}: {problem}", line.place)?;
    }
    Ok(())
}

/// What stands under a verdict: money moved and alerts, or each refusal in one language.
fn details(answer: &Answer, language: Language) -> Vec<String> {
    match answer {
        Answer::Recorded { effects, .. } => {
            let moved = effects.postings.iter().map(|posting| {
                let (amount, balance) = (posting.amount.to_string(), posting.balance.to_string());
                format!("{:<24} {amount:>16} {balance:>18}", posting.book)
            });
            let alerts = effects.alerts.iter().map(|alert| {
                format!(
                    "{} [{}] {}: {}",
                    alert.code, alert.article, alert.object, alert.figures
                )
            });
            moved.chain(alerts).collect()
        }
        Answer::Refused(all) => all
            .iter()
            .map(|one| match language {
                Language::Chinese => format!("{}  {}", one.code, one.zh),
                Language::English => format!("{}  {}", one.code, one.en),
            })
            .collect(),
        Answer::Malformed { detail, .. } => vec![detail.clone()],
        Answer::Repeated { index } | Answer::Conflict { index } => vec![format!("entry {index}")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(file: &str, language: Language) -> (bool, String) {
        let scenarios = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/scenarios");
        let mut out = Vec::new();
        let met = simulate(&[PathBuf::from(scenarios).join(file)], language, &mut out).unwrap();
        (met, String::from_utf8(out).unwrap())
    }

    #[test]
    fn verdicts_are_printed_in_either_language() {
        let (met, text) = printed("s39-day-59.scn", Language::English);
        assert!(
            met && text.contains("ok   2022-08-28 claim_submit"),
            "{text}"
        );
        assert!(
            text.contains("[Art. 15]: overdue_days: 59, required: 60"),
            "{text}"
        );
        let (met, text) = printed("s39-day-59.scn", Language::Chinese);
        assert!(
            met && text.contains("逾期天数未达到规定 [第15条]：overdue_days: 59"),
            "{text}"
        );
        assert!(text.contains("0 not as expected"), "{text}");
    }

    #[test]
    fn a_file_that_cannot_be_played_is_not_as_expected() {
        let (met, text) = printed("no-such-file.scn", Language::English);
        assert!(!met && text.contains("no-such-file.scn"), "{text}");
    }
}
