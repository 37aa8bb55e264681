"""What the tests share: the frozen ledger, and a writer of ledgers of their own.

The writer signs with keys made from names, lets the model fill in postings, revisions and
alerts, and chains the entries. Amounts in bodies come from the tests, by hand. With it a test
can also be an operator in bad faith, who re-signs and re-chains what was changed.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fundtrail_verify import ed25519, envelope, ledger, strict_json, transaction, tree
from fundtrail_verify import values as v
from fundtrail_verify.effects import Effects
from fundtrail_verify.entry import Entry, Posting, Revision, parse
from fundtrail_verify.ledger import Books, Finding, Step
from fundtrail_verify.recompute import Recompute
from fundtrail_verify.transaction import PAYLOAD_TYPE
from fundtrail_verify.vectors_ledger import Site

ROOT = Path(__file__).resolve().parents[3]
VECTORS = ROOT / "tests" / "vectors"
SITE = Site(VECTORS / "ledger")
ORIGIN = "tests.example/fund"
# A pure function, asked for the same few signatures by hundreds of mutations.
ed25519.verifies = functools.lru_cache(maxsize=None)(ed25519.verifies)


class Signer:
    """A key made from its name, as the vectors make theirs."""

    def __init__(self, name: str, path: str = "fundtrail/vectors/key/") -> None:
        seed = hashlib.sha256(f"{path}{name}".encode()).digest()
        self.private = Ed25519PrivateKey.from_private_bytes(seed)
        self.raw = self.private.public_key().public_bytes_raw()
        self.id = ed25519.key_id(self.raw)
        self.public = base64.b64encode(ed25519.SPKI_PREFIX + self.raw).decode()

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def log_key(name: str, signer: Signer, sort: int = 1) -> str:
    raw = bytes([sort]) + signer.raw
    short = hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8]
    return f"{name}+{short}+{b64(raw)}"


def checkpoint(origin: str, leaves: List[bytes], signer: Signer) -> bytes:
    text = f"{origin}\n{len(leaves)}\n{b64(tree.root_of(leaves))}\n"
    short = bytes.fromhex(log_key(origin, signer).split("+")[1])
    line = b64(short + signer.sign(text.encode()))
    return f"{text}\n\u2014 {origin} {line}\n".encode()


def envelope_of(payload: bytes, signers: List[Signer]) -> Dict[str, Any]:
    message = envelope.signed_bytes(payload)
    signatures = [{"keyid": one.id, "sig": b64(one.sign(message))} for one in signers]
    return {"payload": b64(payload), "payloadType": PAYLOAD_TYPE, "signatures": signatures}


class Written(Recompute):
    """A model that writes effects into the entry instead of comparing them."""

    def _compare(self, expected: Effects, entry: Entry) -> None:
        balances: Dict[str, int] = {}
        for book, amount in expected.postings:
            balances[book] = balances.get(book, self.books.balance(book)) + amount
            entry.postings.append(Posting(book, amount, balances[book]))
        for name in expected.objects:
            head = self.books.heads.get(name)
            number, previous = (head.revision + 1, head.entry) if head else (1, None)
            entry.revisions.append(Revision(name, number, previous))
        entry.alerts.extend(expected.alerts)


def entry_text(entry: Entry, document: Dict[str, Any]) -> bytes:
    document["effects"] = {
        "postings": [
            {"book": p.book, "amount": v.yuan(p.amount), "balance": v.yuan(p.balance)}
            for p in entry.postings
        ],
        "revisions": [
            {"object": r.object, "revision": r.revision, "previous": r.previous}
            for r in entry.revisions
        ],
        "alerts": [
            {"code": a.code, "article": a.article, "object": a.object, "owed_by": a.owed_by,
             "due": str(a.due) if a.due else None, "figures": a.figures}
            for a in entry.alerts
        ],
    }
    return strict_json.write(document).encode()


class Writer:
    """Writes a ledger, step by step; `step` gives the codes that the model reports."""

    def __init__(self) -> None:
        self.log = Signer("log", "tests/")
        self.model = Written(ORIGIN)
        self.books = Books()
        self.lines: List[bytes] = []
        self.leaves: List[bytes] = []
        self.day = v.Date(2021, 12, 23)
        self.signers: Dict[str, Signer] = {}
        self.alerts: List[Any] = []

    def signer(self, name: str) -> Signer:
        return self.signers.setdefault(name, Signer(name, "tests/"))

    def step(
        self, day: str, kind: str, body: Dict[str, Any], signed_by: List[str],
        sealed: Tuple[str, ...] = (), name: Optional[str] = None,
        tags: Optional[Dict[str, str]] = None,
    ) -> List[str]:
        index = len(self.lines)
        self.day = max(self.day, v.date(day))
        frame: Dict[str, Any] = {
            "ledger": ORIGIN, "id": name or f"{kind}-{index}", "kind": kind, "date": day,
            "body": body,
        }
        if sealed:
            frame["sealed"] = {one: "A" * 43 for one in sealed}
        payload = json.dumps(frame, ensure_ascii=False).encode()
        found = transaction.parse(payload, ORIGIN)
        document: Dict[str, Any] = {
            "index": index,
            "prev": self.leaves[-1].hex() if self.leaves else ledger.NO_ENTRY,
            "recorded": f"{self.day}T04:00:00.000Z",
            "envelope": envelope_of(payload, [self.signer(one) for one in signed_by]),
            "findings": {"tags": tags or {}, "alerts": []},
            "effects": {"postings": [], "revisions": [], "alerts": []},
        }
        bare = parse(strict_json.write(document).encode())
        codes = [one.code for one in self.model.step(Step(bare, found, b""), self.books)]
        raw = entry_text(bare, document)
        self.books.step(bare)
        self.alerts = bare.alerts
        self.lines.append(raw)
        self.leaves.append(tree.leaf_hash(raw))
        return codes

    def save(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "entries.ndjson").write_bytes(b"".join(one + b"\n" for one in self.lines))
        (directory / "checkpoint").write_bytes(checkpoint(ORIGIN, self.leaves, self.log))

    @property
    def vkey(self) -> str:
        return log_key(ORIGIN, self.log)


def audit_lines(origin: str, lines: List[bytes]) -> List[Finding]:
    """Every finding of a ledger given as lines; integrity ends the walk."""
    from fundtrail_verify.errors import Malformed

    walk, books, model = ledger.Integrity(origin), Books(), Recompute(origin)
    found: List[Finding] = []
    for line in lines:
        try:
            step = walk.step(line)
        except Malformed as error:
            return [Finding("integrity", walk.count, error.code, error.message), *found]
        found += model.step(step, books) + books.step(step.entry)
    return found
