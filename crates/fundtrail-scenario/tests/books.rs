//! What is owed on a day, and what banks state: the figures are counted by hand, from the
//! reference's worked examples and the calendar's notices.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use fundtrail_model::{Day, Id};
use fundtrail_regulation::obligations::{Obligation, Owed, obligations};
use fundtrail_regulation::reconciliation::{Line, compare, differences, statements};
use fundtrail_regulation::state::Role;
use fundtrail_scenario::{Answer, Run, read, read_text};

const SCENARIOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/scenarios");

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A ledger to which more can be added.
struct Ledger(Run);

impl Ledger {
    fn of(lines: &str) -> Ledger {
        let here = Path::new(SCENARIOS).join("here.scn");
        let scenario = read_text(&here, lines).unwrap();
        let mut ledger = Ledger(Run::alone(&scenario).unwrap());
        ledger.play(lines);
        ledger
    }

    fn play(&mut self, lines: &str) {
        let here = Path::new(SCENARIOS).join("here.scn");
        let lines = format!("include setup/defaults.scn\n{lines}");
        for action in &read_text(&here, &lines).unwrap().actions {
            let line = self.0.play(action, None).unwrap();
            assert_eq!(line.problem, None, "{}", line.text);
        }
    }

    fn owed(&self, on: &str) -> Vec<Obligation> {
        obligations(self.0.shadow().view(), day(on)).unwrap()
    }

    fn of_kind(&self, kind: Owed, on: &str) -> Vec<Obligation> {
        let mut owed = self.owed(on);
        owed.retain(|one| one.kind == kind);
        owed
    }

    /// The newest entry.
    fn newest(&self) -> u64 {
        self.0.shadow().size() - 1
    }
}

/// Object, amount, due date, days late.
fn said(one: &Obligation) -> (String, String, String, String) {
    let text = |found: Option<String>| found.unwrap_or_else(|| "-".into());
    (
        one.object.clone(),
        text(one.amount.map(|amount| amount.to_string())),
        text(one.due.map(|due| due.to_string())),
        text(one.days_late.map(|days| days.to_string())),
    )
}

#[track_caller]
fn assert_said(owed: &[Obligation], wanted: &[(&str, &str, &str, &str)]) {
    let found: Vec<_> = owed.iter().map(said).collect();
    let found: Vec<_> = found
        .iter()
        .map(|(a, b, c, d)| (a.as_str(), b.as_str(), c.as_str(), d.as_str()))
        .collect();
    assert_eq!(found, wanted);
}

// S64, S65: 500,000.00 × 30% = 150,000.00, received 2022-09-20, due 2022-10-14.
#[test]
fn a_return_is_owed_until_its_last_fen() {
    let mut ledger = Ledger::of(
        "include setup/l1-paid.scn\n\
         2022-09-22 recovery_report recovery=R1 loan=L1 collector=bank-a received_on=2022-09-20 amount=500000.00 => recorded",
    );
    let reported = ledger.newest();
    let kind = Owed::RecoveryReturn;
    assert_said(&ledger.of_kind(kind, "2022-09-19"), &[]);
    for (on, late) in [
        ("2022-09-20", "0"),
        ("2022-10-14", "0"),
        ("2022-10-15", "1"),
        ("2022-11-14", "31"),
    ] {
        let owed = ledger.of_kind(kind, on);
        assert_said(&owed, &[("recovery:R1", "150000.00", "2022-10-14", late)]);
        let one = &owed[0];
        assert_eq!((one.article, one.owed_by.role), (16, Role::Bank));
        assert_eq!(one.owed_by.party, Id::parse("bank-a"));
        assert_eq!(one.entry, Some(reported));
        assert_eq!(one.answered_by, Some("recovery_return"));
    }
    ledger.play(
        "2022-10-14 recovery_return recovery=R1 loan=L1 payer=bank-a amount=149999.99 => recorded alert=SHORT_RETURN_ARREARS(arrears=0.01)",
    );
    // The alert of the arrears says the same, and is not listed beside it.
    let rest = [("recovery:R1", "0.01", "2022-10-14", "31")];
    assert_said(&ledger.of_kind(kind, "2022-11-14"), &rest);
    assert_said(&ledger.of_kind(Owed::Alert, "2022-11-14"), &[]);
    ledger.play("2022-11-14 recovery_return recovery=R1 loan=L1 payer=bank-a amount=0.01 => recorded alert=LATE_RETURN(days_late=31)");
    assert_said(&ledger.of_kind(kind, "2022-11-14"), &[]);
    // That it came late stands on record, with no date by which anything is owed.
    let late = ledger.of_kind(Owed::Alert, "2022-11-14");
    assert_said(&late, &[("recovery:R1", "-", "-", "-")]);
    assert_eq!(late[0].code.as_deref(), Some("LATE_RETURN"));
    assert_eq!(late[0].owed_by.party, Id::parse("bank-a"));
}

// S66: 150,000.01 arrived, 0.01 is to be refunded.
#[test]
fn money_in_excess_is_owed_by_the_fund() {
    let mut ledger = Ledger::of(
        "include setup/l1-paid.scn\n\
         2022-09-22 recovery_report recovery=R1 loan=L1 collector=bank-a received_on=2022-09-20 amount=500000.00 => recorded\n\
         2022-10-14 recovery_return recovery=R1 loan=L1 payer=bank-a amount=150000.00 suspense=0.01 => recorded",
    );
    let kind = Owed::SuspenseRefund;
    assert_said(&ledger.of_kind(kind, "2022-10-13"), &[]);
    let owed = ledger.of_kind(kind, "2022-10-14");
    assert_said(&owed, &[("party:bank-a", "0.01", "-", "-")]);
    assert_eq!(owed[0].owed_by.role, Role::Manager);
    assert_eq!(owed[0].entry, Some(ledger.newest()));
    assert!(owed[0].no_due_date.is_some());
    ledger.play("2022-10-17 suspense_refund payee=bank-a account=main amount=0.01 => recorded");
    assert_said(&ledger.of_kind(kind, "2022-10-17"), &[]);
}

// S88: 450,000.00 of 600,000.00 is left after a return of 150,000.00.
#[test]
fn an_order_is_owed_until_it_is_met() {
    let mut ledger = Ledger::of(
        "include setup/l1-paid.scn\n\
         2022-11-01 clawback_order order=O1 loan=L1 debtor=bank-a amount=600000.00 decision=\"sha256:decision\" => recorded",
    );
    let kind = Owed::ClawbackReturn;
    assert_said(&ledger.of_kind(kind, "2022-10-31"), &[]);
    let owed = ledger.of_kind(kind, "2022-11-01");
    assert_said(&owed, &[("order:O1", "600000.00", "-", "-")]);
    assert_eq!(
        (owed[0].article, owed[0].entry),
        (22, Some(ledger.newest()))
    );
    ledger.play("2022-11-10 clawback_return order=O1 payer=bank-a account=main amount=599999.99 => recorded");
    assert_said(
        &ledger.of_kind(kind, "2022-11-10"),
        &[("order:O1", "0.01", "-", "-")],
    );
    ledger.play(
        "2022-11-10 clawback_return order=O1 payer=bank-a account=main amount=0.01 => recorded",
    );
    assert_said(&ledger.of_kind(kind, "2022-11-10"), &[]);
}

// S51: 600,000.00 of 20,000,000.00 is exactly 3%.
#[test]
fn a_warning_is_due_from_the_payment_on_until_it_is_sent() {
    let before =
        fs::read_to_string(Path::new(SCENARIOS).join("s51-exactly-3-percent.scn")).unwrap();
    let before = before.split("expect alert").next().unwrap().to_owned();
    let mut ledger = Ledger::of(&before);
    let kind = Owed::WarnNotice;
    assert_said(&ledger.of_kind(kind, "2022-09-14"), &[]);
    let owed = ledger.of_kind(kind, "2022-09-15");
    assert_said(&owed, &[("party:bank-a", "-", "-", "-")]);
    let one = &owed[0];
    assert_eq!((one.article, one.owed_by.role), (13, Role::Manager));
    assert_eq!(one.owed_by.party, Id::parse("manager"));
    assert_eq!(one.since, Some(day("2022-09-15")));
    assert_eq!(one.entry, Some(ledger.newest()));
    assert!(one.figures.to_string().contains("ratio_percent: 3.0000"));
    assert_said(&ledger.of_kind(Owed::SuspendNotice, "2022-09-15"), &[]);
    assert_said(&ledger.of_kind(Owed::Alert, "2022-09-15"), &[]);
    ledger
        .play("2022-09-16 warn_notice bank=bank-a issued_at=2022-09-16T09:00:00+08:00 => recorded");
    assert_said(&ledger.of_kind(kind, "2022-09-16"), &[]);
}

// S49: L1 is due 2022-06-30; the day itself is not overdue.
#[test]
fn a_notice_of_risk_is_due_once_principal_is_overdue() {
    let mut ledger = Ledger::of(
        "include setup/fund-active.scn\n\
         2022-01-05 loan_enrol loan=L1 bank=bank-a borrower=$E1 total=2000000.00 due.0.due_on=2022-06-30 => recorded",
    );
    let enrolled = ledger.newest();
    ledger.play("2022-01-05 loan_disburse loan=L1 amount=2000000.00 => recorded");
    let kind = Owed::RiskNotice;
    assert_said(&ledger.of_kind(kind, "2022-06-30"), &[]);
    let owed = ledger.of_kind(kind, "2022-07-01");
    assert_said(&owed, &[("loan:L1", "2000000.00", "-", "-")]);
    assert_eq!(owed[0].owed_by.party, Id::parse("bank-a"));
    assert_eq!((owed[0].article, owed[0].entry), (14, Some(enrolled)));
    ledger.play("2022-07-05 risk_notice loan=L1 partner=bank-a => recorded");
    assert_said(&ledger.of_kind(kind, "2022-07-05"), &[]);
}

// The manager is appointed 2021-12-23, four partners are admitted 2021-12-24.
// 2021Q4: January 4–7 (4), 10–14 (9), 17–21 (14), 24 (15). 2022Q1: April 1 and 2 (2),
// 6–8 (5), 11–15 (10), 18–22 (15). 2021: 31 + 28 + 1 days. 2021H2: 30 days of January.
#[test]
fn reports_are_owed_for_periods_that_are_over() {
    let mut ledger = Ledger::of("include setup/fund-active.scn");
    let reports = |ledger: &Ledger, on: &str| ledger.of_kind(Owed::QuarterlyReport, on);
    assert!(ledger.owed("2021-12-31").is_empty(), "nothing is over yet");
    let q4 = ("party:manager", "-", "2022-01-24", "0");
    assert_said(&reports(&ledger, "2022-01-01"), &[q4]);
    assert_said(
        &reports(&ledger, "2022-03-31"),
        &[("party:manager", "-", "2022-01-24", "66")],
    );
    let owed = reports(&ledger, "2022-04-23");
    assert_said(
        &owed,
        &[
            ("party:manager", "-", "2022-01-24", "89"),
            ("party:manager", "-", "2022-04-22", "1"),
        ],
    );
    let periods: Vec<_> = owed
        .iter()
        .map(|one| one.period.unwrap().to_string())
        .collect();
    assert_eq!(periods, ["2021Q4", "2022Q1"]);
    assert_eq!((owed[0].article, owed[0].owed_by.role), (8, Role::Manager));
    let annual = ledger.of_kind(Owed::AnnualReport, "2022-04-23");
    assert_said(&annual, &[("party:manager", "-", "2022-03-01", "53")]);
    let reviews = ledger.of_kind(Owed::PerformanceReview, "2022-04-23");
    let late = |party| (party, "-", "2022-01-30", "83");
    let parties = ["bank-a", "bank-b", "guarantor", "insurer", "manager"];
    let objects = parties.map(|party| format!("party:{party}"));
    let wanted: Vec<_> = objects.iter().map(|object| late(object.as_str())).collect();
    assert_said(&reviews, &wanted);
    let by: Vec<_> = reviews
        .iter()
        .map(|one| (one.article, one.owed_by.role))
        .collect();
    assert_eq!(by[..4], [(20, Role::Manager); 4]);
    assert_eq!(by[4], (7, Role::Office));
    assert_eq!(reviews[4].owed_by.party, Id::parse("OFF"));

    // Another report on the same quarter, or a partner's, answers nothing.
    ledger.play(
        "2022-04-23 report_file reporter=manager report=use_of_funds period=2022Q1 digest=\"sha256:x\" => recorded\n\
         2022-04-23 report_file reporter=bank-a report=post_loan period=2022Q1 digest=\"sha256:x\" => recorded",
    );
    assert_eq!(reports(&ledger, "2022-04-23").len(), 2);
    ledger.play("2022-04-23 report_file reporter=manager report=quarterly period=2022Q1 digest=\"sha256:x\" => recorded alert=REPORT_OVERDUE(days_late=1)");
    assert_said(
        &reports(&ledger, "2022-04-23"),
        &[("party:manager", "-", "2022-01-24", "89")],
    );
    ledger.play("2022-04-23 performance_review subject=bank-b period=2021H2 digest=\"sha256:x\" => recorded alert=REPORT_OVERDUE");
    assert_eq!(
        ledger.of_kind(Owed::PerformanceReview, "2022-04-23").len(),
        4
    );
}

#[test]
fn a_date_that_no_calendar_reaches_is_not_guessed() {
    let ledger = Ledger::of("include setup/fund-active.scn");
    let owed = ledger.of_kind(Owed::QuarterlyReport, "2027-06-01");
    // 2026Q4 ends 2026-12-31: its working days are in 2027, which no notice covers.
    let missing: Vec<_> = owed.iter().filter(|one| one.due.is_none()).collect();
    let periods: Vec<_> = missing
        .iter()
        .map(|one| one.period.unwrap().to_string())
        .collect();
    assert_eq!(periods, ["2026Q4", "2027Q1"]);
    for one in missing {
        assert_eq!(one.days_late, None);
        assert_eq!(
            one.no_due_date.as_deref(),
            Some("no calendar is adopted for 2027")
        );
    }
}

#[test]
fn a_revoked_partner_and_a_removed_manager_are_asked_for_their_own_time_only() {
    let ledger = Ledger::of(
        "include setup/fund-active.scn\n\
         2022-05-16 partner_revoke partner=bank-b on=2022-05-16 decision=\"sha256:decision\" => recorded\n\
         2022-05-20 manager_remove manager=manager decision=\"sha256:decision\" => recorded",
    );
    let reviews = ledger.of_kind(Owed::PerformanceReview, "2022-07-01");
    let of = |period: &str| -> Vec<String> {
        let found = reviews
            .iter()
            .filter(|one| one.period.unwrap().to_string() == period);
        found.map(|one| one.object.clone()).collect()
    };
    assert_eq!(of("2021H2").len(), 5);
    assert_eq!(
        of("2022H1"),
        ["party:bank-a", "party:guarantor", "party:insurer"]
    );
    let quarters = ledger.of_kind(Owed::QuarterlyReport, "2022-07-01");
    let periods: Vec<_> = quarters
        .iter()
        .map(|one| one.period.unwrap().to_string())
        .collect();
    assert_eq!(
        periods,
        ["2021Q4", "2022Q1"],
        "nobody was in office at the end of 2022Q2"
    );
}

// S91: 4,000,000.00 is stated, the ledger has 4,000,000.01.
#[test]
fn statements_are_compared_at_the_close_of_their_day() {
    let text = fs::read_to_string(Path::new(SCENARIOS).join("s91-bank-statement.scn")).unwrap();
    let mut ledger = Ledger::of(&text);
    let lines = |ledger: &Ledger| -> Vec<Line> {
        let view = ledger.0.shadow().view();
        let raised = differences(view).unwrap();
        let stated = statements(view).unwrap().into_iter();
        stated
            .map(|one| compare(view, &raised, one).unwrap())
            .collect()
    };
    let said = |lines: &[Line]| -> Vec<(String, String, String, String)> {
        let text = |line: &Line| {
            (
                line.on.to_string(),
                line.stated.to_string(),
                line.ledger.to_string(),
                line.difference.to_string(),
            )
        };
        lines.iter().map(text).collect()
    };
    let found = lines(&ledger);
    let expected = [
        ("2022-01-09", "0.00", "0.00", "0.00"),
        ("2022-03-20", "4000000.00", "4000000.00", "0.00"),
        ("2022-03-31", "4000000.00", "4000000.01", "0.01"),
        ("2022-03-31", "4000000.02", "4000000.01", "-0.01"),
    ];
    let expected = expected.map(|(a, b, c, d)| (a.into(), b.into(), c.into(), d.into()));
    assert_eq!(said(&found), expected);
    assert!(found.iter().all(|line| line.account.as_str() == "at-a"));
    let alerts: Vec<_> = found.iter().map(|line| line.alert.is_some()).collect();
    assert_eq!(alerts, [false, false, true, true]);
    assert!(found.iter().all(|line| line.cleared_by.is_none()));
    let standing = ledger.of_kind(Owed::Alert, "2022-04-01");
    assert_said(&standing, &[("account:at-a/2022-03-31", "-", "-", "-")]);
    assert_eq!(standing[0].answered_by, Some("bank_statement"));

    ledger.play("2022-04-02 bank_statement account=at-a on=2022-03-31 closing=4000000.01 digest=\"sha256:statement\" => recorded");
    let newest = ledger.newest();
    let cleared: Vec<_> = lines(&ledger).iter().map(|line| line.cleared_by).collect();
    assert_eq!(cleared, [None, None, Some(newest), Some(newest), None]);
    assert_said(&ledger.of_kind(Owed::Alert, "2022-04-02"), &[]);
}

/// What besides its answer may end an obligation: what takes back or changes the facts that
/// it follows from.
const FACTS: &[(Owed, &[&str])] = &[
    (Owed::RecoveryReturn, &["reversal"]),
    (Owed::SuspenseRefund, &["reversal"]),
    (Owed::RiskNotice, &["loan_repay", "loan_amend", "reversal"]),
    (
        Owed::WarnNotice,
        &[
            "suspend_notice",
            "loan_disburse",
            "reversal",
            "compensation_pay",
            "recovery_return",
        ],
    ),
    (Owed::SuspendNotice, &["loan_disburse", "reversal"]),
    (
        Owed::PerformanceReview,
        &[
            "partner_revoke",
            "manager_remove",
            "manager_appoint",
            "terminate",
        ],
    ),
    (Owed::QuarterlyReport, &["manager_remove", "terminate"]),
    (Owed::AnnualReport, &["manager_remove", "terminate"]),
];

fn scenarios() -> Vec<PathBuf> {
    let files = fs::read_dir(SCENARIOS).unwrap();
    let files = files.map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|ending| ending == "scn"))
        .collect()
}

#[test]
fn nothing_owed_goes_away_without_an_answer() {
    let mut answered: BTreeMap<Owed, usize> = BTreeMap::new();
    for path in scenarios() {
        let scenario = read(&path).unwrap();
        let mut run = Run::alone(&scenario).unwrap();
        let on = day("2024-12-31");
        let mut before: BTreeMap<Vec<u8>, Obligation> = BTreeMap::new();
        for action in &scenario.actions {
            let line = run.play(action, None).unwrap();
            let Some(played) = line.played else { continue };
            if !matches!(played.answer, Answer::Recorded { .. }) {
                continue;
            }
            let owed = obligations(run.shadow().view(), on).unwrap();
            let now: BTreeMap<_, _> = owed.into_iter().map(|one| (one.key(), one)).collect();
            let kind = played.draft.kind.as_str();
            for (_, gone) in before.iter().filter(|(key, _)| !now.contains_key(*key)) {
                let by_facts = FACTS
                    .iter()
                    .any(|(owed, kinds)| *owed == gone.kind && kinds.contains(&kind));
                let by_answer = gone.answered_by == Some(kind) || gone.kind == Owed::Alert;
                assert!(
                    by_answer || by_facts,
                    "{}: {gone:?} ended by {}",
                    path.display(),
                    line.text
                );
                if by_answer {
                    *answered.entry(gone.kind).or_default() += 1;
                }
            }
            before = now;
        }
    }
    // Each sort was owed, and answered, somewhere.
    for kind in [
        Owed::RecoveryReturn,
        Owed::ClawbackReturn,
        Owed::SuspenseRefund,
        Owed::WarnNotice,
        Owed::SuspendNotice,
        Owed::RiskNotice,
        Owed::QuarterlyReport,
        Owed::AnnualReport,
        Owed::PerformanceReview,
    ] {
        assert!(answered.contains_key(&kind), "{kind:?}: {answered:?}");
    }
}
