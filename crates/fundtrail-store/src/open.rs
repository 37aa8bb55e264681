//! Opening: what is in the directory, may this program touch it, and is it whole.
//!
//! Invariants:
//! - a database is only made where there is none, and never over files this program did
//!   not write;
//! - the schema version is the first thing ever written to a database. One in which
//!   nothing was ever written is a creation that was interrupted, and is finished;
//! - a database that is refused keeps every row as it was;
//! - an erasure that a crash cut short is finished before anything is read;
//! - a table that this schema got later is made where it is not there yet, and only after
//!   everything else was found to be right.
//!
//! Absent: migration and repair. Both would be a second way to write the ledger.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use fundtrail_model::port::Table;
use rocksdb::{DB, Options};

use crate::endless;
use crate::erase::{self, Patience};
use crate::error::OpenError;
use crate::options;

/// The version of the keys and records this program reads and writes.
pub const SCHEMA_VERSION: u32 = 1;

/// Tables that came after ledgers of this schema were made: empty where they are not there.
/// What is outside the log, records of kinds that older ledgers did not know, and what is made
/// anew from the entries.
const ADDED_LATER: &[Table] = &[
    Table::Witnessed,
    Table::Drafts,
    Table::Refusals,
    Table::Erased,
    Table::Versions,
    Table::Days,
];

const SCHEMA_KEY: &[u8] = b"schema";

/// RocksDB makes this column family in every database. The ledger leaves it empty.
const UNUSED_FAMILY: &str = "default";

/// Opens the database in `path`, or makes it.
pub(crate) fn open(path: &Path) -> Result<DB, OpenError> {
    let found = match tables_in(path)? {
        Some(tables) => Some(attach(&options::database(), path, &tables)?),
        None => None,
    };
    let db = match found {
        Some(db) if was_written(&db) => db,
        // Closed before it is opened again: the lock admits one at a time.
        unfinished => {
            drop(unfinished);
            create(path)?
        }
    };
    check_tables(&db, path)?;
    check_schema(&db, path)?;
    if has_all(&db, ADDED_LATER) {
        return finish_erasure(db, path);
    }
    // Closed before it is opened again, so that all tables share one cache.
    drop(db);
    let mut options = options::database();
    options.create_missing_column_families(true);
    finish_erasure(attach(&options, path, Table::ALL)?, path)
}

/// Opens the database in `path` to read it. Nothing is made, changed or finished.
pub(crate) fn open_to_read(path: &Path) -> Result<DB, OpenError> {
    let Some(tables) = tables_in(path)? else {
        return Err(OpenError::Nothing { path: path.into() });
    };
    let (options, families) = (options::database(), options::families(&tables));
    let db = DB::open_cf_descriptors_read_only(&options, path, families, false)
        .map_err(|error| OpenError::from_rocksdb(path, error))?;
    if !was_written(&db) {
        return Err(OpenError::Nothing { path: path.into() });
    }
    check_tables(&db, path)?;
    check_schema(&db, path)?;
    Ok(db)
}

/// Does what a crash kept from being done: see [`erase`].
fn finish_erasure(db: DB, path: &Path) -> Result<DB, OpenError> {
    let marked = erase::is_marked(&db).map_err(|error| OpenError::from_rocksdb(path, error))?;
    if marked {
        let newest = db.latest_sequence_number();
        let sealed = erase::SEALED.into();
        erase::finish(&db, &sealed, newest, Patience::None).map_err(|fault| {
            OpenError::Inaccessible {
                path: path.into(),
                detail: fault.to_string(),
            }
        })?;
    }
    Ok(db)
}

fn has_all(db: &DB, tables: &[Table]) -> bool {
    tables
        .iter()
        .all(|table| db.cf_handle(table.name()).is_some())
}

/// Makes the database, or what is lacking of one in which nothing was written yet; then
/// records the schema version.
fn create(path: &Path) -> Result<DB, OpenError> {
    create_durably(path).map_err(|error| OpenError::from_io(path, &error))?;
    let mut options = options::database();
    options.create_if_missing(true);
    options.create_missing_column_families(true);
    let db = attach(&options, path, Table::ALL)?;
    // Another process may have been quicker.
    if !was_written(&db) {
        record_schema(&db).map_err(|error| OpenError::from_rocksdb(path, error))?;
    }
    Ok(db)
}

fn attach(options: &Options, path: &Path, tables: &[Table]) -> Result<DB, OpenError> {
    DB::open_cf_descriptors(options, path, options::families(tables))
        .map_err(|error| OpenError::from_rocksdb(path, error))
}

/// The first write ever. It is moved out of the write-ahead log at once, so that a
/// database which lost its log cannot be mistaken for one in which nothing was written.
fn record_schema(db: &DB) -> Result<(), rocksdb::Error> {
    let Some(meta) = db.cf_handle(Table::Meta.name()) else {
        return Ok(()); // reported by `check_tables`
    };
    let version = SCHEMA_VERSION.to_string();
    db.put_cf_opt(meta, SCHEMA_KEY, version, &options::writing())?;
    db.flush_cf(meta)
}

/// Whether anything was ever written: RocksDB numbers the writes, starting at 1.
fn was_written(db: &DB) -> bool {
    db.latest_sequence_number() > 0
}

/// The tables of the database in `path`; `None` if there is no database yet.
fn tables_in(path: &Path) -> Result<Option<Vec<Table>>, OpenError> {
    if !holds_database(path)? {
        return Ok(None);
    }
    let families = DB::list_cf(&options::database(), path)
        .map_err(|error| OpenError::from_rocksdb(path, error))?;
    families
        .into_iter()
        .filter(|family| family != UNUSED_FAMILY)
        .map(
            |family| match Table::ALL.iter().find(|table| table.name() == family) {
                Some(table) => Ok(*table),
                None => Err(OpenError::UnknownTable {
                    path: path.into(),
                    table: family,
                }),
            },
        )
        .collect::<Result<_, _>>()
        .map(Some)
}

/// Whether `path` holds a database, judged by the names of its files, because RocksDB is
/// too obliging in two cases:
/// - it takes a directory without the file `CURRENT` for an empty one, and deletes what it
///   finds there; so nothing may lie there but what an interrupted creation leaves;
/// - it takes a database without its write-ahead log for one whose newest batches were
///   never written. Creation ends with a table file, so one without the other is a loss.
fn holds_database(path: &Path) -> Result<bool, OpenError> {
    let names = names_in(path).map_err(|error| OpenError::from_io(path, &error))?;
    let has = |extension| names.iter().any(|name| name.ends_with(extension));
    if !names.iter().any(|name| name == "CURRENT") {
        return match names.into_iter().find(|name| !precedes_creation(name)) {
            Some(found) => Err(OpenError::Foreign {
                path: path.into(),
                found,
            }),
            None => Ok(false),
        };
    }
    if has(".sst") && !has(".log") {
        return Err(OpenError::LostLog { path: path.into() });
    }
    match endless::find(path, &names) {
        Ok(None) => {}
        Ok(Some(file)) => {
            return Err(OpenError::Corrupted {
                path: path.into(),
                detail: format!("a record of {file} is of a kind that was never written"),
            });
        }
        Err(error) => return Err(OpenError::from_io(path, &error)),
    }
    Ok(true)
}

/// The names in the directory `path`; none if it does not exist.
fn names_in(path: &Path) -> io::Result<Vec<String>> {
    match fs::read_dir(path) {
        Ok(entries) => entries
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Whether a file of this name may lie in a directory before `CURRENT` does: what RocksDB
/// writes first, and what a freshly made file system holds.
fn precedes_creation(name: &str) -> bool {
    matches!(
        name,
        "LOCK" | "LOG" | "IDENTITY" | "MANIFEST-000001" | "lost+found"
    ) || name.starts_with("LOG.old.")
        || name.ends_with(".dbtmp")
}

/// Makes `path` and the directories above it, for nobody but their owner, and syncs each one's name into its parent:
/// RocksDB syncs what is in its directory, not that there is one.
fn create_durably(path: &Path) -> io::Result<()> {
    let path = std::path::absolute(path)?;
    let missing = path
        .ancestors()
        .take_while(|ancestor| !ancestor.exists())
        .count();
    DirBuilder::new()
        .mode(0o700)
        .recursive(true)
        .create(&path)?;
    for parent in path.ancestors().skip(1).take(missing) {
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}

fn check_tables(db: &DB, path: &Path) -> Result<(), OpenError> {
    let missing = Table::ALL
        .iter()
        .filter(|table| !ADDED_LATER.contains(table))
        .find(|table| db.cf_handle(table.name()).is_none());
    match missing {
        Some(table) => Err(OpenError::MissingTable {
            path: path.into(),
            table: table.name(),
        }),
        None => Ok(()),
    }
}

fn check_schema(db: &DB, path: &Path) -> Result<(), OpenError> {
    let recorded = match db.cf_handle(Table::Meta.name()) {
        Some(meta) => db
            .get_cf_opt(meta, SCHEMA_KEY, &options::reading())
            .map_err(|error| OpenError::from_rocksdb(path, error))?,
        None => None,
    };
    match recorded {
        None => Err(OpenError::NoSchema { path: path.into() }),
        Some(version) if version == SCHEMA_VERSION.to_string().as_bytes() => Ok(()),
        Some(version) => Err(OpenError::OtherSchema {
            path: path.into(),
            found: String::from_utf8_lossy(&version).into_owned(),
        }),
    }
}
