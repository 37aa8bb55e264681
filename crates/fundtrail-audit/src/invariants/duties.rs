//! I8, I9 and I10: notices due, recoveries owed, and statements that differ. What is open
//! here is somebody's duty, not a fault of the ledger.

use fundtrail_model::Fault;
use fundtrail_regulation::alerts::RECONCILE_DIFF;
use fundtrail_regulation::obligations;

use super::Grounds;

/// I8: banks that have reached a threshold and were not told (Art. 13).
pub(super) fn notices(grounds: &Grounds<'_>) -> Result<Vec<String>, Fault> {
    let Some(last) = grounds.last else {
        return Ok(Vec::new());
    };
    let owed = obligations::notices(grounds.view, last.business)?;
    Ok(owed
        .iter()
        .map(|one| {
            let code = one.code.as_deref().unwrap_or_default();
            format!("{}: {code} ({})", named(&one.object), one.figures)
        })
        .collect())
}

/// I9: recoveries not yet returned, and since when they are late (Art. 16).
pub(super) fn recoveries(grounds: &Grounds<'_>) -> Result<Vec<String>, Fault> {
    let Some(last) = grounds.last else {
        return Ok(Vec::new());
    };
    let mut open = Vec::new();
    for one in obligations::returns(grounds.view, last.recorded)? {
        let (Some(owed), Some(deadline)) = (one.amount, one.due) else {
            continue;
        };
        let late = match one.days_late {
            Some(days @ 1..) => format!(", {days} days late"),
            _ => String::new(),
        };
        let object = named(&one.object);
        open.push(format!("{object}: {owed} owed by {deadline}{late}"));
    }
    Ok(open)
}

/// I10: bank statements that differ from the ledger and were not answered.
pub(super) fn statements(grounds: &Grounds<'_>) -> Result<Vec<String>, Fault> {
    let Some(last) = grounds.last else {
        return Ok(Vec::new());
    };
    let standing = obligations::alerts(grounds.view, last.business)?;
    let differences = standing
        .iter()
        .filter(|one| one.code.as_deref() == Some(RECONCILE_DIFF.code));
    Ok(differences
        .map(|one| {
            let entry = one.entry.unwrap_or_default();
            format!("{}, entry {entry}: {}", one.object, one.figures)
        })
        .collect())
}

/// `party BANK-A` for `party:BANK-A`.
fn named(object: &str) -> String {
    object.replacen(':', " ", 1)
}

#[cfg(test)]
mod tests {
    use fundtrail_model::{Alert, Amount, Figures, Moment};
    use fundtrail_regulation::state::{AlertRecord, Notice, Party, Recovery};

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
