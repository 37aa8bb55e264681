"""The vectors that start from the frozen ledger: entries, mutations, passbooks, admissions."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any, Callable, Dict, List

from . import disclosure, ed25519, entry, envelope, ledger, note, policy_file, transaction, tree
from .errors import Malformed
from .recompute import Recompute

Case = Dict[str, Any]
Changes = List[Dict[str, Any]]


class Site:
    """A frozen ledger: its lines, checkpoints, keys."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.site = json.loads((directory / "site.json").read_text(encoding="utf-8"))
        text = (directory / "entries.jsonl").read_bytes().decode()
        self.lines: List[str] = text.split("\n")[:-1]
        checkpoints = directory / "checkpoints.json"
        self.checkpoints: Dict[str, str] = json.loads(checkpoints.read_text(encoding="utf-8"))
        self.policy = policy_file.LogPolicy.of_log(note.verifier_key(self.site["log_key"]))

    @property
    def origin(self) -> str:
        """The ledger's name."""
        return str(self.site["origin"])

    def changed(self, changes: Changes) -> List[str]:
        """The lines after changes, made in their order (README of the vectors)."""
        lines = list(self.lines)
        for one in changes:
            lines = _change(lines, one)
        return lines


def rechained(lines: List[str]) -> List[str]:
    """Writes into each `prev` the leaf hash of the line before, in bad faith."""
    found: List[str] = []
    prev = ledger.NO_ENTRY
    for line in lines:
        found.append(re.sub(r'"prev":"[0-9a-f]{64}"', f'"prev":"{prev}"', line, count=1))
        prev = tree.leaf_hash(found[-1].encode()).hex()
    return found


def _change(lines: List[str], one: Dict[str, Any]) -> List[str]:
    if "replace" in one:
        a, b = one["replace"]
        if a not in lines[one["entry"]]:
            raise AssertionError(f"a change does not apply: {a[:60]}")
        lines[one["entry"]] = lines[one["entry"]].replace(a, b, 1)
    elif "drop" in one:
        del lines[one["drop"]]
    elif "swap" in one:
        i, j = one["swap"]
        lines[i], lines[j] = lines[j], lines[i]
    elif "truncate" in one:
        lines = lines[: one["truncate"]]
    elif "append" in one:
        lines.append(one["append"])
    elif "copy" in one:
        lines.insert(one["copy"][1], lines[one["copy"][0]])
    elif "renumber" in one:
        lines = [
            re.sub(r'^\{"index":[0-9]+', f'{{"index":{n}', line) for n, line in enumerate(lines)
        ]
    elif "rechain" in one:
        lines = rechained(lines)
    else:
        raise AssertionError(f"an unknown change: {one}")
    return lines


def findings(site: Site, lines: List[str], size: int) -> Dict[str, Any]:
    """Integrity, checkpoint, books, and where the recomputation first deviates."""
    walk, books, model = ledger.Integrity(site.origin), ledger.Books(), Recompute(site.origin)
    wrong: Dict[str, Any] = {}
    roots, root_then = tree.Roots(), None
    for n, line in enumerate(lines):
        try:
            step = walk.step(line.encode())
        except Malformed:
            return {"integrity": n}
        deviations = model.step(step, books)
        slips = books.step(step.entry)
        if slips:
            wrong.setdefault("books", n)
        if deviations or slips:
            wrong.setdefault("conformity", n)
        roots.push(step.leaf)
        if roots.size == size:
            root_then = roots.root()
    opened = site.policy.open(site.checkpoints[str(size)].encode())
    good = root_then == opened.checkpoint.root
    return {
        "integrity": "ok",
        "checkpoint": "ok" if good else "refused",
        "books": wrong.get("books", "ok"),
        "conformity": wrong.get("conformity", "ok"),
    }


def _entry(context: Any, case: Case) -> Any:
    entry.parse(context.site.changed(case["changes"])[case["entry"]].encode())
    return "ok"


def _mutation(context: Any, case: Case) -> Any:
    lines = context.site.changed(case["changes"])
    size = int(case.get("checkpoint") or max(int(one) for one in context.site.checkpoints))
    return findings(context.site, lines, size)


def _forged(context: Any, case: Case) -> Any:
    lines = context.site.lines[: case["at"]] + [case["line"]]
    return findings(context.site, lines, max(int(one) for one in context.site.checkpoints))


def _passbook(context: Any, case: Case) -> Any:
    held = [entry.parse(context.site.lines[n].encode()) for n in case["entries"]]
    from .values import yuan

    return yuan(ledger.passbook(case["object"], held))


def _raw(case: Case) -> bytes:
    if "base64" in case:
        return base64.b64decode(case["base64"])
    return str(case["text"]).encode()


def _admission(context: Any, case: Case) -> Any:
    site = context.site
    found = envelope.submission(_raw(case))
    read = transaction.parse(found.envelope.payload, site.origin)
    known: Dict[str, bytes] = {}
    if case["before"] == "ledger":
        walk = ledger.Integrity(site.origin)
        for line in site.lines:
            walk.step(line.encode())
        known = dict(walk.keys)
    known.update(ledger.keys_of(read))
    message = envelope.signed_bytes(found.envelope.payload)
    verified = []
    for one in found.envelope.signatures:
        if one.key_id in known:
            if not ed25519.verifies(known[one.key_id], message, one.raw):
                raise Malformed("SIGNATURE_INVALID")
            verified.append(one.key_id)
    opened = disclosure.matched(read.sealed, found.disclosures)
    prefixes = context.policy["eligibility"]["region_prefixes"]
    tag_key = bytes.fromhex(site.site["tag_key"])
    inside = disclosure.findings(read, opened, tag_key, prefixes)
    refusals = list(inside.refusals)
    if read.kind == "genesis" and (
        read.body["log_key"] != site.site["log_key"]
        or read.body["tag_key"] != disclosure.tag_key_commitment(tag_key)
    ):
        refusals.append("GENESIS_KEYS")
    return {
        "verified": verified, "tags": inside.tags, "alerts": inside.alerts, "refusals": refusals,
    }


LEDGER_RUNNERS: Dict[str, Callable[[Any, Case], Any]] = {
    "admissions.json": _admission,
    "ledger/entries.json": _entry,
    "ledger/mutations.json": _mutation,
    "ledger/forged.json": _forged,
    "ledger/passbook.json": _passbook,
}
