//! Reports, reviews and bank statements. Art. 8, 19, 20; A38, A39.

use super::Found;
use crate::calendar::working_day_after;
use crate::day::Day;
use crate::money::yuan;
use crate::step::{Act, Period, Step};
use crate::world::{Effects, World};

pub(super) fn judge(_: &World, step: &Step, found: &mut Found) {
    match &step.act {
        Act::ReportFile {
            quarterly, period, ..
        } => {
            let fits = if *quarterly {
                matches!(period, Period::Quarter(..))
            } else {
                matches!(period, Period::Year(_))
            };
            found.when(!fits, "PERIOD_KIND");
        }
        Act::PerformanceReview { period, .. } => {
            found.when(!matches!(period, Period::Half(..)), "PERIOD_KIND")
        }
        Act::BankStatement { on, .. } => found.when(*on > step.date, "DATE_ORDER"),
        _ => {}
    }
}

pub(super) fn apply(world: &mut World, step: &Step, effects: &mut Effects) {
    let (quarter, year, half) = world.policy.report_days;
    match &step.act {
        Act::ReportFile {
            reporter,
            quarterly,
            period,
        } => {
            let last = period.last_day();
            let due = if *quarterly {
                working_day_after(last, quarter)
            } else {
                Some(last.plus(year))
            };
            overdue(reporter, *period, due, step.date, effects);
        }
        Act::PerformanceReview { subject, period } => {
            overdue(
                subject,
                *period,
                Some(period.last_day().plus(half)),
                step.date,
                effects,
            );
        }
        Act::BankStatement {
            account,
            on,
            closing,
        } => {
            let own = world
                .movements
                .iter()
                .filter(|(of, day, _)| of == account && day <= on);
            let ledger: i64 = own.map(|(.., amount)| amount).sum();
            if ledger != *closing {
                let figures = vec![
                    ("on", on.to_string()),
                    ("ledger", yuan(ledger)),
                    ("statement", yuan(*closing)),
                    ("difference", yuan(ledger - closing)),
                ];
                effects.alert(
                    "RECONCILE_DIFF",
                    format!("account:{account}/{on}"),
                    None,
                    figures,
                );
            }
        }
        _ => {}
    }
}

fn overdue(party: &str, period: Period, due: Option<Day>, date: Day, effects: &mut Effects) {
    let Some(due) = due.filter(|due| date > *due) else {
        return;
    };
    let late = date.0 - due.0;
    let figures = vec![
        ("period", period.to_string()),
        ("due", due.to_string()),
        ("days_late", late.to_string()),
    ];
    effects.alert(
        "REPORT_OVERDUE",
        format!("party:{party}"),
        Some(due),
        figures,
    );
}
