//! Operation reports: figures counted by hand from `two-years.scn`, and identities that hold
//! in every period of every scenario.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

use std::fs;
use std::path::{Path, PathBuf};

use fundtrail_kernel::history::{Past, size_on};
use fundtrail_kernel::{Memory, proofs};
use fundtrail_model::port::{Read, Table};
use fundtrail_model::{Amount, Day, Entry};
use fundtrail_regulation::period::{Period, Span};
use fundtrail_regulation::report::{Report, Stock, Sum, Tally, report};
use fundtrail_regulation::state::View;
use fundtrail_scenario::{Run, read};

const SCENARIOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/scenarios");

fn played(file: &Path) -> Memory {
    let scenario = read(file).unwrap();
    let mut run = Run::alone(&scenario).unwrap();
    for action in &scenario.actions {
        run.play(action, None).unwrap();
    }
    run.shadow().memory().clone()
}

fn two_years() -> Memory {
    played(&Path::new(SCENARIOS).join("two-years.scn"))
}

fn size(memory: &Memory) -> u64 {
    proofs::last_entry(memory)
        .unwrap()
        .map_or(0, |(index, _)| index + 1)
}

fn reported(memory: &Memory, period: Period) -> Report {
    let all = size(memory);
    let before = period.first_day().plus_days(-1).unwrap();
    let opening = size_on(memory, before).unwrap().unwrap_or(all);
    let closing = size_on(memory, period.last_day()).unwrap().unwrap_or(all);
    let (then, now) = (Past::new(memory, opening), Past::new(memory, closing));
    report(
        period,
        (View::new(&then), opening),
        (View::new(&now), closing),
    )
    .unwrap()
}

fn on(memory: &Memory, period: &str) -> Report {
    reported(memory, Period::parse(period).unwrap())
}

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn tally(count: i64, text: &str) -> (i64, Amount) {
    (count, amount(text))
}

fn said(tally: &Tally) -> (i64, Amount) {
    (tally.count, tally.amount)
}

fn stock(count: u64, text: &str) -> Stock {
    let amount = amount(text);
    Stock { count, amount }
}

/// Opening, contributions, interest, returns, clawbacks, compensation, fees, distributions,
/// close. 2022Q1's interest was recorded in May; December's interest and fees in January.
#[test]
fn money_of_each_period_is_what_the_scenario_moves() {
    let memory = two_years();
    for (period, figures) in [
        (
            "2021Q4",
            [
                "0.00",
                "10000000.00",
                "0.00",
                "0.00",
                "0.00",
                "0.00",
                "0.00",
                "0.00",
                "10000000.00",
            ],
        ),
        (
            "2022Q1",
            [
                "10000000.00",
                "0.00",
                "0.00",
                "0.00",
                "0.00",
                "0.00",
                "0.00",
                "0.00",
                "10000000.00",
            ],
        ),
        (
            "2022Q2",
            [
                "10000000.00",
                "0.00",
                "8750.00",
                "0.00",
                "0.00",
                "0.00",
                "0.00",
                "0.00",
                "10008750.00",
            ],
        ),
        (
            "2022Q3",
            [
                "10008750.00",
                "0.00",
                "0.00",
                "0.00",
                "0.00",
                "600000.00",
                "0.00",
                "0.00",
                "9408750.00",
            ],
        ),
        (
            "2022Q4",
            [
                "9408750.00",
                "0.00",
                "0.00",
                "150000.00",
                "0.00",
                "900000.00",
                "0.00",
                "0.00",
                "8658750.00",
            ],
        ),
        (
            "2023Q1",
            [
                "8658750.00",
                "0.00",
                "31234.56",
                "0.00",
                "0.00",
                "820370.37",
                "150000.00",
                "0.00",
                "7719614.19",
            ],
        ),
        (
            "2022",
            [
                "10000000.00",
                "0.00",
                "8750.00",
                "150000.00",
                "0.00",
                "1500000.00",
                "0.00",
                "0.00",
                "8658750.00",
            ],
        ),
        (
            "2023",
            [
                "8658750.00",
                "0.00",
                "51604.93",
                "1500000.00",
                "300000.00",
                "2620370.37",
                "270000.00",
                "0.00",
                "7619984.56",
            ],
        ),
        (
            "2024Q1",
            [
                "7619984.56",
                "0.00",
                "0.00",
                "0.00",
                "0.00",
                "0.00",
                "0.00",
                "7619984.56",
                "0.00",
            ],
        ),
    ] {
        let money = on(&memory, period).money;
        let flows = &money.flows;
        let sums = [
            &flows.contributions,
            &flows.interest,
            &flows.returns,
            &flows.clawbacks,
            &flows.compensation,
            &flows.fees,
            &flows.distributions,
        ];
        let mut found = vec![money.opening];
        found.extend(sums.map(|sum: &Sum| sum.amount));
        found.push(money.closing);
        assert_eq!(found, figures.map(amount), "{period}");
    }
    // 0.50 came in excess and went back in the same quarter.
    let suspense = on(&memory, "2023Q3").money.flows.suspense;
    assert_eq!((suspense.amount, suspense.entries.len()), (Amount::ZERO, 2));
    // at-a in the second quarter of 2022: interest of 3,500.00; two statements for one close.
    let q2 = on(&memory, "2022Q2");
    let at_a = q2
        .money
        .accounts
        .iter()
        .find(|one| one.account.as_str() == "at-a")
        .unwrap();
    let figures = (
        at_a.opening,
        at_a.received.amount,
        at_a.paid.amount,
        at_a.closing,
    );
    assert_eq!(
        figures,
        (
            amount("3000000.00"),
            amount("3500.00"),
            Amount::ZERO,
            amount("3003500.00")
        )
    );
    let differences: Vec<String> = at_a
        .statements
        .iter()
        .map(|line| line.difference.to_string())
        .collect();
    assert_eq!(differences, ["-0.01", "0.00"]);
    assert_eq!(
        q2.recorded_late.len(),
        13,
        "ten disbursements and three interests of the first quarter"
    );
}

/// Disbursed by May 2022: bank-a 25,000,000.00 (IP 21,000,000.00), bank-b 37,600,000.01 (IP
/// 34,600,000.01), bank-c 28,534,567.89; six loans to six enterprises each.
#[test]
fn lending_and_ratios_are_the_banks() {
    let memory = two_years();
    let q2 = on(&memory, "2022Q2");
    let figures: Vec<_> = q2
        .lending
        .iter()
        .map(|bank| {
            let of = &bank.period;
            (
                bank.bank.as_str(),
                of.loans,
                of.enterprises,
                of.amount,
                of.ip_amount,
                of.entries.len(),
            )
        })
        .collect();
    assert_eq!(
        figures,
        [
            (
                "bank-a",
                6,
                6,
                amount("25000000.00"),
                amount("21000000.00"),
                6
            ),
            (
                "bank-b",
                6,
                6,
                amount("37600000.01"),
                amount("34600000.01"),
                6
            ),
            (
                "bank-c",
                6,
                6,
                amount("28534567.89"),
                amount("28534567.89"),
                6
            ),
        ]
    );
    let q1 = on(&memory, "2022Q1");
    assert!(
        q1.lending
            .iter()
            .all(|bank| bank.cumulative.loans == 0 && bank.outstanding.count == 0)
    );
    // A1, due 2022-06-30, is not overdue on that day, and 92 days on 2022-09-30.
    assert_eq!(q2.lending[0].overdue.long, Stock::default());
    let q3 = on(&memory, "2022Q3");
    assert_eq!(q3.lending[0].overdue.long, stock(1, "2000000.00"));
    assert_eq!(q3.lending[0].overdue.short, Stock::default());
    assert_eq!(q3.lending[0].period.loans, 0);
    assert_eq!(q3.lending[0].cumulative.amount, amount("25000000.00"));
    let ratio = |report: &Report, bank: &str| {
        let one = report
            .ratios
            .iter()
            .find(|one| one.bank.as_str() == bank)
            .unwrap();
        let told: Vec<&str> = one.notices.iter().map(|notice| notice.kind).collect();
        (
            one.percent.clone().unwrap(),
            one.reaches_warning,
            one.reaches_suspension,
            told,
        )
    };
    // 600,000.00 of 21,000,000.00; then 1,050,000.00 of it, exactly 5%.
    assert_eq!(ratio(&q3, "bank-a"), ("2.85".into(), false, false, vec![]));
    let q1 = on(&memory, "2023Q1");
    assert_eq!(
        ratio(&q1, "bank-a"),
        (
            "5.00".into(),
            true,
            true,
            vec!["warn_notice", "suspend_notice"]
        )
    );
    assert_eq!(ratio(&q1, "bank-b"), ("2.60".into(), false, false, vec![]));
}

#[test]
fn claims_and_recoveries_are_those_of_the_period() {
    let memory = two_years();
    let q3 = on(&memory, "2022Q3");
    for step in [
        &q3.claims.submitted,
        &q3.claims.verified,
        &q3.claims.approved,
        &q3.claims.paid,
    ] {
        assert_eq!(said(step), tally(1, "600000.00"));
        assert_eq!(step.entries.len(), 1);
    }
    assert_eq!(said(&q3.recoveries.collected), tally(1, "500000.00"));
    let recovered = |report: &Report| {
        let of = &report.recoveries;
        [
            of.owed_opening,
            of.due.amount,
            of.returned.amount,
            of.owed_closing,
        ]
    };
    assert_eq!(
        recovered(&q3),
        ["0.00", "150000.00", "0.00", "150000.00"].map(amount)
    );
    // B1 in two parts, K-C1 on the 30th of December; one payment taken back and made again.
    let q4 = on(&memory, "2022Q4");
    assert_eq!(said(&q4.claims.submitted), tally(3, "1270370.37"));
    assert_eq!(said(&q4.claims.verified), tally(2, "900000.00"));
    assert_eq!(said(&q4.claims.approved), tally(2, "900000.00"));
    assert_eq!(said(&q4.claims.paid), tally(2, "900000.00"));
    assert_eq!(q4.claims.paid.entries.len(), 4);
    assert_eq!(q4.claims.undecided.days_30, stock(1, "370370.37"));
    assert_eq!(q4.claims.approved_unpaid, Stock::default());
    assert_eq!(
        recovered(&q4),
        ["150000.00", "0.00", "150000.00", "0.00"].map(amount)
    );
    let codes: Vec<(&str, u64)> = q4
        .exceptions
        .iter()
        .filter(|one| one.count > 0)
        .map(|one| (one.code.as_str(), one.count))
        .collect();
    assert_eq!(codes, [("LATE_RETURN", 1), ("SHORT_RETURN_ARREARS", 1)]);
    // A2 is approved on 2023-03-14 and paid the next day, both recorded in April or later.
    let year = on(&memory, "2023");
    assert_eq!(said(&year.claims.paid), tally(4, "2620370.37"));
    assert_eq!(said(&year.recoveries.collected), tally(3, "6000000.00"));
    assert_eq!(
        recovered(&year),
        ["0.00", "1500000.00", "1500000.00", "0.00"].map(amount)
    );
    let papers: Vec<(&str, &str)> = year
        .papers
        .iter()
        .map(|paper| (paper.kind, paper.on.as_str()))
        .collect();
    assert_eq!(
        papers,
        [
            ("report_file", "2022Q4"),
            ("report_file", "2022"),
            ("performance_review", "2022H2"),
            ("performance_review", "2022H2"),
            ("audit_engage", "AE-2023"),
            ("audit_report", "AE-2023"),
        ]
    );
    assert_eq!(year.papers[5].result.as_deref(), Some("findings"));
    let fees: Vec<(u16, Amount, Option<Amount>)> = year
        .fees
        .iter()
        .map(|one| (one.year, one.paid, one.ceiling))
        .collect();
    let ceiling = Some(amount("150000.00"));
    assert_eq!(
        fees,
        [
            (2022, amount("150000.00"), ceiling),
            (2023, amount("120000.00"), ceiling)
        ]
    );
    assert_eq!(on(&memory, "2023Q1").recorded_late.len(), 4);
}

fn files() -> Vec<PathBuf> {
    let found = fs::read_dir(SCENARIOS)
        .unwrap()
        .map(|one| one.unwrap().path());
    found
        .filter(|path| path.extension().is_some_and(|extension| extension == "scn"))
        .collect()
}

/// What the entries of a sum post to books of a sort.
fn posted(memory: &Memory, sum: &Sum, sort: &str) -> Amount {
    let of = |index: &u64| {
        let bytes = memory
            .get(Table::Entries, &index.to_be_bytes())
            .unwrap()
            .unwrap();
        let postings = Entry::parse(&bytes).unwrap().effects.postings.into_iter();
        let own = postings.filter(|one| one.book.split(':').next() == Some(sort));
        own.map(|one| one.amount).sum::<Amount>()
    };
    sum.entries.iter().map(of).sum()
}

#[test]
fn in_every_period_of_every_scenario_the_figures_add_up() {
    let mut periods = 0;
    for file in files() {
        let memory = played(&file);
        for span in [Span::Quarter, Span::Year] {
            let mut closing = Amount::ZERO;
            let mut owed = Amount::ZERO;
            let mut until = 0;
            let first = Period::containing(Day::parse("2021-12-01").unwrap(), span);
            let all = std::iter::successors(first, |period| period.next());
            for period in
                all.take_while(|period| period.first_day() < Day::parse("2040-01-01").unwrap())
            {
                let what = format!("{file:?} {period}");
                let report = reported(&memory, period);
                let money = &report.money;
                assert_eq!(
                    (report.opening_size, money.opening),
                    (until, closing),
                    "{what}"
                );
                assert_eq!(money.opening + money.flows.net(), money.closing, "{what}");
                for one in &money.accounts {
                    assert_eq!(
                        one.opening + one.received.amount - one.paid.amount,
                        one.closing,
                        "{what}"
                    );
                }
                let flows = &money.flows;
                for (sum, sort, out) in [
                    (&flows.contributions, "contribution", false),
                    (&flows.interest, "interest", false),
                    (&flows.returns, "returns", false),
                    (&flows.clawbacks, "clawbacks", false),
                    (&flows.suspense, "suspense", false),
                    (&flows.compensation, "compensation", true),
                    (&flows.fees, "fees", true),
                    (&flows.distributions, "distribution", true),
                ] {
                    let posted = posted(&memory, sum, sort);
                    assert_eq!(
                        sum.amount,
                        if out { posted } else { -posted },
                        "{what} {sort}"
                    );
                    assert!(
                        sum.entries
                            .iter()
                            .all(|entry| (until..report.closing_size).contains(entry))
                    );
                }
                assert_eq!(
                    report.claims.paid.amount, flows.compensation.amount,
                    "{what}"
                );
                let of = &report.recoveries;
                assert_eq!(of.owed_opening, owed, "{what}");
                assert_eq!(of.returned.amount, flows.returns.amount, "{what}");
                (closing, until, owed) = (money.closing, report.closing_size, of.owed_closing);
                periods += 1;
            }
            assert_eq!(until, size(&memory), "{file:?}");
        }
    }
    assert!(periods > 1000, "{periods}");
}
