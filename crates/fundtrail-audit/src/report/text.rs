//! A report as text, for people.

use std::fmt;

use fundtrail_model::Moment;

use super::{Head, LIMITS, Report, Verdict};
use crate::finding::Findings;
use crate::invariants::Status;
use crate::since::Continuation;

/// Width of the column of names.
const NAME_WIDTH: usize = 12;

/// Details shown under one invariant.
const DETAILS_SHOWN_MAX: usize = 10;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Audit of the ledger {}\n", self.origin)?;
        write_heads(self, f)?;
        write_counts(self, f)?;
        write_integrity(self, f)?;
        write_conformity(self, f)?;
        write_invariants(self, f)?;
        write_books(self, f)?;
        writeln!(f, "\nWhat this report cannot say")?;
        LIMITS
            .iter()
            .try_for_each(|limit| writeln!(f, "  - {limit}"))
    }
}

fn line(f: &mut fmt::Formatter<'_>, name: &str, value: impl fmt::Display) -> fmt::Result {
    writeln!(f, "{name:<NAME_WIDTH$} {value}")
}

fn write_heads(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let shown = |head: Head| format!("{} entries, root {}", head.size, head.root.to_hex());
    line(f, "log key", &report.log_key)?;
    line(f, "computed", shown(report.computed))?;
    match report.checkpoint {
        Some(head) => line(f, "checkpoint", shown(head))?,
        None => line(f, "checkpoint", "not one of this log")?,
    }
    for by in &report.cosigned {
        let millis = i64::try_from(by.time).unwrap_or(i64::MAX).checked_mul(1000);
        let time = match millis.and_then(Moment::from_millis) {
            Some(moment) => moment.to_string(),
            None => format!("second {}", by.time),
        };
        line(f, "cosigned", format!("by {} at {time}", by.witness))?;
    }
    match report.since.kept {
        Some(head) => line(f, "kept", shown(head)),
        None if report.since.verdict == Continuation::NotGiven => line(f, "kept", "none was given"),
        None => line(f, "kept", "not one of this log"),
    }
}

fn write_counts(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let counts = &report.counts;
    let (entries, bytes, signatures, keys) =
        (counts.entries, counts.bytes, counts.signatures, counts.keys);
    line(
        f,
        "looked at",
        format!("{entries} entries ({bytes} bytes), {signatures} signatures, {keys} keys"),
    )?;
    let (postings, alerts) = (counts.postings, counts.alerts);
    line(f, "", format!("{postings} postings, {alerts} alerts"))?;
    if let (Some(first), Some(last)) = (counts.first_recorded, counts.last_recorded) {
        line(f, "recorded", format!("{first} to {last}"))?;
    }
    Ok(())
}

fn write_integrity(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f)?;
    match report.integrity.verdict {
        Verdict::Holds => line(
            f,
            "INTEGRITY",
            "HOLDS: these are the entries that were signed, chained, hashed and published.",
        )?,
        Verdict::Broken | Verdict::Undecided => {
            let total = report.integrity.findings.total();
            line(f, "INTEGRITY", format!("BROKEN: {total} findings"))?;
            write_findings(&report.integrity.findings, f)?;
        }
    }
    line(f, "", report.truncation())
}

fn write_conformity(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let conformity = &report.conformity;
    let (judged, entries) = (conformity.judged, report.counts.entries);
    writeln!(f)?;
    match conformity.verdict {
        Verdict::Holds => line(
            f,
            "CONFORMITY",
            format!(
                "HOLDS: the regulation, applied anew to all {entries} entries, gives the same."
            ),
        ),
        Verdict::Undecided => line(
            f,
            "CONFORMITY",
            format!("UNDECIDED: {judged} of {entries} entries conform; no more could be judged."),
        ),
        Verdict::Broken => {
            let total = conformity.findings.total();
            line(f, "CONFORMITY", format!("BROKEN: {total} findings"))?;
            write_findings(&conformity.findings, f)?;
            line(
                f,
                "",
                format!("{judged} of {entries} entries were replayed."),
            )
        }
    }
}

fn write_findings(findings: &Findings, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    findings
        .first()
        .iter()
        .try_for_each(|finding| writeln!(f, "  - {finding}"))?;
    let shown = findings.first().len() as u64;
    if findings.total() > shown {
        writeln!(f, "  - and {} more", findings.total() - shown)?;
    }
    Ok(())
}

fn write_invariants(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "\nInvariants after {} entries", report.conformity.judged)?;
    for one in &report.conformity.invariants {
        let status = match one.status {
            Status::Holds => "holds",
            Status::Exceptions => "open",
            Status::Broken => "BROKEN",
            Status::Undecided => "undecided",
        };
        writeln!(f, "  {:<4} {status:<10} {}", one.id, one.title)?;
        for detail in one.details.iter().take(DETAILS_SHOWN_MAX) {
            writeln!(f, "       - {detail}")?;
        }
        if one.details.len() > DETAILS_SHOWN_MAX {
            writeln!(
                f,
                "       - and {} more",
                one.details.len() - DETAILS_SHOWN_MAX
            )?;
        }
    }
    Ok(())
}

fn write_books(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if report.books.is_empty() {
        return Ok(());
    }
    writeln!(f, "\nBooks, in yuan (debit positive)")?;
    let width = report
        .books
        .iter()
        .map(|book| book.book.chars().count())
        .max()
        .unwrap_or(0);
    for book in &report.books {
        writeln!(f, "  {:<width$} {:>20}", book.book, book.balance)?;
    }
    Ok(())
}
