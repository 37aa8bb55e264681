//! Seeded players: banks that lend, borrowers that do not pay, a manager, a group; mostly
//! sensible, and now and then a fen, a day, a bank, an order or a signature off.

use std::collections::BTreeMap;

use fundtrail_oracle::day::{Day, Second};
use fundtrail_oracle::money::Fen;
use fundtrail_oracle::policy::Policy;
use fundtrail_oracle::standing::{Key, Role};
use fundtrail_oracle::step::{Act, Step};
use fundtrail_oracle::world::{Partner, Status, World};

use crate::claiming;
use crate::codes;
use crate::dice::Dice;
use crate::spoil;

/// Who plays, and the fund as the oracle sees it.
pub(crate) struct Player {
    pub(crate) dice: Dice,
    pub(crate) world: World,
    pub(crate) today: Day,
    pub(crate) clock: Second,
    pub(crate) number: u64,
    pace: i64,
    pub(crate) borrowers: Vec<String>,
}

/// Seats of the leading group.
pub(crate) const SEATS: &[&str] = &[
    "lg-MSB", "lg-FIN", "lg-JRB", "lg-KJ", "lg-GX", "lg-FGW", "lg-PBC", "lg-YBJ",
];

/// The keys that `setup/genesis.scn` and `setup/institutions.scn` bring.
fn keys() -> BTreeMap<String, Key> {
    let mut keys = BTreeMap::new();
    let mut add = |name: &str, party: &str, role, maker| {
        keys.insert(
            name.to_owned(),
            Key {
                party: party.to_owned(),
                role,
                maker,
            },
        );
    };
    add("OFF", "OFF", Role::Office, None);
    add("MSB", "MSB", Role::Supervision, None);
    add("FIN", "FIN", Role::Finance, None);
    add("GOV", "GOV", Role::Government, None);
    for seat in SEATS {
        add(seat, &seat[3..], Role::Seat, None);
    }
    let partners = [
        ("bank-a", Role::Bank),
        ("bank-b", Role::Bank),
        ("insurer", Role::Insurer),
        ("guarantor", Role::Guarantor),
    ];
    for (party, role) in partners {
        add(&format!("{party}/maker"), party, role, Some(true));
        add(&format!("{party}/checker"), party, role, Some(false));
    }
    for pair in ["", "2"] {
        add(
            &format!("manager/maker{pair}"),
            "manager",
            Role::Manager,
            Some(true),
        );
        add(
            &format!("manager/checker{pair}"),
            "manager",
            Role::Manager,
            Some(false),
        );
    }
    keys
}

impl Player {
    pub(crate) fn new(seed: u64, policy: Policy) -> Player {
        let from = Day::new(2021, 12, 24);
        let partners = ["bank-a", "bank-b", "insurer", "guarantor"];
        let partners = partners.map(|party| (party.to_owned(), Partner { from, until: None }));
        let mut dice = Dice::new(seed);
        let today = Day::new(2021, 12, 27);
        let pace = dice.between(1, 5);
        Player {
            borrowers: codes::borrowers(&mut dice),
            dice,
            world: World::new(policy, "manager", keys(), partners.into()),
            today,
            clock: today.start() + 8 * 3600,
            number: 0,
            pace,
        }
    }

    /// The next step.
    pub(crate) fn next(&mut self) -> Step {
        self.advance();
        let act = loop {
            if let Some(act) = self.propose() {
                break act;
            }
        };
        self.number += 1;
        let signers = self.signers(&act);
        let mut step = Step {
            id: format!("T{}", self.number),
            date: self.today,
            recorded: self.clock,
            signers,
            act,
        };
        if self.dice.percent(10) {
            step.date = self.today.plus(-self.dice.between(1, 4));
        }
        if self.number > 12 && self.dice.percent(12) {
            spoil::spoil(self, &mut step);
        }
        step
    }

    fn advance(&mut self) {
        if self.dice.percent(55) {
            return;
        }
        self.clock += self.dice.between(1, 600);
        if self.number > 12 && self.dice.percent(20 * self.pace) {
            self.today = self.today.plus(self.dice.between(1, 3 * self.pace));
            if self.dice.percent(2) {
                self.today = self.today.plus(self.dice.between(20, 90));
            }
            self.today = self.today.min(Day::new(2026, 12, 30));
        }
        let start = self.today.start() + 8 * 3600;
        self.clock = self.clock.max(start).min(self.today.start() + 86_399);
    }

    /// A new id of a sort.
    pub(crate) fn id(&mut self, sort: &str) -> String {
        format!("{sort}{}", self.number)
    }

    pub(crate) fn account(&mut self) -> Option<String> {
        let accounts: Vec<String> = self.world.accounts.keys().cloned().collect();
        (!accounts.is_empty()).then(|| self.dice.pick(&accounts).clone())
    }

    /// An account that holds an amount, or else any.
    pub(crate) fn account_with(&mut self, amount: Fen) -> Option<String> {
        let rich: Vec<String> = self
            .world
            .accounts
            .keys()
            .filter(|id| self.world.held(id) >= amount)
            .cloned()
            .collect();
        if rich.is_empty() {
            self.account()
        } else {
            Some(self.dice.pick(&rich).clone())
        }
    }

    pub(crate) fn loan(&mut self, fits: impl Fn(&World, &str) -> bool) -> Option<String> {
        let loans: Vec<String> = self
            .world
            .loans
            .keys()
            .filter(|id| fits(&self.world, id))
            .cloned()
            .collect();
        (!loans.is_empty()).then(|| self.dice.pick(&loans).clone())
    }

    pub(crate) fn claim(&mut self, status: Status) -> Option<String> {
        let claims: Vec<String> = self
            .world
            .claims
            .iter()
            .filter(|(_, claim)| claim.status == status)
            .map(|(id, _)| id.clone())
            .collect();
        (!claims.is_empty()).then(|| self.dice.pick(&claims).clone())
    }

    /// An amount of money as loans have it: round, odd, tiny, or at the cap's edge.
    pub(crate) fn sum(&mut self) -> Fen {
        match self.dice.between(0, 9) {
            0 => self.dice.between(1, 1000),
            1 => *self.dice.pick(&[
                500_000_000,
                500_000_002,
                499_999_998,
                800_000_000,
                200_000_000,
            ]),
            2..=4 => self.dice.between(1, 40) * 10_000_000,
            5..=6 => self.dice.between(1_000_000, 500_000_000),
            _ => self.dice.between(10_000, 50_000_000),
        }
    }

    fn propose(&mut self) -> Option<Act> {
        if self.number <= 12 {
            return Some(self.found());
        }
        match self.dice.between(0, 999) {
            0..60 => self.enrol(),
            60..150 => self.disburse(),
            150..210 => self.repay(),
            210..240 => self.amend(),
            240..270 => {
                let loan = self.loan(|world, id| !world.loans[id].noticed)?;
                let partner = self.world.loans[&loan].contract.bank.clone();
                Some(Act::RiskNotice { loan, partner })
            }
            270..400 => claiming::submit(self),
            400..480 => claiming::verify(self),
            480..550 => claiming::approve(self),
            550..660 => claiming::pay(self),
            660..675 => claiming::reject(self),
            675..735 => self.collect(),
            735..800 => self.give_back(),
            800..830 => self.notice(),
            830..880 => self.money(),
            880..900 => self.register(),
            900..920 => self.exclude(),
            920..950 => self.paper(),
            950..985 => self.reverse(),
            985..995 if !self.world.terminated || self.dice.percent(50) => self.claw(),
            _ => self.end(),
        }
    }
}
