//! Taking a log's entries away: what is fetched becomes the export only when it is what the
//! log signed, and only when it goes on from what was there.

use std::path::Path;

use fundtrail_merkle::tile::{Bundle, TILE_WIDTH, bundles_of_size, tiles_of_size};
use fundtrail_merkle::{Hash, root_of};
use fundtrail_model::LogPolicy;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::note::VerifierKey;

use super::directory::Directory;
use super::tree::Tree;
use super::{CHECKPOINT_FILE, ENTRIES_FILE, ExportError, bundle};
use crate::audit::Progress;
use crate::finding::{Check, Finding};
use crate::report::Head;
use crate::since::{Continuation, Now, judge, own_leaves};

/// What was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The head of the tree, signed and computed.
    pub head: Head,
    /// Number of entries in the export that was there before, if one was.
    pub before: Option<u64>,
    /// Number of bundles that were fetched; all others were there.
    pub fetched: u64,
}

/// What came of a fetch: the bytes, `None` where the log has no such file, or why there is
/// no answer.
pub type Fetched<E> = Result<Option<Vec<u8>>, E>;

/// Why nothing was taken. The export that was there is as it was.
#[derive(Debug)]
pub enum TakeError<E> {
    /// What the log serves cannot be what the export should hold.
    Refused(Vec<Finding>),
    /// Whoever fetches could not.
    Source(E),
    /// A file could not be read or written.
    Files(ExportError),
}

impl<E> From<ExportError> for TakeError<E> {
    fn from(error: ExportError) -> TakeError<E> {
        TakeError::Files(error)
    }
}

/// Makes a directory the export of the log at this checkpoint, or brings the export that is
/// there up to it.
///
/// `fetch` gives the bytes at a path below the log's address (`tile/entries/000`), `None`
/// where the log has no such file. Bundles that are there already are not fetched again.
/// All hashes are computed from the entries; no tile is asked for. Before anything in the
/// directory changes, it is certain that `policy` accepts the checkpoint, that the root over
/// the entries is its root, and that the checkpoint in the directory, which only has to be
/// signed by the log, is that of a beginning. What was fetched before an interruption is
/// set aside in the directory, and used by the next call.
///
/// # Errors
/// [`TakeError`].
pub fn take<E>(
    path: &Path,
    policy: &LogPolicy,
    checkpoint: &[u8],
    fetch: &mut dyn FnMut(&str) -> Fetched<E>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Taken, TakeError<E>> {
    let refused = |check, detail| {
        TakeError::Refused(vec![Finding {
            index: None,
            check,
            detail,
        }])
    };
    let opened = policy
        .open(checkpoint)
        .map_err(|error| refused(Check::Checkpoint, error.to_string()))?;
    let head = Head::of(&opened.checkpoint);
    let keys = policy.logs().iter().map(|log| &log.key);
    let keys: Vec<&VerifierKey> = keys
        .filter(|key| key.name() == opened.checkpoint.origin())
        .collect();
    let earlier = Earlier::read(path, &keys)
        .map_err(TakeError::Files)?
        .map_err(|detail| refused(Check::Kept, detail))?;
    let directory = Directory::make(path)?;
    let mut taking = Taking {
        directory: &directory,
        head,
        earlier,
        fetch,
        progress,
        fetched: 0,
    };
    match taking.run(checkpoint) {
        Err(TakeError::Refused(findings)) => {
            directory.clear()?;
            Err(TakeError::Refused(findings))
        }
        ended => ended,
    }
}

/// The export that was there.
struct Earlier {
    head: Head,
    /// The leaf hashes of its entries; empty if they are not what it signed.
    leaves: Vec<Hash>,
}

impl Earlier {
    /// Reads it, if there is one; the inner error says why its checkpoint is not the log's.
    fn read(
        path: &Path,
        keys: &[&VerifierKey],
    ) -> Result<Result<Option<Earlier>, String>, ExportError> {
        let directory = Directory::at(path);
        let Some(note) = directory.get(CHECKPOINT_FILE)? else {
            return Ok(Ok(None));
        };
        let mut why = String::new();
        for key in keys {
            match Checkpoint::open(&note, key.name(), key) {
                Ok((checkpoint, _)) => {
                    let head = Head::of(&checkpoint);
                    let leaves = leaves_in(&directory, head.size)?;
                    let leaves = own_leaves(head, &leaves).to_vec();
                    return Ok(Ok(Some(Earlier { head, leaves })));
                }
                Err(error) => why = error.to_string(),
            }
        }
        Ok(Err(format!("the checkpoint that is there: {why}")))
    }
}

/// The leaf hashes of the entries in a directory, up to the first bundle that is not whole.
fn leaves_in(directory: &Directory, size: u64) -> Result<Vec<Hash>, ExportError> {
    let mut leaves = Vec::new();
    for bundle in bundles_of_size(size) {
        let bytes = directory.get(&bundle.path())?.unwrap_or_default();
        let Some(entries) = bundle::entries(&bytes, bundle.width) else {
            break;
        };
        leaves.extend(entries.into_iter().map(Hash::leaf));
    }
    Ok(leaves)
}

/// Where the bundles come from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bundles {
    /// The directory, and the log for those that are not there.
    Both,
    /// The log alone.
    Log,
}

struct Taking<'a, E> {
    directory: &'a Directory,
    head: Head,
    earlier: Option<Earlier>,
    fetch: &'a mut dyn FnMut(&str) -> Fetched<E>,
    progress: &'a mut dyn FnMut(Progress),
    fetched: u64,
}

impl<E> Taking<'_, E> {
    fn run(&mut self, checkpoint: &[u8]) -> Result<Taken, TakeError<E>> {
        let before = self.earlier.as_ref().map(|earlier| earlier.head);
        if let Some(kept) = before.filter(|kept| kept.size > self.head.size) {
            // What is not here need not be fetched.
            let now = Now {
                checkpoint: Some(self.head),
                size: self.head.size,
                root: None,
                difference: None,
            };
            return Err(TakeError::Refused(judge(kept, &now).1));
        }
        let mut tree = self.tree(Bundles::Both)?;
        if tree.root() != self.head.root {
            // Files that were there may be to blame.
            tree = self.tree(Bundles::Log)?;
        }
        if tree.root() != self.head.root {
            let (size, root, own) = (tree.size(), tree.root().to_hex(), self.head.root.to_hex());
            let detail =
                format!("the root over {size} entries is {root}, the checkpoint says {own}");
            return Err(TakeError::Refused(vec![Finding {
                index: None,
                check: Check::Root,
                detail,
            }]));
        }
        self.compare(&tree)?;
        self.accept(&tree, checkpoint)?;
        Ok(Taken {
            head: self.head,
            before: before.map(|kept| kept.size),
            fetched: self.fetched,
        })
    }

    /// The tree over all entries; the bundles that had to be fetched are set aside.
    fn tree(&mut self, from: Bundles) -> Result<Tree, TakeError<E>> {
        let mut tree = Tree::default();
        self.fetched = 0;
        for bundle in bundles_of_size(self.head.size) {
            let bytes = match from {
                Bundles::Both => self.here(bundle)?,
                Bundles::Log => None,
            };
            let bytes = match bytes {
                Some(bytes) => bytes,
                None => self.fetched(bundle)?,
            };
            for entry in bundle::entries(&bytes, bundle.width).unwrap_or_default() {
                tree.append(Hash::leaf(entry));
            }
            (self.progress)(Progress {
                done: tree.size(),
                total: self.head.size,
            });
        }
        Ok(tree)
    }

    /// A bundle that is there, or was set aside, and is whole.
    fn here(&self, bundle: Bundle) -> Result<Option<Vec<u8>>, ExportError> {
        let name = bundle.path();
        let is_whole = |bytes: &Vec<u8>| is_exactly(bytes, bundle.width);
        if let Some(aside) = self.directory.get_aside(&name)?.filter(is_whole) {
            return Ok(Some(aside));
        }
        Ok(self.directory.get(&name)?.filter(is_whole))
    }

    /// A bundle as the log serves it. Where a partial one was deleted, the full one in its
    /// place will do.
    fn fetched(&mut self, bundle: Bundle) -> Result<Vec<u8>, TakeError<E>> {
        let name = bundle.path();
        let full = Bundle {
            width: TILE_WIDTH,
            ..bundle
        };
        let mut bytes = (self.fetch)(&name).map_err(TakeError::Source)?;
        if bytes.is_none() && bundle != full {
            bytes = (self.fetch)(&full.path()).map_err(TakeError::Source)?;
        }
        let why = match &bytes {
            Some(bytes) => {
                let entries = bundle::entries(bytes, bundle.width);
                match entries.and_then(|entries| bundle::joined(&entries)) {
                    Some(bytes) => {
                        self.directory.put_aside(&name, &bytes)?;
                        self.fetched += 1;
                        return Ok(bytes);
                    }
                    None => format!("{name}: not {} entries after their lengths", bundle.width),
                }
            }
            None => format!("{name}: the log signed for it, and has it not"),
        };
        Err(TakeError::Refused(vec![Finding {
            index: None,
            check: Check::Bundle,
            detail: why,
        }]))
    }

    /// The export that was there must be a beginning.
    fn compare(&self, tree: &Tree) -> Result<(), TakeError<E>> {
        let Some(earlier) = &self.earlier else {
            return Ok(());
        };
        let leaves = tree.leaves();
        let kept = usize::try_from(earlier.head.size).unwrap_or(usize::MAX);
        let difference = earlier.leaves.iter().zip(leaves).position(|(a, b)| a != b);
        let now = Now {
            checkpoint: Some(self.head),
            size: tree.size(),
            root: leaves.get(..kept).map(root_of),
            difference: difference.map(|index| index as u64),
        };
        match judge(earlier.head, &now) {
            (since, _) if since.verdict == Continuation::Grew => Ok(()),
            (_, findings) => Err(TakeError::Refused(findings)),
        }
    }

    /// Makes it the export.
    fn accept(&self, tree: &Tree, checkpoint: &[u8]) -> Result<(), ExportError> {
        for bundle in bundles_of_size(tree.size()) {
            self.directory.accept(&bundle.path())?;
        }
        for tile in tiles_of_size(tree.size()) {
            self.directory.put(&tile.path(), &tree.bytes(tile))?;
        }
        let lines = bundles_of_size(tree.size()).flat_map(|bundle| self.entries(bundle));
        self.directory.put_lines(ENTRIES_FILE, lines)?;
        self.directory.finish(checkpoint)
    }

    /// The entries of a bundle that is in its place.
    fn entries(&self, bundle: Bundle) -> Vec<Result<Vec<u8>, ExportError>> {
        let name = bundle.path();
        let bytes = match self.directory.get(&name) {
            Ok(bytes) => bytes.unwrap_or_default(),
            Err(error) => return vec![Err(error)],
        };
        match bundle::entries(&bytes, bundle.width) {
            Some(entries) => entries
                .into_iter()
                .map(|entry| Ok(entry.to_vec()))
                .collect(),
            None => vec![Err(self
                .directory
                .invalid(&name, "changed while it was used"))],
        }
    }
}

fn is_exactly(bytes: &[u8], width: u16) -> bool {
    let entries = bundle::entries(bytes, width);
    entries
        .and_then(|entries| bundle::joined(&entries))
        .as_deref()
        == Some(bytes)
}
