//! What banks do: enterprises, loans, money paid out and back.

use fundtrail_oracle::day::{Day, When};
use fundtrail_oracle::step::{Act, Change, Contract};

use crate::player::Player;

impl Player {
    pub(crate) fn register_one(&mut self) -> Act {
        let borrower = self.dice.pick(&self.borrowers.clone()).clone();
        let registered_on = match self.dice.between(0, 9) {
            0 => self.today.plus_years(-1).plus(self.dice.between(-30, 5)),
            _ => Day::new(2015, 6, 1).plus(self.dice.between(0, 1000)),
        };
        let division = if self.dice.percent(4) {
            "150100"
        } else {
            *self.dice.pick(&["150203", "150204", "150200"])
        };
        Act::BorrowerRegister {
            borrower,
            registered_on,
            division: division.into(),
            legal_person: !self.dice.percent(3),
        }
    }

    pub(crate) fn register(&mut self) -> Option<Act> {
        Some(self.register_one())
    }

    pub(crate) fn enrol(&mut self) -> Option<Act> {
        let known: Vec<String> = self.world.borrowers.keys().cloned().collect();
        if known.is_empty() {
            return self.register();
        }
        let borrower = self.dice.pick(&known).clone();
        let bank = (*self.dice.pick(&["bank-a", "bank-a", "bank-b"])).to_owned();
        let total = self.sum();
        let ip = match self.dice.between(0, 9) {
            0..=5 => Some(total),
            6 if self.dice.percent(10) => None,
            _ => Some(self.dice.between(1, total)),
        };
        let parts = if total >= 10 {
            self.dice.between(1, 4).min(3)
        } else {
            1
        };
        let mut due = Vec::new();
        let (mut day, mut left) = (self.today.plus(self.dice.between(5, 120)), total);
        if self.dice.percent(3) {
            day = self.today.plus(self.dice.between(-20, 1));
        }
        for part in 1..=parts {
            let amount = if part == parts {
                left
            } else {
                self.dice.between(1, left / 2)
            };
            due.push((day, amount));
            left -= amount;
            day = day.plus(self.dice.between(1, 120));
        }
        let kind = if self.dice.percent(3) {
            "copyright"
        } else {
            *self.dice.pick(&["patent", "trademark"])
        };
        let mut pledges = vec![(kind, !self.dice.percent(4))];
        if self.dice.percent(10) {
            pledges.push(("copyright", true));
        }
        if self.dice.percent(2) {
            pledges.clear();
        }
        let loan = self.id("L");
        let contract = Contract {
            number: if self.dice.percent(3) {
                "N20".to_owned()
            } else {
                format!("N{}", self.number)
            },
            loan,
            bank,
            borrower,
            total,
            ip,
            bank_ledger: self.dice.percent(20),
            principal_first: self.dice.percent(20),
            due,
            purpose: if self.dice.percent(4) {
                ["futures", "yachts"][usize::from(self.dice.percent(50))]
            } else {
                "rnd"
            },
            pledges,
            queried_on: self.today.plus(-self.dice.between(0, 8)),
            adverse_on: self
                .dice
                .percent(12)
                .then(|| self.today.plus_years(-3).plus(self.dice.between(-20, 10))),
        };
        Some(Act::LoanEnrol(Box::new(contract)))
    }

    pub(crate) fn disburse(&mut self) -> Option<Act> {
        let loan =
            self.loan(|world, id| world.loans[id].drawn() < world.loans[id].contract.total)?;
        let own = &self.world.loans[&loan];
        let left = own.contract.total - own.drawn();
        let mut amount = if self.dice.percent(75) {
            left
        } else {
            self.dice.between(1, left)
        };
        if self.dice.percent(4) {
            amount = left + self.dice.between(0, 1);
        }
        let day = if self.dice.percent(8) {
            self.today.plus(-self.dice.between(0, 40))
        } else {
            self.today
        };
        let mut at = if self.dice.percent(50) {
            When::On(day)
        } else {
            When::At(day.start() + self.dice.between(0, 8 * 3600 - 1))
        };
        if self.dice.percent(25) {
            let bank = self.world.loans[&loan].contract.bank.clone();
            if let Some(notice) = self
                .world
                .notices
                .get(&bank)
                .and_then(|notices| notices.last())
            {
                let edge = notice.lifted_at.unwrap_or(notice.issued_at);
                at = When::At(edge + self.dice.between(-1, 1));
            }
        }
        Some(Act::LoanDisburse { loan, amount, at })
    }

    pub(crate) fn repay(&mut self) -> Option<Act> {
        let rarely = self.dice.percent(3);
        let loan = self.loan(|world, id| {
            world.loans[id].outstanding() > 0 && (rarely || world.loans[id].payments.is_empty())
        })?;
        let own = &self.world.loans[&loan];
        let (outstanding, first) = (own.outstanding(), own.contract.principal_first);
        let amount = if self.dice.percent(15) {
            outstanding
        } else {
            self.dice.between(1, outstanding)
        };
        let (mut costs, mut interest) = (0, 0);
        if self.dice.percent(40) {
            costs = self.dice.between(0, amount / 3);
            interest = self.dice.between(0, amount);
        }
        let rest = if first {
            amount
        } else {
            (amount - costs - interest).max(0)
        };
        let mut principal = rest.min(outstanding);
        if self.dice.percent(5) {
            principal = (principal + self.dice.between(-1, 1)).max(0);
        }
        let received_on = self.today.plus(-self.dice.between(0, 2));
        Some(Act::LoanRepay {
            loan,
            received_on,
            amount,
            costs,
            interest,
            principal,
        })
    }

    pub(crate) fn amend(&mut self) -> Option<Act> {
        let loan = self.loan(|_, _| true)?;
        let own = self.world.loans[&loan].clone();
        let signed_on = self.today.plus(-self.dice.between(0, 2));
        let (day, _) = *self.dice.pick(&own.contract.due);
        let change = match self.dice.between(0, 9) {
            0..=4 => Change::Extension(day, day.plus(self.dice.between(-1, 60))),
            5..=7 => Change::Acceleration(self.today.plus(self.dice.between(-3, 20))),
            _ => Change::Cancellation,
        };
        Some(Act::LoanAmend {
            loan,
            signed_on,
            change,
        })
    }
}
