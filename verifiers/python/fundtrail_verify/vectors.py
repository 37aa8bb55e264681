"""Runs the frozen vectors: what comes of every input, against what must come of it."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple

from . import (
    calendar,
    checkpoint,
    disclosure,
    ed25519,
    envelope,
    figures,
    fund_policy,
    identifiers,
    note,
    policy_file,
    receipt,
    strict_json,
    tiles,
    transaction,
    tree,
)
from . import values as v
from .errors import Malformed
from .vectors_documents import DOCUMENT_RUNNERS
from .vectors_ledger import LEDGER_RUNNERS, Site

Case = Dict[str, Any]
Runner = Callable[["Context", Case], Any]
LEDGER = "vectors.example/fundtrail"


class Context:
    """The directory of the vectors, and what its files share."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.head: Dict[str, Any] = {}
        self._site: List[Site] = []

    def read(self, name: str) -> bytes:
        """A file of the directory."""
        return (self.directory / name).read_bytes()

    def json(self, name: str) -> Any:
        """A JSON file of the directory."""
        return json.loads(self.read(name).decode())

    @property
    def site(self) -> Site:
        """The frozen ledger."""
        if not self._site:
            self._site.append(Site(self.directory / "ledger"))
        return self._site[0]

    @property
    def policy(self) -> Dict[str, Any]:
        """policy.json, read as the format says."""
        return fund_policy.policy(self.json("policy.json"))


def raw_of(case: Case) -> bytes:
    """The bytes of a case."""
    if "base64" in case:
        return base64.b64decode(case["base64"])
    if "parts" in case:
        return b"".join(one["text"].encode() * one.get("times", 1) for one in case["parts"])
    return str(case["text"]).encode()


def _one(case: Case) -> Any:
    return strict_json.parse(case["json"].encode())


def _json(context: Context, case: Case) -> Any:
    strict_json.parse(raw_of(case))
    return "ok"


def _transaction(context: Context, case: Case) -> Any:
    found = transaction.parse(raw_of(case), LEDGER)
    return {"id": found.id, "kind": found.kind, "date": str(found.date)}


def _frame(kind: str, body: Any, sealed: Dict[str, str]) -> bytes:
    frame = {
        "ledger": LEDGER, "id": "t-1", "kind": kind, "date": "2022-01-01", "body": body,
        "sealed": sealed,
    }
    return json.dumps(frame, ensure_ascii=False).encode()


def _kind(context: Context, case: Case) -> Any:
    sealed = {name: "A" * 43 for name in case.get("sealed", [])}
    transaction.parse(_frame(case["kind"], case["body"], sealed), LEDGER)
    return "ok"


def _changed(document: Any, change: Dict[str, Any]) -> Any:
    names = change["at"].split("/")[1:]
    if not names:
        return change.get("to")
    inner = document
    for name in names[:-1]:
        inner = inner[int(name) if isinstance(inner, list) else name]
    last: Any = int(names[-1]) if isinstance(inner, list) and names[-1] != "-" else names[-1]
    if "to" not in change:
        del inner[last]
    elif last == "-":
        inner.append(change["to"])
    else:
        inner[last] = change["to"]
    return document


def _policy(context: Context, case: Case) -> Any:
    document = context.json("policy.json")
    for change in case["changes"]:
        document = _changed(document, copy.deepcopy(change))
    digest = "0" * 64
    body = {"applies_from": "2022-01-01", "text": digest, "decision": digest, "policy": document}
    transaction.parse(_frame("policy_adopt", body, {}), LEDGER)
    return "ok"


def _calendar(context: Context, case: Case) -> Any:
    body = {"calendar": "c", "years": case["years"]}
    transaction.parse(_frame("calendar_adopt", body, {}), LEDGER)
    return "ok"


def _amount(context: Context, case: Case) -> Any:
    read = v.signed_amount if case.get("written_by_the_ledger") else v.amount
    return v.yuan(read(_one(case)))


def _date(context: Context, case: Case) -> Any:
    return str(v.date(_one(case)))


def _time(context: Context, case: Case) -> Any:
    found = v.time(_one(case))
    return {"utc": v.time_written(found), "day": str(v.day_of(found))}


_FORMS: Dict[str, Callable[[Any], Any]] = {
    "id": v.identifier, "document": v.digest, "tag": v.digest,
    "sealed": v.sealed_digest, "keyid": v.key_id, "period": lambda one: v.period(one).text,
}


def _name(context: Context, case: Case) -> Any:
    return _FORMS[case["form"]](_one(case))


def _key(context: Context, case: Case) -> Any:
    raw = ed25519.public_key(case["public_key"])
    return {"keyid": ed25519.key_id(raw), "raw": raw.hex()}


def _pae(context: Context, case: Case) -> Any:
    return envelope.pae(case["payload_type"], case["payload"].encode()).hex()


def _signature(context: Context, case: Case) -> Any:
    raw = ed25519.public_key(case["public_key"])
    message = envelope.signed_bytes(case["payload"].encode())
    if not ed25519.verifies(raw, message, base64.b64decode(case["sig"])):
        raise Malformed("SIGNATURE_INVALID")
    return "ok"


def _submission(context: Context, case: Case) -> Any:
    found = envelope.submission(raw_of(case))
    return {
        "payload_sha256": hashlib.sha256(found.envelope.payload).hexdigest(),
        "keyids": [one.key_id for one in found.envelope.signatures],
        "disclosures": len(found.disclosures),
    }


def _disclosure(context: Context, case: Case) -> Any:
    return dict(disclosure.parse(raw_of(case).decode())._asdict())


def _same(computed: Any, case: Case) -> Any:
    if computed != case["claimed"]:
        raise Malformed("DIFFERENT", str(computed))
    return "ok"


def _tag(context: Context, case: Case) -> Any:
    key = bytes.fromhex(case["tag_key"])
    if "domain" not in case:
        return _same(disclosure.tag_key_commitment(key), case)
    return _same(disclosure.tag(key, case["domain"], case["value"]), case)


_FORMATS = {
    "account": "account_number", "contract": "contract_number", "cnaps": "bank_number",
    "institution": "institution_code", "registration": "registration_number",
    "trademark": "trademark_number", "patent": "patent_number",
}


def _identifier(context: Context, case: Case) -> Any:
    normal = identifiers.normal(
        str(_FORMATS.get(case["format"], case["format"])), case["value"], case.get("class")
    )
    found: Dict[str, Any] = {"normal": normal}
    if case["format"] == "credit_code":
        found["organisation_check"] = identifiers.organisation_check(normal)
    return found


def _figure(context: Context, case: Case) -> Any:
    return _same(_FIGURES[case["figure"]](case, context.policy), case)


def _claims(case: Case, policy: Any) -> List[str]:
    cap, before, found = policy["compensation"]["cap"], 0, []
    for loss in case["cumulative_losses"]:
        now = figures.entitled(v.amount(loss), policy, cap)
        found.append(v.yuan(now - before))
        before = now
    return found


def _returns(case: Case, policy: Any) -> List[str]:
    counted, before, found = 0, 0, []
    for collected in case["collected"]:
        counted += v.amount(collected)
        now = figures.returns_due(counted, v.amount(case["compensated"]), 0, policy)
        found.append(v.yuan(now - before))
        before = now
    return found


def _day(case: Case, name: str) -> v.Date:
    return v.date(case[name])


_FIGURES: Dict[str, Callable[[Case, Any], Any]] = {
    "ratio": lambda c, p: v.yuan(figures.ratio(v.amount(c["amount"]), c["bp"], c["rounding"])),
    "fraction": lambda c, p: v.yuan(
        figures.share(
            v.amount(c["amount"]), v.amount(c["part"]), v.amount(c["whole"]), c["rounding"]
        )
    ),
    "split": lambda c, p: [
        v.yuan(one)
        for one in figures.split(v.amount(c["amount"]), [v.amount(w) for w in c["weights"]])
    ],
    "compensation": lambda c, p: v.yuan(
        figures.entitled(v.amount(c["loss"]), p, p["compensation"]["cap"])
    ),
    "claims": _claims,
    "returns": _returns,
    "brake": lambda c, p: figures.brake_reached(
        v.amount(c["compensated"]), v.amount(c["disbursed"]), c["bp"]
    ),
    "fee_prorated": lambda c, p: v.yuan(figures.fee_prorated(p, c["year"])),
    "overdue_days": lambda c, p: figures.overdue_days(_day(c, "due"), _day(c, "as_of")),
    "lost_on": lambda c, p: str(figures.lost_on(_day(c, "due"), p)),
    "anniversary": lambda c, p: str(figures.years_after(_day(c, "day"), c["years"])),
    "years_before": lambda c, p: str(figures.years_after(_day(c, "day"), -c["years"])),
}


def _deadline(context: Context, case: Case) -> Any:
    adopted = calendar.Calendar()
    adopted.adopt([calendar.notice(one) for one in context.json("calendar.json")])
    day = adopted.working_day_after(v.date(case["received"]), case["working_days"])
    return _same(str(day), case)


def _root(context: Context, case: Case) -> Any:
    leaves = [tree.leaf_hash(bytes.fromhex(one)) for one in case["leaves"]]
    return _same(tree.root_of(leaves).hex(), case)


def _hashes(proof: List[str]) -> List[bytes]:
    return [bytes.fromhex(one) for one in proof]


def _inclusion(context: Context, case: Case) -> Any:
    leaf, root = bytes.fromhex(case["leaf"]), bytes.fromhex(case["root"])
    tree.check_inclusion(case["index"], case["size"], leaf, _hashes(case["proof"]), root)
    return "ok"


def _consistency(context: Context, case: Case) -> Any:
    old, new = bytes.fromhex(case["from_root"]), bytes.fromhex(case["to_root"])
    tree.check_consistency(case["from"], case["to"], old, new, _hashes(case["proof"]))
    return "ok"


def _tile(context: Context, case: Case) -> Any:
    found = tiles.parse(case["path"])
    if found.level is None:
        return {"bundle": found.index, "width": found.width}
    return {"level": found.level, "index": found.index, "width": found.width}


def _tile_sizes(context: Context, case: Case) -> Any:
    return _same(tiles.paths(case["size"]), case)


def _note_key(context: Context, case: Case) -> Any:
    found = note.verifier_key(case["key"])
    return {"name": found.name, "type": found.type, "raw": found.raw.hex()}


def _note(context: Context, case: Case) -> Any:
    keys = [note.verifier_key(one) for one in case["keys"]]
    return [dict(one._asdict()) for one in note.verify(note.parse(raw_of(case)), keys)]


def _checkpoint(context: Context, case: Case) -> Any:
    key = note.verifier_key(case["key"])
    found = checkpoint.open_with_key(raw_of(case), case["origin"], key)
    return {"size": found.size, "root": found.root.hex(), "extensions": found.extensions}


def change_lines(text: str, changes: List[Dict[str, Any]]) -> str:
    """Changes of a receipt, line by line (README of the vectors)."""
    lines = text.split("\n")
    for one in changes:
        if "drop" in one:
            del lines[one["drop"]]
        elif "insert" in one:
            at = one["insert"] % len(lines) if one["insert"] < 0 else one["insert"]
            lines.insert(at, one["to"])
        elif "as" in one:
            lines[one["line"]] = lines[one["as"]]
        elif "append" in one:
            lines[one["line"]] += one["append"]
        elif "flip" in one:
            line, at = lines[one["line"]], one["flip"]
            lines[one["line"]] = line[:at] + ("B" if line[at] == "A" else "A") + line[at + 1 :]
        else:
            lines[one["line"]] = one["to"]
    return "\n".join(lines)


def _receipt(context: Context, case: Case) -> Any:
    raw = change_lines(context.read(case["receipt"]).decode(), case["changes"]).encode()
    key = note.verifier_key(case.get("key", context.head["key"]))
    origin = case.get("origin", context.head["origin"])
    parsed = receipt.parse(raw)
    if parsed.entry is None:
        raise Malformed("RECEIPT_NO_ENTRY")
    if key.name != origin:
        raise Malformed("CHECKPOINT_ORIGIN")
    found = receipt.verify(raw, policy_file.LogPolicy.of_log(key))
    size = found.opened.checkpoint.size
    return {"index": found.index, "size": size, "leaf": found.leaf.hex()}


RUNNERS: Dict[str, Runner] = {
    "json.json": _json, "transactions.json": _transaction, "kinds.json": _kind,
    "policies.json": _policy, "calendars.json": _calendar, "amounts.json": _amount,
    "dates.json": _date, "times.json": _time, "names.json": _name, "keys.json": _key,
    "pae.json": _pae, "signatures.json": _signature, "submissions.json": _submission,
    "disclosures.json": _disclosure, "tags.json": _tag, "identifiers.json": _identifier,
    "figures.json": _figure, "deadlines.json": _deadline, "roots.json": _root,
    "inclusion.json": _inclusion, "consistency.json": _consistency, "tiles.json": _tile,
    "tile_sizes.json": _tile_sizes, "note_keys.json": _note_key, "notes.json": _note,
    "checkpoints.json": _checkpoint, "receipts.json": _receipt,
    **LEDGER_RUNNERS, **DOCUMENT_RUNNERS,
}


class Disagreement(NamedTuple):
    """A case that came out otherwise than it must."""

    file: str
    name: str
    expected: Any
    found: Any


class Outcome(NamedTuple):
    """How a directory of vectors came out."""

    counts: Dict[str, int]
    other_code: Dict[str, int]
    disagreements: List[Disagreement]
    left_out: Dict[str, str]


def run(directory: Path) -> Outcome:
    """Runs every file there is; what has no runner is named."""
    context = Context(directory)
    outcome = Outcome({}, {}, [], {})
    for path in sorted(directory.rglob("*.json")):
        name = path.relative_to(directory).as_posix()
        if name in DATA or path.parent.name in ("statements", "seals"):
            continue
        if name not in RUNNERS:
            outcome.left_out[name] = LEFT_OUT.get(name, "this verifier has no runner for it")
            continue
        context.head = context.json(name)
        for case in context.head["cases"]:
            _run_case(context, name, case, outcome)
    return outcome


LEFT_OUT = {
    "add_checkpoints.json": "requests to a witness, which a verifier neither makes nor answers",
}
DATA = (
    "policy.json", "calendar.json", "ledger/checkpoints.json", "ledger/site.json",
    "ledger-after-seal/checkpoints.json",
)


def _run_case(context: Context, name: str, case: Case, outcome: Outcome) -> None:
    expected = case["expect"]
    try:
        found = RUNNERS[name](context, case)
    except Malformed as error:
        found = error
    outcome.counts[name] = outcome.counts.get(name, 0) + 1
    if isinstance(found, Malformed):
        if isinstance(expected, str) and expected != "ok":
            if expected != found.code:
                outcome.other_code[name] = outcome.other_code.get(name, 0) + 1
            return
        shown: Any = str(found)
    else:
        shown = found
        if name in FINDINGS and _agrees(expected, found):
            return
        if expected == "ok" and found == "ok":
            return
        if isinstance(expected, dict) and expected.get("ok", expected) == found:
            return
    outcome.disagreements.append(Disagreement(name, case["name"], expected, shown))


FINDINGS = ("ledger/mutations.json", "ledger/forged.json")


def _agrees(expected: Any, found: Any) -> bool:
    """Findings agree; a rule that is not recomputed here may leave an entry unnoticed."""
    rest = {name: one for name, one in expected.items() if name != "conformity"}
    mine = {name: one for name, one in found.items() if name != "conformity"}
    return rest == mine and found.get("conformity") in ("ok", expected.get("conformity"))
