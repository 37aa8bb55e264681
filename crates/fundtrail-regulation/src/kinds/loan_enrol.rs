//! `loan_enrol`: enrols a loan contract with its IP part, schedule and pledges. With the leading group's quorum a loan already overdue may be enrolled (A40).

use super::prelude::*;
use fundtrail_model::port::Table;

use crate::case::lost;

/// Enrols a loan contract with its IP part, schedule and pledges. With the leading group's quorum a loan already overdue may be enrolled (A40).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoanEnrol {
    /// Its id.
    pub loan: Id,
    /// The lender.
    pub bank: Id,
    /// The borrower.
    pub borrower: Tag,
    /// The contract's whole amount.
    pub total: Amount,
    /// Of which secured by intellectual property, as the contract states it in yuan.
    #[serde(default)]
    pub ip_amount: Option<Amount>,
    /// How principal belongs to the IP part; in proportion unless the contract says otherwise.
    #[serde(default = "pro_rata")]
    pub allocation: Allocation,
    /// What repayments pay first; the Civil Code's order unless the contract says otherwise.
    #[serde(default = "statutory")]
    pub repayment_order: RepaymentOrder,
    /// Principal by due date.
    pub due: Vec<Instalment>,
    /// A code of the policy.
    pub purpose: Id,
    /// What is pledged; the numbers are sealed as `pledge.0`, `pledge.1` and so on.
    pub pledges: Vec<Pledge>,
    /// What the bank found in the credit system.
    pub credit: CreditCheck,
}

impl Meaning for LoanEnrol {
    const NAME: &'static str = "loan_enrol";
    const ARTICLES: &'static [u8] = &[2, 4, 5, 12];
    const TITLE: Bilingual = Bilingual { zh: "贷款入库", en: "Loan enrolment" };

    fn check(&self) -> Result<(), Malformed> {
        bounded("due", self.due.len(), 120)?;
        bounded("pledges", self.pledges.len(), 24)?;
        let total: Amount = self.due.iter().map(|instalment| instalment.amount).sum();
        if total != self.total || self.due.iter().any(|instalment| instalment.amount.is_zero()) {
            return Err(misfit("due: instalments above zero that add up to the total"));
        }
        if !self.due.windows(2).all(|pair| matches!(pair, [a, b] if a.due_on < b.due_on)) {
            return Err(misfit("due: earliest first, each date once"));
        }
        if self.ip_amount.is_some_and(|ip| ip > self.total) {
            return Err(misfit("ip_amount: at most the total"));
        }
        let class_fits = |pledge: &Pledge| match (pledge.kind.as_str(), pledge.class) {
            ("trademark", class) => class.is_some_and(|class| (1..=45).contains(&class)),
            (_, class) => class.is_none(),
        };
        if !self.pledges.iter().all(class_fits) {
            return Err(misfit("pledges: a trademark has its class, 1 to 45, and nothing else has one"));
        }
        Ok(())
    }

    fn particulars(&self) -> Vec<Particular> {
        let contract = Particular::required("contract_number", Format::Contract)
            .used(Purpose::Unique(self.bank.to_string()));
        let mut all = vec![contract];
        for (at, pledge) in self.pledges.iter().enumerate() {
            let format = match (pledge.kind.as_str(), pledge.class) {
                ("patent", _) => Format::Patent,
                ("trademark", Some(class)) => Format::Trademark { class },
                _ => Format::Registration,
            };
            all.push(Particular::required(format!("pledge.{at}"), format));
            let registration = format!("pledge.{at}.registration");
            all.push(match pledge.registered_on {
                Some(_) => Particular::required(registration, Format::Registration),
                None => Particular::optional(registration, Format::Registration),
            });
        }
        all
    }

    fn subject(&self) -> Subject {
        let creation = Creation::of::<Loan>(self.loan.as_bytes(), format!("loan {}", self.loan));
        let creates = vec![creation.for_ever(format!("loan:{}", self.loan))];
        Subject {
            borrower: Some(self.borrower),
            party: Some(self.bank.clone()),
            creates,
            ..Subject::default()
        }
    }

    fn amount(&self) -> Option<Amount> {
        Some(self.total)
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::of(Role::Bank, &self.bank), Need::role(Role::Manager), Need::optional(Need::Quorum)])
    }

    fn follows(&self, _: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
        let registered = self.pledges.iter().filter_map(|pledge| pledge.registered_on).max();
        let queried = ("queried_on", self.credit.queried_on);
        Ok(registered.map(|day| ("registered_on", day)).into_iter().chain([queried]).collect())
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let version = case.version()?.ok_or_else(|| lost("policy"))?;
        for tag in case.findings.tags.values() {
            let holder = format!("loan:{}", self.loan);
            out.put_row(Table::Tags, tag.to_string().into_bytes(), holder.into_bytes());
        }
        out.put_row(Table::BankLoans, bank_loan_key(&self.bank, &self.borrower, &self.loan), Vec::new());
        out.touch_id("loan", &self.loan);
        out.touch_id("party", &self.bank);
        out.touch_id("borrower", self.borrower);
        out.put(&Loan {
            loan: self.loan.clone(),
            bank: self.bank.clone(),
            borrower: self.borrower,
            policy: version.version,
            enrolled_on: case.date(),
            total: self.total,
            ip_amount: self.ip_amount.unwrap_or_default(),
            allocation: self.allocation,
            repayment_order: self.repayment_order,
            due: self.due.clone(),
            contract: case.findings.tags.get("contract_number").copied(),
            purpose: self.purpose.clone(),
            pledges: self.pledges.clone(),
            credit: self.credit.clone(),
            disbursed: Amount::ZERO,
            disbursed_ip: Amount::ZERO,
            first_disbursed: None,
            earlier_disbursed: Vec::new(),
            repaid: Amount::ZERO,
            risk_noticed: false,
            misuse: false,
            fraud: false,
            counts_for_brake: true,
            claims: Vec::new(),
            compensated: Amount::ZERO,
            compensated_on: None,
            collected: Amount::ZERO,
            return_due: Amount::ZERO,
            returned: Amount::ZERO,
            last_recovery: None,
            clawed_back: Amount::ZERO,
        })
    }
}

fn pro_rata() -> Allocation {
    Allocation::ProRata
}

fn statutory() -> RepaymentOrder {
    RepaymentOrder::CostsInterestPrincipal
}

/// Key by which a bank's loans to a borrower are found.
pub(crate) fn bank_loan_key(bank: &Id, borrower: &Tag, loan: &Id) -> Vec<u8> {
    pair_key(&pair_key(bank.as_bytes(), borrower.to_string().as_bytes()), loan.as_bytes())
}
