"""The brakes of Article 13: a bank's ratio, who is covered after a notice, what is due."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from . import figures
from .state import Fund, Loan, Party, Policy
from .values import Moment, yuan

Due = Tuple[str, Dict[str, Any]]


def figures_of(bank: Party, policy: Policy) -> Tuple[int, int]:
    """Compensated and disbursed, as the policy compares them (A12, A13)."""
    terms = policy["brake"]
    compensated = bank.compensated
    if terms["numerator"] == "net_of_returns":
        compensated = max(compensated - bank.returned, 0)
    whole = terms["denominator"] == "cum_disbursed_enrolled"
    return compensated, bank.disbursed if whole else bank.disbursed_ip


def due(bank: Party, policy: Policy) -> Optional[Due]:
    """The notice that is due and does not stand: the suspension, else the warning (A14)."""
    compensated, disbursed = figures_of(bank, policy)
    terms = policy["brake"]
    if bank.suspended:
        return None
    for code, bp, given in (
        ("SUSPEND_NOTICE_DUE", terms["suspend_bp"], False),
        ("WARN_NOTICE_DUE", terms["warn_bp"], bank.warned),
    ):
        if figures.brake_reached(compensated, disbursed, bp):
            return None if given else (code, _figures(compensated, disbursed, bp))
    return None


def _figures(compensated: int, disbursed: int, bp: int) -> Dict[str, Any]:
    return {
        "compensated": yuan(compensated),
        "disbursed": yuan(disbursed),
        "ratio_percent": figures.percent(compensated, disbursed),
        "threshold_bp": bp,
    }


def is_covered(fund: Fund, loan: Loan) -> bool:
    """Whether no notice excludes the loan: old customers stay covered (A15, A16)."""
    bank = fund.party(loan.bank)
    if not bank.suspensions or not loan.disbursements:
        return True
    first = min((one[2] for one in loan.disbursements), key=_order)
    strict = bool(loan.policy and loan.policy["brake"]["old_customer_new_loan"] == "exclude")
    for notice in bank.suspensions:
        if notice.runs_at(first):
            old = any(
                notice.is_after(moment)
                for other in fund.borrower_loans.get(loan.borrower, [])
                if other.bank == loan.bank
                for _, _, moment in other.disbursements
            )
            if strict or not old:
                return False
    return True


def _order(moment: Moment) -> Tuple[Any, int]:
    return moment.day, -1 if moment.time is None else moment.time


def refresh(fund: Fund, loans: List[Loan]) -> None:
    """Brings the bank's totals up to date for loans whose cover or sums may have changed."""
    for loan in loans:
        covered = is_covered(fund, loan)
        now = (loan.disbursed, loan.ip_part(loan.disbursed)) if covered else (0, 0)
        bank, before = fund.party(loan.bank), loan.share_of_brake
        bank.disbursed += now[0] - before[0]
        bank.disbursed_ip += now[1] - before[1]
        loan.share_of_brake = now
