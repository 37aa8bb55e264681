//! Keys and values in readable form.

use fundtrail_kernel::history;
use fundtrail_model::port::Table;

/// How much of a value is shown around the first difference, in bytes.
const SHOWN: usize = 48;

/// A row's key as somebody would say it: an entry's index, a node's level and position, a name.
pub(super) fn readable(table: Table, key: &[u8]) -> String {
    numbered(table, key).unwrap_or_else(|| text(key))
}

fn numbered(table: Table, key: &[u8]) -> Option<String> {
    match table {
        Table::Entries
        | Table::Checkpoints
        | Table::Witnessed
        | Table::Refusals
        | Table::Queue
        | Table::Alerts => Some(long(key)?.to_string()),
        Table::Nodes => {
            let (level, position) = key.split_first()?;
            Some(format!("{level}/{}", long(position)?))
        }
        Table::Versions => {
            let (table, row, index) = history::version(key)?;
            let row = readable(table, &row);
            Some(format!("{} {row} after entry {index}", table.name()))
        }
        Table::Policies | Table::Days => Some(u32::from_be_bytes(key.try_into().ok()?).to_string()),
        Table::Fees => Some(u16::from_be_bytes(key.try_into().ok()?).to_string()),
        Table::Calendars => {
            let (name, year) = key.split_last_chunk()?;
            let name = text(name.strip_suffix(&[0])?);
            Some(format!("{name} {}", u16::from_be_bytes(*year)))
        }
        Table::Movements => {
            let (name, day) = key.split_last_chunk()?;
            let name = text(name.strip_suffix(&[0])?);
            Some(format!("{name} day {}", u32::from_be_bytes(*day)))
        }
        Table::Revisions => {
            let (name, revision) = key.split_last_chunk()?;
            let name = text(name.strip_suffix(&[0])?);
            Some(format!("{name} revision {}", u64::from_be_bytes(*revision)))
        }
        _ => None,
    }
}

fn long(key: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(key.try_into().ok()?))
}

/// Bytes as text where they are printable, zero bytes as spaces, else in hexadecimal digits.
fn text(bytes: &[u8]) -> String {
    let is_plain = |text: &&str| text.chars().all(|char| char == '\0' || !char.is_control());
    match std::str::from_utf8(bytes).ok().filter(is_plain) {
        Some("") => "\"\"".into(),
        Some(text) => text.replace('\0', " "),
        None => format!("0x{}", hex(bytes)),
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What two values are where they begin to differ.
pub(super) fn difference(expected: &[u8], found: &[u8]) -> String {
    let same = expected.iter().zip(found).take_while(|(a, b)| a == b);
    let at = same.count();
    format!(
        "from byte {at} expected {} of {} bytes, found {} of {}",
        piece(expected, at),
        expected.len(),
        piece(found, at),
        found.len(),
    )
}

fn piece(bytes: &[u8], at: usize) -> String {
    let rest = bytes.get(at..).unwrap_or_default();
    let shown = rest.get(..SHOWN).unwrap_or(rest);
    if shown.is_empty() {
        "nothing".into()
    } else if shown.iter().all(|byte| (0x20..0x7f).contains(byte)) {
        format!("`{}`", String::from_utf8_lossy(shown))
    } else {
        format!("0x{}", hex(shown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_said_as_people_would() {
        let said = |table, key: &[u8]| readable(table, key);
        assert_eq!(said(Table::Entries, &7_u64.to_be_bytes()), "7");
        assert_eq!(said(Table::Nodes, &[2, 0, 0, 0, 0, 0, 0, 0, 9]), "2/9");
        assert_eq!(said(Table::Loans, b"L1"), "L1");
        assert_eq!(said(Table::BankLoans, b"A\0b\0L1"), "A b L1");
        let revision = [&b"loan:L1\0"[..], &3_u64.to_be_bytes()].concat();
        assert_eq!(said(Table::Revisions, &revision), "loan:L1 revision 3");
        // Keys that are none are shown as they are.
        assert_eq!(said(Table::Entries, &[1, 2]), "0x0102");
        assert_eq!(said(Table::Versions, b"?"), "?");
        assert_eq!(said(Table::Loans, b""), "\"\"");
    }

    #[test]
    fn a_difference_begins_where_it_begins() {
        let said = difference(b"abcd", b"abX");
        assert_eq!(said, "from byte 2 expected `cd` of 4 bytes, found `X` of 3");
        let said = difference(b"ab", b"ab\x00");
        assert_eq!(
            said,
            "from byte 2 expected nothing of 2 bytes, found 0x00 of 3"
        );
    }
}
