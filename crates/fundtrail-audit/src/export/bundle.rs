//! The bytes of an entry bundle (C2SP tlog-tiles, "Log Entries"): each entry after its
//! length as two bytes, big-endian.

use fundtrail_merkle::tile::{Bundle, TILE_WIDTH};

/// The longest bundle, in bytes: 256 entries of 65,535 bytes, each after its length.
pub const BUNDLE_BYTES_MAX: usize = TILE_WIDTH as usize * (2 + u16::MAX as usize);

/// The first `width` entries of a bundle that has these, or is the full one of its place;
/// `None` for anything else.
pub(super) fn entries(bytes: &[u8], width: u16) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::with_capacity(usize::from(width));
    let mut rest = bytes;
    while let Some((length, after)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, after) = after.split_at_checked(length)?;
        entries.push(entry);
        rest = after;
    }
    let full = usize::from(TILE_WIDTH);
    let fits = entries.len() == usize::from(width) || entries.len() == full;
    (rest.is_empty() && fits).then(|| {
        entries.truncate(usize::from(width));
        entries
    })
}

/// The bundle of some of a ledger's entries; `None` when it has not all of them, or one is
/// longer than two bytes can say.
pub(super) fn of(entries: &[Vec<u8>], bundle: Bundle) -> Option<Vec<u8>> {
    let range = bundle.entries();
    let range = usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?;
    joined(entries.get(range)?)
}

/// A bundle of these entries.
pub(super) fn joined<E: AsRef<[u8]>>(entries: &[E]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for entry in entries {
        let entry = entry.as_ref();
        bytes.extend_from_slice(&u16::try_from(entry.len()).ok()?.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_its_entries_after_their_lengths() {
        let three = [&b"a"[..], b"", b"bc"];
        let bytes = joined(&three).unwrap();
        assert_eq!(bytes, b"\0\x01a\0\0\0\x02bc");
        assert_eq!(entries(&bytes, 3).unwrap(), three);
        let long = vec![b'x'; 65_535];
        let bytes = joined(&[&long]).unwrap();
        assert_eq!(&bytes[..2], b"\xff\xff");
        assert_eq!(entries(&bytes, 1).unwrap(), [long.as_slice()]);
        assert_eq!(joined(&[vec![b'x'; 65_536]]), None);
    }

    #[test]
    fn a_full_bundle_stands_for_a_partial_one() {
        let all: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte]).collect();
        let bytes = joined(&all).unwrap();
        assert_eq!(entries(&bytes, 256).unwrap(), all);
        assert_eq!(entries(&bytes, 3).unwrap(), all[..3]);
        // Any other width is of another tree.
        let bytes = joined(&all[..255]).unwrap();
        assert_eq!(entries(&bytes, 3), None);
        assert_eq!(entries(&bytes, 256), None);
    }

    #[test]
    fn what_is_cut_or_too_long_is_no_bundle() {
        let bytes = joined(&[b"a", b"b"]).unwrap();
        for end in 0..bytes.len() {
            assert_eq!(entries(&bytes[..end], 2), None, "{end}");
        }
        assert_eq!(entries(&[&bytes[..], b"\0"].concat(), 2), None);
        assert_eq!(entries(&[&bytes[..], b"\0\0"].concat(), 2), None);
        let bundle = Bundle { index: 0, width: 3 };
        assert_eq!(of(&[vec![1], vec![2]], bundle), None);
    }
}
