//! What the manager, the office and the group do: money, lists, papers, corrections, the end.

use fundtrail_oracle::day::Day;
use fundtrail_oracle::money::Fen;
use fundtrail_oracle::step::{About, Act, Period};
use fundtrail_oracle::world::Status;

use crate::player::Player;

impl Player {
    /// The first steps of every ledger.
    pub(crate) fn found(&mut self) -> Act {
        let account = |account: &str, bank: &str| Act::AccountOpen {
            account: account.into(),
            main: account == "main",
            bank: bank.into(),
        };
        let paid = |amount| Act::Contribution {
            contributor: "GOV".into(),
            account: "main".into(),
            amount,
            initial: true,
        };
        let half = self.world.policy.initial / 2;
        match self.number {
            0 => account("main", "bank-a"),
            1 => account("at-a", "bank-a"),
            2 => account("at-b", "bank-b"),
            3 => paid(half),
            4 => Act::FundActivate,
            5 => paid(half + 1),
            6 => paid(half),
            7 => Act::FundActivate,
            8 => Act::Transfer {
                from: "main".into(),
                to: "at-a".into(),
                amount: half / 2,
            },
            9 => Act::Transfer {
                from: "main".into(),
                to: "at-b".into(),
                amount: half / 2,
            },
            _ => self.register_one(),
        }
    }

    pub(crate) fn money(&mut self) -> Option<Act> {
        match self.dice.between(0, 9) {
            0..=3 => {
                let from = self.account()?;
                let held = self.world.held(&from);
                let amount = match self.dice.between(0, 9) {
                    0 => held,
                    1 => held + 1,
                    _ => self.dice.between(1, held.max(1)),
                };
                Some(Act::Transfer {
                    from,
                    to: self.account()?,
                    amount,
                })
            }
            4..=5 => {
                let year = self.today.parts().year;
                let period = Period::Quarter(year, self.dice.between(1, 4));
                Some(Act::InterestCredit {
                    account: self.account()?,
                    period,
                    amount: self.dice.between(0, 900_000),
                })
            }
            6..=7 => {
                let year = self.today.parts().year;
                let left =
                    self.world.policy.fee_of_year() - self.world.fees.get(&year).unwrap_or(&0);
                let amount = match self.dice.between(0, 5) {
                    0 => left,
                    1 => left + 1,
                    _ => self.dice.between(0, left / 2),
                };
                let payee = if self.dice.percent(5) {
                    "bank-a"
                } else {
                    "manager"
                };
                Some(Act::FeePay {
                    account: self.account_with(amount)?,
                    payee: payee.into(),
                    amount,
                })
            }
            _ => {
                let contributor = if self.dice.percent(5) {
                    "NOBODY"
                } else {
                    *self.dice.pick(&self.world.policy.contributors.clone())
                };
                let initial = self.world.policy.initial;
                let poor = self.world.fund() < initial * 3 / 10;
                let amount = if poor {
                    initial * 4 / 10
                } else {
                    self.dice.between(0, 5_000_000)
                };
                Some(Act::Contribution {
                    contributor: contributor.into(),
                    account: self.account()?,
                    amount,
                    initial: self.dice.percent(8),
                })
            }
        }
    }

    pub(crate) fn exclude(&mut self) -> Option<Act> {
        let borrower = self.world.borrowers.keys().cloned().collect::<Vec<_>>();
        let borrower = if borrower.is_empty() {
            return None;
        } else {
            self.dice.pick(&borrower).clone()
        };
        let loan = self.loan(|_, _| true)?;
        let day = self.today.plus(self.dice.between(-1, 6));
        Some(match self.dice.between(0, 19) {
            0..=4 => Act::Blacklist {
                borrower,
                from: day,
            },
            5..=9 => Act::BlacklistLift { borrower, on: day },
            10..=11 => Act::MisuseFinding {
                loan,
                withdrawn: false,
            },
            12..=14 => Act::MisuseFinding {
                loan,
                withdrawn: true,
            },
            15 => Act::FraudFinding {
                about: About::Loan(loan),
                withdrawn: false,
            },
            16 => Act::FraudFinding {
                about: About::Borrower(borrower),
                withdrawn: false,
            },
            17 => Act::FraudFinding {
                about: About::Loan(loan),
                withdrawn: true,
            },
            18 => {
                let guilty: Vec<String> = self
                    .world
                    .borrowers
                    .iter()
                    .filter(|(_, one)| one.fraud)
                    .map(|(id, _)| id.clone())
                    .collect();
                let borrower = if guilty.is_empty() {
                    borrower
                } else {
                    self.dice.pick(&guilty).clone()
                };
                Act::FraudFinding {
                    about: About::Borrower(borrower),
                    withdrawn: true,
                }
            }
            _ if self.dice.percent(16) => Act::PartnerRevoke {
                partner: (*self.dice.pick(&["insurer", "bank-b", "guarantor"])).into(),
                on: day,
            },
            _ => Act::MisuseFinding {
                loan,
                withdrawn: true,
            },
        })
    }

    pub(crate) fn paper(&mut self) -> Option<Act> {
        let year = self.today.parts().year;
        let period = match self.dice.between(0, 3) {
            0 => Period::Year(year - 1),
            1 => Period::Half(year - 1, 2),
            2 => Period::Half(year, 1),
            _ => Period::Quarter(
                year - i64::from(self.today.parts().month < 4),
                (self.today.parts().month + 7) / 3 % 4 + 1,
            ),
        };
        Some(match self.dice.between(0, 3) {
            0 => Act::ReportFile {
                reporter: (*self.dice.pick(&["manager", "bank-a", "insurer"])).into(),
                quarterly: self.dice.percent(60),
                period,
            },
            1 => Act::PerformanceReview {
                subject: (*self.dice.pick(&["manager", "bank-a", "guarantor", "GOV"])).into(),
                period,
            },
            _ => {
                let account = self.account()?;
                let on = self.today.plus(-self.dice.between(0, 20));
                let own = self
                    .world
                    .movements
                    .iter()
                    .filter(|(of, day, _)| *of == account && *day <= on);
                let ledger: Fen = own.map(|(.., amount)| amount).sum();
                let off = if self.dice.percent(40) {
                    self.dice.between(-2, 2)
                } else {
                    0
                };
                Act::BankStatement {
                    account,
                    on,
                    closing: (ledger + off).max(0),
                }
            }
        })
    }

    pub(crate) fn reverse(&mut self) -> Option<Act> {
        let mut ids: Vec<(u64, String)> = self
            .world
            .past
            .iter()
            .map(|(id, past)| (past.number, id.clone()))
            .collect();
        ids.sort_unstable();
        let newest: Vec<String> = ids
            .into_iter()
            .rev()
            .map(|(_, id)| id)
            .take(if self.dice.percent(70) { 6 } else { 400 })
            .collect();
        (!newest.is_empty()).then(|| Act::Reversal {
            of: self.dice.pick(&newest).clone(),
        })
    }

    pub(crate) fn end(&mut self) -> Option<Act> {
        if !self.world.terminated {
            let late = self.today > Day::new(2024, 3, 1) && self.dice.percent(30);
            return (late || self.dice.percent(1)).then_some(Act::Terminate);
        }
        let weights: Vec<Fen> = self
            .world
            .contributed
            .iter()
            .map(|(_, _, total)| *total)
            .collect();
        let shares = fundtrail_oracle::money::split(self.world.fund(), &weights);
        let mut lines = Vec::new();
        if self.dice.percent(40)
            && self
                .claim(Status::Submitted)
                .or(self.claim(Status::Verified))
                .or(self.claim(Status::Approved))
                .is_some()
        {
            let all = [Status::Submitted, Status::Verified, Status::Approved];
            return all
                .into_iter()
                .find_map(|status| self.claim(status))
                .map(|claim| Act::ClaimReject { claim });
        }
        let mut accounts: Vec<(String, Fen)> = self
            .world
            .accounts
            .keys()
            .map(|id| (id.clone(), self.world.held(id)))
            .collect();
        for ((party, ..), share) in self.world.contributed.iter().zip(shares) {
            let mut left = share;
            for (account, held) in &mut accounts {
                let amount = left.min(*held);
                *held -= amount;
                left -= amount;
                if amount > 0 {
                    lines.push((party.clone(), account.clone(), amount));
                }
            }
        }
        (!lines.is_empty()).then_some(Act::Distribute { lines })
    }
}
