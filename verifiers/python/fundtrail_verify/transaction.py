"""Transactions: what a party signs (FORMAT 5)."""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Optional

from . import strict_json
from . import values as v
from .errors import Malformed
from .kinds import KINDS
from .shapes import Member, required, struct
from .values import Date

BYTES_MAX = 32_768
SEALED_MAX = 64
PAYLOAD_TYPE = "application/vnd.fundtrail.transaction+json"


class Transaction(NamedTuple):
    """A well-formed transaction; amounts in its body are fen, dates are dates."""

    id: str
    kind: str
    date: Date
    body: Dict[str, Any]
    sealed: Dict[str, str]


def _an_object(value: Any) -> Any:
    if not isinstance(value, dict):
        raise Malformed("SHAPE", "not an object")
    return value


def _sealed(value: Any) -> Dict[str, str]:
    return {name: v.sealed_digest(one) for name, one in _an_object(value).items()}


_FRAME = struct(
    {
        "ledger": required(v.text),
        "id": required(v.identifier),
        "kind": required(v.text),
        "date": required(v.date),
        "body": required(_an_object),
        "sealed": Member(_sealed, {}),
    }
)


def parse(raw: bytes, ledger: Optional[str]) -> Transaction:
    """A transaction for `ledger` (None: any), checked in the format's order."""
    if len(raw) > BYTES_MAX:
        raise Malformed("TOO_LARGE", f"a transaction has at most {BYTES_MAX} bytes")
    frame = _FRAME(strict_json.parse(raw))
    if len(frame["sealed"]) > SEALED_MAX:
        raise Malformed("TOO_LARGE", f"more than {SEALED_MAX} sealed particulars")
    if ledger is not None and frame["ledger"] != ledger:
        raise Malformed("WRONG_LEDGER", f"signed for {frame['ledger'][:80]}")
    kind = KINDS.get(frame["kind"])
    if kind is None:
        raise Malformed("UNKNOWN_KIND", f"no kind {frame['kind'][:60]}")
    body = kind.body(frame["body"])
    needed, optional = kind.sealed(body)
    for name in frame["sealed"]:
        if name not in needed and name not in optional:
            raise Malformed("SEALED_UNKNOWN", f"{frame['kind']} seals no {name[:60]}")
    for name in needed:
        if name not in frame["sealed"]:
            raise Malformed("SEALED_MISSING", f"{name} is not sealed")
    return Transaction(frame["id"], frame["kind"], frame["date"], body, frame["sealed"])
