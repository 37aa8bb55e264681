"""Values of FORMAT 3: money in whole fen, dates, times in milliseconds, names, digests.

Each function takes what JSON gave and returns the checked value, or raises its code.
Money is an int of fen; there is no float in this package.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import re
from typing import Any, Callable, NamedTuple, Optional, Union

from .errors import Malformed

Date = datetime.date
ROLES = (
    "government", "finance", "market_supervision", "group_member", "office", "manager",
    "bank", "insurer", "guarantor", "auditor", "regulator",
)
PARTNERS = ("bank", "insurer", "guarantor")
DUTIES = ("maker", "checker")
_YEARS = range(1900, 2200)
_CHINA = datetime.timedelta(hours=8)
_EPOCH = datetime.datetime(1970, 1, 1)

_AMOUNT = re.compile(r"(0|[1-9][0-9]*)\.([0-9]{2})")
_SIGNED = re.compile(r"-?(0|[1-9][0-9]{0,25})\.([0-9]{2})")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HEX64 = re.compile(r"[0-9a-f]{64}")
_HEX32 = re.compile(r"[0-9a-f]{32}")
_PERIOD = re.compile(r"([0-9]{4})(?:H([12])|Q([1-4])|-(0[1-9]|1[0-2]))?")


class Moment(NamedTuple):
    """When a loan was paid out: a time in milliseconds, or only the day (A17)."""

    day: Date
    time: Optional[int]


class Period(NamedTuple):
    """A year, half-year, quarter or month with its first and last day."""

    text: str
    sort: str
    first: Date
    last: Date


def text(value: Any) -> str:
    """Any JSON text."""
    if not isinstance(value, str):
        raise Malformed("SHAPE", f"{_shown(value)} is not a text")
    return value


def boolean(value: Any) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise Malformed("SHAPE", f"{_shown(value)} is neither true nor false")
    return value


def whole(low: int, high: int) -> Callable[[Any], int]:
    """A whole number from `low` to `high`, both included."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise Malformed("SHAPE", f"{_shown(value)} is not a number of {low} to {high}")
        return value

    return check


def option(*options: str) -> Callable[[Any], str]:
    """One of the texts named."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in options:
            raise Malformed("SHAPE", f"{_shown(value)} is none of {', '.join(options)}")
        return value

    return check


def amount(value: Any) -> int:
    """A party's amount in fen: AMOUNT_FORMAT, AMOUNT_NEGATIVE, AMOUNT_OVERFLOW."""
    written = text(value)
    negative = written.startswith("-")
    found = _AMOUNT.fullmatch(written[1:] if negative else written)
    if not found:
        raise Malformed("AMOUNT_FORMAT", f"{_shown(value)} is not digits, a point, two digits")
    if negative:
        raise Malformed("AMOUNT_NEGATIVE", f"{written[:40]} is negative")
    if len(found.group(1)) > 12:
        raise Malformed("AMOUNT_OVERFLOW", f"{written[:40]} is above 999999999999.99")
    return int(found.group(1)) * 100 + int(found.group(2))


def signed_amount(value: Any) -> int:
    """An amount the ledger wrote, in fen: AMOUNT_FORMAT."""
    written = text(value)
    if not _SIGNED.fullmatch(written) or written == "-0.00":
        raise Malformed("AMOUNT_FORMAT", f"{_shown(value)} is not a signed amount")
    return int(written.replace(".", ""))


def yuan(fen: int) -> str:
    """An amount as the format writes it."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def date(value: Any) -> Date:
    """A day of the years 1900 to 2199: DATE_FORMAT."""
    written = text(value)
    found = _DATE.fullmatch(written)
    try:
        if found and int(found.group(1)) in _YEARS:
            return Date(int(found.group(1)), int(found.group(2)), int(found.group(3)))
    except ValueError:
        pass
    raise Malformed("DATE_FORMAT", f"{_shown(value)} is not a date")


def time(value: Any) -> int:
    """A time with offset in milliseconds since 1970: TIME_FORMAT."""
    written = text(value)
    found = _TIME.fullmatch(written)
    if not found:
        raise Malformed("TIME_FORMAT", f"{_shown(value)} is not a time with offset")
    year, month, day, hour, minute, second = (int(found.group(n)) for n in range(1, 7))
    offset = datetime.timedelta(0)
    if found.group(8):
        hours, minutes = int(found.group(9)), int(found.group(10))
        if hours > 23 or minutes > 59:
            raise Malformed("TIME_FORMAT", f"{written}: no such offset")
        offset = datetime.timedelta(hours=hours, minutes=minutes)
        if found.group(8) == "-":
            offset = -offset
    try:
        utc = datetime.datetime(year, month, day, hour, minute, second) - offset
    except (ValueError, OverflowError):
        raise Malformed("TIME_FORMAT", f"{written}: no such moment") from None
    if utc.year not in _YEARS or (utc + _CHINA).year not in _YEARS:
        raise Malformed("TIME_FORMAT", f"{written} is outside 1900 to 2199")
    milliseconds = int(((found.group(7) or "") + "000")[:3])
    passed = utc - _EPOCH
    return (passed.days * 86400 + passed.seconds) * 1000 + milliseconds


def time_written(milliseconds: int) -> str:
    """A time as entries have it: UTC, three decimals, Z."""
    moment = _EPOCH + datetime.timedelta(milliseconds=milliseconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + f".{milliseconds % 1000:03d}Z"


def day_of(milliseconds: int) -> Date:
    """The calendar date of a time at +08:00."""
    return (_EPOCH + datetime.timedelta(milliseconds=milliseconds) + _CHINA).date()


def moment(value: Any) -> Moment:
    """A time, or a date where the time of day is not known: TIME_FORMAT."""
    written = text(value)
    if _DATE.fullmatch(written):
        try:
            return Moment(date(written), None)
        except Malformed as error:
            raise Malformed("TIME_FORMAT", error.message) from None
    at = time(written)
    return Moment(day_of(at), at)


def period(value: Any) -> Period:
    """A year, half-year, quarter or month: SHAPE."""
    written = text(value)
    found = _PERIOD.fullmatch(written)
    if not found or int(found.group(1)) not in _YEARS:
        raise Malformed("SHAPE", f"{_shown(value)} is not a period")
    year = int(found.group(1))
    sort, first, months = "year", 1, 12
    if found.group(2):
        sort, first, months = "half", 1 + 6 * (int(found.group(2)) - 1), 6
    elif found.group(3):
        sort, first, months = "quarter", 1 + 3 * (int(found.group(3)) - 1), 3
    elif found.group(4):
        sort, first, months = "month", int(found.group(4)), 1
    after = first + months
    next_day = Date(year + 1, 1, 1) if after > 12 else Date(year, after, 1)
    return Period(written, sort, Date(year, first, 1), next_day - datetime.timedelta(days=1))


def identifier(value: Any) -> str:
    """An id: ID_FORM."""
    written = text(value)
    if not _ID.fullmatch(written):
        raise Malformed("ID_FORM", f"{_shown(value)} is not an id")
    return written


def digest(value: Any) -> str:
    """64 hex digits, of a document or a tag: DIGEST_FORM."""
    written = text(value)
    if not _HEX64.fullmatch(written):
        raise Malformed("DIGEST_FORM", f"{_shown(value)} is not 64 hex digits")
    return written


def key_id(value: Any) -> str:
    """32 hex digits: DIGEST_FORM."""
    written = text(value)
    if not _HEX32.fullmatch(written):
        raise Malformed("DIGEST_FORM", f"{_shown(value)} is not 32 hex digits")
    return written


def sealed_digest(value: Any) -> str:
    """43 characters of base64url, 32 bytes: DIGEST_FORM."""
    written = text(value)
    try:
        if len(written) == 43 and len(unbase64url(written)) == 32:
            return written
    except ValueError:
        pass
    raise Malformed("DIGEST_FORM", f"{_shown(value)} is not a sealed digest")


_STANDARD = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_URL = re.compile(r"[A-Za-z0-9_-]*={0,2}")


def unbase64(written: str) -> bytes:
    """Strict padded base64 (RFC 4648 section 4); ValueError otherwise."""
    if not _STANDARD.fullmatch(written):
        raise ValueError("not base64")
    try:
        raw = base64.b64decode(written, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
    if base64.b64encode(raw).decode() != written:
        raise ValueError("bits beyond the last byte")
    return raw


def unbase64url(written: str, padded: bool = False) -> bytes:
    """Strict base64url (section 5), with padding or without; ValueError otherwise."""
    if not _URL.fullmatch(written) or ("=" in written and not padded):
        raise ValueError("not base64url")
    standard = written.replace("-", "+").replace("_", "/")
    return unbase64(standard if padded else standard + "=" * (-len(standard) % 4))


def base64url(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


Value = Union[str, int, bool, Date, Moment, Period, None]


def _shown(value: Any) -> str:
    return repr(value)[:60]
