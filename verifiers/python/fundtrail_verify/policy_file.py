"""Whom a reader trusts: log keys and a quorum of witnesses (C2SP tlog-policy).

A line is `log VKEY [URL]`, `witness NAME VKEY [URL]`, `group NAME all|any|K MEMBER...` or
`quorum NAME|none`, the last exactly once; names are defined on earlier lines, `#` comments.
"""

from __future__ import annotations

import re
from typing import Dict, List, NamedTuple, Set, Tuple

from . import checkpoint as checkpoints
from . import note
from .errors import Malformed

BYTES_MAX = 1_000_000


class Opened(NamedTuple):
    """A checkpoint that a listed log signed, and the listed witnesses that cosigned it."""

    checkpoint: checkpoints.Checkpoint
    log: note.VerifierKey
    cosigned: List[Tuple[str, int]]


class LogPolicy:
    """Keys of logs and witnesses, and which witnesses are enough."""

    def __init__(self) -> None:
        self.logs: List[note.VerifierKey] = []
        self.witnesses: Dict[str, note.VerifierKey] = {}
        self.groups: Dict[str, Tuple[int, List[str]]] = {}
        self.quorum = ""

    @classmethod
    def of_log(cls, key: note.VerifierKey) -> "LogPolicy":
        """One log, no witnesses asked for."""
        if key.type != note.TYPE_LOG:
            raise Malformed("CHECKPOINT_KEY_TYPE", "the log's key has type 01")
        policy = cls()
        policy.logs.append(key)
        policy.quorum = "none"
        return policy

    @property
    def asks_for_witnesses(self) -> bool:
        """Whether the quorum is not `none`."""
        return self.quorum != "none"

    def is_reached_by(self, cosigners: Set[str], name: str = "") -> bool:
        """Whether these witnesses reach the quorum, or the group `name`."""
        name = name or self.quorum
        if name == "none":
            return True
        if name in self.witnesses:
            return name in cosigners
        needed, members = self.groups[name]
        return sum(self.is_reached_by(cosigners, one) for one in members) >= needed

    def open(self, raw: bytes) -> Opened:
        """Opens a checkpoint: log line, every listed witness line, quorum."""
        signed = note.parse(raw)
        keys = [*self.logs, *self.witnesses.values()]
        names = {(key.name, key.hash): name for name, key in self.witnesses.items()}
        verified = note.verify(signed, keys)
        found = [
            key for key in self.logs
            if any((key.name, key.hash) == (line.name, line.hash) for line in signed.lines)
        ]
        if not found:
            raise Malformed("NOTE_UNTRUSTED", "no listed log signed")
        text = checkpoints.parse_text(signed.text)
        log = next((key for key in found if key.name == text.origin), None)
        if log is None:
            raise Malformed("CHECKPOINT_ORIGIN", f"{text.origin} is not the log that signed")
        lines = [one for one in signed.lines if any((k.name, k.hash) == one[:2] for k in keys)]
        cosigned = [
            (names[line[:2]], one.time)
            for line, one in zip(lines, verified)
            if one.time is not None and line[:2] in names
        ]
        if not self.is_reached_by({name for name, _ in cosigned}):
            raise Malformed("CHECKPOINT_QUORUM", f"cosigned by {[name for name, _ in cosigned]}")
        return Opened(text, log, cosigned)


def parse(text: str) -> LogPolicy:
    """Reads a policy file; a wrong line is refused with its number."""
    return _Reader().read(text)


class _Reader:
    def __init__(self) -> None:
        self.policy = LogPolicy()
        self.keys: Set[bytes] = set()
        self.members: Set[str] = set()
        self.line = 0

    def read(self, text: str) -> LogPolicy:
        if len(text.encode()) > BYTES_MAX:
            raise Malformed("POLICY_FILE_TOO_LARGE", f"more than {BYTES_MAX} bytes")
        for self.line, written in enumerate(text.split("\n"), 1):
            if any(c < " " and c != "\t" or c == "\x7f" for c in written):
                raise self._refused("TEXT", "a control character")
            words = [word for word in re.split("[ \t]+", written) if word]
            if not words or words[0].startswith("#"):
                continue
            self._line(words)
        if not self.policy.quorum:
            raise Malformed("POLICY_FILE_NO_QUORUM", "no quorum line")
        if not self.policy.logs:
            raise Malformed("POLICY_FILE_NO_LOG", "no log line")
        return self.policy

    def _refused(self, code: str, why: str) -> Malformed:
        return Malformed(f"POLICY_FILE_{code}", f"line {self.line}: {why}")

    def _line(self, words: List[str]) -> None:
        policy, count = self.policy, len(words)
        if words[0] == "log" and count in (2, 3):
            policy.logs.append(self._key(words[1], note.TYPE_LOG))
        elif words[0] == "witness" and count in (3, 4):
            policy.witnesses[self._name(words[1])] = self._key(words[2], note.TYPE_WITNESS)
        elif words[0] == "group" and count >= 4:
            self._group(self._name(words[1]), words[2], words[3:])
        elif words[0] == "quorum" and count == 2:
            if policy.quorum:
                raise self._refused("QUORUM_TWICE", "a second quorum line")
            if words[1] != "none" and not self._is_defined(words[1]):
                raise self._refused("UNDEFINED", f"{words[1]} is not defined above")
            policy.quorum = words[1]
        else:
            raise self._refused("LINE", f"not a line of a policy: {' '.join(words)[:60]}")

    def _is_defined(self, name: str) -> bool:
        return name in self.policy.witnesses or name in self.policy.groups

    def _name(self, name: str) -> str:
        if name == "none" or self._is_defined(name):
            raise self._refused("NAME", f"{name} stands twice, or is reserved")
        return name

    def _key(self, written: str, wanted: int) -> note.VerifierKey:
        try:
            key = note.verifier_key(written)
        except Malformed as error:
            kind = "KEY_TYPE" if error.code == "NOTE_KEY_TYPE" else "KEY"
            raise self._refused(kind, str(error)) from None
        if key.type != wanted:
            raise self._refused("KEY_TYPE", f"a key of type {key.type:02x}, not {wanted:02x}")
        if key.raw in self.keys:
            raise self._refused("KEY_DUPLICATE", "a key stands twice")
        self.keys.add(key.raw)
        return key

    def _group(self, name: str, rule: str, members: List[str]) -> None:
        for member in members:
            if not self._is_defined(member):
                raise self._refused("UNDEFINED", f"{member} is not defined above")
            if member in self.members:
                raise self._refused("MEMBER", f"{member} is a member already")
            self.members.add(member)
        if rule == "all":
            needed = len(members)
        elif rule == "any":
            needed = 1
        else:
            try:
                needed = checkpoints.decimal(rule)
            except ValueError:
                needed = 0
        if not 1 <= needed <= len(members):
            raise self._refused("THRESHOLD", f"{rule} of {len(members)} members")
        self.policy.groups[name] = (needed, members)
