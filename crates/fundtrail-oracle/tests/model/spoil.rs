//! One thing off: a day, a signature, a name.

use fundtrail_oracle::day::Day;
use fundtrail_oracle::step::{Act, Step};

use crate::player::{Player, SEATS};

pub(crate) fn spoil(player: &mut Player, step: &mut Step) {
    let names = [
        "bank-a/maker",
        "bank-b/maker",
        "bank-b/checker",
        "manager/maker",
        "manager/checker",
        "OFF",
        "FIN",
        "MSB",
        "insurer/maker",
        "lg-MSB",
    ];
    let at = player
        .dice
        .between(0, i64::try_from(step.signers.len()).unwrap_or(1) - 1);
    let at = usize::try_from(at).unwrap_or(0);
    match player.dice.between(0, 11) {
        0 if step.signers.len() > 1 => {
            step.signers.remove(at);
        }
        1 => {
            let name = (*player.dice.pick(&names)).to_owned();
            if !step.signers.contains(&name) {
                step.signers.push(name);
            }
        }
        2 => {
            let name = (*player.dice.pick(&names)).to_owned();
            if !step.signers.contains(&name) {
                step.signers[at] = name;
            }
        }
        3 => step.signers.push("stranger".into()),
        4 => step.date = Day::of(step.recorded).plus(player.dice.between(1, 3)),
        5 => step.date = step.date.plus(-player.dice.between(1, 60)),
        6 => step.signers.retain(|name| name != SEATS[0]),
        7 => step.signers.rotate_left(1),
        _ => {
            rename(player, &mut step.act);
            // Half of the time those sign who would have to for the new name.
            if player.dice.percent(50) {
                step.signers = player.signers(&step.act);
            }
        }
    }
    if step.signers.is_empty() {
        step.signers.push("stranger".into());
    }
}

/// Names what is not there, or somebody else.
fn rename(player: &mut Player, act: &mut Act) {
    let other = if player.dice.percent(50) {
        "bank-b"
    } else {
        "insurer"
    };
    match act {
        Act::AccountOpen { account: id, .. }
        | Act::Contribution { account: id, .. }
        | Act::InterestCredit { account: id, .. }
        | Act::FeePay { account: id, .. } => {
            *id = "elsewhere".into();
        }
        Act::Transfer { from, to, .. } => to.clone_from(from),
        Act::LoanEnrol(contract) => contract.bank = other.replace("insurer", "bank-a"),
        Act::LoanDisburse { loan: id, .. }
        | Act::LoanRepay { loan: id, .. }
        | Act::LoanAmend { loan: id, .. }
        | Act::RiskNotice { loan: id, .. } => *id = "nowhere".into(),
        Act::ClaimSubmit(claimed) => claimed.claimant = other.into(),
        Act::ClaimVerify { claim: id, .. }
        | Act::ClaimApprove { claim: id, .. }
        | Act::ClaimReject { claim: id } => *id = "nowhere".into(),
        Act::SuspenseRefund { amount, .. } if other == "bank-b" => *amount += 1,
        Act::CompensationPay { payee: id, .. } | Act::SuspenseRefund { payee: id, .. } => {
            *id = other.into()
        }
        Act::RecoveryReport(collected) => collected.collector = other.into(),
        Act::RecoveryReturn { payer: id, .. } | Act::ClawbackReturn { payer: id, .. } => {
            *id = other.into()
        }
        Act::Notice { bank, .. } | Act::Lift { bank, .. } => *bank = other.into(),
        Act::Reversal { of } => *of = "nothing".into(),

        Act::BankStatement { on, .. } => *on = on.plus(30),
        Act::Distribute { lines } => {
            if let Some((_, _, amount)) = lines.first_mut() {
                *amount += 1;
            }
        }
        _ => {}
    }
}
