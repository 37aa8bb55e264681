//! Claims, recoveries and clawback orders.

use alloc::vec::Vec;

use fundtrail_model::amount;
use fundtrail_model::port::Table;
use fundtrail_model::{Amount, Day, Id, KeyId};
use serde::{Deserialize, Serialize};

use super::{Record, Share};

/// How far a claim has come (Art. 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClaimStatus {
    /// Applied for.
    Submitted,
    /// Verified by the manager.
    Verified,
    /// Agreed to by the leading group; in the queue until paid in full.
    Approved,
    /// Refused by the leading group.
    Rejected,
    /// Paid in full.
    Paid,
}

/// A step of the claim's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClaimStep {
    /// `claim_submit`.
    Submit,
    /// `claim_verify`.
    Verify,
    /// `claim_approve` or `claim_reject`.
    Decide,
    /// `compensation_pay`.
    Pay,
}

/// A step done: by which entry, on which date, with which keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ClaimStepDone))]
pub struct Step {
    /// Which step.
    pub step: ClaimStep,
    /// The entry.
    pub entry: u64,
    /// Its business date.
    pub date: Day,
    /// The keys that signed it, each by the first of its line of rotations.
    pub keys: Vec<KeyId>,
    /// What a payment's confirmation took off the claim.
    #[serde(with = "amount::signed", default)]
    pub lowered: Amount,
    /// The loss before that.
    #[serde(with = "amount::signed", default)]
    pub loss_before: Amount,
}

/// A claim for compensation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Claim {
    /// Its id.
    pub claim: Id,
    /// The loan.
    pub loan: Id,
    /// Who claims.
    pub claimant: Id,
    /// The day as of which the loss is taken.
    pub as_of: Day,
    /// Interest, penalties and costs in the loss, where the policy counts them.
    #[serde(with = "amount::signed")]
    pub beside_principal: Amount,
    /// Everything lost on the loan's IP part so far, by all who bear it.
    #[serde(with = "amount::signed")]
    pub loss: Amount,
    /// Who bears how much of it.
    pub borne: Vec<Share>,
    /// What is claimed; lower once a confirmation at payment lowered it.
    #[serde(with = "amount::signed")]
    pub amount: Amount,
    /// Paid so far.
    #[serde(with = "amount::signed")]
    pub paid: Amount,
    /// How far it has come.
    pub status: ClaimStatus,
    /// Place in the queue, once approved.
    pub approval: Option<u64>,
    /// Every step done.
    pub steps: Vec<Step>,
}

impl Claim {
    /// Claimed and not yet paid.
    pub fn unpaid(&self) -> Amount {
        self.amount.less(self.paid)
    }
}

impl Record for Claim {
    const TABLE: Table = Table::Claims;
    fn key(&self) -> Vec<u8> {
        self.claim.as_bytes().to_vec()
    }
}

/// Money collected from a borrower after compensation (Art. 16).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recovery {
    /// Its id.
    pub recovery: Id,
    /// The loan.
    pub loan: Id,
    /// Who collected.
    pub collector: Id,
    /// When the money reached it.
    pub received_on: Day,
    /// How much.
    #[serde(with = "amount::signed")]
    pub amount: Amount,
    /// The part that counts (A19).
    #[serde(with = "amount::signed")]
    pub counted: Amount,
    /// To be returned to the fund.
    #[serde(with = "amount::signed")]
    pub due: Amount,
    /// Last day to return it on time.
    pub deadline: Day,
    /// Returned.
    #[serde(with = "amount::signed")]
    pub returned: Amount,
    /// The loan's recovery before this one.
    pub previous: Option<Id>,
}

impl Recovery {
    /// Due and not yet returned.
    pub fn owed(&self) -> Amount {
        self.due.less(self.returned)
    }
}

impl Record for Recovery {
    const TABLE: Table = Table::Recoveries;
    fn key(&self) -> Vec<u8> {
        self.recovery.as_bytes().to_vec()
    }
}

/// An order to pay compensation back (Art. 22).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its id.
    pub order: Id,
    /// The loan.
    pub loan: Id,
    /// Who owes it.
    pub debtor: Id,
    /// How much.
    #[serde(with = "amount::signed")]
    pub amount: Amount,
    /// Paid back.
    #[serde(with = "amount::signed")]
    pub returned: Amount,
}

impl Record for Order {
    const TABLE: Table = Table::Orders;
    fn key(&self) -> Vec<u8> {
        self.order.as_bytes().to_vec()
    }
}
