//! The product: a real desk, kernel and storage in memory.

use fundtrail_kernel::{Admitted, Desk, Kernel, Memory, Rejection, Verdict};
use fundtrail_model::port::Table;
use fundtrail_model::tag::TagKey;
use fundtrail_model::{Moment, Submission};
use fundtrail_oracle::day::Second;
use fundtrail_regulation::state::View;
use fundtrail_scenario::{Run, Site, read_text};
use sha2::{Digest as _, Sha256};

/// Founds a ledger, up to partners that cooperate and no account yet.
const FOUNDING: &str = "clock 2021-12-25T09:00:00+08:00
include setup/genesis.scn
2021-12-23 policy builtin:baotou-2021-61 {policy}
include setup/institutions.scn
";

/// A ledger in memory.
#[derive(Clone)]
pub(crate) struct Ledger {
    pub(crate) site: Site,
    pub(crate) kernel: Kernel,
    pub(crate) memory: Memory,
}

impl Ledger {
    /// A ledger founded under the Baotou policy, changed at these paths.
    pub(crate) fn founded(policy: &str) -> Ledger {
        let place = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/scenarios/of-the-model.scn"
        );
        let text = FOUNDING.replace("{policy}", policy);
        let scenario = read_text(std::path::Path::new(place), &text).unwrap();
        let mut run = Run::alone(&scenario).unwrap();
        for action in &scenario.actions {
            let line = run.play(action, None).unwrap();
            assert_eq!(line.problem, None, "{}", line.text);
        }
        let memory = run.shadow().memory().clone();
        Ledger {
            site: run.shadow().site().clone(),
            kernel: Kernel::open(&memory).unwrap(),
            memory,
        }
    }

    pub(crate) fn desk(&self) -> Desk {
        Desk {
            origin: self.site.origin.clone(),
            log_key: self.site.log_key.clone(),
            tag_key: TagKey::new(&self.site.tag_key),
        }
    }

    /// Admits from bytes, as a node does.
    pub(crate) fn admit(&self, desk: &Desk, bytes: &[u8]) -> Result<Admitted, String> {
        let submission = Submission::parse(bytes).map_err(|malformed| malformed.to_string())?;
        desk.admit(submission, &self.memory)
            .map_err(|rejection| match rejection {
                Rejection::Malformed(malformed) => malformed.to_string(),
                Rejection::Fault(fault) => format!("fault: {fault}"),
            })
    }

    /// Decides and records a batch of one moment.
    pub(crate) fn take(&mut self, now: Second, batch: Vec<Admitted>) -> Vec<Verdict> {
        let now = Moment::from_millis(now * 1000).unwrap();
        let staged = self.kernel.stage(&self.memory, now, batch).unwrap();
        self.kernel.commit(staged, "", &mut self.memory).unwrap()
    }

    pub(crate) fn view(&self) -> View<'_> {
        View::new(&self.memory)
    }
}

/// Every entry's bytes, in order.
pub(crate) fn entries(memory: &Memory) -> Vec<Vec<u8>> {
    let rows = memory.iter().filter(|(table, ..)| *table == Table::Entries);
    rows.map(|(_, _, bytes)| bytes.to_vec()).collect()
}

/// SHA-256 over every row that follows from the entries: all tables but the facts about the
/// storage itself, the checkpoints, of which there is one a batch, and the disclosures, which
/// are outside the log; and, on demand, but the history, which a replay leaves out.
pub(crate) fn digest(memory: &Memory, with_history: bool) -> String {
    let mut hash = Sha256::new();
    for (table, key, value) in memory.iter() {
        let skip = matches!(table, Table::Meta | Table::Checkpoints | Table::Disclosures)
            || (!with_history && matches!(table, Table::Versions | Table::Days));
        if skip {
            continue;
        }
        for part in [table.name().as_bytes(), key, value] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    hex::encode(hash.finalize())
}
