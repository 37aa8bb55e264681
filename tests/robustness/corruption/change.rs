//! Changes of one place, by chance that can be repeated.

/// Chance from a seed (splitmix64): the same numbers every time.
#[derive(Clone, Debug)]
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    /// A byte that is not 0.
    fn difference(&mut self) -> u8 {
        u8::try_from(1 + self.next() % 255).unwrap()
    }
}

/// What is done to some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// One byte is another.
    Flip {
        /// Which.
        at: usize,
        /// What it is xored with; not 0.
        with: u8,
    },
    /// They end here.
    Cut {
        /// Fewer than there were.
        to: usize,
    },
    /// One byte more.
    Lengthen {
        /// This one.
        by: u8,
    },
    /// They are gone.
    Remove,
}

impl Change {
    /// Three of five flip, one cuts; the rest lengthens or removes. Of no bytes nothing is left
    /// to flip or cut.
    pub(super) fn by(chance: &mut Chance, length: usize) -> Change {
        match chance.below(10) {
            0..=5 if length > 0 => Change::Flip {
                at: chance.below(length),
                with: chance.difference(),
            },
            6 | 7 if length > 0 => Change::Cut {
                to: chance.below(length),
            },
            8 => Change::Lengthen {
                by: u8::try_from(chance.below(256)).unwrap(),
            },
            _ => Change::Remove,
        }
    }

    /// A flip of one byte.
    pub(super) fn flip(chance: &mut Chance, length: usize) -> Change {
        Change::Flip {
            at: chance.below(length),
            with: chance.difference(),
        }
    }

    /// The bytes after it; none where they are gone.
    pub(super) fn apply(self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut bytes = bytes.to_vec();
        match self {
            Change::Flip { at, with } => bytes[at] ^= with,
            Change::Cut { to } => bytes.truncate(to),
            Change::Lengthen { by } => bytes.push(by),
            Change::Remove => return None,
        }
        Some(bytes)
    }
}
