"""What an accepted transaction must post, revise and raise, against what the entry says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Tuple

from .entry import Alert, Entry
from .values import Date, yuan

# Code of an alert → article and who owes something (FORMAT 6).
ALERTS: Dict[str, Tuple[int, str]] = {
    "USCC_PREFIX_FOREIGN": (4, "manager"),
    "ORGANISATION_CHECK_DIGIT": (4, "manager"),
    "MISUSE_APPROVED": (5, "group_member"),
    "FEE_ABOVE_PRORATA": (8, "manager"),
    "RECONCILE_DIFF": (8, "manager"),
    "REPORT_OVERDUE": (8, "manager"),
    "NEW_LOAN_WHILE_SUSPENDED": (13, "bank"),
    "WARN_NOTICE_DUE": (13, "manager"),
    "SUSPEND_NOTICE_DUE": (13, "manager"),
    "NO_RISK_NOTICE": (14, "bank"),
    "LATE_RETURN": (16, "bank"),
    "SHORT_RETURN_ARREARS": (16, "bank"),
}


@dataclass
class Effects:
    """Postings (book, amount), objects revised, alerts; each in the order of FORMAT 6."""

    postings: List[Tuple[str, int]] = field(default_factory=list)
    objects: List[str] = field(default_factory=list)
    alerts: List[Alert] = field(default_factory=list)

    def post(self, book: str, amount: int, always: bool = True) -> None:
        """A line of a book, which is revised too; a line of nothing only if `always`."""
        if amount or always:
            self.postings.append((book, amount))
            self.revise(book)

    def revise(self, *objects: str) -> None:
        """Objects, each once, where it first occurs."""
        for one in objects:
            if one not in self.objects:
                self.objects.append(one)

    def alert(
        self, code: str, about: str, figures: Optional[Dict[str, Any]] = None,
        due: Optional[Date] = None,
    ) -> None:
        """An alert of the list."""
        article, owed_by = ALERTS[code]
        self.alerts.append(Alert(code, article, about, owed_by, due, figures or {}))


def differences(expected: Effects, entry: Entry) -> List[Tuple[str, str]]:
    """Codes and sentences for all that an entry's effects have otherwise."""
    found: List[Tuple[str, str]] = []
    posted = [(one.book, one.amount) for one in entry.postings]
    if posted != expected.postings:
        found.append(("POSTINGS", f"posted {_lines(posted)}, expected {_lines(expected.postings)}"))
    revised = [one.object for one in entry.revisions]
    if revised != expected.objects:
        found.append(("REVISIONS", f"revised {revised}, expected {expected.objects}"))
    if _shown(entry.alerts) != _shown(expected.alerts):
        found.append(
            ("ALERTS", f"raised {_shown(entry.alerts)}, expected {_shown(expected.alerts)}")
        )
    return found


def _lines(postings: List[Tuple[str, int]]) -> str:
    return ", ".join(f"{book} {yuan(amount)}" for book, amount in postings) or "nothing"


def _shown(alerts: List[Alert]) -> List[str]:
    return [
        f"{a.code} article {a.article} {a.object} owed by {a.owed_by} due {a.due} "
        + ", ".join(f"{name}={value!r}" for name, value in a.figures.items())
        for a in alerts
    ]
