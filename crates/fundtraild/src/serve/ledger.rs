//! How the ledger is opened, the first time and again, and closed for certain.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use fundtrail_kernel::proofs::Published;
use fundtrail_model::note::VerifierKey;
use fundtrail_model::port::{Read, Table};
use fundtrail_node::known::KnownError;
use fundtrail_node::{Clock, Config, Node, RecoveryError, Storage, Witnesses};
use fundtrail_store::{OpenError, Store};

use crate::Complaint;
use crate::backup;
use crate::configuration::Settings;
use crate::keys;
use crate::known;
use crate::witnesses;

/// What is needed to open the ledger.
pub(super) struct Ledger {
    settings: Arc<Settings>,
    witnesses: Option<Witnesses>,
    /// One for all nodes: it must not forget what it showed before.
    clock: Arc<dyn Clock>,
}

/// A node, and what it reads.
pub(super) struct Opened {
    pub(super) node: Arc<Node>,
    pub(super) storage: Arc<Revocable>,
}

/// Why the ledger was not opened.
#[derive(Debug)]
pub(super) struct Refused {
    /// The sentence for the operator.
    pub(super) complaint: Complaint,
    /// Whether the machine is to blame, so that it may go better later. A ledger that is
    /// damaged, or another one, stays so.
    pub(super) is_of_machine: bool,
}

impl Ledger {
    /// Reads the witnesses; nothing else is read before [`Ledger::open`].
    pub(super) fn new(settings: Arc<Settings>, clock: Arc<dyn Clock>) -> Result<Ledger, Complaint> {
        let signer = keys::read_signer(&settings.log_key, &settings.origin)?;
        let ca = settings.witness_ca.as_deref();
        let witnesses = match &settings.witness_policy {
            Some(path) => {
                let witnesses = witnesses::read(path, ca, signer.verifier())?;
                let witnesses = witnesses.asked_when_empty(&signer);
                Some(witnesses.map_err(|error| Complaint(error.to_string()))?)
            }
            None => None,
        };
        Ok(Ledger {
            settings,
            witnesses,
            clock,
        })
    }

    /// Opens it with all the checks of recovery, or makes it.
    pub(super) fn open(&self) -> Result<Opened, Refused> {
        let settings = &self.settings;
        let signer = keys::read_signer(&settings.log_key, &settings.origin).map_err(of_machine)?;
        let tag_key = keys::read_tag_key(&settings.tag_key).map_err(of_machine)?;
        let store = Store::open(&settings.data).map_err(not_opened)?;
        let writer = store
            .writer()
            .ok_or_else(|| of_machine(Complaint("the storage has a writer already".into())))?;
        let storage = Arc::new(Revocable::new(store, settings.data.clone()));
        let hindrance = self.compare(&storage, signer.verifier())?;
        let backup = settings.backups.clone().map(|directory| {
            let storage = Arc::clone(&storage);
            backup::Folders::behind_port(directory, move || storage.lock().clone())
        });
        let config = Config {
            backup,
            queue_max: settings.limits.queue,
            batch_max: settings.limits.batch,
            draft_days: settings.draft_days,
            reserve_bytes: settings.limits.reserve_bytes(),
            witnesses: self.witnesses.clone(),
            ..Config::new(signer, tag_key, Arc::clone(&self.clock))
        };
        let read = Arc::clone(&storage);
        let node = Node::open(config, read, Box::new(writer)).map_err(|error| Refused {
            complaint: Complaint(format!("{}: {error}", settings.data.display())),
            is_of_machine: matches!(
                error,
                RecoveryError::Unreadable(_) | RecoveryError::Thread(_)
            ),
        })?;
        if let Some(hindrance) = hindrance {
            return Err(hindrance);
        }
        tracing::info!(
            origin = node.origin(),
            log_key = %node.log_key(),
            tag_key = node.tag_key().commitment(),
            size = node.metrics().size(),
            witnesses = node.witnesses().len(),
            "the ledger is open"
        );
        let node = Arc::new(node);
        Ok(Opened { node, storage })
    }

    /// Holds what is stored against what is known of it elsewhere. Gives why that was not
    /// possible, if so: recovery may say more, but what it does not miss is still needed.
    fn compare(
        &self,
        storage: &Arc<Revocable>,
        key: &VerifierKey,
    ) -> Result<Option<Refused>, Refused> {
        let known = known::read(&self.settings.known, key).map_err(of_machine)?;
        let compared = known::compare(storage.as_ref(), &known, self.witnesses.as_ref());
        let Err(error) = compared else {
            return Ok(None);
        };
        let refused = Refused {
            complaint: Complaint(format!("{}: {error}", self.settings.data.display())),
            is_of_machine: matches!(error, KnownError::Fault(_)),
        };
        match error.is_hindrance() {
            true => Ok(Some(refused)),
            false => Err(refused),
        }
    }

    /// Opens it again, in a process that had it open and committed `newest` to it. Makes
    /// nothing: a ledger that is not there is a disk that is not there.
    pub(super) fn open_again(&self, newest: Option<&Published>) -> Result<Opened, Refused> {
        let data = self.settings.data.display();
        if !self.settings.data.join(DATABASE).exists() {
            let sentence = format!("{data}: the database is not there: is its disk?");
            return Err(of_machine(Complaint(sentence)));
        }
        let opened = self.open()?;
        let Some(newest) = newest else {
            return Ok(opened);
        };
        let holds = opened.node.storage().read(|read| holds(read, newest));
        match holds {
            Ok(true) => Ok(opened),
            Ok(false) => Err(Refused {
                complaint: Complaint(format!(
                    "{data}: the checkpoint of size {} that this node had committed is not \
                     there any more: the disk lost or exchanged what it had taken. Keep the \
                     directory as it is, and compare with backups, receipts and witnesses",
                    newest.size
                )),
                is_of_machine: false,
            }),
            Err(fault) => Err(of_machine(Complaint(format!("{data}: {fault}")))),
        }
    }
}

/// The file without which a directory holds no database.
const DATABASE: &str = "CURRENT";

/// Whether the ledger has that very checkpoint: recovery has checked it for the newest one.
fn holds(read: &dyn Read, newest: &Published) -> Result<bool, fundtrail_model::Fault> {
    let stored = read.get(Table::Checkpoints, &newest.size.to_be_bytes())?;
    Ok(stored.is_some_and(|note| note == newest.note.as_bytes()))
}

fn of_machine(complaint: Complaint) -> Refused {
    Refused {
        complaint,
        is_of_machine: true,
    }
}

fn not_opened(error: OpenError) -> Refused {
    Refused {
        complaint: Complaint(error.to_string()),
        // Locked: by a reader that has not let go of the node before.
        is_of_machine: matches!(
            error,
            OpenError::Inaccessible { .. } | OpenError::Locked { .. }
        ),
    }
}

/// A store that is read until it is taken away, whoever still holds the node.
pub(super) struct Revocable {
    store: Mutex<Option<Store>>,
    data: PathBuf,
}

impl Revocable {
    fn new(store: Store, data: PathBuf) -> Revocable {
        Revocable {
            store: Mutex::new(Some(store)),
            data,
        }
    }

    /// Takes the store away. It is closed once nobody reads it any more.
    pub(super) fn revoke(&self) {
        let store = self.lock().take();
        // Closing may take a while, and nobody who is turned away shall wait for it.
        drop(store);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Store>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Storage for Revocable {
    fn with_snapshot(&self, f: &mut dyn FnMut(&dyn Read)) {
        let store = self.lock().clone();
        if let Some(store) = store {
            store.read(|state| f(state));
        }
    }

    fn free_bytes(&self) -> Option<u64> {
        fs4::available_space(&self.data).ok()
    }
}
