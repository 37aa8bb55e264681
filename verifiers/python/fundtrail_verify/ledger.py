"""The walk over a whole ledger: integrity and books (FORMAT 12), without any rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterable, List, NamedTuple, Optional, Set

from . import ed25519, envelope, transaction, tree
from .entry import Entry, parse
from .errors import Malformed
from .kinds import KINDS
from .transaction import Transaction

FINDING_ALERTS = ("USCC_PREFIX_FOREIGN", "ORGANISATION_CHECK_DIGIT")
NO_ENTRY = "0" * 64


@dataclass(frozen=True)
class Finding:
    """What is wrong with an entry (None: with the whole), by a stable code."""

    stage: str
    index: Optional[int]
    code: str
    message: str


class Step(NamedTuple):
    """One entry, its transaction, and its leaf hash."""

    entry: Entry
    transaction: Transaction
    leaf: bytes


class Integrity:
    """Form, place, time, findings, signatures and ids of one entry after the other."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.keys: Dict[str, bytes] = {}
        self.ids: Set[str] = set()
        self.count = 0
        self.prev = NO_ENTRY
        self.recorded = -(2**63)

    def step(self, raw: bytes) -> Step:
        """Checks the next entry in the format's order; the code says what fails."""
        entry = parse(raw)
        if entry.index != self.count:
            raise Malformed("INDEX", f"it calls itself {entry.index}")
        if entry.prev != self.prev:
            raise Malformed("PREV", "prev is not the leaf hash of the entry before")
        if entry.recorded < self.recorded:
            raise Malformed("TIME_ORDER", "recorded before the entry before")
        payload = entry.envelope.payload
        found = transaction.parse(payload, self.origin)
        check_findings(entry, found)
        brought = keys_of(found)
        message = envelope.signed_bytes(payload)
        for one in entry.envelope.signatures:
            raw_key = brought.get(one.key_id) or self.keys.get(one.key_id)
            if raw_key is None:
                raise Malformed("KEY_UNKNOWN", f"nobody enrolled key {one.key_id}")
            if not ed25519.verifies(raw_key, message, one.raw):
                raise Malformed("SIGNATURE_INVALID", f"the signature of {one.key_id}")
        if found.id in self.ids:
            raise Malformed("ID_REPEATED", f"id {found.id} stood in an earlier entry")
        leaf = tree.leaf_hash(raw)
        self.ids.add(found.id)
        self.keys.update(brought)
        self.count, self.prev, self.recorded = self.count + 1, leaf.hex(), entry.recorded
        return Step(entry, found, leaf)


def keys_of(found: Transaction) -> Dict[str, bytes]:
    """The keys that a transaction brings with it, by key id."""
    if found.kind == "genesis":
        keys = [one["public_key"] for one in found.body["keys"]]
    elif found.kind in ("key_enrol", "key_rotate"):
        keys = [found.body["public_key"]]
    else:
        keys = []
    return {ed25519.key_id(raw): raw for raw in keys}


def check_findings(entry: Entry, found: Transaction) -> None:
    """Tags for exactly what the kind wants unique; alerts only of a registration: FINDINGS."""
    unique = {name for name in KINDS[found.kind].unique if name in found.sealed}
    if set(entry.tags) != unique:
        raise Malformed("FINDINGS", f"tags are {sorted(entry.tags)}, not {sorted(unique)}")
    allowed = FINDING_ALERTS if found.kind == "borrower_register" else ()
    if any(code not in allowed for code in entry.finding_alerts):
        raise Malformed("FINDINGS", f"alerts {entry.finding_alerts}")


class Head(NamedTuple):
    """How often an object was revised, its newest entry, and its balance if ever posted to."""

    revision: int
    entry: int
    balance: Optional[int]


class Books:
    """Running balances and passbooks of all objects."""

    def __init__(self) -> None:
        self.heads: Dict[str, Head] = {}

    def balance(self, book: str) -> int:
        """The balance of a book in fen; every book begins at nothing."""
        head = self.heads.get(book)
        return (head.balance or 0) if head else 0

    def step(self, entry: Entry) -> List[Finding]:
        """What of an entry's postings and revisions does not follow; then takes it as it is."""
        wrong: List[Finding] = []

        def found(code: str, message: str) -> None:
            wrong.append(Finding("books", entry.index, code, message))

        if sum(one.amount for one in entry.postings) != 0:
            found("UNBALANCED", "the postings do not add up to zero")
        balances: Dict[str, int] = {}
        for one in entry.postings:
            before = balances.get(one.book, self.balance(one.book))
            if before + one.amount != one.balance:
                found("BALANCE", f"{one.book}: {one.balance} fen do not follow from {before}")
            balances[one.book] = one.balance
        revised = {one.object for one in entry.revisions}
        for book in balances:
            if book not in revised:
                found("NOT_REVISED", f"{book} is posted to and not revised")
        if len(revised) != len(entry.revisions):
            found("REVISED_TWICE", "an object is revised twice")
        for revision in entry.revisions:
            name, head = revision.object, self.heads.get(revision.object)
            number, previous = (head.revision + 1, head.entry) if head else (1, None)
            if (revision.revision, revision.previous) != (number, previous):
                found("GAP", f"{name}: revision {revision.revision} after {previous}")
            balance = balances.get(name, head.balance if head else None)
            self.heads[name] = Head(number, entry.index, balance)
        for book in set(balances) - revised:
            head = self.heads.get(book, Head(0, entry.index, None))
            self.heads[book] = head._replace(balance=balances[book])
        return wrong


def passbook(object_name: str, entries: Iterable[Entry]) -> int:
    """Entries of one object held without the rest; its balance, NOT_CONCERNED, GAP, BALANCE."""
    number, previous, balance = 0, None, 0
    for entry in entries:
        one = next((r for r in entry.revisions if r.object == object_name), None)
        if one is None:
            raise Malformed("NOT_CONCERNED", f"entry {entry.index} does not revise it")
        number += 1
        if (one.revision, one.previous) != (number, previous):
            raise Malformed("GAP", f"entry {entry.index} is revision {one.revision}")
        previous = entry.index
        balance = running(object_name, entry, balance)
    return balance


def running(book: str, entry: Entry, balance: int) -> int:
    """The balance of a book after an entry: BALANCE where it does not follow."""
    for posting in entry.postings:
        if posting.book == book:
            balance += posting.amount
            if balance != posting.balance:
                raise Malformed("BALANCE", f"entry {entry.index} states {posting.balance} fen")
    return balance
