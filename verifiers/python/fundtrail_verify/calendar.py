"""Working days by adopted notices (FORMAT 15), and counting of days (Civil Code 201 to 203)."""

from __future__ import annotations

import datetime
from typing import Any, Dict, List

from . import values as v
from .errors import Malformed
from .shapes import list_of, must, pair, required, struct
from .values import Date

DAY = datetime.timedelta(days=1)
_NOTICE_MEMBERS = struct(
    {
        "year": required(v.whole(0, 65_535)),
        "source": required(v.text),
        "off": required(list_of(pair(v.date))),
        "work": required(list_of(v.date)),
    }
)


def notice(value: Any) -> Dict[str, Any]:
    """One year's notice, consistent in itself: CALENDAR_INVALID."""
    found = _NOTICE_MEMBERS(value)
    year, work, previous = found["year"], found["work"], None
    off: List[Date] = []

    def holds(what: bool, why: str) -> None:
        must(what, f"{year}: {why}", "CALENDAR_INVALID")

    holds(1900 <= year <= 2199, "no such year")
    source = found["source"]
    holds(1 <= len(source) <= 200 and not v_control(source), "source")
    holds(len(work) <= 40, "more than 40 working weekends")
    for first, last in found["off"]:
        holds(first <= last and (previous is None or first > previous), "ranges ascend")
        holds((last - first).days < 80, "more than 80 days off")
        off += [first + n * DAY for n in range((last - first).days + 1)]
        previous = last
    holds(len(off) <= 80, "more than 80 days off")
    near = (Date(year - 1, 12, 1) if year > 1900 else Date(year, 1, 1),
            Date(year + 1, 1, 31) if year < 2199 else Date(year, 12, 31))
    holds(all(near[0] <= day <= near[1] for day in [*off, *work]), "a day of another year")
    holds(all(a < b for a, b in zip(work, work[1:])), "working days ascend")
    holds(all(day.weekday() >= 5 for day in work), "a working day that is no weekend")
    holds(not set(off) & set(work), "a day both off and worked")
    return {"year": year, "off": set(off), "work": set(work)}


def v_control(text: str) -> bool:
    """Whether a text has a control character (Unicode category Cc)."""
    return any(c < " " or "\x7f" <= c <= "\x9f" for c in text)


class Calendar:
    """The notices of one calendar, a year each; a later notice replaces the earlier."""

    def __init__(self) -> None:
        self.years: Dict[int, Dict[str, Any]] = {}

    def adopt(self, notices: List[Dict[str, Any]]) -> None:
        """Takes notices in one after the other; CALENDAR_INVALID where one contradicts a
        neighbour that then stands."""
        years = dict(self.years)
        for one in notices:
            years[one["year"]] = one
            for near in (one["year"] - 1, one["year"] + 1):
                if near in years and (
                    years[near]["off"] & one["work"] or years[near]["work"] & one["off"]
                ):
                    raise Malformed("CALENDAR_INVALID", f"{one['year']} contradicts {near}")
        self.years = years

    def is_working(self, day: Date) -> bool:
        """Whether a day is a working day; CALENDAR_MISSING if its year has no notice."""
        if day.year not in self.years:
            raise Malformed("CALENDAR_MISSING", f"no notice of {day.year}")
        near = [self.years[y] for y in (day.year - 1, day.year, day.year + 1) if y in self.years]
        if any(day in one["work"] for one in near):
            return True
        return day.weekday() < 5 and not any(day in one["off"] for one in near)

    def working_day_after(self, day: Date, count: int) -> Date:
        """The count-th working day after a day, which is not counted itself."""
        while count:
            day += DAY
            count -= self.is_working(day)
        return day

    def calendar_day_after(self, day: Date, count: int) -> Date:
        """The count-th day after; if that is a day off, the next working day (203)."""
        day += count * DAY
        while not self.is_working(day):
            day += DAY
        return day
