"""Identifiers inside disclosures and their normal forms (FORMAT 16)."""

from __future__ import annotations

import re
import unicodedata
from typing import Callable, Dict, List, Optional, Tuple

from .errors import Malformed

BYTES_MAX = 4096
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_INVISIBLE_RANGES: Tuple[Tuple[int, int], ...] = (
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180E, 0x180E), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0xE0000, 0xE007F),
)
_WHITE = re.compile(
    "[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
)
_PATENT = re.compile(r"(?:ZL|CN)?([0-9]{8}|[0-9]{12})\.?([0-9X])")
_TRADEMARK = re.compile(r"(G?)([0-9]{1,8})([A-Z]?)")


def _format(why: str) -> Malformed:
    return Malformed("ID_FORMAT", why)


def _is_invisible(character: str) -> bool:
    number = ord(character)
    return unicodedata.category(character) == "Cc" or any(
        low <= number <= high for low, high in _INVISIBLE_RANGES
    )


def _packed(value: str) -> str:
    bare = _WHITE.sub("", unicodedata.normalize("NFKD", value))
    upper = "".join(c.upper() if "a" <= c <= "z" else c for c in bare)
    return unicodedata.normalize("NFC", upper)


def _readable(most: int) -> Callable[[str], str]:
    def check(value: str) -> str:
        if any(_is_invisible(c) for c in value):
            raise _format("an invisible character")
        normal = unicodedata.normalize("NFKC", value)
        if any(_is_invisible(c) for c in normal):
            raise _format("an invisible character")
        normal = _WHITE.sub(" ", normal).strip(" ")
        if not 1 <= len(normal) <= most:
            raise _format(f"not 1 to {most} characters")
        return normal

    return check


def _opaque(value: str) -> str:
    normal = _packed(value)
    if not 1 <= len(normal) <= 60 or any(_is_invisible(c) for c in normal):
        raise _format("not 1 to 60 characters")
    return normal


def credit_code(value: str) -> str:
    """GB 32100: 18 characters with a check."""
    code = _packed(value)
    if len(code) != 18 or any(c not in _ALPHABET for c in code) or not code[2:8].isdigit():
        raise _format("not a credit code")
    total = sum(_ALPHABET.index(c) * pow(3, n, 31) for n, c in enumerate(code[:17]))
    if _ALPHABET.index(code[17]) != (31 - total % 31) % 31:
        raise Malformed("ID_CHECKSUM", "check character of the credit code")
    return code


def organisation_check(code: str) -> bool:
    """The second check of a credit code (GB 11714), which only alerts."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(c, 36) * w for c, w in zip(code[8:16], weights))
    wanted = {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))
    return code[16] == wanted


def _patent(value: str) -> str:
    found = _PATENT.fullmatch(_packed(value))
    if not found or found.group(1)[2 if len(found.group(1)) == 8 else 4] not in "12389":
        raise _format("not a patent number")
    digits, check = found.group(1), found.group(2)
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    rest = sum(int(d) * w for d, w in zip(digits, weights)) % 11
    if check != ("X" if rest == 10 else str(rest)):
        raise Malformed("ID_CHECKSUM", "check character of the patent number")
    return f"{digits}.{check}"


def _trademark(value: str) -> str:
    found = _TRADEMARK.fullmatch(_packed(value))
    if not found or not int(found.group(2)):
        raise _format("not a trademark number")
    return found.group(1) + found.group(2).lstrip("0") + found.group(3)


def _bank_number(value: str) -> str:
    number = _packed(value)
    if not re.fullmatch("[0-9]{12}", number):
        raise _format("not a bank number")
    p = 10
    for digit in number[:11]:
        t = (p + int(digit)) % 10 or 10
        p = 2 * t % 11
    if (11 - p) % 10 != int(number[11]):
        raise Malformed("ID_CHECKSUM", "check digit of the bank number")
    return number


def _institution(value: str) -> str:
    code = _packed(value)
    if not re.fullmatch("[A-Z][0-9]{13}", code):
        raise _format("not an institution code")
    return code


def _account(value: str) -> str:
    number = _packed(value)
    if not re.fullmatch("[0-9]+(?:-[0-9]+)*", number):
        raise _format("not an account number")
    number = number.replace("-", "")
    if len(number) > 32:
        raise _format("more than 32 digits")
    return number


FORMATS: Dict[str, Callable[[str], str]] = {
    "credit_code": credit_code,
    "patent_number": _patent,
    "trademark_number": _trademark,
    "bank_number": _bank_number,
    "institution_code": _institution,
    "account_number": _account,
    "contract_number": _opaque,
    "registration_number": _opaque,
    "name": _readable(200),
    "text": _readable(1000),
}


def normal(form: str, value: str, trademark_class: Optional[int] = None) -> str:
    """The normal form: ID_FORMAT or ID_CHECKSUM otherwise."""
    if not value or len(value.encode("utf-8", "surrogatepass")) > BYTES_MAX:
        raise _format("empty or too long")
    if trademark_class is not None and not 1 <= trademark_class <= 45:
        raise _format("a class of 1 to 45")
    return FORMATS[form](value)


def credit_alerts(code: str, region_prefixes: List[str]) -> List[str]:
    """The alerts that a sound credit code raises."""
    alerts = []
    if not any(code[2:8].startswith(prefix) for prefix in region_prefixes):
        alerts.append("USCC_PREFIX_FOREIGN")
    if not organisation_check(code):
        alerts.append("ORGANISATION_CHECK_DIGIT")
    return alerts
