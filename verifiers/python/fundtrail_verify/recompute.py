"""The fund's figures, recomputed from the entries alone, against what was signed and posted.

Policies and calendars come from the ledger itself. The kinds are in `of_*.py`; here is what
takes them back.
"""

from __future__ import annotations

from typing import List

from . import compensation
from .effects import Effects
from .of_claims import Claims
from .of_institutions import Institutions
from .of_loans import Loans
from .of_money import Money
from .of_papers import Papers
from .of_returns import Returns
from .transaction import Transaction

NO_OBJECTS_TAKEN_BACK = ("contribution", "transfer", "interest_credit", "distribute")


class Recompute(Institutions, Money, Loans, Claims, Returns, Papers):
    """Every kind; reversals restore what their original changed."""

    def _reversal(self, found: Transaction, effects: Effects) -> None:
        name = found.body["of"]
        original = self.kept.get(name)
        undo = self.fund.undo.get(name)
        if original is None or undo is None or name in self.fund.reversed:
            self.deviate("REVERSAL_BLOCKED", f"{name} cannot be taken back")
            return
        for book, amount in self.posted[name]:
            effects.post(book, -amount)
        effects.revise(*self._taken_back(original))
        undo()
        self.fund.reversed.add(name)
        if original.kind == "recovery_report":
            loan = self.fund.loans[original.body["loan"]]
            before = compensation.catch_up(self.fund, loan, found.date, reversal=True)
            effects.revise(*([f"recovery:{before.id}"] if before else []))
        effects.revise(f"transaction:{name}")
        self._alerts_after(original, found, effects)

    def _taken_back(self, original: Transaction) -> List[str]:
        """What a reversal revises besides books, by the kind of the original."""
        body, kind = original.body, original.kind
        if kind == "compensation_pay":
            return self._claim_objects(self.fund.claims[body["claim"]])
        if kind == "recovery_report":
            loan = self.fund.loans[body["loan"]]
            return [f"recovery:{body['recovery']}", f"loan:{loan.id}", f"borrower:{loan.borrower}"]
        if kind in NO_OBJECTS_TAKEN_BACK:
            return []
        books = {book for book, _ in self.posted[original.id]}
        return [one for one in self.revised[original.id] if one not in books]

    def _alerts_after(self, original: Transaction, found: Transaction, effects: Effects) -> None:
        loan = self.fund.loans.get(original.body.get("loan", ""))
        if original.kind == "compensation_pay":
            loan = self.fund.claims[original.body["claim"]].loan
        if loan and original.kind in ("compensation_pay", "loan_disburse"):
            self._notices_due(loan.bank, found.date, effects)
        if loan and original.kind == "recovery_return":
            self._arrears(self.fund.recoveries[loan.id, original.body["recovery"]], effects)
