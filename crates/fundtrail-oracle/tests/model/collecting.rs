//! After compensation: money collected and returned, notices, clawbacks.

use fundtrail_oracle::money::Fen;
use fundtrail_oracle::step::{Act, Collected, Sort};

use crate::player::Player;

impl Player {
    pub(crate) fn collect(&mut self) -> Option<Act> {
        let often = self.dice.percent(92);
        let loan = self.loan(|world, id| !often || !world.loans[id].payments.is_empty())?;
        let own = &self.world.loans[&loan];
        let mut collectors = vec![own.contract.bank.clone()];
        collectors.extend(
            own.claims
                .iter()
                .map(|id| self.world.claims[id].claimant.clone()),
        );
        let whole = own.contract.total;
        let amount = if self.dice.percent(20) {
            whole
        } else {
            self.dice.between(1, whole)
        };
        let from_pledge = if self.dice.percent(40) {
            self.dice.between(0, amount)
        } else {
            0
        };
        let interest = if self.dice.percent(30) {
            self.dice.between(0, amount - from_pledge)
        } else {
            0
        };
        let costs = if self.dice.percent(30) {
            self.dice.between(0, amount)
        } else {
            0
        };
        let collected = Collected {
            recovery: self.id("R"),
            loan,
            collector: self.dice.pick(&collectors).clone(),
            received_on: self.today.plus(-self.dice.between(0, 6)),
            amount,
            from_pledge,
            interest,
            costs,
        };
        Some(Act::RecoveryReport(Box::new(collected)))
    }

    pub(crate) fn give_back(&mut self) -> Option<Act> {
        if self.dice.percent(25) {
            let held: Vec<(String, Fen)> = self
                .world
                .books
                .iter()
                .filter(|(_, held)| **held < 0)
                .filter_map(|(book, held)| {
                    Some((book.strip_prefix("suspense:")?.to_owned(), -held))
                })
                .collect();
            if !held.is_empty() {
                let (payee, held) = self.dice.pick(&held).clone();
                let amount = if self.dice.percent(60) {
                    held
                } else {
                    self.dice.between(1, held + 1)
                };
                return Some(Act::SuspenseRefund {
                    payee,
                    account: self.account_with(amount)?,
                    amount,
                });
            }
        }
        let open: Vec<String> = self
            .world
            .recoveries
            .iter()
            .filter(|(_, one)| one.due > one.returned)
            .map(|(id, _)| id.clone())
            .collect();
        let all: Vec<String> = self.world.recoveries.keys().cloned().collect();
        let from = if open.is_empty() || self.dice.percent(6) {
            all
        } else {
            open
        };
        if from.is_empty() {
            return None;
        }
        let recovery = self.dice.pick(&from).clone();
        let own = &self.world.recoveries[&recovery];
        let (loan, payer, owed) = (
            own.loan.clone(),
            own.collector.clone(),
            own.due - own.returned,
        );
        let (mut amount, mut suspense) = (owed, 0);
        match self.dice.between(0, 9) {
            0 => amount = (owed - 1).max(0),
            1 => amount = owed + 1,
            2 => suspense = self.dice.between(1, 500),
            3 if owed > 0 => amount = self.dice.between(0, owed),
            _ => {}
        }
        Some(Act::RecoveryReturn {
            recovery,
            loan,
            payer,
            account: self.account()?,
            amount,
            suspense,
        })
    }

    pub(crate) fn notice(&mut self) -> Option<Act> {
        let bank = (*self.dice.pick(&["bank-a", "bank-b"])).to_owned();
        let sort = *self.dice.pick(&[Sort::Warning, Sort::Suspension]);
        let moment = self.clock;
        if self.world.standing_notice(&bank, sort).is_some() && self.dice.percent(60) {
            return Some(Act::Lift {
                sort,
                bank,
                lifted_at: moment,
            });
        }
        Some(Act::Notice {
            sort,
            bank,
            issued_at: moment,
        })
    }

    pub(crate) fn claw(&mut self) -> Option<Act> {
        let open: Vec<String> = self.world.orders.keys().cloned().collect();
        if !open.is_empty() && self.dice.percent(55) {
            let order = self.dice.pick(&open).clone();
            let own = &self.world.orders[&order];
            let left = own.amount - own.returned;
            let payer = own.debtor.clone();
            let amount = if self.dice.percent(50) {
                left
            } else {
                self.dice.between(0, left + 1)
            };
            return Some(Act::ClawbackReturn {
                order,
                payer,
                account: self.account()?,
                amount,
            });
        }
        let loan = self.loan(|world, id| !world.loans[id].payments.is_empty())?;
        let own = &self.world.loans[&loan];
        let room = (own.compensated() - self.world.due_before(own) - own.clawed).max(0);
        let debtor = own.contract.bank.clone();
        let amount = if self.dice.percent(50) {
            room
        } else {
            self.dice.between(0, room + 1)
        };
        Some(Act::ClawbackOrder {
            order: self.id("O"),
            loan,
            debtor,
            amount,
        })
    }
}
