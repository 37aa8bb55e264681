//! The hashes of a tree that its tiles are made of, from the leaves alone.

use fundtrail_merkle::tile::Tile;
use fundtrail_merkle::{Frontier, Hash};

/// Levels of the tree that one level of tiles spans.
const TILE_HEIGHT: u8 = 8;

/// A tree as it grows.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    frontier: Frontier,
    /// For each level of tiles, its hashes from the left.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// Appends a leaf.
    pub(super) fn append(&mut self, leaf: Hash) {
        let levels = &mut self.levels;
        self.frontier.append(leaf, |node, hash| {
            if node.level % TILE_HEIGHT == 0 {
                let level = usize::from(node.level / TILE_HEIGHT);
                if levels.len() == level {
                    levels.push(Vec::new());
                }
                levels[level].push(hash);
            }
        });
    }

    /// Number of leaves.
    pub(super) fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root.
    pub(super) fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// The leaf hashes.
    pub(super) fn leaves(&self) -> &[Hash] {
        self.levels.first().map_or(&[], Vec::as_slice)
    }

    /// The bytes of a tile that this tree has; those it has of any other.
    pub(super) fn bytes(&self, tile: Tile) -> Vec<u8> {
        let level = self.levels.get(usize::from(tile.level));
        let (first, width) = tile.nodes();
        let hashes = level.map_or(&[][..], Vec::as_slice).iter();
        let skipped = usize::try_from(first.index).unwrap_or(usize::MAX);
        hashes
            .skip(skipped)
            .take(usize::from(width))
            .flat_map(|hash| *hash.as_bytes())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use fundtrail_merkle::root_of;
    use fundtrail_merkle::tile::tiles_of_size;

    use super::*;

    #[test]
    fn tiles_hold_the_roots_of_what_is_below_them() {
        let leaves: Vec<Hash> = (0..70_000_u32)
            .map(|number| Hash::leaf(&number.to_be_bytes()))
            .collect();
        let mut tree = Tree::default();
        leaves.iter().for_each(|leaf| tree.append(*leaf));
        assert_eq!(tree.size(), 70_000);
        assert_eq!(tree.root(), root_of(&leaves));
        assert_eq!(tree.leaves(), leaves);
        let mut seen = [0; 3];
        for tile in tiles_of_size(70_000) {
            let bytes = tree.bytes(tile);
            let (first, width) = tile.nodes();
            assert_eq!(bytes.len(), 32 * usize::from(width));
            let span = 256_usize.pow(u32::from(tile.level));
            for (index, hash) in (first.index as usize..).zip(bytes.chunks(32)) {
                let below = &leaves[index * span..(index + 1) * span];
                assert_eq!(hash, root_of(below).as_bytes());
                seen[usize::from(tile.level)] += 1;
            }
        }
        assert_eq!(seen, [70_000, 273, 1]);
    }
}
