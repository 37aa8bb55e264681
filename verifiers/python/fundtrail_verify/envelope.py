"""Envelopes (DSSE v1) and submissions (FORMAT 7)."""

from __future__ import annotations

import re
from typing import Any, Dict, List, NamedTuple

from . import strict_json
from . import values as v
from .errors import Malformed
from .transaction import BYTES_MAX as PAYLOAD_BYTES_MAX
from .transaction import PAYLOAD_TYPE

SUBMISSION_BYTES_MAX = 131_072
SIGNATURES_MAX = 32
_KEY_ID = re.compile("[0-9a-f]{32}")


class Signature(NamedTuple):
    """The 64 bytes, and the key id that hints at the key."""

    key_id: str
    raw: bytes


class Envelope(NamedTuple):
    """Exact bytes of a transaction, and signatures over them, each key once."""

    payload: bytes
    signatures: List[Signature]


class Submission(NamedTuple):
    """An envelope with the disclosures that came beside it."""

    envelope: Envelope
    disclosures: List[str]


def pae(payload_type: str, payload: bytes) -> bytes:
    """The pre-authentication encoding that is signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def signed_bytes(payload: bytes) -> bytes:
    """What a signature of a transaction covers."""
    return pae(PAYLOAD_TYPE, payload)


def envelope(value: Any) -> Envelope:
    """Reads an envelope; unknown members are ignored, as DSSE demands."""
    if not isinstance(value, dict):
        raise Malformed("SHAPE", "an envelope is an object")
    for name in ("payload", "payloadType"):
        if name in value and not isinstance(value[name], str):
            raise Malformed("SHAPE", f"{name} is a text")
    listed = value.get("signatures", [])
    if not isinstance(listed, list):
        raise Malformed("SHAPE", "signatures are a list")
    for one in listed:
        if not isinstance(one, dict):
            raise Malformed("SHAPE", "a signature is an object")
        for name in ("keyid", "sig"):
            if name in one and not isinstance(one[name], str):
                raise Malformed("SHAPE", f"{name} is a text")
    if "payloadType" not in value:
        raise Malformed("MISSING_MEMBER", "no payloadType")
    if value["payloadType"] != PAYLOAD_TYPE:
        raise Malformed("PAYLOAD_TYPE", "not the type of a transaction")
    if "payload" not in value:
        raise Malformed("MISSING_MEMBER", "no payload")
    payload = _either_base64(value["payload"])
    if len(payload) > PAYLOAD_BYTES_MAX:
        raise Malformed("TOO_LARGE", f"a payload has at most {PAYLOAD_BYTES_MAX} bytes")
    return Envelope(payload, _signatures(listed))


def _signatures(listed: List[Dict[str, Any]]) -> List[Signature]:
    if not listed:
        raise Malformed("UNSIGNED", "no signature")
    if len(listed) > SIGNATURES_MAX:
        raise Malformed("TOO_MANY_SIGNATURES", f"more than {SIGNATURES_MAX}")
    found: Dict[str, bytes] = {}
    for one in listed:
        name = one.get("keyid", "")
        if not _KEY_ID.fullmatch(name):
            raise Malformed("SIGNATURE_FORM", "no key id")
        if "sig" not in one:
            raise Malformed("SIGNATURE_FORM", "no signature beside the key id")
        raw = _either_base64(one["sig"])
        if len(raw) != 64 or found.setdefault(name, raw) != raw:
            raise Malformed("SIGNATURE_FORM", "not 64 bytes, or two signatures of one key")
    return [Signature(name, raw) for name, raw in found.items()]


def _either_base64(written: str) -> bytes:
    try:
        if "-" in written or "_" in written:
            return v.unbase64url(written, padded=True)
        return v.unbase64(written)
    except ValueError as error:
        raise Malformed("BASE64", str(error)) from None


def submission(raw: bytes) -> Submission:
    """An envelope by itself, or beside its disclosures."""
    if len(raw) > SUBMISSION_BYTES_MAX:
        raise Malformed("TOO_LARGE", f"a submission has at most {SUBMISSION_BYTES_MAX} bytes")
    value = strict_json.parse(raw)
    if not isinstance(value, dict):
        raise Malformed("SHAPE", "a submission is an object")
    disclosures = value.get("disclosures", [])
    if not isinstance(disclosures, list) or not all(isinstance(d, str) for d in disclosures):
        raise Malformed("SHAPE", "disclosures are texts")
    inner = value
    if value.get("envelope") is not None:
        bare = [n for n in ("payload", "payloadType", "signatures") if n in value]
        if bare:
            raise Malformed("UNKNOWN_MEMBER", f"{bare[0]} beside an envelope")
        inner = value["envelope"]
    return Submission(envelope(inner), disclosures)
