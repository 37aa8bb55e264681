"""Paths of the static log (C2SP tlog-tiles; FORMAT 11), and its bundles of entries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import List, Optional

from .errors import Malformed

WIDTH = 256
_PATH = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True)
class Tile:
    """A hash tile of a level, or a bundle of entries (level None)."""

    level: Optional[int]
    index: int
    width: int


def parse(path: str) -> Tile:
    """NO_TILE where the path names none. A tree has at most 2⁶⁴−1 leaves."""
    found = _PATH.fullmatch(path)
    refused = Malformed("NO_TILE", path[:80])
    if not found:
        raise refused
    level = None if found.group(1) == "entries" else int(found.group(1))
    groups = found.group(2).replace("x", "").split("/")
    if (len(groups) > 1 and groups[0] == "000") or (level or 0) > 7:
        raise refused
    index, width = int("".join(groups)), int(found.group(3) or WIDTH)
    if (found.group(3) and width >= WIDTH) or index * WIDTH ** ((level or 0) + 1) >= 2**64:
        raise refused
    return Tile(level, index, width)


def path(level: Optional[int], index: int, width: int) -> str:
    """The path of a tile, or of a bundle (level None)."""
    written = f"{index % 1000:03d}"
    while index >= 1000:
        index //= 1000
        written = f"x{index % 1000:03d}/{written}"
    tail = "" if width == WIDTH else f".p/{width}"
    return f"tile/{'entries' if level is None else level}/{written}{tail}"


def paths(size: int) -> List[str]:
    """Files that a tree of a size has: hash tiles level by level, then bundles."""
    found: List[str] = []
    level, count = 0, size
    while count:
        found += _row(level, count)
        level, count = level + 1, count // WIDTH
    return found + _row(None, size)


def _row(level: Optional[int], count: int) -> List[str]:
    row = [path(level, n, WIDTH) for n in range(count // WIDTH)]
    if count % WIDTH:
        row.append(path(level, count // WIDTH, count % WIDTH))
    return row


def entries_of(bundle: bytes) -> List[bytes]:
    """Entries of a bundle, each after 2 bytes of length: BUNDLE_FORM."""
    found: List[bytes] = []
    at = 0
    while at < len(bundle):
        length = int.from_bytes(bundle[at : at + 2], "big")
        at += 2 + length
        if at > len(bundle):
            raise Malformed("BUNDLE_FORM", "a bundle is cut off")
        found.append(bundle[at - length : at])
    return found
