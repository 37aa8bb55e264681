"""What claims are worth (Art. 12, 15) and what collections make due for return (Art. 16)."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from . import figures
from .errors import Malformed
from .state import Claim, Fund, Loan, Policy, Recovery
from .values import Date


def share_of(claimant: str, borne: List[Dict[str, Any]], entitled: int) -> int:
    """A claimant's part of what the loan is entitled to: by the loss each bears (A10)."""
    if not borne:
        return entitled
    parts = figures.split(entitled, [one["amount"] for one in borne])
    return next((part for one, part in zip(borne, parts) if one["party"] == claimant), 0)


def compensated_loss(policy: Policy, loss: Dict[str, int]) -> int:
    """What of a stated loss the policy compensates (A04)."""
    return sum(loss[name] for name in set(policy["compensation"]["components"]))


def expected_claim(
    fund: Fund, loan: Loan, claimant: str, borne: List[Dict[str, Any]], loss: int
) -> int:
    """What a claim may ask for now: the cumulative share less the claimant's earlier claims."""
    assert loan.policy is not None
    entitled = figures.entitled(loss, loan.policy, fund.cap_of(loan))
    before = sum(one.taken for one in loan.claims if one.claimant == claimant)
    return max(share_of(claimant, borne, entitled) - before, 0)


def expected_loss(claim: Claim) -> int:
    """The loss as it stands now: at the claim's day, after what was repaid since (A22).

    What counts beside principal (A04) counts beside principal that is lost.
    """
    loan = claim.loan
    if loan.policy and not loan.policy["compensation"]["reconfirm_at_payment"]:
        return claim.loss
    principal = min(claim.principal, loan.loss_at(claim.as_of))
    return principal + claim.other if principal > 0 else 0


def payable(fund: Fund, claim: Claim, loss: int) -> int:
    """What is still to be paid on a claim whose loss is confirmed as `loss`.

    Never more than the loan has left for the largest loss that stands: a claim for more,
    paid earlier, takes nothing from one for less.
    """
    loan = claim.loan
    if loan.policy is None:
        return 0
    cap = fund.cap_of(loan)
    loss = min(loss, claim.loss) if loss > claim.other else 0
    left = share_of(claim.claimant, claim.borne, figures.entitled(loss, loan.policy, cap))
    for earlier in loan.claims:
        if earlier is claim:
            break
        if earlier.claimant == claim.claimant:
            left = max(left - min(earlier.taken, left), 0)
    others = [expected_loss(one) for one in loan.claims if one is not claim and one.taken]
    room = figures.entitled(max([loss, *others]), loan.policy, cap) - loan.compensated
    return max(min(min(claim.amount, left) - claim.paid, room), 0)


def counted(loan: Loan, policy: Policy, body: Dict[str, Any]) -> int:
    """What of a collection counts: the pledge whole, other money by the IP part (A19)."""
    terms, money = policy["return"], body["amount"]
    if not terms["include_interest"]:
        money -= body["interest"]
    if terms["net_of_costs"]:
        money = max(money - body["costs"], 0)
    if terms["base"] == "gross_whole":
        return int(money)
    pledge = min(body["from_pledge"], money)
    return int(pledge + loan.ip_part(money - pledge))


def total_due(loan: Loan) -> int:
    """What all collections on the loan make due together, as things stand."""
    assert loan.policy is not None
    return figures.returns_due(
        loan.counted, loan.compensated, loan.loss_paid_on, loan.policy, loan.clawed_back
    )


def deadline(fund: Fund, loan: Loan, received: Date, due: int, dated: Date) -> Date:
    """The last day to return; counted from no day before the loan was compensated (A22).

    Where nothing is due nothing is counted, and no calendar is needed.
    """
    if not due or loan.policy is None:
        return received
    start = max(received, loan.payments[0][1]) if loan.payments else received
    return fund.return_deadline(loan.policy, start, dated)


def catch_up(
    fund: Fund, loan: Loan, dated: Date, reversal: bool = False
) -> Optional[Recovery]:
    """Raises what the newest recovery owes: a payment moved the end of the duty, or a report
    that carried it was taken back. A duty that begins anew has its term from then on."""
    if not loan.recoveries or loan.policy is None:
        return None
    more = total_due(loan) - loan.return_due
    if more <= 0:
        return None
    newest = loan.recoveries[-1]
    if newest.returned >= newest.due:
        try:
            start = max(newest.received_on, dated)
            newest.deadline = fund.return_deadline(loan.policy, start, dated)
        except Malformed:
            if not reversal:
                raise
    newest.due += more
    loan.return_due += more
    return newest
