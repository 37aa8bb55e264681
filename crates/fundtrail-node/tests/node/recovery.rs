//! Recovery: a ledger that is damaged, or another one, is refused with its own words.

use std::sync::Arc;

use fundtrail_kernel::Memory;
use fundtrail_model::Fault;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::NoteSigner;
use fundtrail_model::port::{Batch, Commit, Read, Row, Table};
use fundtrail_model::tag::TagKey;
use fundtrail_node::{Config, MemoryStorage, Node, RecoveryError, Storage};

use crate::fixture::*;
use crate::support::open;

/// Entries of the ledger that is damaged in these tests: more than recovery looks at.
const SIZE: u64 = 300;

/// A ledger of [`SIZE`] entries, made once.
fn ledger() -> Memory {
    static LEDGER: std::sync::OnceLock<Memory> = std::sync::OnceLock::new();
    let make = || {
        let storage = MemoryStorage::default();
        let (node, _) = open(&storage);
        recorded(node.submit(&genesis()));
        let list: Vec<Vec<u8>> = (2..=u32::try_from(SIZE).unwrap()).map(enrol).collect();
        let list: Vec<&[u8]> = list.iter().map(Vec::as_slice).collect();
        for answer in node.submit_all(&list) {
            recorded(answer);
        }
        drop(node);
        storage.state().as_ref().clone()
    };
    LEDGER.get_or_init(make).clone()
}

/// What opening says after `damage`.
fn refused(damage: impl FnOnce(&Memory, &mut Batch)) -> RecoveryError {
    let mut memory = ledger();
    let mut batch = Batch::default();
    damage(&memory, &mut batch);
    memory.commit(&batch).unwrap();
    attempt(memory, config()).expect_err("a damaged ledger was opened")
}

fn attempt(memory: Memory, config: Config) -> Result<Node, RecoveryError> {
    let storage = MemoryStorage::holding(memory);
    Node::open(config, Arc::new(storage.clone()), Box::new(storage))
}

fn entry(memory: &Memory, index: u64) -> Vec<u8> {
    memory
        .get(Table::Entries, &index.to_be_bytes())
        .unwrap()
        .unwrap()
}

fn node_key(level: u8, index: u64) -> [u8; 9] {
    fundtrail_merkle::NodeId { level, index }.key()
}

/// A checkpoint of the newest size, changed and signed again with the right key.
fn checkpoint(memory: &Memory, size: u64, root: Option<[u8; 32]>) -> String {
    let note = memory
        .get(Table::Checkpoints, &SIZE.to_be_bytes())
        .unwrap()
        .unwrap();
    let signer = log_signer();
    let (now, _) = Checkpoint::open(&note, ORIGIN, signer.verifier()).unwrap();
    let root = root.map_or(now.root(), fundtrail_merkle::Hash);
    Checkpoint::new(ORIGIN, size, root)
        .unwrap()
        .sign(&signer)
        .unwrap()
        .to_text()
}

macro_rules! refuses {
    ($damage:expr, $pattern:pat) => {
        let error = refused($damage);
        assert!(matches!(error, $pattern), "{error:?}");
        assert!(error.to_string().contains("restore a backup"), "{error}");
    };
}

#[test]
fn a_whole_ledger_is_opened() {
    let node = attempt(ledger(), config()).unwrap();
    assert_eq!(node.metrics().size(), SIZE);
    assert_eq!(recorded(node.submit(&enrol(1))), SIZE);
    let empty = attempt(Memory::default(), config()).unwrap();
    assert_eq!(empty.metrics().size(), 0);
}

/// As a program left it that wrote no history.
fn without_history(memory: &Memory, batch: &mut Batch) {
    for table in [Table::Versions, Table::Days] {
        for (key, _) in memory.range(table, &[], &[0xff; 64], usize::MAX).unwrap() {
            batch.delete(table, key);
        }
    }
    batch.delete(Table::Meta, "history");
}

#[test]
fn a_ledger_without_history_gets_one() {
    let mut memory = ledger();
    let mut batch = Batch::default();
    without_history(&memory, &mut batch);
    memory.commit(&batch).unwrap();
    let storage = MemoryStorage::holding(memory);
    let open = || {
        Node::open(
            config(),
            Arc::new(storage.clone()),
            Box::new(storage.clone()),
        )
    };
    let node = open().unwrap();
    assert_eq!(recorded(node.submit(&enrol(1))), SIZE);
    drop(node);

    let other = MemoryStorage::holding(ledger());
    let node = Node::open(config(), Arc::new(other.clone()), Box::new(other.clone())).unwrap();
    assert_eq!(recorded(node.submit(&enrol(1))), SIZE);
    drop(node);
    assert!(
        storage.state() == other.state(),
        "the history it would have had"
    );
}

#[test]
fn a_ledger_that_does_not_replay_gets_no_history() {
    // Entry 3 is older than recovery looks at. With a history nobody asks.
    let foreign = |memory: &Memory, batch: &mut Batch| {
        batch.put(Table::Entries, 3_u64.to_be_bytes(), entry(memory, 4));
    };
    let mut memory = ledger();
    let mut batch = Batch::default();
    foreign(&memory, &mut batch);
    memory.commit(&batch).unwrap();
    attempt(memory, config()).unwrap();

    let error = refused(|memory, batch| {
        without_history(memory, batch);
        foreign(memory, batch);
    });
    assert!(matches!(error, RecoveryError::History(_)), "{error:?}");
    let said = error.to_string();
    assert!(
        said.starts_with("entry 3: ") && said.contains("the history"),
        "{said}"
    );
}

#[test]
fn another_ledgers_keys_are_refused() {
    let tell = |config: Config| attempt(ledger(), config).err().unwrap();
    let other = NoteSigner::new(ORIGIN, SigningKey::from_seed(&[1; 32])).unwrap();
    let error = tell(Config {
        signer: other,
        ..config()
    });
    assert!(matches!(error, RecoveryError::LogKey { .. }), "{error:?}");
    assert!(error.to_string().contains("key file of this ledger"));

    let elsewhere = NoteSigner::new("elsewhere", SigningKey::from_seed(&[0xa1; 32])).unwrap();
    let error = tell(Config {
        signer: elsewhere,
        ..config()
    });
    assert!(matches!(error, RecoveryError::Origin { .. }), "{error:?}");

    let error = tell(Config {
        tag_key: TagKey::new(&[0; 32]),
        ..config()
    });
    assert!(matches!(error, RecoveryError::TagKey { .. }), "{error:?}");
    assert!(error.to_string().contains("tag key file"));
}

#[test]
fn a_ledger_without_its_genesis_record_is_refused() {
    refuses!(
        |_: &Memory, batch: &mut Batch| batch.delete(Table::Fund, *b"ledger"),
        RecoveryError::NoGenesis { size: SIZE }
    );
}

#[test]
fn a_checkpoint_that_is_missing_or_does_not_fit_is_refused() {
    let key = SIZE.to_be_bytes();
    refuses!(
        |memory: &Memory, batch: &mut Batch| {
            for (size, _) in memory
                .range(Table::Checkpoints, &[], &[0xff; 9], 999)
                .unwrap()
            {
                batch.delete(Table::Checkpoints, size);
            }
        },
        RecoveryError::NoCheckpoint { size: SIZE }
    );
    refuses!(
        |_: &Memory, batch: &mut Batch| batch.delete(Table::Checkpoints, key),
        RecoveryError::Size { entries: SIZE, .. }
    );
    refuses!(
        |memory: &Memory, batch: &mut Batch| {
            batch.put(Table::Checkpoints, key, checkpoint(memory, SIZE - 1, None));
        },
        RecoveryError::Size { entries: SIZE, .. }
    );
    refuses!(
        |memory: &Memory, batch: &mut Batch| {
            let later = (SIZE + 1).to_be_bytes();
            batch.put(
                Table::Checkpoints,
                later,
                checkpoint(memory, SIZE + 1, None),
            );
        },
        RecoveryError::Size {
            checkpoint: 301,
            entries: SIZE
        }
    );
    refuses!(
        |memory: &Memory, batch: &mut Batch| {
            batch.put(
                Table::Checkpoints,
                key,
                checkpoint(memory, SIZE, Some([7; 32])),
            );
        },
        RecoveryError::Root { size: SIZE, .. }
    );
    refuses!(
        |memory: &Memory, batch: &mut Batch| {
            let stranger = NoteSigner::new(ORIGIN, SigningKey::from_seed(&[3; 32])).unwrap();
            let root = fundtrail_merkle::Hash::leaf(&entry(memory, 0));
            let forged = Checkpoint::new(ORIGIN, SIZE, root)
                .unwrap()
                .sign(&stranger)
                .unwrap();
            batch.put(Table::Checkpoints, key, forged.to_text());
        },
        RecoveryError::Checkpoint { size: SIZE, .. }
    );
    refuses!(
        |_: &Memory, batch: &mut Batch| batch.put(Table::Checkpoints, key, "nonsense"),
        RecoveryError::Checkpoint { size: SIZE, .. }
    );
}

#[test]
fn lost_entries_are_refused() {
    refuses!(
        |_: &Memory, batch: &mut Batch| {
            batch.delete(Table::Entries, (SIZE - 1).to_be_bytes());
        },
        RecoveryError::Size {
            checkpoint: SIZE,
            ..
        }
    );
    refuses!(
        |_: &Memory, batch: &mut Batch| batch.delete(Table::Entries, 200_u64.to_be_bytes()),
        RecoveryError::Gap { index: 200 }
    );
}

#[test]
fn changed_entries_are_refused() {
    let swap = |index: u64, from: &'static str, to: &'static str| {
        move |memory: &Memory, batch: &mut Batch| {
            let text = String::from_utf8(entry(memory, index)).unwrap();
            assert!(text.contains(from));
            batch.put(
                Table::Entries,
                index.to_be_bytes(),
                text.replacen(from, to, 1),
            );
        }
    };
    // Well formed but not what was hashed: seen in the tree.
    refuses!(
        swap(200, "T02:00:00.000Z", "T02:00:00.001Z"),
        RecoveryError::Tree {
            index: 200,
            level: 0,
            position: 200
        }
    );
    refuses!(
        swap(299, "T02:", "T03:"),
        RecoveryError::Tree {
            index: 299,
            level: 0,
            ..
        }
    );
    refuses!(
        swap(250, "{\"index\"", "{ \"index\""),
        RecoveryError::Entry { index: 250, .. }
    );
    refuses!(
        swap(250, "\"index\":250", "\"index\":251"),
        RecoveryError::Chain { index: 250 }
    );
    // The entry before the first one checked: seen in the chain.
    refuses!(swap(43, "T02:", "T03:"), RecoveryError::Chain { index: 44 });
}

#[test]
fn a_changed_tree_is_refused() {
    let node = |level, index| {
        move |_: &Memory, batch: &mut Batch| {
            batch.put(Table::Nodes, node_key(level, index), [9; 32]);
        }
    };
    refuses!(
        node(0, 299),
        RecoveryError::Tree {
            index: 299,
            level: 0,
            position: 299
        }
    );
    refuses!(
        node(0, 100),
        RecoveryError::Tree {
            index: 100,
            level: 0,
            position: 100
        }
    );
    // An inner node that is no part of the right edge.
    refuses!(
        node(3, 20),
        RecoveryError::Tree {
            index: 167,
            level: 3,
            position: 20
        }
    );
    // One that is: seen in the root already.
    refuses!(node(8, 0), RecoveryError::Root { size: SIZE, .. });
    refuses!(
        |_: &Memory, batch: &mut Batch| batch.delete(Table::Nodes, node_key(8, 0)),
        RecoveryError::Damaged(_)
    );
}

/// A disk that gives every row but those of one table.
struct Sick(MemoryStorage, Table);

impl Storage for Sick {
    fn with_snapshot(&self, f: &mut dyn FnMut(&dyn Read)) {
        f(&Sick(self.0.clone(), self.1));
    }
}

impl Read for Sick {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        match table == self.1 {
            true => Err(Fault("input/output error".into())),
            false => self.0.state().get(table, key),
        }
    }

    fn range(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        self.0.state().range(table, from, until, limit)
    }

    fn range_back(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        self.0.state().range_back(table, from, until, limit)
    }
}

#[test]
fn what_is_missing_is_damage_and_what_cannot_be_read_is_the_machines() {
    let missing = [
        |_: &Memory, batch: &mut Batch| batch.delete(Table::Nodes, node_key(8, 0)),
        |_: &Memory, batch: &mut Batch| {
            batch.put(Table::Entries, (SIZE - 1).to_be_bytes(), *b"no entry");
        },
    ];
    for damage in missing {
        let error = refused(damage);
        assert!(matches!(error, RecoveryError::Damaged(_)), "{error:?}");
        assert!(error.to_string().starts_with("LEDGER_DAMAGED: "), "{error}");
    }
    for table in [Table::Nodes, Table::Entries] {
        let storage = MemoryStorage::holding(ledger());
        let sick = Sick(storage.clone(), table);
        let error = Node::open(config(), Arc::new(sick), Box::new(storage)).unwrap_err();
        assert!(matches!(error, RecoveryError::Unreadable(_)), "{error:?}");
        assert!(error.to_string().contains("input/output error"), "{error}");
    }
}
