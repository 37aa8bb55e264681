"""Sealed particulars: disclosures, tags, and what must agree with them (FORMAT 9)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from . import identifiers, strict_json
from .errors import Malformed
from .transaction import Transaction
from .values import base64url, unbase64url

CHARACTERS_MAX = 1024
SALT_BYTES_MIN = 16


class Disclosure(NamedTuple):
    """Salt, name and value, and the digest that the transaction carries."""

    salt: str
    name: str
    value: str
    digest: str


def parse(written: str) -> Disclosure:
    """DISCLOSURE_FORM."""
    try:
        if len(written) > CHARACTERS_MAX:
            raise ValueError(f"more than {CHARACTERS_MAX} characters")
        array: Any = strict_json.parse(unbase64url(written))
        if not isinstance(array, list) or len(array) != 3:
            raise ValueError("not an array of three")
        if not all(isinstance(one, str) for one in array):
            raise ValueError("not texts")
        salt, name, value = array
        if len(unbase64url(salt)) < SALT_BYTES_MIN:
            raise ValueError("the salt has at least 16 bytes")
        if name in ("", "_sd", "..."):
            raise ValueError("no such name")
    except (ValueError, Malformed) as error:
        raise Malformed("DISCLOSURE_FORM", str(error)) from None
    digest = base64url(hashlib.sha256(written.encode()).digest())
    return Disclosure(salt, name, value, digest)


def matched(sealed: Dict[str, str], disclosures: List[str]) -> Dict[str, str]:
    """The value of every sealed particular: DISCLOSURE_UNMATCHED, DISCLOSURE_MISSING."""
    found: Dict[str, str] = {}
    for written in disclosures:
        one = parse(written)
        names = [name for name in sorted(sealed) if sealed[name] == one.digest]
        if not names or names[0] != one.name:
            raise Malformed("DISCLOSURE_UNMATCHED", f"{one.name[:60]} is not sealed so")
        found[one.name] = one.value
    for name in sealed:
        if name not in found:
            raise Malformed("DISCLOSURE_MISSING", f"{name} comes without its disclosure")
    return found


def tag(tag_key: bytes, domain: str, value: str) -> str:
    """The tag of a borrower's credit code, or of a value in another domain."""
    message = value if domain == "credit_code" else f"{domain}\0{value}"
    return hmac.new(tag_key, message.encode(), hashlib.sha256).hexdigest()


def tag_key_commitment(tag_key: bytes) -> str:
    """What genesis publishes of the tag key."""
    return hashlib.sha256(b"fundtrail/tag-key/v1\n" + tag_key).hexdigest()


def format_of(transaction: Transaction, name: str) -> Tuple[str, Optional[int]]:
    """The format of a sealed particular, and the class of a trademark."""
    if name.startswith("pledge."):
        parts = name.split(".")
        if len(parts) == 3:
            return "registration_number", None
        pledge = transaction.body["pledges"][int(parts[1])]
        kind = pledge["kind"]
        if kind == "patent":
            return "patent_number", None
        if kind == "trademark":
            return "trademark_number", pledge["class"]
        return "registration_number", None
    named = {"cnaps": "bank_number", "registration": "registration_number"}
    return named.get(name, name), None


class Findings(NamedTuple):
    """What the node finds inside: tags, alerts, and refusals."""

    tags: Dict[str, str]
    alerts: List[str]
    refusals: List[str]


def findings(
    transaction: Transaction, opened: Dict[str, str], tag_key: bytes, prefixes: List[str]
) -> Findings:
    """What opened particulars say, given the fund's tag key."""
    tags: Dict[str, str] = {}
    alerts: List[str] = []
    refusals: List[str] = []
    for name in sorted(opened):
        form, mark = format_of(transaction, name)
        try:
            normal = identifiers.normal(form, opened[name], mark)
        except Malformed as error:
            if error.code not in refusals:
                refusals.append(error.code)
            continue
        if form == "credit_code":
            borrower = transaction.kind == "borrower_register"
            if normal[:2] not in (("91", "93") if borrower else ("91",)):
                refusals.append("BORROWER_NOT_LEGAL_PERSON")
            if borrower:
                alerts += identifiers.credit_alerts(normal, prefixes)
                if tag(tag_key, "credit_code", normal) != transaction.body["borrower"]:
                    refusals.append("BORROWER_TAG")
        if form == "contract_number":
            tags[name] = tag(tag_key, name, f"{transaction.body['bank']}\0{normal}")
    return Findings(tags, alerts, refusals)
