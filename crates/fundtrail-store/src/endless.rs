//! What RocksDB would read for ever.
//!
//! Its manifest and its write-ahead logs are records one after another, in blocks. A record
//! whose header says that the file was used before, in a file whose first record does not,
//! RocksDB 11 neither takes nor skips: it looks at the same header again without end, before
//! any checksum. No file here is ever used again, so such a header is damage; whoever looks
//! first can say so.
//!
//! Only headers are looked at: what is wrong with a record RocksDB says by itself.

use std::fs;
use std::io;
use std::path::Path;

/// Bytes of a block. No record is in two: a longer one is cut into several.
const BLOCK: usize = 32 * 1024;
/// Checksum (4 bytes), length (2, little-endian), type (1).
const HEADER: usize = 7;
/// Types of records in a file that was used before.
const RECYCLED: [u8; 6] = [5, 6, 7, 8, 11, 131];

/// A file of the database in `path` that RocksDB would not come to the end of.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn find(path: &Path, names: &[String]) -> io::Result<Option<String>> {
    let read_by_records = |name: &&String| name.starts_with("MANIFEST-") || name.ends_with(".log");
    for name in names.iter().filter(read_by_records) {
        match fs::read(path.join(name)) {
            Ok(file) if is_endless(&file) => return Ok(Some(name.clone())),
            // Whoever has the database open may be done with it.
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(None)
}

fn is_endless(file: &[u8]) -> bool {
    let mut is_first = true;
    for block in file.chunks(BLOCK) {
        let mut rest = block;
        while let Some((&[_, _, _, _, low, high, kind], after)) = rest.split_first_chunk::<HEADER>()
        {
            if RECYCLED.contains(&kind) {
                // Where the first record says so, all do, and RocksDB reads on.
                return !is_first;
            }
            let length = usize::from(u16::from_le_bytes([low, high]));
            let Some(next) = after.get(length..) else {
                break;
            };
            is_first = false;
            rest = next;
        }
    }
    false
}
