"""Statements: every revision of one object, and a proof that none is missing at the end."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional

from . import transaction, tree
from . import values as v
from .entry import Entry, parse
from .errors import Malformed
from .ledger import Head, running
from .policy_file import LogPolicy, Opened
from .receipt import prove
from .seal import LEAF, check_entry, document, hash_text, head_in
from .shapes import list_of, or_null, required, struct

FORMAT = "fundtrail-statement/v1"
_COUNT = v.whole(0, 2**64 - 1)
_ITEM = struct(
    {
        "revision": required(_COUNT),
        "index": required(_COUNT),
        "entry": required(v.text),
        "hashes": required(list_of(hash_text)),
    }
)
_SEAL = struct(
    {
        "period": required(v.text),
        "leaves": required(_COUNT),
        "present": or_null(LEAF),
        "before": or_null(LEAF),
        "after": or_null(LEAF),
    }
)
_COMPLETENESS = struct(
    {
        "seal": or_null(_SEAL),
        "tail": required(list_of(v.text)),
        "hashes": required(list_of(hash_text)),
    }
)
_DOCUMENT = struct(
    {
        "format": required(v.option(FORMAT)),
        "object": required(v.text),
        "checkpoint": required(v.text),
        "revisions": required(_COUNT),
        "newest_entry": or_null(_COUNT),
        "items": required(list_of(_ITEM)),
        "completeness": or_null(_COMPLETENESS),
    }
)


class Item(NamedTuple):
    """One revision of the object, and the balance after it if the object is a book."""

    entry: Entry
    revision: int
    balance: Optional[int]


class Verified(NamedTuple):
    """What a statement proves. It rests on a seal (period, index), or on entries alone."""

    object: str
    items: List[Item]
    period: Optional[str]
    tail_from: int
    opened: Opened

    @property
    def balance(self) -> Optional[int]:
        """The final balance, None for what was never posted to."""
        return self.items[-1].balance if self.items else None


def verify(raw: bytes, policy: LogPolicy) -> Verified:
    """All of it, in the order of the contract; each failure names the item and a code."""
    found = document(raw, _DOCUMENT, "STATEMENT_FORM")
    opened = policy.open(found["checkpoint"].encode())
    items = _items(found, opened)
    last = items[-1] if items else None
    newest = last.entry.index if last else None
    if (found["revisions"], found["newest_entry"]) != (len(items), newest):
        raise Malformed(
            "TRUNCATED",
            f"{found['revisions']} revisions up to entry {found['newest_entry']} announced, "
            f"{len(items)} up to {newest} shown",
        )
    complete = found["completeness"]
    if complete is None:
        raise Malformed("OPEN_END", "nothing excludes later entries")
    start = _tail(found["object"], items, complete, opened)
    period = complete["seal"]["period"] if complete["seal"] else None
    return Verified(found["object"], items, period, start, opened)


def _items(found: Dict[str, Any], opened: Opened) -> List[Item]:
    name, balance, previous, posted = found["object"], 0, None, False
    items: List[Item] = []
    for n, one in enumerate(found["items"]):
        try:
            exact = one["entry"].encode()
            entry = _read(exact, "ENTRY_FORM")
            if entry.index != one["index"]:
                raise Malformed("ENTRY_INDEX", f"the entry calls itself {entry.index}")
            own = [r for r in entry.revisions if r.object == name]
            if len(own) != 1:
                raise Malformed("NOT_CONCERNED", f"entry {entry.index} does not revise {name} once")
            revision = own[0]
            if revision.revision != one["revision"]:
                raise Malformed("NOT_CONCERNED", f"it is revision {revision.revision}")
            if (revision.revision, revision.previous) != (n + 1, previous):
                raise Malformed("GAP", f"revision {revision.revision}")
            balance = running(name, entry, balance)
            posted = posted or any(p.book == name for p in entry.postings)
            prove(tree.leaf_hash(exact), entry.index, one["hashes"], opened, "PROOF")
            _transaction(entry, opened)
        except Malformed as error:
            where = f"item {n + 1}, entry {one['index']}"
            raise Malformed(error.code, f"{where}: {error.message}") from None
        previous = entry.index
        items.append(Item(entry, revision.revision, balance if posted else None))
    return items


def _read(exact: bytes, code: str) -> Entry:
    try:
        return parse(exact)
    except Malformed as error:
        raise Malformed(code, str(error)) from None


def _transaction(entry: Entry, opened: Opened) -> None:
    try:
        transaction.parse(entry.envelope.payload, opened.checkpoint.origin)
    except Malformed as error:
        raise Malformed("ENTRY_FORM", str(error)) from None


def _tail(name: str, items: List[Item], complete: Dict[str, Any], opened: Opened) -> int:
    """Proves the end; the index at which the entries shown begin."""
    size, entries = opened.checkpoint.size, []
    leaves: List[bytes] = []
    if not complete["tail"]:
        raise Malformed("TAIL", "the tail is empty")
    start = size - len(complete["tail"])
    for index, exact in enumerate(complete["tail"], start):
        try:
            entry = parse(exact.encode())
        except Malformed as error:
            raise Malformed("TAIL", f"entry {index}: {error}") from None
        if index < 0 or entry.index != index:
            raise Malformed("TAIL", f"entry {entry.index} stands where {index} belongs")
        if leaves and entry.prev != leaves[-1].hex():
            raise Malformed("TAIL", f"entry {index} does not follow the one before")
        entries.append(entry)
        leaves.append(tree.leaf_hash(entry.raw))
    if edge_root(start, complete["hashes"], leaves) != opened.checkpoint.root:
        raise Malformed("TAIL", "edge and tail do not lead to the checkpoint's root")
    head = _head_at(name, complete["seal"], entries[0], opened)
    _compare(name, items, head, entries, start)
    return start


def edge_root(start: int, edge: List[bytes], leaves: List[bytes]) -> bytes:
    """The root over `start` leaves, known by their perfect subtrees, and these: TAIL."""
    if len(edge) != bin(start).count("1"):
        raise Malformed("TAIL", f"the edge of {start} leaves has another number of hashes")
    roots = tree.Roots.from_edge(start, edge)
    for leaf in leaves:
        roots.push(leaf)
    return roots.root()


def _head_at(
    name: str, seal: Optional[Dict[str, Any]], first: Entry, opened: Opened
) -> Optional[Head]:
    if seal is None:
        if first.index != 0:
            raise Malformed("SEAL", f"the tail begins at entry {first.index} without a seal")
        return None
    root = check_entry(first, opened.checkpoint.origin, seal["period"])
    return head_in(
        name, root, seal["leaves"], seal["present"], seal["before"], seal["after"]
    )


def _compare(
    name: str, items: List[Item], head: Optional[Head], entries: List[Entry], start: int
) -> None:
    below = [one for one in items if one.entry.index < start]
    number = head.revision if head else 0
    if len(below) < number:
        raise Malformed("TRUNCATED", f"the seal knows {number} revisions, {len(below)} are shown")
    if len(below) > number:
        raise Malformed("GAP", f"the seal knows {number} revisions, {len(below)} are shown")
    if head and below[-1].entry.index != head.entry:
        raise Malformed("TRUNCATED", f"the seal's newest entry is {head.entry}")
    if head and below[-1].balance != head.balance:
        raise Malformed("BALANCE", f"the seal knows another balance at entry {head.entry}")
    shown = {one.entry.index: one.entry.raw for one in items if one.entry.index >= start}
    for entry in entries:
        concerned = any(r.object == name for r in entry.revisions)
        if not concerned and any(p.book == name for p in entry.postings):
            raise Malformed("BALANCE", f"entry {entry.index} posts to {name} and does not revise it")
        if concerned and entry.index not in shown:
            raise Malformed("TRUNCATED", f"entry {entry.index} is not among the items")
        if concerned != (entry.index in shown) or shown.get(entry.index, entry.raw) != entry.raw:
            raise Malformed("GAP", f"item {entry.index} is not in the tail")
