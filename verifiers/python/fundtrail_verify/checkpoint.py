"""Checkpoints (C2SP tlog-checkpoint; FORMAT 11)."""

from __future__ import annotations

import re
from typing import List, NamedTuple

from . import note
from .errors import Malformed
from .values import unbase64

_DECIMAL = re.compile(r"0|[1-9][0-9]*")
U64_MAX = 2**64 - 1


class Checkpoint(NamedTuple):
    """Origin, number of entries and root of the tree over them."""

    origin: str
    size: int
    root: bytes
    extensions: List[str]


def decimal(written: str) -> int:
    """A number without superfluous zeros, at most 2⁶⁴−1; ValueError otherwise."""
    if not _DECIMAL.fullmatch(written) or len(written) > 20 or int(written) > U64_MAX:
        raise ValueError(f"{written[:30]!r} is not a number")
    return int(written)


def parse_text(text: str) -> Checkpoint:
    """CHECKPOINT_FORM, CHECKPOINT_ORIGIN_FORM."""
    lines = text.split("\n")
    if lines[-1] != "" or len(lines) < 4:
        raise Malformed("CHECKPOINT_FORM", "not origin, size and root")
    origin, size, root, extensions = lines[0], lines[1], lines[2], lines[3:-1]
    if not note.is_name(origin) or len(origin.encode()) > note.NAME_BYTES_MAX:
        raise Malformed("CHECKPOINT_ORIGIN_FORM", "not an origin")
    try:
        number, hashed = decimal(size), unbase64(root)
    except ValueError as error:
        raise Malformed("CHECKPOINT_FORM", str(error)) from None
    if len(hashed) != 32 or "" in extensions:
        raise Malformed("CHECKPOINT_FORM", "a root has 32 bytes, an extension line is not empty")
    return Checkpoint(origin, number, hashed, extensions)


def open_with_key(raw: bytes, origin: str, key: note.VerifierKey) -> Checkpoint:
    """Opens a checkpoint of `origin` with the log's key alone; witnesses are not asked for."""
    if key.type != note.TYPE_LOG:
        raise Malformed("CHECKPOINT_KEY_TYPE", "the log's key has type 01")
    if key.name != origin:
        raise Malformed("CHECKPOINT_ORIGIN", f"the key is called {key.name}, not {origin}")
    signed = note.parse(raw)
    note.verify(signed, [key])
    checkpoint = parse_text(signed.text)
    if checkpoint.origin != origin:
        raise Malformed("CHECKPOINT_ORIGIN", f"{checkpoint.origin} instead of {origin}")
    return checkpoint
