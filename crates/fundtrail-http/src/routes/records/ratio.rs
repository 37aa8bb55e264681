//! A bank's compensation against what it lent, and the lines of Art. 13 under the policy that
//! applies on a day.

use fundtrail_model::{Amount, Day, Fault, amount};
use fundtrail_regulation::brake;
use fundtrail_regulation::state::{Party, Role, View};
use serde::Serialize;
use utoipa::ToSchema;

/// A bank's ratio. Whether a line is reached is found by multiplication of whole numbers.
#[derive(Serialize, ToSchema)]
#[schema(as = CompensationRatio)]
pub(super) struct Ratio {
    /// What counts as compensated under the policy.
    #[serde(with = "amount::signed")]
    compensated: Amount,
    /// What counts as lent.
    #[serde(with = "amount::signed")]
    disbursed: Amount,
    /// The line of the warning, in hundredths of a percent.
    warn_bp: u32,
    /// The line of the notice to suspend.
    suspend_bp: u32,
    warn_reached: bool,
    suspend_reached: bool,
    /// The version of the policy.
    policy: u32,
}

impl Ratio {
    /// That of a bank; nothing for others, and before there is a policy.
    pub(super) fn of(view: View<'_>, on: Day, party: &Party) -> Result<Option<Ratio>, Fault> {
        let is_bank = party.roles.contains(&Role::Bank)
            || party.admissions.iter().any(|one| one.role == Role::Bank);
        if !is_bank {
            return Ok(None);
        }
        let version = view.policy_on(on)?;
        Ok(version.map(|version| {
            let (warn_bp, suspend_bp) = (
                version.policy.brake.warn_bp,
                version.policy.brake.suspend_bp,
            );
            let ratio = brake::ratio(&version.policy, party);
            Ratio {
                compensated: ratio.compensated,
                disbursed: ratio.disbursed,
                warn_bp,
                suspend_bp,
                warn_reached: ratio.reaches(warn_bp),
                suspend_reached: ratio.reaches(suspend_bp),
                policy: version.version,
            }
        }))
    }
}
