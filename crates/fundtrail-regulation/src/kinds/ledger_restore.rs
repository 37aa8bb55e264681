//! `ledger_restore`: records that the ledger was put back from a backup: of what size, and why. Nothing else is recorded before it.

use fundtrail_merkle::{Frontier, Hash, NodeId, Nodes};
use fundtrail_model::port::Table;

use super::prelude::*;

/// Records that the ledger was put back from a backup: of what size, and why. Nothing else is recorded before it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerRestore {
    /// Entries that were put back: those before this one.
    pub size: u64,
    /// Root of the tree over them.
    pub root: DocumentDigest,
    /// The day the backup was made.
    pub backed_up_on: Day,
    /// Why it was needed.
    pub reason: RestoreReason,
}

impl Meaning for LedgerRestore {
    const NAME: &'static str = "ledger_restore";
    const ARTICLES: &'static [u8] = &[8];
    const TITLE: Bilingual = Bilingual {
        zh: "恢复账本",
        en: "Ledger restored",
    };

    fn subject(&self) -> Subject {
        Subject::default()
    }

    fn follows(&self, _: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
        Ok(vec![("backed_up_on", self.backed_up_on)])
    }

    /// Nothing but this is taken until it is recorded, an appointment neither: so where no
    /// manager is in office, the leading group signs in its place.
    fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault> {
        let fund = case.fund()?;
        let mut needs = if fund.manager.is_some() {
            vec![Need::role(Role::Manager)]
        } else if fund.policy_versions > 0 {
            vec![Need::Quorum]
        } else {
            let seats = case.seats()?;
            seats
                .iter()
                .map(|seat| Need::of(Role::GroupMember, seat))
                .collect()
        };
        needs.push(Need::role(Role::Office));
        Ok(needs)
    }

    fn apply(&self, _: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        out.touch("ledger");
        Ok(())
    }
}

impl LedgerRestore {
    /// The root of the tree over the entries before the case.
    pub(crate) fn root_before(case: &Case<'_>) -> Result<Hash, Fault> {
        Ok(Frontier::load(case.index, &Stored(case))?.root())
    }
}

/// Why a backup was needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestoreReason {
    /// The disk, or what lay on it, cannot be read.
    DiskLost,
    /// The machine is gone.
    MachineLost,
    /// What is stored is not what was written.
    DataDamaged,
    /// The ledger was taken to another machine.
    Moved,
    /// None of these.
    Other,
}

/// The tree's nodes, in the state before the case.
struct Stored<'a, 'b>(&'a Case<'b>);

impl Nodes for Stored<'_, '_> {
    type Error = Fault;

    fn node(&self, id: NodeId) -> Result<Hash, Fault> {
        let bytes = self.0.view.read().get(Table::Nodes, &id.key())?;
        let hash = bytes.as_deref().and_then(Hash::from_slice);
        hash.ok_or_else(|| Fault(format!("tree node {}/{} is missing", id.level, id.index)))
    }
}
