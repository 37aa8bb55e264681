//! Where a tree lies in the files of a C2SP tlog-tiles log: 256 hashes, or 256 entries, a file.
//!
//! Invariants: a coordinate has one spelling, and what is parsed can exist in some tree; partial
//! tiles are never hashed into the level above. Absent: the bytes of entries, HTTP, files.

use alloc::format;
use alloc::string::String;
use core::ops::Range;

use crate::NodeId;

/// Hashes in a full tile, and entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// Levels of the tree that one level of tiles spans.
const TILE_HEIGHT: u8 = 8;

/// The highest level a tile can have in a tree of `u64::MAX` leaves.
const LEVEL_MAX: u8 = 7;

/// A file of up to 256 neighbouring hashes (C2SP tlog-tiles, "Merkle Tree").
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Tile {
    /// Level of tiles, 0 (leaf hashes) to 7.
    pub level: u8,
    /// Position within the level, from 0.
    pub index: u64,
    /// Number of hashes, 1 to 256; 256 is a full tile.
    pub width: u16,
}

impl Tile {
    /// The tile of this path, if it is one that some tree has.
    #[must_use]
    pub fn parse(path: &str) -> Option<Tile> {
        let (level, position) = path.strip_prefix("tile/")?.split_once('/')?;
        let (index, width) = read_position(position)?;
        let tile = Tile {
            level: level.parse().ok()?,
            index,
            width,
        };
        (tile.is_in(u64::MAX) && tile.path() == path).then_some(tile)
    }

    /// The path below the log's address: `tile/0/x001/x234/067`, or `tile/1/000.p/44` when partial.
    #[must_use]
    pub fn path(&self) -> String {
        format!("tile/{}/{}", self.level, position(self.index, self.width))
    }

    /// The first of the nodes whose hashes, one after another, are this tile, and their number.
    ///
    /// They have one level and follow each other, so their [`NodeId::key`]s are one range.
    #[must_use]
    pub fn nodes(&self) -> (NodeId, u16) {
        let first = NodeId {
            level: self.level.saturating_mul(TILE_HEIGHT),
            index: self.index.saturating_mul(u64::from(TILE_WIDTH)),
        };
        (first, self.width)
    }

    /// Whether the tree of `size` leaves has all the hashes of this tile.
    #[must_use]
    pub fn is_in(&self, size: u64) -> bool {
        self.level <= LEVEL_MAX && is_below(self.index, self.width, hashes_at(self.level, size))
    }
}

/// A file of up to 256 neighbouring entries (C2SP tlog-tiles, "Log Entries").
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Bundle {
    /// Position, from 0.
    pub index: u64,
    /// Number of entries, 1 to 256; 256 is a full bundle.
    pub width: u16,
}

impl Bundle {
    /// The bundle of this path, if it is one that some tree has.
    #[must_use]
    pub fn parse(path: &str) -> Option<Bundle> {
        let (index, width) = read_position(path.strip_prefix("tile/entries/")?)?;
        let bundle = Bundle { index, width };
        (bundle.is_in(u64::MAX) && bundle.path() == path).then_some(bundle)
    }

    /// The path below the log's address: `tile/entries/x001/067`, or `tile/entries/001.p/44` when
    /// partial.
    #[must_use]
    pub fn path(&self) -> String {
        format!("tile/entries/{}", position(self.index, self.width))
    }

    /// The indices of the entries.
    #[must_use]
    pub fn entries(&self) -> Range<u64> {
        let start = self.index.saturating_mul(u64::from(TILE_WIDTH));
        start..start.saturating_add(u64::from(self.width))
    }

    /// Whether the tree of `size` leaves has all the entries of this bundle.
    #[must_use]
    pub fn is_in(&self, size: u64) -> bool {
        is_below(self.index, self.width, size)
    }
}

/// The tiles that a tree of `size` leaves has: at each level the full ones, then the partial one
/// if there is any, upwards.
pub fn tiles_of_size(size: u64) -> impl Iterator<Item = Tile> {
    new_tiles(0, size)
}

/// The tiles that a tree of `to` leaves has and a tree of `from` leaves has not; none if `to` is
/// not above `from`.
pub fn new_tiles(from: u64, to: u64) -> impl Iterator<Item = Tile> {
    (0..=LEVEL_MAX).flat_map(move |level| {
        new_positions(hashes_at(level, from), hashes_at(level, to)).map(move |(index, width)| {
            Tile {
                level,
                index,
                width,
            }
        })
    })
}

/// The bundles that a tree of `size` leaves has.
pub fn bundles_of_size(size: u64) -> impl Iterator<Item = Bundle> {
    new_bundles(0, size)
}

/// The bundles that a tree of `to` leaves has and a tree of `from` leaves has not.
pub fn new_bundles(from: u64, to: u64) -> impl Iterator<Item = Bundle> {
    new_positions(from, to).map(|(index, width)| Bundle { index, width })
}

/// How many hashes a level of tiles has in a tree of `size` leaves; `level` is at most 7.
const fn hashes_at(level: u8, size: u64) -> u64 {
    size >> (TILE_HEIGHT * level)
}

/// Index and width of the files that `to` items fill, from the first that `from` items do not.
fn new_positions(from: u64, to: u64) -> impl Iterator<Item = (u64, u16)> {
    let full = u64::from(TILE_WIDTH);
    let files = if from < to {
        from / full..to.div_ceil(full)
    } else {
        0..0
    };
    files.map(move |index| (index, full.min(to - index * full) as u16))
}

fn is_below(index: u64, width: u16, count: u64) -> bool {
    (1..=TILE_WIDTH).contains(&width)
        && index
            .checked_mul(u64::from(TILE_WIDTH))
            .and_then(|start| start.checked_add(u64::from(width)))
            .is_some_and(|end| end <= count)
}

/// `<N>[.p/<W>]`: three digits a group, all but the last group after an `x`.
fn position(index: u64, width: u16) -> String {
    let mut position = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        position = format!("x{:03}/{position}", rest % 1000);
        rest /= 1000;
    }
    if width == TILE_WIDTH {
        position
    } else {
        format!("{position}.p/{width}")
    }
}

/// Index and width of a path whose spelling is still to be compared with [`position`]'s.
fn read_position(path: &str) -> Option<(u64, u16)> {
    let (groups, width) = match path.split_once(".p/") {
        Some((groups, width)) => (groups, width.parse().ok()?),
        None => (path, TILE_WIDTH),
    };
    let digits: String = groups.chars().filter(char::is_ascii_digit).collect();
    Some((digits.parse().ok()?, width))
}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use super::*;

    const fn tile(level: u8, index: u64, width: u16) -> Tile {
        Tile {
            level,
            index,
            width,
        }
    }

    #[test]
    fn paths_are_those_of_the_specification() {
        let cases = [
            ("tile/0/000", tile(0, 0, 256)),
            ("tile/0/x001/x234/067", tile(0, 1_234_067, 256)),
            ("tile/0/x001/x234/067.p/44", tile(0, 1_234_067, 44)),
            ("tile/1/999.p/1", tile(1, 999, 1)),
            ("tile/1/x001/000.p/255", tile(1, 1000, 255)),
            ("tile/7/000.p/255", tile(7, 0, 255)),
            (
                "tile/0/x072/x057/x594/x037/x927/935.p/255",
                tile(0, u64::MAX >> 8, 255),
            ),
        ];
        for (path, tile) in cases {
            assert_eq!(tile.path(), path);
            assert_eq!(Tile::parse(path), Some(tile));
            let Some(position) = path.strip_prefix("tile/0/") else {
                continue;
            };
            let bundle = Bundle {
                index: tile.index,
                width: tile.width,
            };
            let path = format!("tile/entries/{position}");
            assert_eq!(bundle.path(), path);
            assert_eq!(Bundle::parse(&path), Some(bundle));
        }
    }

    #[test]
    fn another_spelling_is_no_path() {
        let levels = ["", "00", "+0", "-1", "8", "63", "256", "x", "data"];
        for level in levels {
            assert_eq!(Tile::parse(&format!("tile/{level}/000")), None, "{level}");
        }
        let positions = [
            "",
            "0",
            "00",
            "0000",
            "x000",
            "x001",
            "x000/067",
            "001/067",
            "x001/x067",
            "x1/067",
            "x0001/067",
            "x001/067/",
            "/067",
            "x001//067",
            "X001/067",
            "+01",
            "-01",
            " 067",
            "067 ",
            "067\n",
            "067.p",
            "067.p/",
            "067.p/0",
            "067.p/044",
            "067.p/+4",
            "067.p/256",
            "067.p/300",
            "067.p/65536",
            "067.p/4/",
            "067.p/4.p/4",
            "067.P/4",
            "067p/4",
            "٠٠٠",
            "000\0",
            "x072/x057/x594/x037/x927/935",
            "x072/x057/x594/x037/x927/936.p/1",
            "x018/x446/x744/x073/x709/x551/615",
            "x018/x446/x744/x073/x709/x551/616",
            "x999/x999/x999/x999/x999/x999/x999/x999/999",
        ];
        for position in positions {
            assert_eq!(
                Tile::parse(&format!("tile/0/{position}")),
                None,
                "{position}"
            );
            assert_eq!(
                Bundle::parse(&format!("tile/entries/{position}")),
                None,
                "{position}"
            );
        }
        for path in [
            "",
            "tile",
            "tile/",
            "tile/0",
            "/tile/0/000",
            "tile/8/0/000",
            "Tile/0/000",
        ] {
            assert_eq!(Tile::parse(path), None, "{path}");
        }
        assert_eq!(Bundle::parse("tile/0/000"), None);
    }

    #[test]
    fn a_tree_has_full_tiles_and_one_partial_at_each_level() {
        assert_eq!(tiles_of_size(0).next(), None);
        let tiles = |size| tiles_of_size(size).collect::<Vec<_>>();
        assert_eq!(tiles(1), vec![tile(0, 0, 1)]);
        assert_eq!(tiles(255), vec![tile(0, 0, 255)]);
        assert_eq!(tiles(256), vec![tile(0, 0, 256), tile(1, 0, 1)]);
        let three = vec![tile(0, 0, 256), tile(0, 1, 44), tile(1, 0, 1)];
        assert_eq!(tiles(300), three);

        let many = tiles(70_000);
        let count = |level, full: bool| {
            let of = |tile: &&Tile| tile.level == level && (tile.width == TILE_WIDTH) == full;
            many.iter().filter(of).count()
        };
        assert_eq!((count(0, true), count(0, false)), (273, 1));
        assert_eq!((count(1, true), count(1, false)), (1, 1));
        assert_eq!((count(2, true), count(2, false)), (0, 1));
        for partial in [tile(0, 273, 112), tile(1, 1, 17), tile(2, 0, 1)] {
            assert!(many.contains(&partial));
        }
        assert_eq!(many.len(), 277);

        let bundles = bundles_of_size(300).map(|bundle| bundle.entries());
        assert_eq!(bundles.collect::<Vec<_>>(), vec![0..256, 256..300]);
    }

    #[test]
    fn new_tiles_are_those_the_old_tree_has_not() {
        let sizes = [
            0, 1, 2, 255, 256, 257, 300, 511, 512, 513, 65_535, 65_536, 65_537, 70_000,
        ];
        for from in sizes {
            for to in sizes {
                let old: Vec<Tile> = tiles_of_size(from).collect();
                let new: Vec<Tile> = tiles_of_size(to)
                    .filter(|tile| !old.contains(tile))
                    .collect();
                let expected = if from < to { new } else { vec![] };
                assert_eq!(
                    new_tiles(from, to).collect::<Vec<_>>(),
                    expected,
                    "{from} {to}"
                );

                let leaves = expected.iter().filter(|tile| tile.level == 0);
                let bundles: Vec<_> = leaves.map(|tile| (tile.index, tile.width)).collect();
                let new = new_bundles(from, to).map(|bundle| (bundle.index, bundle.width));
                assert_eq!(new.collect::<Vec<_>>(), bundles);
            }
        }
    }

    #[test]
    fn a_tile_is_in_a_tree_that_has_all_its_hashes() {
        assert!(tile(0, 1, 44).is_in(300) && !tile(0, 1, 44).is_in(299));
        assert!(tile(0, 1, 7).is_in(300) && !tile(0, 1, 256).is_in(300));
        assert!(tile(1, 0, 1).is_in(256) && !tile(1, 0, 1).is_in(255));
        for size in [1, 300, 70_000] {
            assert!(tiles_of_size(size).all(|tile| tile.is_in(size)));
            assert!(bundles_of_size(size).all(|bundle| bundle.is_in(size)));
        }
        let nowhere = [
            tile(0, 0, 0),
            tile(0, 0, 257),
            tile(8, 0, 1),
            tile(255, 0, 1),
        ];
        assert!(nowhere.iter().all(|tile| !tile.is_in(u64::MAX)));
        assert!(!tile(0, u64::MAX, 1).is_in(u64::MAX));
    }

    #[test]
    fn a_tile_is_one_run_of_nodes() {
        let first = |level, index| NodeId { level, index };
        assert_eq!(tile(0, 1, 44).nodes(), (first(0, 256), 44));
        assert_eq!(tile(2, 3, 256).nodes(), (first(16, 768), 256));
        assert_eq!(tile(7, 0, 255).nodes(), (first(56, 0), 255));
        assert_eq!(tile(255, u64::MAX, 1).nodes(), (first(255, u64::MAX), 1));
        let bundle = Bundle {
            index: u64::MAX,
            width: 9,
        };
        assert_eq!(bundle.entries(), u64::MAX..u64::MAX);
    }

    #[test]
    fn the_largest_tree_has_tiles_too() {
        let last = u64::MAX - 1;
        let tiles: Vec<Tile> = new_tiles(last, u64::MAX).collect();
        assert_eq!(tiles, vec![tile(0, u64::MAX >> 8, 255)]);
        assert_eq!(tiles_of_size(u64::MAX).next(), Some(tile(0, 0, 256)));
        assert_eq!(
            bundles_of_size(u64::MAX)
                .next()
                .map(|bundle| bundle.entries()),
            Some(0..256)
        );
    }
}
