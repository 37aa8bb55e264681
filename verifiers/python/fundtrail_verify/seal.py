"""Period seals (FORMAT 13): their tree, and the document that proves one object's head."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple

from . import strict_json, transaction, tree
from . import values as v
from .entry import Entry, parse
from .errors import Malformed
from .ledger import Head
from .policy_file import LogPolicy, Opened
from .receipt import prove
from .shapes import list_of, or_null, required, struct

FORMAT = "fundtrail-seal/v1"
DOCUMENT_BYTES_MAX = 1 << 30
_COUNT = v.whole(0, 2**64 - 1)


def hash_text(value: Any) -> bytes:
    """Base64 of 32 bytes."""
    try:
        raw = v.unbase64(v.text(value))
    except ValueError as error:
        raise Malformed("SHAPE", str(error)) from None
    if len(raw) != tree.HASH_BYTES:
        raise Malformed("SHAPE", "a hash has 32 bytes")
    return raw


LEAF = struct(
    {"leaf": required(v.text), "index": required(_COUNT), "hashes": required(list_of(hash_text))}
)
_DOCUMENT = struct(
    {
        "format": required(v.option(FORMAT)),
        "period": required(v.text),
        "object": required(v.text),
        "checkpoint": required(v.text),
        "index": required(_COUNT),
        "entry": required(v.text),
        "hashes": required(list_of(hash_text)),
        "leaves": required(_COUNT),
        "present": or_null(LEAF),
        "before": or_null(LEAF),
        "after": or_null(LEAF),
    }
)
_LEAF_TEXT = struct(
    {
        "object": required(v.text),
        "revision": required(_COUNT),
        "entry": required(_COUNT),
        "balance": or_null(v.signed_amount),
    }
)


def leaf_text(name: str, head: Head) -> str:
    """The leaf of an object."""
    return strict_json.write(
        {
            "object": name,
            "revision": head.revision,
            "entry": head.entry,
            "balance": None if head.balance is None else v.yuan(head.balance),
        }
    )


def root_over(heads: Dict[str, Head]) -> Tuple[bytes, int]:
    """The root over all heads in byte order of names, and how many there are."""
    names = sorted(heads, key=str.encode)
    leaves = [tree.leaf_hash(leaf_text(name, heads[name]).encode()) for name in names]
    return tree.root_of(leaves), len(leaves)


def read_leaf(written: str) -> Tuple[str, Head]:
    """A leaf in its one form: SHAPE otherwise."""
    found = _LEAF_TEXT(strict_json.parse(written.encode()))
    head = Head(found["revision"], found["entry"], found["balance"])
    if leaf_text(found["object"], head) != written:
        raise Malformed("SHAPE", "the leaf is written otherwise")
    return found["object"], head


def head_in(
    name: str, root: bytes, leaves: int, present: Any, before: Any, after: Any
) -> Optional[Head]:
    """The object's head under a seal's root, or None if it is proved absent: SEAL."""

    def proved(leaf: Dict[str, Any]) -> Tuple[str, Head]:
        hashed = tree.leaf_hash(leaf["leaf"].encode())
        try:
            tree.check_inclusion(leaf["index"], leaves, hashed, leaf["hashes"], root)
            return read_leaf(leaf["leaf"])
        except Malformed as error:
            raise Malformed("SEAL", f"leaf {leaf['index']}: {error}") from None

    if present is not None:
        if before is not None or after is not None:
            raise Malformed("SEAL", "neighbours beside the object itself")
        held, head = proved(present)
        if held != name:
            raise Malformed("SEAL", f"the leaf is that of {held}")
        return head
    if before is None and after is None:
        raise Malformed("SEAL", "neither the object nor its neighbours")
    if before is not None and not proved(before)[0].encode() < name.encode():
        raise Malformed("SEAL", "the neighbour before does not stand before")
    if after is not None and not name.encode() < proved(after)[0].encode():
        raise Malformed("SEAL", "the neighbour after does not stand after")
    first = 0 if before is None else before["index"] + 1
    last = leaves if after is None else after["index"]
    if first != last:
        raise Malformed("SEAL", "the neighbours do not enclose the place")
    return None


def check_entry(entry: Entry, origin: str, period: str) -> bytes:
    """The root of an entry that seals this period at its own index: SEAL."""
    try:
        found = transaction.parse(entry.envelope.payload, origin)
    except Malformed as error:
        raise Malformed("SEAL", f"entry {entry.index}: {error}") from None
    if found.kind != "period_seal" or found.body["period"].text != period:
        raise Malformed("SEAL", f"entry {entry.index} does not seal {period}")
    if found.body["size"] != entry.index:
        raise Malformed("SEAL", f"the seal was made for size {found.body['size']}")
    return bytes.fromhex(found.body["root"])


@dataclass(frozen=True)
class Verified:
    """What a seal says of an object: its head (None: absent), and where the seal stands."""

    object: str
    period: str
    head: Optional[Head]
    index: int
    recorded: int
    opened: Opened


def document(raw: bytes, shape: Any, code: str) -> Dict[str, Any]:
    """A document of this shape, else `code`."""
    try:
        if len(raw) > DOCUMENT_BYTES_MAX:
            raise Malformed("TOO_LARGE", "too large")
        found: Dict[str, Any] = shape(strict_json.parse(raw))
    except Malformed as error:
        raise Malformed(code, str(error)) from None
    return found


def verify(raw: bytes, policy: LogPolicy) -> Verified:
    """SEAL_FORM, the codes of checkpoints, PROOF, SEAL."""
    found = document(raw, _DOCUMENT, "SEAL_FORM")
    opened = policy.open(found["checkpoint"].encode())
    exact = found["entry"].encode()
    prove(tree.leaf_hash(exact), found["index"], found["hashes"], opened, "PROOF")
    entry = parse(exact)
    if entry.index != found["index"]:
        raise Malformed("SEAL", f"the entry calls itself {entry.index}")
    root = check_entry(entry, opened.checkpoint.origin, found["period"])
    head = head_in(
        found["object"], root, found["leaves"], found["present"], found["before"], found["after"]
    )
    return Verified(
        found["object"], found["period"], head, entry.index, entry.recorded, opened
    )


def proof_of(name: str, heads: Dict[str, Head]) -> Dict[str, Any]:
    """What a seal document says of an object; used to make test documents."""
    names = sorted(heads, key=str.encode)
    leaves = [tree.leaf_hash(leaf_text(one, heads[one]).encode()) for one in names]

    def leaf(n: int) -> Optional[Dict[str, Any]]:
        if not 0 <= n < len(names):
            return None
        hashes = [base64.b64encode(one).decode() for one in tree.inclusion_proof(n, leaves)]
        return {"leaf": leaf_text(names[n], heads[names[n]]), "index": n, "hashes": hashes}

    members: Dict[str, Any] = {"leaves": len(names)}
    if name in heads:
        return {**members, "present": leaf(names.index(name)), "before": None, "after": None}
    at = len([one for one in names if one.encode() < name.encode()])
    return {**members, "present": None, "before": leaf(at - 1), "after": leaf(at)}


