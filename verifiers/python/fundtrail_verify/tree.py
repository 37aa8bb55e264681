"""The tree of RFC 6962 / RFC 9162 section 2.1 and its two proofs (FORMAT 11)."""

from __future__ import annotations

import hashlib
from typing import List, Optional, Sequence

from .errors import Malformed

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(00 ‖ data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Roots:
    """Leaves one after the other; the root so far at any time."""

    def __init__(self) -> None:
        self._peaks: List[bytes] = []
        self.size = 0

    @classmethod
    def from_edge(cls, size: int, edge: Sequence[bytes]) -> "Roots":
        """The tree of `size` leaves known only by its perfect subtrees, largest first."""
        roots = cls()
        roots.size, roots._peaks = size, list(edge)
        return roots

    def push(self, leaf: bytes) -> None:
        """Adds the hash of one more leaf."""
        size = self.size
        while size & 1:
            leaf = node_hash(self._peaks.pop(), leaf)
            size >>= 1
        self._peaks.append(leaf)
        self.size += 1

    def edge(self) -> List[bytes]:
        """Roots of the perfect subtrees, largest first."""
        return list(self._peaks)

    def root(self) -> bytes:
        """The root over the leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over hashes of leaves."""
    roots = Roots()
    for leaf in leaves:
        roots.push(leaf)
    return roots.root()


def _only_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise Malformed("PROOF_HASH", "a hash has 32 bytes")


def check_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """RFC 9162, 2.1.3.2: the leaf is at `index` in the tree of `size` with this root."""
    _only_hashes([leaf, root, *proof])
    if not 0 <= index < size:
        raise Malformed("PROOF_INDEX", f"index {index} is not below size {size}")
    fn, sn, result = index, size - 1, leaf
    for one in proof:
        if sn == 0:
            raise Malformed("PROOF_LENGTH", "the proof has too many hashes")
        if fn & 1 or fn == sn:
            result = node_hash(one, result)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            result = node_hash(result, one)
        fn >>= 1
        sn >>= 1
    if sn:
        raise Malformed("PROOF_LENGTH", "the proof has too few hashes")
    if result != root:
        raise Malformed("ROOT", "the proof leads to another root")


def check_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """RFC 9162, 2.1.4.2: the tree of size `old` is the beginning of that of size `new`."""
    _only_hashes([old_root, new_root, *proof])
    if not 0 < old <= new:
        raise Malformed("PROOF_INDEX", f"from size {old} to {new} there is nothing to prove")
    if old == new:
        if proof:
            raise Malformed("PROOF_LENGTH", "equal sizes need no hashes")
        if old_root != new_root:
            raise Malformed("ROOT", "equal sizes with different roots")
        return
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        raise Malformed("PROOF_LENGTH", "the proof has too few hashes")
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    fr = sr = path[0]
    for one in path[1:]:
        if sn == 0:
            raise Malformed("PROOF_LENGTH", "the proof has too many hashes")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(one, fr), node_hash(one, sr)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            sr = node_hash(sr, one)
        fn >>= 1
        sn >>= 1
    if sn:
        raise Malformed("PROOF_LENGTH", "the proof has too few hashes")
    if fr != old_root or sr != new_root:
        raise Malformed("ROOT", "the proof leads to another root")


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> List[bytes]:
    """The proof a log would give; used to make test documents."""
    if len(leaves) <= 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return inclusion_proof(index, leaves[:split]) + [root_of(leaves[split:])]
    return inclusion_proof(index - split, leaves[split:]) + [root_of(leaves[:split])]


def hex_or_none(value: Optional[bytes]) -> Optional[str]:
    """A hash in hex, for reports."""
    return value.hex() if value is not None else None
