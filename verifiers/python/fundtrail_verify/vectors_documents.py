"""The vectors of policy files, statements and seals: documents, and changes of them."""

from __future__ import annotations

import copy
import json
from typing import Any, Callable, Dict, List, Tuple

from . import note, policy_file, seal, statement
from .values import yuan

Case = Dict[str, Any]


def _log_policy(context: Any, case: Case) -> Any:
    opened = policy_file.parse(case["policy"]).open(case["checkpoint"].encode())
    point = opened.checkpoint
    cosigned = [{"witness": name, "time": time} for name, time in opened.cosigned]
    return {
        "origin": point.origin, "size": point.size, "root": point.root.hex(),
        "cosigned": cosigned,
    }


def _parts(pointer: str) -> List[str]:
    return [one.replace("~1", "/").replace("~0", "~") for one in pointer.split("/")[1:]]


def _at(document: Any, pointer: str) -> Any:
    for part in _parts(pointer):
        document = document[int(part) if isinstance(document, list) else part]
    return document


def _place(document: Any, pointer: str) -> Tuple[Any, Any]:
    *before, last = _parts(pointer)
    holder = document
    for part in before:
        holder = holder[int(part) if isinstance(holder, list) else part]
    return holder, int(last) if isinstance(holder, list) and last != "-" else last


def changed(context: Any, raw: bytes, changes: List[Dict[str, Any]]) -> bytes:
    """The document after changes: raw ones first, then those at JSON pointers."""
    for one in changes:
        if "raw" in one:
            a, b = (text.encode() for text in one["raw"])
            if a not in raw:
                raise AssertionError(f"a change does not apply: {a[:60]!r}")
            raw = raw.replace(a, b, 1)
    rest = [one for one in changes if "raw" not in one]
    if not rest:
        return raw
    document = json.loads(raw.decode())
    for one in rest:
        _change(context, document, one)
    return json.dumps(document, ensure_ascii=False).encode()


def _change(context: Any, document: Any, one: Dict[str, Any]) -> None:
    if "swap" in one:
        a, b = one["swap"]
        first, second = copy.deepcopy(_at(document, a)), copy.deepcopy(_at(document, b))
        for pointer, swapped in ((a, second), (b, first)):
            holder, last = _place(document, pointer)
            holder[last] = swapped
        return
    value: Any = one.get("to")
    if "from" in one:
        name, pointer = one["from"]
        value = copy.deepcopy(_at(context.json(name), pointer))
    if "insert" in one:
        holder, last = _place(document, one["insert"])
        holder.insert(len(holder) if last == "-" else last, copy.deepcopy(value))
        return
    holder, last = _place(document, one["at"])
    if "replace" in one:
        a, b = one["replace"]
        if a not in holder[last]:
            raise AssertionError(f"a change does not apply: {a[:60]}")
        holder[last] = holder[last].replace(a, b, 1)
    elif "to" in one or "from" in one:
        holder[last] = copy.deepcopy(value)
    else:
        del holder[last]


def _document(context: Any, case: Case) -> Tuple[bytes, policy_file.LogPolicy]:
    key = note.verifier_key(case.get("key", context.head["key"]))
    raw = changed(context, context.read(case["document"]), case["changes"])
    return raw, policy_file.LogPolicy.of_log(key)


def _statement(context: Any, case: Case) -> Any:
    found = statement.verify(*_document(context, case))
    last = found.items[-1] if found.items else None
    return {
        "revisions": len(found.items),
        "newest_entry": last.entry.index if last else None,
        "balance": None if found.balance is None else yuan(found.balance),
        "seal": found.period,
        "size": found.opened.checkpoint.size,
    }


def _seal(context: Any, case: Case) -> Any:
    found = seal.verify(*_document(context, case))
    if found.head is None:
        return {"index": found.index, "present": None}
    balance = None if found.head.balance is None else yuan(found.head.balance)
    head = {"revision": found.head.revision, "entry": found.head.entry, "balance": balance}
    return {"index": found.index, "present": head}


DOCUMENT_RUNNERS: Dict[str, Callable[[Any, Case], Any]] = {
    "log_policies.json": _log_policy,
    "statements.json": _statement,
    "seals.json": _seal,
}
