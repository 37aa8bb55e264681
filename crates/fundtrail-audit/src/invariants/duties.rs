//! I8, I9 and I10: notices due, recoveries owed, and statements that differ. What is open
//! here is somebody's duty, not a fault of the ledger.

use fundtrail_model::Fault;
use fundtrail_regulation::alerts::{RECONCILE_DIFF, SUSPEND_NOTICE_DUE, WARN_NOTICE_DUE};
use fundtrail_regulation::brake;
use fundtrail_regulation::state::{AlertRecord, Party, Recovery};

use super::Grounds;

/// I8: banks that have reached a threshold and were not told (Art. 13).
pub(super) fn notices(grounds: &Grounds<'_>) -> Result<Vec<String>, Fault> {
    let Some(last) = grounds.last else {
        return Ok(Vec::new());
    };
    let Some(version) = grounds.view.policy_on(last.business)? else {
        return Ok(Vec::new());
    };
    let thresholds = version.policy.brake.clone();
    let mut open = Vec::new();
    for bank in grounds.view.list::<Party>(b"")? {
        let ratio = brake::ratio(&version.policy, &bank);
        let (bp, notice, told) = if ratio.reaches(thresholds.suspend_bp) {
            (
                thresholds.suspend_bp,
                SUSPEND_NOTICE_DUE,
                bank.suspension().is_some(),
            )
        } else if ratio.reaches(thresholds.warn_bp) {
            let told = bank.warning().is_some() || bank.suspension().is_some();
            (thresholds.warn_bp, WARN_NOTICE_DUE, told)
        } else {
            continue;
        };
        if !told {
            open.push(format!(
                "party {}: {} ({})",
                bank.party,
                notice.code,
                ratio.figures(bp)
            ));
        }
    }
    Ok(open)
}

/// I9: recoveries not yet returned, and since when they are late (Art. 16).
pub(super) fn recoveries(grounds: &Grounds<'_>) -> Result<Vec<String>, Fault> {
    let mut open = Vec::new();
    for recovery in grounds.view.list::<Recovery>(b"")? {
        let owed = recovery.owed();
        if owed.is_zero() {
            continue;
        }
        let deadline = recovery.deadline;
        let late = grounds
            .last
            .map_or(0, |last| last.recorded.days_since(deadline));
        let late = if late > 0 {
            format!(", {late} days late")
        } else {
            String::new()
        };
        open.push(format!(
            "recovery {}: {owed} owed by {deadline}{late}",
            recovery.recovery
        ));
    }
    Ok(open)
}

/// I10: bank statements that differ from the ledger and were not answered.
pub(super) fn statements(grounds: &Grounds<'_>) -> Result<Vec<String>, Fault> {
    let alerts: Vec<AlertRecord> = grounds.view.list(b"n")?;
    let standing = alerts.iter().filter(|one| one.closed_by.is_none());
    let differences = standing.filter(|one| one.alert.code == RECONCILE_DIFF.code);
    Ok(differences
        .map(|one| {
            format!(
                "{}, entry {}: {}",
                one.alert.object, one.entry, one.alert.figures
            )
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use fundtrail_model::{Alert, Amount, Figures, Moment};
    use fundtrail_regulation::state::Notice;

    use super::super::LastDays;
    use super::super::tests::{Scene, day, fen, id};
    use super::*;

    fn scene() -> Scene {
        let mut scene = Scene::default();
        scene.adopt();
        scene.last = Some(LastDays {
            recorded: day("2023-02-03"),
            business: day("2023-02-01"),
        });
        scene
    }

    fn bank(compensated: i128) -> Party {
        let mut bank = Party::new(id("BANK-A"));
        bank.disbursed_ip = fen(2_000_000_000);
        bank.compensated = fen(compensated);
        bank
    }

    fn notice() -> Notice {
        let issued_at = Moment::parse("2023-01-01T10:00:00+08:00").unwrap();
        Notice {
            issued_at,
            lifted_at: None,
        }
    }

    #[test]
    fn thresholds_are_inclusive_and_notices_answer_them() {
        let found = |bank: &Party| {
            let mut scene = scene();
            scene.put(bank);
            scene.run(notices)
        };
        assert_eq!(found(&bank(59_999_999)), [""; 0]);
        assert!(
            found(&bank(60_000_000))[0]
                .starts_with("party BANK-A: WARN_NOTICE_DUE (compensated: 600000.00")
        );
        assert!(found(&bank(100_000_000))[0].starts_with("party BANK-A: SUSPEND_NOTICE_DUE"));
        let mut warned = bank(60_000_000);
        warned.warnings.push(notice());
        assert_eq!(found(&warned), [""; 0]);
        warned.compensated = fen(100_000_000);
        assert_eq!(found(&warned).len(), 1);
        warned.suspensions.push(notice());
        assert_eq!(found(&warned), [""; 0]);
    }

    #[test]
    fn what_is_owed_is_listed_with_its_delay() {
        let recovery = |deadline: &str, returned: i128| Recovery {
            recovery: id("R1"),
            loan: id("L1"),
            collector: id("BANK-A"),
            received_on: day("2023-01-03"),
            amount: fen(1000),
            counted: fen(1000),
            due: fen(300),
            deadline: day(deadline),
            returned: fen(returned),
            previous: None,
        };
        let mut scene = scene();
        scene.put(&recovery("2023-02-01", 300));
        assert_eq!(scene.run(recoveries), [""; 0]);
        scene.put(&recovery("2023-02-01", 299));
        assert_eq!(
            scene.run(recoveries),
            ["recovery R1: 0.01 owed by 2023-02-01, 2 days late"]
        );
        scene.put(&recovery("2023-02-03", 299));
        assert_eq!(
            scene.run(recoveries),
            ["recovery R1: 0.01 owed by 2023-02-03"]
        );
    }

    #[test]
    fn only_standing_differences_are_listed() {
        let alert = |number, code: &str, closed_by| AlertRecord {
            number,
            entry: 7,
            alert: Alert {
                code: code.into(),
                article: 8,
                object: "account:main".into(),
                owed_by: "manager".into(),
                due: None,
                figures: Figures::none().with("difference", Amount::from_fen(5)),
            },
            closed_by,
        };
        let mut scene = scene();
        scene.put(&alert(1, "RECONCILE_DIFF", Some(8)));
        scene.put(&alert(2, "LATE_RETURN", None));
        assert_eq!(scene.run(statements), [""; 0]);
        scene.put(&alert(3, "RECONCILE_DIFF", None));
        assert_eq!(
            scene.run(statements),
            ["account:main, entry 7: difference: 0.05"]
        );
    }
}
