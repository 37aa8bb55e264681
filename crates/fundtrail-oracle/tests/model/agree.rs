//! Oracle and product side by side, a step at a time.

use std::collections::{BTreeMap, BTreeSet};

use fundtrail_kernel::Verdict;
use fundtrail_oracle::day::Second;
use fundtrail_oracle::invariants::{self, kind};
use fundtrail_oracle::money::yuan;
use fundtrail_oracle::step::Step;
use fundtrail_oracle::world::{Said, World};

use crate::compare;
use crate::ledger::Ledger;
use crate::player::Player;
use crate::setting::Setting;
use crate::wire;

/// What was counted over many steps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) steps: u64,
    pub(crate) recorded: BTreeMap<&'static str, u64>,
    pub(crate) refused: BTreeMap<&'static str, u64>,
    pub(crate) alerts: BTreeMap<&'static str, u64>,
}

/// A ledger played to its end.
pub(crate) struct Played {
    pub(crate) ledger: Ledger,
    pub(crate) tally: Tally,
    /// What was submitted, when, in order.
    pub(crate) sent: Vec<(Second, Vec<u8>)>,
}

/// Plays one ledger; the first disagreement ends it, in words.
pub(crate) fn play(setting: &Setting, seed: u64, steps: usize) -> Result<Played, String> {
    let mut ledger = setting.ledger.clone();
    let mut player = Player::new(seed, setting.policy.clone());
    let desk = ledger.desk();
    let mut tally = Tally::default();
    let mut sent: Vec<(Second, Vec<u8>)> = Vec::new();
    let mut history: Vec<(Step, Said)> = Vec::new();
    for number in 0..steps {
        let disagree = |history: &[(Step, Said)], step: &Step, what: &str, world: &World| {
            report(setting, seed, number, history, step, what, world)
        };
        let step = player.next();
        let submission = wire::submission(&ledger.site, &step);
        let bytes = submission.to_json().into_bytes();
        let verdict = match ledger.admit(&desk, &bytes) {
            Ok(admitted) => ledger.take(step.recorded, vec![admitted]).remove(0),
            Err(malformed) => {
                return Err(disagree(
                    &history,
                    &step,
                    &format!("malformed: {malformed}"),
                    &player.world,
                ));
            }
        };
        let said = player.world.take(&step);
        tally.count(&step, &said);
        sent.push((step.recorded, bytes));
        if let Some(what) = differs(&ledger, &player.world, &step, &said, &verdict) {
            return Err(disagree(&history, &step, &what, &player.world));
        }
        history.push((step, said));
        if (number % 64 == 63 || number + 1 == steps)
            && let Some(what) = compare::whole(&ledger, &player.world)
        {
            let (step, _) = history.pop().ok_or("no step")?;
            return Err(disagree(&history, &step, &what, &player.world));
        }
    }
    Ok(Played {
        ledger,
        tally,
        sent,
    })
}

fn differs(
    ledger: &Ledger,
    world: &World,
    step: &Step,
    said: &Said,
    verdict: &Verdict,
) -> Option<String> {
    match (said, verdict) {
        (Said::Refused(codes), Verdict::Refused(refusals)) => {
            let found: BTreeSet<&str> = refusals.iter().map(|one| one.code).collect();
            (found != *codes).then(|| {
                format!(
                    "oracle refuses {codes:?}\n  product refuses {found:?} {:?}",
                    refusals
                        .iter()
                        .map(|one| format!("{:?}", one.figures))
                        .collect::<Vec<_>>()
                )
            })
        }
        (Said::Recorded(own), Verdict::Recorded { effects, .. }) => {
            if let Some(what) = compare::effects(ledger, world, own, effects) {
                return Some(what);
            }
            if let Some(what) = compare::touched(ledger, world, effects) {
                return Some(what);
            }
            let broken = invariants::broken(world);
            (!broken.is_empty()).then(|| broken.join("; "))
        }
        (Said::Refused(codes), Verdict::Recorded { .. }) => Some(format!(
            "oracle refuses {codes:?}\n  product records {}",
            kind(&step.act)
        )),
        (Said::Recorded(_), Verdict::Refused(refusals)) => {
            let found: Vec<String> = refusals
                .iter()
                .map(|one| format!("{} {:?}", one.code, one.figures))
                .collect();
            Some(format!(
                "oracle records {}\n  product refuses {found:?}",
                kind(&step.act)
            ))
        }
        (_, other) => Some(format!("product says {other:?}")),
    }
}

/// Everything needed to see a disagreement: seed, step, both sides, and what came before
/// that names the same things.
fn report(
    setting: &Setting,
    seed: u64,
    number: usize,
    history: &[(Step, Said)],
    step: &Step,
    what: &str,
    world: &World,
) -> String {
    let names = compare::names(&step.act);
    let related = history.iter().filter(|(past, _)| {
        names.contains(&past.id)
            || names
                .iter()
                .any(|name| format!("{:?}", past.act).contains(&format!("\"{name}\"")))
    });
    let mut text = format!("policy {:?}, seed {seed}, step {number}:\n", setting.name);
    let mut lines: Vec<String> = related.map(|(past, said)| line(past, said)).collect();
    let skip = lines.len().saturating_sub(25);
    text += &lines.split_off(skip).concat();
    for name in &names {
        if let Some(past) = world.past.get(name) {
            let more = compare::names(&past.step.act);
            text += &format!("    {past:?}\n");
            for name in &more {
                text += &format!(
                    "    {:?} {:?} {:?}\n",
                    world.loans.get(name),
                    world.claims.get(name),
                    world.recoveries.get(name)
                );
            }
        }
        if let Some(loan) = world.loans.get(name) {
            text += &format!("    {loan:?}\n");
            for claim in &loan.claims {
                text += &format!("    {claim} {:?}\n", world.claims[claim]);
            }
        }
    }
    text + &format!(
        "  > {} {} {:?} {:?}\n  {what}\n",
        step.date, step.id, step.signers, step.act
    )
}

fn line(step: &Step, said: &Said) -> String {
    let said = match said {
        Said::Recorded(effects) => format!("recorded {effects}"),
        Said::Refused(codes) => format!("{codes:?}"),
    };
    format!("    {} {} {:?} => {said}\n", step.date, step.id, step.act)
}

impl Tally {
    fn count(&mut self, step: &Step, said: &Said) {
        self.steps += 1;
        match said {
            Said::Recorded(effects) => {
                *self.recorded.entry(kind(&step.act)).or_default() += 1;
                for alert in &effects.alerts {
                    *self.alerts.entry(alert.code).or_default() += 1;
                }
            }
            Said::Refused(codes) => {
                for code in codes {
                    *self.refused.entry(code).or_default() += 1;
                }
            }
        }
    }

    pub(crate) fn add(&mut self, other: &Tally) {
        self.steps += other.steps;
        for (mine, theirs) in [
            (&mut self.recorded, &other.recorded),
            (&mut self.refused, &other.refused),
            (&mut self.alerts, &other.alerts),
        ] {
            for (name, count) in theirs {
                *mine.entry(name).or_default() += count;
            }
        }
    }
}

/// For messages.
pub(crate) fn money(fen: i64) -> String {
    yuan(fen)
}
