"""Signed notes and verifier keys (C2SP signed-note, tlog-cosignature; FORMAT 11)."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import List, NamedTuple, Optional, Sequence

from . import ed25519
from .errors import Malformed
from .values import unbase64

NOTE_BYTES_MAX = 1_000_000
LINES_MAX = 100
NAME_BYTES_MAX = 255
TYPE_LOG = 1
TYPE_WITNESS = 4
# Unicode White_Space, and the control characters, none of which a name may have.
_NOT_IN_NAME = re.compile(
    "[\u0000-\u0020+\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
)
_HEX8 = re.compile(r"[0-9a-f]{8}")


class VerifierKey(NamedTuple):
    """`name+hash+base64(type ‖ key)`."""

    name: str
    hash: bytes
    type: int
    raw: bytes

    def __str__(self) -> str:
        tail = base64.b64encode(bytes([self.type]) + self.raw).decode()
        return f"{self.name}+{self.hash.hex()}+{tail}"


class Line(NamedTuple):
    """One signature line, as it came."""

    name: str
    hash: bytes
    signature: bytes


class Note(NamedTuple):
    """A note whose form is right and whose signatures nobody has verified yet."""

    text: str
    lines: List[Line]


class Verified(NamedTuple):
    """A line that verified: whose, and the time of a cosignature."""

    name: str
    time: Optional[int]


def is_name(name: str) -> bool:
    """Not empty, no white space, no plus sign, no control character."""
    return bool(name) and not _NOT_IN_NAME.search(name)


def verifier_key(written: str) -> VerifierKey:
    """NOTE_KEY, NOTE_KEY_NAME, NOTE_KEY_TYPE, and the codes of FORMAT 4."""
    parts = written.split("+", 2)
    if len(parts) != 3:
        raise Malformed("NOTE_KEY", "not name+hash+key")
    name, short, tail = parts
    if not is_name(name) or len(name.encode()) > NAME_BYTES_MAX:
        raise Malformed("NOTE_KEY_NAME", "not the name of a key")
    try:
        raw = unbase64(tail)
    except ValueError as error:
        raise Malformed("NOTE_KEY", str(error)) from None
    if not raw or not _HEX8.fullmatch(short):
        raise Malformed("NOTE_KEY", "no key, or no hash of 8 digits")
    computed = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if computed.hex() != short:
        raise Malformed("NOTE_KEY", "the hash is not that of name and key")
    if raw[0] not in (TYPE_LOG, TYPE_WITNESS):
        raise Malformed("NOTE_KEY_TYPE", f"a key of type {raw[0]:02x}")
    if len(raw) != 33:
        raise Malformed("NOTE_KEY", "an Ed25519 key has 32 bytes")
    return VerifierKey(name, computed, raw[0], ed25519.check_raw_key(raw[1:]))


def parse(raw: bytes) -> Note:
    """NOTE_TOO_LARGE, NOTE_TEXT, NOTE_UNSIGNED, NOTE_SIGNATURES, NOTE_LINE."""
    if len(raw) > NOTE_BYTES_MAX:
        raise Malformed("NOTE_TOO_LARGE", f"more than {NOTE_BYTES_MAX} bytes")
    try:
        whole = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("NOTE_TEXT", str(error)) from None
    if not whole.endswith("\n") or any(c < " " and c != "\n" for c in whole):
        raise Malformed("NOTE_TEXT", "no final line feed, or a control character")
    split = whole.rfind("\n\n")
    if split < 0 or split + 2 == len(whole):
        raise Malformed("NOTE_UNSIGNED", "no signature line")
    written = whole[split + 2 :].split("\n")[:-1]
    if len(written) > LINES_MAX:
        raise Malformed("NOTE_SIGNATURES", f"more than {LINES_MAX} lines")
    return Note(whole[: split + 1], [_line(one) for one in written])


def _line(written: str) -> Line:
    parts = written.split(" ")
    if len(parts) != 3 or parts[0] != "\u2014" or not is_name(parts[1]):
        raise Malformed("NOTE_LINE", "not a dash, a name and a signature")
    try:
        raw = unbase64(parts[2])
    except ValueError as error:
        raise Malformed("NOTE_LINE", str(error)) from None
    if len(raw) < 5:
        raise Malformed("NOTE_LINE", "no signature")
    return Line(parts[1], raw[:4], raw[4:])


def verify(note: Note, keys: Sequence[VerifierKey]) -> List[Verified]:
    """Every line of a trusted key verifies, each has one, and there is at least one."""
    found: List[Verified] = []
    seen = set()
    for line in note.lines:
        key = next((k for k in keys if (k.name, k.hash) == (line.name, line.hash)), None)
        if key is None:
            continue
        if (key.name, key.hash) in seen:
            raise Malformed("NOTE_DUPLICATE", f"two lines of {key.name}")
        seen.add((key.name, key.hash))
        found.append(_verified(note.text, line, key))
    if not found:
        raise Malformed("NOTE_UNTRUSTED", "no trusted key signed")
    return found


def _verified(text: str, line: Line, key: VerifierKey) -> Verified:
    refused = Malformed("NOTE_SIGNATURE", f"the line of {key.name} does not verify")
    if key.type == TYPE_LOG:
        if not ed25519.verifies(key.raw, text.encode(), line.signature):
            raise refused
        return Verified(key.name, None)
    if len(line.signature) != 72:
        raise refused
    seconds = int.from_bytes(line.signature[:8], "big")
    message = f"cosignature/v1\ntime {seconds}\n{text}".encode()
    if not ed25519.verifies(key.raw, message, line.signature[8:]):
        raise refused
    return Verified(key.name, seconds)
