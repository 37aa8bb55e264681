"""Arithmetic of the regulation, in whole fen; shares by multiplication, never by floats."""

from __future__ import annotations

import datetime
from typing import Any, Dict, List, Sequence

from .values import Date

BP = 10_000


def share(amount: int, part: int, whole: int, rounding: str = "half_up") -> int:
    """amount × part / whole in fen; `half_up` or `down` (A07). Nothing of nothing."""
    if whole == 0:
        return 0
    product = amount * part
    return (2 * product + whole) // (2 * whole) if rounding == "half_up" else product // whole


def ratio(amount: int, bp: int, rounding: str = "half_up") -> int:
    """amount × bp / 10000."""
    return share(amount, bp, BP, rounding)


def split(amount: int, weights: Sequence[int]) -> List[int]:
    """By weights with the largest remainder, ties to the earlier (A10, A36)."""
    whole = sum(weights)
    if whole == 0:
        return [0 for _ in weights]
    parts = [amount * weight // whole for weight in weights]
    rest = [amount * weight % whole for weight in weights]
    for n in sorted(range(len(weights)), key=lambda n: -rest[n])[: amount - sum(parts)]:
        parts[n] += 1
    return parts


def rounding_of(policy: Dict[str, Any]) -> str:
    """The policy's rounding, as `share` takes it."""
    return "half_up" if policy["compensation"]["rounding"] == "half_up_cumulative" else "down"


def entitled(loss: int, policy: Dict[str, Any], cap: int) -> int:
    """What a loan is entitled to for its whole loss so far: the ratio, up to the cap."""
    return min(ratio(loss, policy["compensation"]["ratio_bp"], rounding_of(policy)), cap)


def brake_reached(compensated: int, disbursed: int, bp: int) -> bool:
    """compensated / disbursed ≥ bp / 10000; never where nothing was paid (Art. 13)."""
    return compensated > 0 and compensated * BP >= disbursed * bp


def percent(compensated: int, disbursed: int) -> str:
    """compensated × 100 / disbursed, cut to four decimals."""
    if disbursed == 0:
        return "∞"
    cut = abs(compensated) * 1_000_000 // disbursed
    return f"{'-' if compensated < 0 else ''}{cut // 10_000}.{cut % 10_000:04d}"


def returns_due(
    counted: int, compensated: int, loss: int, policy: Dict[str, Any], clawed_back: int = 0
) -> int:
    """What all collections so far make due together, and where the duty ends (A21)."""
    terms, rounding = policy["return"], rounding_of(policy)
    kept = max(compensated - clawed_back, 0)
    if terms["stop_at"] == "fair_share":
        return min(share(counted, kept, loss, rounding), kept)
    due = ratio(counted, terms["ratio_bp"], rounding)
    return due if terms["stop_at"] == "never" else min(due, kept)


def fee_ceiling(policy: Dict[str, Any]) -> int:
    """The ceiling of a whole year (Art. 8), cut to the fen."""
    return ratio(policy["fee"]["base"], policy["fee"]["bp"], "down")


def fee_prorated(policy: Dict[str, Any], year: int) -> int:
    """The part of the ceiling that falls on days in force, half-up."""
    first = max(policy["policy"]["effective_from"], Date(year, 1, 1))
    last = min(policy["policy"]["effective_to"], Date(year, 12, 31))
    days = max((last - first).days + 1, 0)
    whole = (Date(year, 12, 31) - Date(year, 1, 1)).days + 1
    return share(fee_ceiling(policy), days, whole)


def overdue_days(due: Date, as_of: Date) -> int:
    """Days since the due date, which does not count (A11)."""
    return (as_of - due).days


def lost_on(due: Date, policy: Dict[str, Any]) -> Date:
    """The first day overdue long enough."""
    return due + datetime.timedelta(days=policy["compensation"]["overdue_min_days"])


def years_after(day: Date, years: int) -> Date:
    """The corresponding day, else the month's end; the last day of 2199 at most (202)."""
    year = day.year + years
    if year > 2199:
        return Date(2199, 12, 31)
    if year < 1900:
        return Date(1900, 1, 1)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)
