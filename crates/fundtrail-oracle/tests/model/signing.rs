//! Whoever has to sign, as an honest clerk would say.

use fundtrail_oracle::step::{Act, Sort};

use crate::player::{Player, SEATS};

impl Player {
    /// Whoever has to sign, as an honest clerk would say.
    pub(crate) fn signers(&mut self, act: &Act) -> Vec<String> {
        let bank_of = |loan: &str| {
            self.world
                .loans
                .get(loan)
                .map_or("bank-a".to_owned(), |loan| loan.contract.bank.clone())
        };
        let maker = |party: &str| format!("{party}/maker");
        let at = |account: &str| {
            self.world
                .accounts
                .get(account)
                .map_or("bank-a/maker".to_owned(), |own| maker(&own.bank))
        };
        let with = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<String>>()
        };
        let two_persons = self.world.policy.two_persons;
        let pair = |first: &str, second: &str| match two_persons {
            true => with(&[first, second]),
            false => with(&[first]),
        };
        let mut dice = self.dice.clone();
        let mut quorum = with(&SEATS[..5]);
        if dice.percent(20) {
            quorum = with(&[SEATS[7], SEATS[3], SEATS[0], SEATS[5], SEATS[6], SEATS[1]]);
        }
        let signers = match act {
            Act::AccountOpen { .. }
            | Act::FundActivate
            | Act::Transfer { .. }
            | Act::SuspenseRefund { .. } => with(&["manager/maker", "OFF"]),
            Act::Contribution { initial, .. } => {
                let mut names = with(&["FIN", "manager/checker"]);
                if !initial {
                    names.extend(quorum);
                }
                names
            }
            Act::InterestCredit { account, .. } => vec![at(account), "manager/maker".into()],
            Act::BankStatement { account, .. } => vec![at(account)],
            Act::BorrowerRegister { .. } => with(&["bank-b/maker", "manager/maker"]),
            Act::LoanEnrol(contract) => {
                let mut names = vec![maker(&contract.bank), "manager/maker".into()];
                if dice.percent(3) {
                    names.extend(quorum);
                }
                names
            }
            Act::LoanDisburse { loan, .. }
            | Act::LoanRepay { loan, .. }
            | Act::LoanAmend { loan, .. } => vec![maker(&bank_of(loan))],
            Act::RiskNotice { partner, .. } => vec![maker(partner)],
            Act::ClaimSubmit(claimed) => {
                let (first, second) = (
                    maker(&claimed.claimant),
                    format!("{}/checker", claimed.claimant),
                );
                let mut names = pair(&first, &second);
                let bank = bank_of(&claimed.loan);
                if bank != claimed.claimant {
                    names.push(maker(&bank));
                }
                names
            }
            Act::ClaimVerify { .. } => pair("manager/maker", "manager/checker"),
            Act::ClaimApprove { .. }
            | Act::ClaimReject { .. }
            | Act::FraudFinding { .. }
            | Act::ClawbackOrder { .. }
            | Act::PartnerRevoke { .. } => quorum,
            Act::CompensationPay {
                claim,
                loss,
                partial,
                ..
            } => {
                let mut names = pair("manager/maker2", "manager/checker2");
                if *partial {
                    names.extend(quorum);
                }
                if let Some(own) = self.world.claims.get(claim)
                    && *loss < own.loss
                    && let Some(loan) = self.world.loans.get(&own.loan)
                    && loan.contract.bank_ledger
                {
                    names.push(maker(&own.claimant));
                }
                names
            }
            Act::RecoveryReport(collected) => vec![maker(&collected.collector)],
            Act::RecoveryReturn { payer, .. } | Act::ClawbackReturn { payer, .. } => {
                vec![maker(payer), "manager/maker".into()]
            }
            Act::Notice { sort, .. } => {
                let mut names = with(&["manager/maker"]);
                if dice.percent(if *sort == Sort::Warning { 30 } else { 12 }) {
                    names.push("OFF".into());
                }
                names
            }
            Act::Lift { .. } => [with(&["manager/maker"]), quorum].concat(),
            Act::FeePay { .. } => with(&["OFF", "manager/maker"]),
            Act::Blacklist { .. } | Act::BlacklistLift { .. } => with(&["OFF"]),
            Act::MisuseFinding { .. } => with(&["manager/checker"]),
            Act::ReportFile { reporter, .. } => vec![maker(reporter)],
            Act::PerformanceReview { subject, .. } => with(&[if subject == "manager" {
                "OFF"
            } else {
                "manager/maker"
            }]),
            Act::Terminate => [with(&["FIN"]), quorum].concat(),
            Act::Distribute { .. } => with(&["FIN", "manager/maker", "OFF"]),
            Act::Reversal { of } => {
                let past = self.world.past.get(of).cloned();
                let Some(past) = past else {
                    return with(&["OFF"]);
                };
                let mut names = past.step.signers.clone();
                if !names.contains(&"OFF".to_owned()) {
                    names.push("OFF".into());
                }
                names
            }
        };
        self.dice = dice;
        signers
    }
}
