"""Ed25519, strictly (FORMAT 4).

The curve equation itself is checked by the `cryptography` package. OpenSSL below it is not
strict, so the rest is done here: canonical encodings, S below the group order, neither the
key nor R of small order. All arithmetic in this module is over plain Python integers.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Optional, Tuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .errors import Malformed
from .values import text, unbase64

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, P - 2, P) % P
_SQRT_M1 = pow(2, (P - 1) // 4, P)
SPKI_PREFIX = bytes.fromhex("302a300506032b6570032100")
Point = Tuple[int, int]


def decode(encoded: bytes) -> Optional[Point]:
    """The point of 32 bytes whose y is canonical, or None. x = 0 with the sign set counts."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (_D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * _SQRT_M1 % P
        if (v * x * x - u) % P:
            return None
    if x & 1 != sign:
        x = (P - x) % P
    return x, y


def is_small_order(point: Point) -> bool:
    """Whether eight times the point is the neutral element."""
    x, y, z = point[0], point[1], 1
    for _ in range(3):
        # Doubling in projective coordinates on -x² + y² = 1 + d x² y² (RFC 8032, 5.1.4).
        a, b = x * x % P, y * y % P
        e, g = ((x + y) ** 2 - a - b) % P, (b - a) % P
        f, h = (g - 2 * z * z) % P, (-a - b) % P
        x, y, z = e * f % P, g * h % P, f * g % P
    return x == 0 and y == z


@lru_cache(maxsize=4096)
def check_raw_key(raw: bytes) -> bytes:
    """32 bytes of a public key: KEY_FORM, KEY_WEAK, in the format's order."""
    if len(raw) != 32:
        raise Malformed("KEY_FORM", "a key has 32 bytes")
    if int.from_bytes(raw, "little") & (2**255 - 1) >= P:
        raise Malformed("KEY_WEAK", "the key is not canonically encoded")
    point = decode(raw)
    if point is None:
        raise Malformed("KEY_FORM", "the key is no point of the curve")
    if is_small_order(point):
        raise Malformed("KEY_WEAK", "the key is of small order")
    return raw


@lru_cache(maxsize=4096)
def _raw_of(written: str) -> bytes:
    try:
        der = unbase64(written)
    except ValueError:
        der = b""
    if len(der) != 44 or der[:12] != SPKI_PREFIX:
        raise Malformed("KEY_FORM", "not an Ed25519 SubjectPublicKeyInfo")
    return check_raw_key(der[12:])


def public_key(value: object) -> bytes:
    """The 32 bytes of a key written as base64 of its SubjectPublicKeyInfo."""
    return _raw_of(text(value))


def key_id(raw: bytes) -> str:
    """The first 16 bytes, in hex, of SHA-256 over the 44 bytes."""
    return hashlib.sha256(SPKI_PREFIX + raw).hexdigest()[:32]


def verifies(raw_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature verifies strictly."""
    if len(signature) != 64 or int.from_bytes(signature[32:], "little") >= L:
        return False
    try:
        check_raw_key(raw_key)
    except Malformed:
        return False
    commitment = decode(signature[:32])
    if commitment is None or is_small_order(commitment):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(raw_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
