"""What the recomputation of every kind shares: the state, the rules of the ledger itself.

A kind is a method of its name with an underscore in front, in one of the modules beside this
one. It says what the entry must post, revise and raise, compares the signed amounts with those
the policy gives, and then takes the entry as recorded, so that one deviation is reported once.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Set, Tuple

from . import brake, signers, tree
from .effects import Effects, differences
from .entry import Entry
from .errors import Malformed
from .ledger import Books, Finding, Step
from .state import Claim, Fund, Loan, Policy
from .transaction import Transaction
from .values import Date, day_of, yuan

NO_POLICY_NEEDED = (
    "genesis", "policy_adopt", "calendar_adopt", "key_enrol", "key_rotate", "key_revoke",
    "ledger_restore",
)
Body = Dict[str, Any]


class Model:
    """Takes entries one after the other and reports every deviation."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.fund = Fund()
        self.books = Books()
        self.kept: Dict[str, Transaction] = {}
        self.posted: Dict[str, List[Tuple[str, int]]] = {}
        self.revised: Dict[str, List[str]] = {}
        self.signed: Set[str] = set()
        self.index = -1
        self.found: List[Finding] = []
        self.day = Date(1970, 1, 1)
        self.deviations = 0
        self.tree = tree.Roots()

    def step(self, step: Step, books: Books) -> List[Finding]:
        """What deviates in one entry. `books` is the state before it."""
        entry, found = step.entry, step.transaction
        self.index, self.found, self.books = entry.index, [], books
        self.day = day_of(entry.recorded)
        self._signers(step)
        self._ledger_rules(found)
        expected = Effects()
        method: Callable[[Transaction, Effects], None] = getattr(self, f"_{found.kind}")
        try:
            method(found, expected)
        except Malformed as error:
            self.deviate(error.code, error.message)
        except (LookupError, ValueError) as error:
            self.deviate("UNKNOWN", f"it refers to what the ledger does not know: {error!r}")
        if found.kind == "borrower_register":
            for code in entry.finding_alerts:
                expected.alert(code, f"borrower:{found.body['borrower']}")
        self._compare(expected, entry)
        self._overdrawn(step)
        for posting in entry.postings:
            self.fund.daily.setdefault(posting.book, []).append((found.date, posting.amount))
        self.kept[found.id] = found
        self.posted[found.id] = [(one.book, one.amount) for one in entry.postings]
        self.revised[found.id] = [one.object for one in entry.revisions]
        self.tree.push(step.leaf)
        self.deviations += len(self.found)
        return self.found

    def _compare(self, expected: Effects, entry: Entry) -> None:
        for code, message in differences(expected, entry):
            self.deviate(code, message)

    def deviate(self, code: str, message: str) -> None:
        """Reports a deviation of this entry."""
        self.found.append(Finding("recomputation", self.index, code, message))

    def same(self, code: str, what: str, stated: int, computed: int) -> None:
        """The stated amount is the computed one, else `code`."""
        if stated != computed:
            self.deviate(code, f"{what} {yuan(stated)}, recomputed {yuan(computed)}")

    def _signers(self, step: Step) -> None:
        policy = self.fund.policy_on(self.day) if self.fund.policies else None
        names = [one.key_id for one in step.entry.envelope.signatures]
        original = self.kept.get(step.transaction.body.get("of", ""))
        try:
            signers.check(self.fund, policy, step.transaction, names, original)
        except Malformed as error:
            self.deviate(error.code, error.message)
        self.signed = {
            self.fund.keys[name].root for name in names if name in self.fund.keys
        }

    def _ledger_rules(self, found: Transaction) -> None:
        if (found.kind == "genesis") != (self.index == 0):
            self.deviate("LEDGER_FOUNDED", "entry 0, and only entry 0, is the genesis")
        if found.date > self.day:
            self.deviate("DATE_IN_FUTURE", f"dated {found.date}, recorded on {self.day}")
        if found.kind != "genesis":
            for one in self.fund.sealed:
                if found.date <= one.last:
                    self.deviate("PERIOD_SEALED", f"dated {found.date}, {one.text} is sealed")
                    break
        if found.kind not in NO_POLICY_NEEDED and not self.fund.policies:
            self.deviate("POLICY_NOT_IN_FORCE", "no policy was adopted")
        body = found.body
        amount = body.get("amount", body.get("total"))
        if amount == 0 and not body.get("suspense"):
            self.deviate("AMOUNT_ZERO", "the amount is zero")

    def _overdrawn(self, step: Step) -> None:
        balances: Dict[str, int] = {}
        for one in step.entry.postings:
            balances[one.book] = balances.get(one.book, self.books.balance(one.book)) + one.amount
        for book, balance in balances.items():
            if book.startswith("account:") and balance < 0:
                self.deviate("NEGATIVE_BALANCE", f"{book} would hold {yuan(balance)}")

    def _policy(self, day: Date) -> Policy:
        return self.fund.policy_on(day)

    def _loan_objects(self, loan: Loan, *parties: str) -> List[str]:
        named = [f"party:{party}" for party in parties]
        return [f"loan:{loan.id}", *named, f"party:{loan.bank}", f"borrower:{loan.borrower}"]

    def _claim_objects(self, claim: Claim) -> List[str]:
        return [f"claim:{claim.id}", *self._loan_objects(claim.loan, claim.claimant)]

    def _notices_due(self, bank: str, day: Date, effects: Effects) -> None:
        due = brake.due(self.fund.party(bank), self._policy(day))
        if due:
            effects.alert(due[0], f"party:{bank}", due[1])

    def _account(self, name: str) -> None:
        if name not in self.fund.accounts:
            self.deviate("ACCOUNT_UNKNOWN", f"account {name} was not opened")
