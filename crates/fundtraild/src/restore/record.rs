//! The transaction that says that the ledger was put back, as it is to be signed.

use clap::ValueEnum;
use fundtrail_kernel::proofs::last_entry;
use fundtrail_model::{Day, Entry};
use fundtrail_node::{Clock as _, SystemClock};
use fundtrail_store::Store;
use serde_json::json;

use crate::Complaint;

/// Why a ledger was put back, as `ledger_restore` has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Reason {
    /// The disk, or what lay on it, cannot be read
    DiskLost,
    /// The machine is gone
    MachineLost,
    /// What is stored is not what was written
    DataDamaged,
    /// The ledger was taken to another machine
    Moved,
    /// None of these
    #[default]
    Other,
}

/// What was put back.
pub(super) struct Restored<'a> {
    pub(super) origin: &'a str,
    pub(super) size: u64,
    /// In hex.
    pub(super) root: &'a str,
    pub(super) backed_up_on: Day,
    pub(super) reason: Reason,
}

impl Restored<'_> {
    /// The transaction, of today.
    pub(super) fn transaction(&self) -> Result<String, Complaint> {
        let now = SystemClock.now();
        let today = now.map_err(|fault| Complaint(fault.to_string()))?.day();
        let reason = self.reason.to_possible_value();
        let transaction = json!({
            "ledger": self.origin,
            "id": format!("ledger-restore-{}", self.size),
            "kind": "ledger_restore",
            "date": today,
            "body": {
                "size": self.size,
                "root": self.root,
                "backed_up_on": self.backed_up_on,
                "reason": reason.as_ref().map_or("other", |reason| reason.get_name()),
            },
        });
        Ok(transaction.to_string())
    }
}

/// The day of the newest entry: of entries without a backup, nobody knows when they were taken.
pub(super) fn newest_day(store: &Store) -> Result<Day, Complaint> {
    let last = store
        .read(last_entry)
        .map_err(|fault| Complaint(fault.to_string()))?;
    let entry = last.and_then(|(_, bytes)| Entry::parse(&bytes).ok());
    entry
        .map(|entry| entry.recorded.day())
        .ok_or_else(|| Complaint("there is no entry".into()))
}
