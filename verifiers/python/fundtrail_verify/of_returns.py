"""What recoveries make due, what comes back, and clawbacks (Art. 16, 22)."""

from __future__ import annotations

from . import compensation
from .effects import Effects
from .errors import Malformed
from .model import Model
from .state import Order, Recovery
from .transaction import Transaction
from .values import yuan


class Returns(Model):
    """Recoveries, returns, clawback orders."""

    def _recovery_report(self, found: Transaction, effects: Effects) -> None:
        body, loan = found.body, self.fund.loans[found.body["loan"]]
        effects.revise(
            f"recovery:{body['recovery']}", *self._loan_objects(loan, body["collector"])
        )
        if not loan.compensated or loan.policy is None:
            self.deviate("RETURN_WITHOUT_COMPENSATION", "nothing was compensated")
            return
        counted = compensation.counted(loan, loan.policy, body)
        loan.counted += counted
        due = max(compensation.total_due(loan) - loan.return_due, 0)
        loan.return_due += due
        deadline = body["received_on"]
        try:
            deadline = compensation.deadline(self.fund, loan, deadline, due, found.date)
        except Malformed as error:
            self.deviate(error.code, error.message)
        one = Recovery(
            body["recovery"], loan, body["collector"], body["received_on"], counted, due, deadline
        )
        loan.recoveries.append(one)
        self.fund.recoveries[loan.id, one.id] = one

        def undo() -> None:
            if loan.recoveries[-1] is not one:
                self.deviate("REVERSAL_BLOCKED", f"{one.id} is not the newest recovery")
            loan.recoveries.remove(one)
            loan.counted -= counted
            loan.return_due -= one.due
            del self.fund.recoveries[loan.id, one.id]

        self.fund.undo[found.id] = undo

    def _recovery_return(self, found: Transaction, effects: Effects) -> None:
        body, loan = found.body, self.fund.loans[found.body["loan"]]
        amount, suspense = body["amount"], body["suspense"]
        effects.post(f"account:{body['account']}", amount + suspense)
        effects.post("returns", -amount, always=False)
        effects.post(f"suspense:{body['payer']}", -suspense, always=False)
        effects.revise(
            f"recovery:{body['recovery']}", *self._loan_objects(loan, body["payer"])
        )
        self._account(body["account"])
        one = self.fund.recoveries[loan.id, body["recovery"]]
        if amount > one.due - one.returned:
            self.deviate(
                "RETURN_EXCESS", f"{yuan(amount)} returned, {yuan(one.due - one.returned)} owed"
            )
        if found.date > one.deadline and amount:
            effects.alert(
                "LATE_RETURN", f"recovery:{one.id}",
                {"deadline": str(one.deadline), "days_late": (found.date - one.deadline).days},
            )
        bank = self.fund.party(loan.bank)
        one.returned += amount
        loan.returned += amount
        bank.returned += amount
        self._arrears(one, effects)

        def undo() -> None:
            one.returned -= amount
            loan.returned -= amount
            bank.returned -= amount

        self.fund.undo[found.id] = undo

    def _arrears(self, one: Recovery, effects: Effects) -> None:
        if one.returned < one.due:
            effects.alert(
                "SHORT_RETURN_ARREARS", f"recovery:{one.id}",
                {"arrears": yuan(one.due - one.returned)}, one.deadline,
            )

    def _clawback_order(self, found: Transaction, effects: Effects) -> None:
        body, loan = found.body, self.fund.loans[found.body["loan"]]
        effects.revise(
            f"order:{body['order']}", f"loan:{loan.id}", f"party:{body['debtor']}",
            f"borrower:{loan.borrower}",
        )
        most = loan.compensated - loan.return_due - loan.clawed_back
        if body["amount"] > most:
            self.deviate("CLAWBACK_EXCESS", f"{yuan(body['amount'])}, at most {yuan(most)}")
        loan.clawed_back += body["amount"]
        order = Order(body["order"], loan, body["debtor"], body["amount"])
        self.fund.orders[order.id] = order

    def _clawback_return(self, found: Transaction, effects: Effects) -> None:
        body = found.body
        effects.post(f"account:{body['account']}", body["amount"])
        effects.post("clawbacks", -body["amount"])
        order, amount = self.fund.orders[body["order"]], body["amount"]
        effects.revise(f"order:{order.id}", f"loan:{order.loan.id}", f"party:{order.debtor}")
        order.returned += amount
        if order.returned > order.amount:
            self.deviate("CLAWBACK_EXCESS", f"{yuan(order.returned)} of {yuan(order.amount)}")

        def undo() -> None:
            order.returned -= amount

        self.fund.undo[found.id] = undo
