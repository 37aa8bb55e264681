"""Reports for people and machines: what was checked, and what no ledger proves."""

from __future__ import annotations

from typing import Any, Dict, List

from . import brake, figures, receipt, seal, statement
from .export import Audit
from .ledger import Finding
from .policy_file import LogPolicy, Opened
from .values import time_written, yuan

NOT_PROVED_BY_ANY_LEDGER = (
    "that the facts behind the entries are true: documents must be inspected where they are kept",
    "that nothing was left out: money may move, and be collected, without a word to the ledger",
    "who held a key when it signed",
    "that the recorded time is right: it is the node's word, checked only not to go back",
    "what stands inside sealed particulars: tags and alerts found there are taken as recorded",
    "that everybody sees this log: compare checkpoints with others, or ask for witnesses",
)
NOT_RECOMPUTED = (
    "whether a transaction had to be refused for the borrower's region, age or credit record, the "
    "purpose, the pledge, the partner's admission, findings of fraud, or the period in force",
    "whether a notice is dated before its threshold was reached",
    "whether a reversal had to be refused beyond the order of payments and recoveries",
)
CHECKED = (
    "the checkpoint's signatures, and that its root is that of the entries",
    "each entry: its one form, its place, the hash chain, the order of time",
    "each transaction: form, body, sealed names; ids occur once",
    "each signature, strictly, under a key that the ledger enrolled before",
    "the signers each kind needs, under keys that stand, by the policy of the day",
    "postings, running balances and revisions of every object",
    "compensation of every claim and payment: ratio, cap, rounding, IP part, several claimants",
    "what every recovery makes due, its deadline, and where the duty ends",
    "the fee ceiling of every year, the shares of a distribution",
    "each bank's ratio at every payment, disbursement, notice and lifting",
    "alerts and their figures; the root of every period seal; reversals",
)


def opened_json(opened: Opened, policy: LogPolicy) -> Dict[str, Any]:
    """A checkpoint as reports show it."""
    point = opened.checkpoint
    return {
        "origin": point.origin,
        "size": point.size,
        "root": point.root.hex(),
        "cosigned": [{"witness": name, "time": time} for name, time in opened.cosigned],
        "quorum": policy.quorum,
    }


def of_receipt(proved: receipt.Proved, policy: LogPolicy) -> Dict[str, Any]:
    """A receipt that holds."""
    return {
        "verdict": "ok",
        "index": proved.index,
        "leaf": proved.leaf.hex(),
        "checkpoint": opened_json(proved.opened, policy),
        "checked": ["the checkpoint's signatures", "the entry's place in the tree"],
        "not_checked": [
            "signatures inside the entry: their keys were enrolled by other entries",
            "the entries before and after it",
        ],
    }


def of_statement(found: statement.Verified, policy: LogPolicy) -> Dict[str, Any]:
    """A statement that holds."""
    rests = f"the seal of {found.period} at entry {found.tail_from}" if found.period else "entries"
    not_checked = ["signatures inside the entries, and the regulation: audit an export for that"]
    if found.period:
        not_checked.append(f"that the seal of {found.period} follows from the entries before it")
    return {
        "verdict": "ok",
        "object": found.object,
        "revisions": len(found.items),
        "newest_entry": found.items[-1].entry.index if found.items else None,
        "balance": None if found.balance is None else yuan(found.balance),
        "seal": found.period,
        "rests_on": rests if found.period else "every entry from the first",
        "checkpoint": opened_json(found.opened, policy),
        "checked": [
            "every revision in order, its entry in the tree, running balances",
            "that no revision is missing, up to the checkpoint",
        ],
        "not_checked": not_checked,
    }


def of_seal(found: seal.Verified, policy: LogPolicy) -> Dict[str, Any]:
    """A seal document that holds."""
    head = found.head
    present = None
    if head:
        balance = None if head.balance is None else yuan(head.balance)
        present = {"revision": head.revision, "entry": head.entry, "balance": balance}
    return {
        "verdict": "ok",
        "object": found.object,
        "period": found.period,
        "index": found.index,
        "recorded": time_written(found.recorded),
        "present": present,
        "checkpoint": opened_json(found.opened, policy),
        "checked": ["the seal's entry in the tree", "the object's leaf, or that it has none"],
        "not_checked": ["that the seal follows from the entries before it: audit an export"],
    }


def refused(code: str, message: str) -> Dict[str, Any]:
    """A document that does not hold."""
    return {"verdict": "findings", "findings": [{"code": code, "message": message}]}


def _finding(one: Finding) -> Dict[str, Any]:
    return {"stage": one.stage, "entry": one.index, "code": one.code, "message": one.message}


def of_audit(audit: Audit, policy: LogPolicy) -> Dict[str, Any]:
    """A whole export."""
    broken = audit.integrity
    checked = list(CHECKED)
    not_checked = list(NOT_RECOMPUTED)
    if audit.tiles_compared:
        checked.append("files below tile/, against the entries")
    if audit.since["verdict"] == "not_given":
        not_checked.append("that nothing was cut off or rewritten before: no kept checkpoint")
    if audit.beyond:
        not_checked.append(f"the last {audit.beyond} entries: the checkpoint does not cover them")
    if broken:
        checked = [f"entries 0 to {audit.entries - 1}, if any"]
        not_checked = [f"entry {broken.index} and everything after it", *not_checked]
    elif audit.opened is None:
        checked, not_checked = checked[1:], ["the checkpoint: it does not open", *not_checked]
    stages = {one.stage for one in audit.findings}
    return {
        "verdict": "findings" if audit.findings else "ok",
        "origin": audit.origin,
        "entries": audit.entries,
        "root": audit.root.hex(),
        "checkpoint": opened_json(audit.opened, policy) if audit.opened else None,
        "beyond_checkpoint": audit.beyond,
        "period_seals": audit.seals,
        "stages": {
            name: "findings" if name in stages else ("not_checked" if skipped else "ok")
            for name, skipped in (
                ("integrity", False),
                ("checkpoint", broken is not None),
                ("books", broken is not None),
                ("recomputation", broken is not None),
            )
        },
        "since": audit.since,
        "findings": [_finding(one) for one in audit.findings],
        "banks": _banks(audit),
        "owed": _owed(audit),
        "balances": {
            name: yuan(head.balance)
            for name, head in sorted(audit.books.heads.items()) if head.balance is not None
        },
        "checked": checked,
        "not_checked": not_checked,
        "no_ledger_proves": list(NOT_PROVED_BY_ANY_LEDGER),
    }


def _banks(audit: Audit) -> List[Dict[str, Any]]:
    fund, found = audit.model.fund, []
    for party in fund.parties.values():
        if not party.loans or not fund.policies:
            continue
        newest = fund.policies[-1][1]
        compensated, disbursed = brake.figures_of(party, newest)
        found.append(
            {"bank": party.id, "compensated": yuan(compensated), "disbursed": yuan(disbursed),
             "ratio_percent": figures.percent(compensated, disbursed),
             "warned": party.warned, "suspended": party.suspended}
        )
    return found


def _owed(audit: Audit) -> List[Dict[str, Any]]:
    return [
        {"recovery": one.id, "loan": one.loan.id, "collector": one.collector,
         "owed": yuan(one.due - one.returned), "deadline": str(one.deadline)}
        for one in audit.model.fund.recoveries.values() if one.returned < one.due
    ]


def lines(report: Dict[str, Any]) -> List[str]:
    """A report for people."""
    shown: List[str] = []
    for name, value in report.items():
        if name in LISTS:
            continue
        if isinstance(value, dict):
            shown.append(f"{name}: " + ", ".join(f"{k} {v}" for k, v in value.items()))
        else:
            shown.append(f"{name}: {value}")
    for one in report.get("findings", []):
        where = "" if one.get("entry") is None else f" entry {one['entry']}"
        shown.append(f"FINDING{where} {one['code']}: {one['message']}")
    for name, title in LISTS.items():
        if report.get(name) and name != "findings":
            shown.append(title)
            shown += [f"  - {_item(one)}" for one in report[name]]
    return shown


LISTS = {
    "findings": "Findings", "banks": "Banks", "owed": "Owed to the fund",
    "checked": "Checked", "not_checked": "Not checked", "no_ledger_proves": "No ledger proves",
}


def _item(one: Any) -> str:
    if isinstance(one, dict):
        return ", ".join(f"{name} {value}" for name, value in one.items())
    return str(one)
