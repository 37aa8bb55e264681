//! Every RocksDB option the ledger sets, and why.
//!
//! Invariants: each commit is synced, each read is checksummed, the write-ahead log is
//! never skipped. What is not named here keeps RocksDB's default. Absent: anything an
//! operator could tune; a ledger of this size needs no tuning, and a durability setting
//! in a configuration file is a way to lose data.

use fundtrail_model::port::Table;
use rocksdb::{
    BlockBasedOptions, Cache, ColumnFamilyDescriptor, DBCompressionType, DBRecoveryMode, Options,
    ReadOptions, WriteOptions,
};

const MIB: usize = 1 << 20;

/// Blocks of all tables share this much memory, indexes and filters included.
const BLOCK_CACHE_BYTES: usize = 64 * MIB;
/// One table's rows wait in memory up to this size, …
const TABLE_BUFFER_BYTES: usize = 16 * MIB;
/// … and those of all tables together up to this one.
const ALL_BUFFERS_BYTES: usize = 64 * MIB;
/// Bounds what opening has to replay.
const WAL_BYTES_MAX: u64 = 128 * MIB as u64;
/// File descriptors; the rest of the usual limit of 1,024 is left to connections.
const OPEN_FILES_MAX: i32 = 512;
/// RocksDB's own diary (`LOG`), which is no part of the ledger.
const DIARY_FILES: usize = 4;
const DIARY_BYTES: usize = 4 * MIB;

/// The options of the database as a whole.
///
/// # Why `TolerateCorruptedTailRecords`
///
/// A process that dies while appending to the write-ahead log leaves an incomplete last
/// record. The one writer syncs every batch before it starts the next, so that record is
/// a batch nobody was told about. Of RocksDB's four ways to read such a log:
///
/// - `AbsoluteConsistency` refuses to open: every unlucky kill would need an operator;
/// - `PointInTime` (the default) drops everything from the first damage on. It takes a
///   rotten byte in the middle of the log for a crash and forgets batches that *were*
///   acknowledged; the ledger would then give their indexes to other entries;
/// - `SkipAnyCorruptedRecord` leaves holes;
/// - `TolerateCorruptedTailRecords` drops an incomplete tail and refuses to open on other
///   damage. Acknowledged batches come back, or somebody is told.
///
/// Two things it cannot do. A tail of full length with wrong bytes in it (a power cut on a
/// disk that wrote its pages out of order) is refused too, because it cannot be told from
/// rot in an acknowledged batch: refusing is the right error of the two. And the length
/// of a record has no checksum: rot in those two bytes, within the last 32 KiB of the
/// log, looks like an incomplete tail. That loss, like a directory put back from an older
/// copy, leaves a whole and older ledger; only somebody outside who knows a newer
/// checkpoint can tell.
pub(crate) fn database() -> Options {
    let mut options = Options::default();
    options.set_wal_recovery_mode(DBRecoveryMode::TolerateCorruptedTailRecords);
    // A closed log that vanished or shrank would otherwise be a silent rollback.
    options.set_track_and_verify_wals_in_manifest(true);
    options.set_paranoid_checks(true);
    options.set_max_total_wal_size(WAL_BYTES_MAX);
    options.set_db_write_buffer_size(ALL_BUFFERS_BYTES);
    options.set_max_open_files(OPEN_FILES_MAX);
    options.set_max_background_jobs(4);
    options.set_keep_log_file_num(DIARY_FILES);
    options.set_max_log_file_size(DIARY_BYTES);
    options.set_stats_dump_period_sec(0);
    options
}

/// The column families of `tables`, sharing one cache of blocks.
pub(crate) fn families(tables: &[Table]) -> Vec<ColumnFamilyDescriptor> {
    let cache = Cache::new_lru_cache(BLOCK_CACHE_BYTES);
    tables
        .iter()
        .map(|table| ColumnFamilyDescriptor::new(table.name(), family(*table, &cache)))
        .collect()
}

/// Options for a single read: verified, always.
pub(crate) fn reading() -> ReadOptions {
    let mut options = ReadOptions::default();
    options.set_verify_checksums(true);
    options
}

/// Options for a commit: logged and synced before it returns.
pub(crate) fn writing() -> WriteOptions {
    let mut options = WriteOptions::default();
    options.disable_wal(false);
    options.set_sync(true);
    options
}

fn family(table: Table, cache: &Cache) -> Options {
    let mut blocks = BlockBasedOptions::default();
    blocks.set_block_cache(cache);
    blocks.set_cache_index_and_filter_blocks(true);
    blocks.set_pin_l0_filter_and_index_blocks_in_cache(true);
    if is_looked_up_by_name(table) {
        blocks.set_bloom_filter(10.0, false);
    }

    let mut options = Options::default();
    options.set_block_based_table_factory(&blocks);
    options.set_write_buffer_size(TABLE_BUFFER_BYTES);
    options.set_compression_type(if holds_digests(table) {
        DBCompressionType::None
    } else {
        DBCompressionType::Lz4
    });
    options
}

/// Whether lookups often ask for a key that is not there: a Bloom filter saves the read.
/// The other tables are numbered, where what is asked for exists, or are only scanned.
fn is_looked_up_by_name(table: Table) -> bool {
    !matches!(
        table,
        Table::Entries
            | Table::Nodes
            | Table::Checkpoints
            | Table::Witnessed
            | Table::Refusals
            | Table::BankLoans
            | Table::Queue
            | Table::Alerts
            | Table::Revisions
            | Table::Versions
            | Table::Days
    )
}

/// Whether the values are hashes, which no compression shortens. Entries and records are
/// text, which it does.
fn holds_digests(table: Table) -> bool {
    matches!(table, Table::Nodes | Table::Ids)
}
