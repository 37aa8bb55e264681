"""What the recomputation knows of the fund after so many entries; money in fen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from . import figures
from .calendar import Calendar
from .errors import Malformed
from .fund_policy import applicable
from .values import Date, Moment, Period, day_of

Policy = Dict[str, Any]


@dataclass
class Key:
    """An enrolled key; `root` is the first key of its line of rotations."""

    id: str
    party: str
    role: str
    duty: Optional[str]
    root: str
    standing: bool = True


@dataclass
class Notice:
    """A notice to a bank, from its dispatch until it is lifted; milliseconds."""

    issued: int
    lifted: Optional[int] = None

    def runs_at(self, moment: Moment) -> bool:
        """Whether it stands at a disbursement; where only the day is known, that day is after."""
        if moment.time is not None:
            after = moment.time >= self.issued
            before = self.lifted is None or moment.time < self.lifted
        else:
            after = moment.day >= day_of(self.issued)
            before = self.lifted is None or moment.day < day_of(self.lifted)
        return after and before

    def is_after(self, moment: Moment) -> bool:
        """Whether it was sent after a disbursement."""
        if moment.time is not None:
            return moment.time < self.issued
        return moment.day < day_of(self.issued)


@dataclass
class Party:
    """An institution: its admissions, notices, and the loans it made."""

    id: str
    admitted_as: str = "bank"
    is_partner: bool = False
    roles: List[str] = field(default_factory=list)
    warnings: List[Notice] = field(default_factory=list)
    suspensions: List[Notice] = field(default_factory=list)
    loans: List["Loan"] = field(default_factory=list)
    compensated: int = 0
    returned: int = 0
    disbursed: int = 0
    disbursed_ip: int = 0

    @property
    def warned(self) -> bool:
        """A warning stands."""
        return any(one.lifted is None for one in self.warnings)

    @property
    def suspended(self) -> bool:
        """A suspension stands."""
        return any(one.lifted is None for one in self.suspensions)


@dataclass
class Claim:
    """A claim; `loss` is its whole loss as last confirmed, `amount` what it is worth at most."""

    id: str
    loan: "Loan"
    claimant: str
    as_of: Date
    principal: int
    other: int
    borne: List[Dict[str, Any]]
    amount: int
    status: str = "submitted"
    paid: int = 0
    approved_at: int = -1
    payments: List[str] = field(default_factory=list)
    signed: Dict[str, Set[str]] = field(default_factory=dict)
    loss_before: Dict[str, int] = field(default_factory=dict)

    @property
    def loss(self) -> int:
        """Everything lost."""
        return self.principal + self.other

    @property
    def taken(self) -> int:
        """What it takes of the loan's entitlement: what was paid once nothing more will be."""
        return self.paid if self.status in ("paid", "rejected") else self.amount


@dataclass
class Recovery:
    """Money collected; `counted` is what counts of it, `due` what it makes due for return."""

    id: str
    loan: "Loan"
    collector: str
    received_on: Date
    counted: int
    due: int
    deadline: Date
    returned: int = 0


@dataclass
class Order:
    """A clawback order."""

    id: str
    loan: "Loan"
    debtor: str
    amount: int
    returned: int = 0


@dataclass
class Loan:
    """A loan contract and what became of it."""

    id: str
    bank: str
    borrower: str
    total: int
    ip: int
    allocation: str
    repayment_order: str
    due: List[List[Any]]
    disbursements: List[Tuple[str, int, Moment]] = field(default_factory=list)
    policy: Optional[Policy] = None
    repaid: int = 0
    compensated: int = 0
    payments: List[Tuple[str, Date]] = field(default_factory=list)
    counted: int = 0
    return_due: int = 0
    returned: int = 0
    clawed_back: int = 0
    claims: List[Claim] = field(default_factory=list)
    recoveries: List[Recovery] = field(default_factory=list)
    risk_noticed: bool = False
    misused: bool = False
    share_of_brake: Tuple[int, int] = (0, 0)

    @property
    def disbursed(self) -> int:
        """Everything paid out."""
        return sum(amount for _, amount, _ in self.disbursements)

    @property
    def loss_paid_on(self) -> int:
        """The largest loss of its claims of which something was paid."""
        return max((one.loss for one in self.claims if one.paid), default=0)

    def ip_part(self, amount: int) -> int:
        """The part of an amount that belongs to intellectual property: half-up always (A06)."""
        return figures.share(amount, self.ip, self.total)

    def overdue_principal(self, as_of: Date) -> int:
        """Principal overdue long enough, lost within the period; repaid earliest first (A11)."""
        policy = self.policy
        if policy is None:
            return 0
        undrawn, open_amounts = self.total - self.disbursed, []
        for due_on, amount in reversed(self.due):
            cut = min(undrawn, amount)
            undrawn -= cut
            open_amounts.append((due_on, amount - cut))
        repaid, overdue = self.repaid, 0
        head, coverage = policy["policy"], policy["coverage"]
        for due_on, amount in reversed(open_amounts):
            paid = min(repaid, amount)
            repaid -= paid
            lost = figures.lost_on(due_on, policy)
            inside = head["effective_from"] <= lost <= head["effective_to"]
            if lost <= as_of and (inside or not coverage["require_loss_in_period"]):
                overdue += amount - paid
        return overdue

    def loss_at(self, as_of: Date) -> int:
        """The loss on the IP part; the most it may be where the bank's own ledger decides."""
        overdue = self.overdue_principal(as_of)
        if self.policy is None or self.allocation != "pro_rata":
            return min(self.ip, overdue)
        if self.policy["compensation"]["mixed_allocation"] == "pro_rata":
            return min(self.ip, self.ip_part(overdue))
        # `ip_last`: what is not IP is repaid, and lost, first.
        beside = max(self.disbursed - self.repaid - self.ip, 0)
        return min(self.ip, max(overdue - beside, 0))


@dataclass
class Fund:
    """Everything that the entries so far say."""

    policies: List[Tuple[Date, Policy]] = field(default_factory=list)
    calendars: Dict[str, Calendar] = field(default_factory=dict)
    keys: Dict[str, Key] = field(default_factory=dict)
    parties: Dict[str, Party] = field(default_factory=dict)
    loans: Dict[str, Loan] = field(default_factory=dict)
    claims: Dict[str, Claim] = field(default_factory=dict)
    recoveries: Dict[Tuple[str, str], Recovery] = field(default_factory=dict)
    orders: Dict[str, Order] = field(default_factory=dict)
    accounts: Dict[str, str] = field(default_factory=dict)
    engagements: Dict[str, str] = field(default_factory=dict)
    borrower_loans: Dict[str, List[Loan]] = field(default_factory=dict)
    manager: Optional[str] = None
    fees: Dict[int, int] = field(default_factory=dict)
    paid_in: Dict[str, int] = field(default_factory=dict)
    initial: int = 0
    daily: Dict[str, List[Tuple[Date, int]]] = field(default_factory=dict)
    approvals: int = 0
    sealed: List[Period] = field(default_factory=list)
    undo: Dict[str, Callable[[], None]] = field(default_factory=dict)
    reversed: Set[str] = field(default_factory=set)
    erased: Dict[str, Set[str]] = field(default_factory=dict)

    def policy_on(self, day: Date) -> Policy:
        """The version that applies on a day."""
        return self.policies[applicable(self.policies, day)][1]

    def party(self, name: str) -> Party:
        """A party, known from its first mention."""
        return self.parties.setdefault(name, Party(name))

    def calendar(self, policy: Policy) -> Calendar:
        """The calendar a policy names: CALENDAR_MISSING if nobody adopted it."""
        name = policy["policy"]["calendar"]
        if name not in self.calendars:
            raise Malformed("CALENDAR_MISSING", f"calendar {name} was not adopted")
        return self.calendars[name]

    def return_deadline(self, policy: Policy, day: Date, dated: Date) -> Date:
        """The last day on time for money that came on `day` (Art. 16).

        The loan's policy sets the term; the calendar is that of the business date `dated`.
        """
        terms, calendar = policy["return"], self.calendar(self.policy_on(dated))
        if terms["deadline_unit"] == "working":
            return calendar.working_day_after(day, terms["deadline"])
        return calendar.calendar_day_after(day, terms["deadline"])

    def balance_on(self, book: str, day: Date) -> int:
        """A book's balance at the close of a business day."""
        return sum(amount for dated, amount in self.daily.get(book, []) if dated <= day)

    def cap_of(self, loan: Loan) -> int:
        """What the cap leaves for a loan: its own, or its borrower's less other loans (A08)."""
        terms = (loan.policy or self.policies[0][1])["compensation"]
        if terms["cap_scope"] == "loan_contract":
            return int(terms["cap"])
        others = sum(
            one.compensated for one in self.borrower_loans.get(loan.borrower, [])
            if one is not loan
        )
        return max(int(terms["cap"]) - others, 0)
