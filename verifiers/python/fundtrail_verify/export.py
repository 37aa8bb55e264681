"""A whole export (FORMAT 11, 12): entries, checkpoint, tiles, and a checkpoint kept before."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from . import tiles, tree
from .errors import Malformed, NoAnswer
from .ledger import Books, Finding, Integrity, Step
from .policy_file import LogPolicy, Opened
from .recompute import Recompute

ENTRY_FILES = ("entries.ndjson", "entries.jsonl")
CHECKPOINT_FILES = ("checkpoint", "checkpoint.txt")
Outcome = Tuple[Dict[str, Any], List[Finding]]


class Export:
    """A directory with a checkpoint and entries, as lines or as bundles."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.checkpoint = _first(directory, CHECKPOINT_FILES).read_bytes()

    def entries(self) -> Iterator[bytes]:
        """The exact bytes of each entry in order."""
        for name in ENTRY_FILES:
            if (self.directory / name).exists():
                yield from _lines(self.directory / name)
                return
        if not (self.directory / "tile" / "entries").is_dir():
            raise NoAnswer(f"{self.directory} has neither {ENTRY_FILES[0]} nor tile/entries")
        yield from self._bundles()

    def _bundles(self) -> Iterator[bytes]:
        number = 0
        while True:
            full = self.directory / tiles.path(None, number, tiles.WIDTH)
            if full.is_file():
                yield from tiles.entries_of(full.read_bytes())
                number += 1
                continue
            partial = Path(f"{full}.p")
            widths = [int(one.name) for one in partial.glob("*") if one.name.isdigit()]
            if widths:
                yield from tiles.entries_of((partial / str(max(widths))).read_bytes())
            return

    def wrong_tiles(self, leaves: List[bytes], raw: List[bytes]) -> List[str]:
        """Paths of files below `tile/` that are not what the entries give."""
        wrong = []
        for path in tiles.paths(len(leaves)):
            held = self.directory / path
            if held.is_file() and held.read_bytes() != content(path, leaves, raw):
                wrong.append(path)
        return wrong


def content(path: str, leaves: List[bytes], raw: List[bytes]) -> bytes:
    """What a tile or a bundle of these entries holds."""
    tile = tiles.parse(path)
    if tile.level is None:
        held = raw[tile.index * tiles.WIDTH :][: tile.width]
        return b"".join(len(one).to_bytes(2, "big") + one for one in held)
    span = tiles.WIDTH**tile.level
    first = tile.index * tiles.WIDTH * span
    return b"".join(
        tree.root_of(leaves[first + n * span : first + (n + 1) * span]) for n in range(tile.width)
    )


def _first(directory: Path, names: Tuple[str, ...]) -> Path:
    for name in names:
        if (directory / name).is_file():
            return directory / name
    raise NoAnswer(f"{directory} has no {names[0]}")


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as held:
        for line in held:
            yield line[:-1] if line.endswith(b"\n") else line


class Audit(NamedTuple):
    """Everything found out about an export."""

    origin: str
    opened: Optional[Opened]
    entries: int
    root: bytes
    beyond: int
    seals: int
    tiles_compared: bool
    integrity: Optional[Finding]
    findings: List[Finding]
    since: Dict[str, Any]
    model: Recompute
    books: Books


def audit(directory: Path, policy: LogPolicy, since: Optional[Path]) -> Audit:
    """Walks a whole export; every deviation is a finding."""
    export, found = Export(directory), []
    opened: Optional[Opened] = None
    try:
        opened = policy.open(export.checkpoint)
    except Malformed as error:
        found.append(Finding("checkpoint", None, error.code, error.message))
    origin = opened.checkpoint.origin if opened else policy.logs[0].name
    walk, books, model = Integrity(origin), Books(), Recompute(origin)
    size = opened.checkpoint.size if opened else -1
    roots, root_then, leaves, raws, seals = tree.Roots(), None, [], [], 0
    if size == 0:
        root_then = roots.root()
    integrity: Optional[Finding] = None
    has_tiles = (directory / "tile").is_dir()
    entries = export.entries()
    while True:
        try:
            raw = next(entries)
            step = walk.step(raw)
        except StopIteration:
            break
        except Malformed as error:
            integrity = Finding("integrity", walk.count, error.code, error.message)
            break
        found += model.step(step, books) + books.step(step.entry)
        seals += step.transaction.kind == "period_seal"
        found += _genesis(step, opened)
        roots.push(step.leaf)
        leaves.append(step.leaf)
        if has_tiles:
            raws.append(raw)
        if roots.size == size:
            root_then = roots.root()
    if integrity:
        found = [integrity, *found]
    else:
        found += _against_checkpoint(opened, root_then, roots.size)
        if has_tiles:
            found += [
                Finding("tiles", None, "TILE", f"{path} is not what the entries give")
                for path in export.wrong_tiles(leaves[: max(size, 0)], raws[: max(size, 0)])
            ]
    kept: Dict[str, Any] = {"verdict": "not_given"}
    if since:
        kept, wrong = compare(since, policy, leaves, opened)
        found += wrong
    beyond = max(roots.size - size, 0) if opened else roots.size
    return Audit(
        origin, opened, roots.size, roots.root(), beyond, seals, has_tiles and not integrity,
        integrity, found, kept, model, books,
    )


def _genesis(step: Step, opened: Optional[Opened]) -> List[Finding]:
    if step.transaction.kind != "genesis" or opened is None:
        return []
    if step.transaction.body["log_key"] == str(opened.log):
        return []
    why = "the genesis names another log key than the one that signed"
    return [Finding("checkpoint", step.entry.index, "GENESIS_LOG_KEY", why)]


def _against_checkpoint(
    opened: Optional[Opened], root_then: Optional[bytes], count: int
) -> List[Finding]:
    if opened is None:
        return []
    point = opened.checkpoint
    if root_then is None:
        why = f"the checkpoint covers {point.size} entries, {count} are here"
        return [Finding("checkpoint", None, "CHECKPOINT_SIZE", why)]
    if root_then != point.root:
        why = f"the root over {point.size} entries is {root_then.hex()}, not {point.root.hex()}"
        return [Finding("checkpoint", None, "CHECKPOINT_ROOT", why)]
    return []


def compare(
    since: Path, policy: LogPolicy, leaves: List[bytes], opened: Optional[Opened]
) -> Outcome:
    """A kept checkpoint, or an earlier export, against the entries here."""
    earlier: Optional[Export] = Export(since) if since.is_dir() else None
    if earlier is None and not since.is_file():
        raise NoAnswer(f"there is no {since}")
    raw = earlier.checkpoint if earlier else since.read_bytes()

    def found(verdict: str, code: str, why: str, **more: Any) -> Outcome:
        return {"verdict": verdict, **more}, [Finding("since", more.get("entry"), code, why)]

    try:
        kept = policy.open(raw).checkpoint
    except Malformed as error:
        return found("unsigned", "KEPT", f"the kept checkpoint does not open: {error}")
    sizes = {"size": kept.size, "root": kept.root.hex()}
    point = opened.checkpoint if opened else None
    if point and kept.size == point.size and kept.root != point.root:
        return found("forked", "FORKED", f"two roots of size {kept.size} are signed", **sizes)
    if kept.size > len(leaves):
        why = f"the kept checkpoint covers {kept.size} entries, {len(leaves)} are here"
        return found("truncated", "TRUNCATED", why, **sizes)
    if tree.root_of(leaves[: kept.size]) != kept.root:
        first = _first_difference(earlier, leaves) if earlier else None
        why = f"the first {kept.size} entries are not those of the kept checkpoint"
        where = {} if first is None else {"entry": first}
        return found("rewritten", "REWRITTEN", why, **sizes, **where)
    return {"verdict": "grew", **sizes, "entries_since": len(leaves) - kept.size}, []


def _first_difference(earlier: Export, leaves: List[bytes]) -> Optional[int]:
    number = 0
    try:
        for raw in earlier.entries():
            if number >= len(leaves) or tree.leaf_hash(raw) != leaves[number]:
                return number
            number += 1
    except Malformed:
        return number
    return None
