"""Receipts (C2SP tlog-proof@v1; FORMAT 11, 12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Optional

from . import transaction, tree
from .checkpoint import decimal
from .entry import parse as parse_entry
from .errors import Malformed
from .policy_file import LogPolicy, Opened
from .values import unbase64

HEADER = "c2sp.org/tlog-proof@v1"
ENTRY_BYTES_MAX = 65_535
HASHES_MAX = 63


@dataclass(frozen=True)
class Receipt:
    """An entry (or none), its index, the hashes, and the checkpoint verbatim."""

    entry: Optional[bytes]
    index: int
    hashes: List[bytes]
    checkpoint: bytes


@dataclass(frozen=True)
class Proved:
    """What a receipt proves: this entry, at this index, under this checkpoint."""

    index: int
    leaf: bytes
    entry: bytes
    opened: Opened


def parse(raw: bytes) -> Receipt:
    """RECEIPT_FORM, RECEIPT_TOO_LARGE."""
    head, blank, checkpoint = raw.partition(b"\n\n")
    if not blank:
        raise Malformed("RECEIPT_FORM", "no blank line before the checkpoint")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise Malformed("RECEIPT_FORM", "the proof is ASCII") from None
    if lines.pop(0) != HEADER:
        raise Malformed("RECEIPT_FORM", f"the first line is not {HEADER}")
    entry = None
    try:
        if lines and lines[0].startswith("extra "):
            entry = unbase64(lines.pop(0)[6:])
            if not entry:
                raise ValueError("extra is empty")
        if not lines or not lines[0].startswith("index "):
            raise ValueError("no index")
        index = decimal(lines.pop(0)[6:])
        hashes = [unbase64(line) for line in lines]
    except ValueError as error:
        raise Malformed("RECEIPT_FORM", str(error)) from None
    if any(len(one) != tree.HASH_BYTES for one in hashes):
        raise Malformed("RECEIPT_FORM", "a hash has 32 bytes")
    if len(hashes) > HASHES_MAX or (entry is not None and len(entry) > ENTRY_BYTES_MAX):
        raise Malformed("RECEIPT_TOO_LARGE", "more than 63 hashes, or an entry too large")
    return Receipt(entry, index, hashes, checkpoint)


def verify(raw: bytes, policy: LogPolicy, entry: Optional[bytes] = None) -> Proved:
    """The log committed to the entry: form, checkpoint, inclusion (RECEIPT_PROOF), and it is one:
    its one form, its index (RECEIPT_INDEX), a transaction for this ledger (their own codes)."""
    receipt = parse(raw)
    held = receipt.entry if receipt.entry is not None else entry
    if held is None:
        raise Malformed("RECEIPT_NO_ENTRY", "the receipt carries no entry, and none was given")
    opened = policy.open(receipt.checkpoint)
    leaf = tree.leaf_hash(held)
    prove(leaf, receipt.index, receipt.hashes, opened, "RECEIPT_PROOF")
    if entry is not None and entry != held:
        raise Malformed("RECEIPT_PROOF", "the receipt is for another entry")
    found = parse_entry(held)
    if found.index != receipt.index:
        raise Malformed("RECEIPT_INDEX", f"a receipt for entry {receipt.index} around {found.index}")
    transaction.parse(found.envelope.payload, opened.checkpoint.origin)
    return Proved(receipt.index, leaf, held, opened)


def prove(leaf: bytes, index: int, hashes: List[bytes], opened: Opened, code: str) -> None:
    """The inclusion proof leads to the checkpoint's root, else `code`."""
    point = opened.checkpoint
    try:
        tree.check_inclusion(index, point.size, leaf, hashes, point.root)
    except Malformed as error:
        raise Malformed(code, f"entry {index}: {error}") from None
