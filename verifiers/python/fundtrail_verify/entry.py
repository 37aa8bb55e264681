"""Entries: what the ledger records (FORMAT 10), in their one form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, NamedTuple, Optional

from . import envelope as envelopes
from . import strict_json
from . import values as v
from .errors import Malformed
from .shapes import list_of, or_null, required, struct
from .values import Date

BYTES_MAX = 65_535
_I64 = v.whole(-(2**63), 2**63 - 1)
_U64 = v.whole(0, 2**64 - 1)


class Posting(NamedTuple):
    """A line of a book, and the book's balance after it; both in fen."""

    book: str
    amount: int
    balance: int


class Revision(NamedTuple):
    """The entry concerns the object for the so-many-th time; `previous` is the one before."""

    object: str
    revision: int
    previous: Optional[int]


class Alert(NamedTuple):
    """Somebody owes something."""

    code: str
    article: int
    object: str
    owed_by: str
    due: Optional[Date]
    figures: Dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One entry, as read from its exact bytes."""

    raw: bytes
    index: int
    prev: str
    recorded: int
    envelope: envelopes.Envelope
    tags: Dict[str, str]
    finding_alerts: List[str]
    postings: List[Posting]
    revisions: List[Revision]
    alerts: List[Alert]


def _prev(value: Any) -> str:
    try:
        return v.digest(value)
    except Malformed as error:
        raise Malformed("SHAPE", error.message) from None


def _figures(value: Any) -> Dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed("SHAPE", "figures are an object")
    return {name: one if isinstance(one, str) else _I64(one) for name, one in value.items()}


def _tags(value: Any) -> Dict[str, str]:
    if not isinstance(value, dict):
        raise Malformed("SHAPE", "tags are an object")
    if list(value) != sorted(value, key=str.encode):
        raise Malformed("SHAPE", "tags are in byte order")
    return {name: v.digest(one) for name, one in value.items()}


_POSTING = struct(
    {"book": required(v.text), "amount": required(v.signed_amount),
     "balance": required(v.signed_amount)}
)
_REVISION = struct(
    {"object": required(v.text), "revision": required(_U64), "previous": or_null(_U64)}
)
_ALERT = struct(
    {"code": required(v.text), "article": required(v.whole(0, 255)), "object": required(v.text),
     "owed_by": required(v.option(*v.ROLES)), "due": or_null(v.date),
     "figures": required(_figures)}
)
_ENTRY = struct(
    {
        "index": required(_U64),
        "prev": required(_prev),
        "recorded": required(v.time),
        "envelope": required(envelopes.envelope),
        "findings": required(
            struct({"tags": required(_tags), "alerts": required(list_of(v.text))})
        ),
        "effects": required(
            struct(
                {
                    "postings": required(list_of(_POSTING)),
                    "revisions": required(list_of(_REVISION)),
                    "alerts": required(list_of(_ALERT)),
                }
            )
        ),
    }
)
_ORDER = ("index", "prev", "recorded", "envelope", "findings", "effects")
_ORDERS = {
    "envelope": ("payload", "payloadType", "signatures"),
    "findings": ("tags", "alerts"),
    "effects": ("postings", "revisions", "alerts"),
    "signatures": ("keyid", "sig"),
    "postings": ("book", "amount", "balance"),
    "revisions": ("object", "revision", "previous"),
    "alerts": ("code", "article", "object", "owed_by", "due", "figures"),
}


def parse(raw: bytes) -> Entry:
    """Reads an entry; TOO_LARGE, the codes of JSON and members, SHAPE if not its one form."""
    if len(raw) > BYTES_MAX:
        raise Malformed("TOO_LARGE", f"an entry has at most {BYTES_MAX} bytes")
    value = strict_json.parse(raw)
    found = _ENTRY(value)
    _check_order(value)
    if strict_json.write(value).encode() != raw:
        raise Malformed("SHAPE", "white space, an escape, or a number written otherwise")
    if v.time_written(found["recorded"]) != value["recorded"]:
        raise Malformed("SHAPE", "recorded is UTC with three decimals")
    effects = found["effects"]
    return Entry(
        raw, found["index"], found["prev"], found["recorded"], found["envelope"],
        found["findings"]["tags"], found["findings"]["alerts"],
        [Posting(**one) for one in effects["postings"]],
        [Revision(**one) for one in effects["revisions"]],
        [Alert(**one) for one in effects["alerts"]],
    )


def _check_order(value: Dict[str, Any]) -> None:
    """Every member there, in its place; nothing more; base64 and each key as written once."""
    _in_order(value, _ORDER)
    for name in ("envelope", "findings", "effects"):
        _in_order(value[name], _ORDERS[name])
    for name in ("postings", "revisions", "alerts"):
        for one in value["effects"][name]:
            _in_order(one, _ORDERS[name])
    listed = value["envelope"]["signatures"]
    for one in listed:
        _in_order(one, _ORDERS["signatures"])
    if len({one["keyid"] for one in listed}) != len(listed):
        raise Malformed("SHAPE", "each key signs once")
    for written in (value["envelope"]["payload"], *(one["sig"] for one in listed)):
        if "-" in written or "_" in written:
            raise Malformed("SHAPE", "entries hold standard base64")


def _in_order(value: Dict[str, Any], names: Any) -> None:
    if tuple(value) != tuple(names):
        raise Malformed("SHAPE", f"members are not {', '.join(names)}")
