//! The numbers and readings of a policy; the default is the recommended one for Baotou.

use crate::calendar::{working_day_after, working_day_from};
use crate::day::{Day, days_of_year};
use crate::money::{Fen, cut, half_up};

/// When the duty to return ends (A21).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// When as much came back as was paid.
    Compensation,
    /// Never more than the fund's share of the loss.
    FairShare,
    /// 30 % without end.
    Never,
}

/// Every number and reading the oracle asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Art. 3.
    pub initial: Fen,
    /// Who may pay in.
    pub contributors: Vec<&'static str>,
    /// Art. 23.
    pub effective_from: Day,
    /// A01.
    pub effective_to: Day,
    /// A02: the day of the loss is in the period.
    pub loss_in_period: bool,
    /// A02: so is the disbursement.
    pub disbursed_in_period: bool,
    /// A40: a loan is enrolled before it is overdue.
    pub enrol_before_overdue: bool,
    /// A03: the last day for claims.
    pub claims_until: Option<Day>,
    /// A30: the least part on pledged rights, in basis points.
    pub least_ip_bp: Fen,
    /// A30: a claim needs the pledges to be registered.
    pub registered_pledge: bool,
    /// Art. 12, in basis points.
    pub ratio_bp: Fen,
    /// A04: interest is a loss as well.
    pub interest_counts: bool,
    /// Art. 12.
    pub cap: Fen,
    /// A08: per borrower, and not per contract.
    pub cap_of_borrower: bool,
    /// A07: fractions dropped, and not rounded half up.
    pub round_down: bool,
    /// A06: what is not IP is repaid, and lost, first.
    pub ip_last: bool,
    /// A09: a claimant may claim again on the same loan.
    pub many_claims: bool,
    /// Art. 15.
    pub overdue_min_days: i64,
    /// A22.
    pub reconfirm: bool,
    /// Art. 13.
    pub warn_bp: Fen,
    /// Art. 13.
    pub suspend_bp: Fen,
    /// A12: what came back is taken off.
    pub net_of_returns: bool,
    /// A13: whole loans.
    pub whole_loans: bool,
    /// A15: strict towards old customers.
    pub exclude_old_customers: bool,
    /// Art. 16, in basis points.
    pub return_bp: Fen,
    /// A19: all that is collected on a mixed loan counts.
    pub return_whole: bool,
    /// A19: costs come off first.
    pub net_of_costs: bool,
    /// A23.
    pub include_interest: bool,
    /// A21.
    pub stop: Stop,
    /// A20.
    pub return_days: i64,
    /// A20: they are days of any sort, and a last day off moves to the next working day.
    pub calendar_days: bool,
    /// Art. 8: base and basis points.
    pub fee: (Fen, Fen),
    /// A26: the ceiling of a partial year is smaller.
    pub fee_prorated: bool,
    /// A25: no queue.
    pub any_order: bool,
    /// A32: misuse is an alert only.
    pub misuse_alert: bool,
    /// A38, A39: working days after a quarter, days after a year, days after a half.
    pub report_days: (i64, i64, i64),
    /// A28.
    pub threshold: usize,
    /// A28.
    pub must_include: Vec<&'static str>,
    /// Claims, verifications and payments are signed by two persons.
    pub two_persons: bool,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            initial: 1_000_000_000,
            contributors: vec!["GOV"],
            effective_from: Day::new(2021, 12, 23),
            effective_to: Day::new(2023, 12, 22),
            loss_in_period: true,
            disbursed_in_period: true,
            enrol_before_overdue: true,
            claims_until: None,
            least_ip_bp: 0,
            registered_pledge: true,
            ratio_bp: 3000,
            interest_counts: false,
            cap: 150_000_000,
            cap_of_borrower: false,
            round_down: false,
            ip_last: false,
            many_claims: true,
            overdue_min_days: 60,
            reconfirm: true,
            warn_bp: 300,
            suspend_bp: 500,
            net_of_returns: false,
            whole_loans: false,
            exclude_old_customers: false,
            return_bp: 3000,
            return_whole: false,
            net_of_costs: false,
            include_interest: true,
            stop: Stop::Compensation,
            return_days: 15,
            calendar_days: false,
            fee: (1_000_000_000, 150),
            fee_prorated: false,
            any_order: false,
            misuse_alert: false,
            report_days: (15, 60, 30),
            threshold: 5,
            must_include: vec!["MSB"],
            two_persons: true,
        }
    }
}

impl Policy {
    /// Whether the measure is in force on a day.
    pub fn in_force(&self, day: Day) -> bool {
        (self.effective_from..=self.effective_to).contains(&day)
    }

    /// A share in basis points, rounded as the policy says.
    pub fn round(&self, amount: Fen, bp: Fen) -> Fen {
        if self.round_down {
            cut(amount, bp, 10_000)
        } else {
            half_up(amount, bp, 10_000)
        }
    }

    /// The last day on time for money received, or paid for, on a day.
    pub fn return_deadline(&self, from: Day) -> Option<Day> {
        if self.calendar_days {
            return working_day_from(from.plus(self.return_days));
        }
        working_day_after(from, self.return_days)
    }

    /// The fee of a whole year.
    pub fn fee_of_year(&self) -> Fen {
        cut(self.fee.0, self.fee.1, 10_000)
    }

    /// The part of it that falls on days in force.
    pub fn fee_prorated_in(&self, year: i64) -> Fen {
        let first = Day::new(year, 1, 1).max(self.effective_from);
        let last = Day::new(year, 12, 31).min(self.effective_to);
        let days = (last.0 - first.0 + 1).max(0);
        half_up(self.fee_of_year(), days, days_of_year(year))
    }
}
