"""Money between the fund, its sources and its manager (Art. 3, 8, 11, 21)."""

from __future__ import annotations

from typing import Dict

from . import figures
from .effects import Effects
from .model import Model
from .transaction import Transaction
from .values import yuan


class Money(Model):
    """Contributions, transfers, interest, fees, refunds, the final distribution."""

    def _contribution(self, found: Transaction, effects: Effects) -> None:
        body = found.body
        who, amount = body["contributor"], body["amount"]
        effects.post(f"account:{body['account']}", amount)
        effects.post(f"contribution:{who}", -amount)
        effects.revise(f"party:{who}")
        self._account(body["account"])
        paid_in = self.fund.paid_in
        paid_in[who] = paid_in.get(who, 0) + amount
        initial = amount if body["purpose"] == "initial" else 0
        self.fund.initial += initial

        def undo() -> None:
            paid_in[who] -= amount
            self.fund.initial -= initial

        self.fund.undo[found.id] = undo

    def _fund_activate(self, found: Transaction, effects: Effects) -> None:
        effects.revise("fund")
        wanted = self._policy(found.date)["fund"]["initial"]
        self.same("INIT_AMOUNT", "paid in", self.fund.initial, wanted)

    def _account_open(self, found: Transaction, effects: Effects) -> None:
        body = found.body
        if body["account"] in self.fund.accounts:
            self.deviate("ID_TAKEN", f"account {body['account']} is open already")
        self.fund.accounts[body["account"]] = body["bank"]
        effects.revise(f"account:{body['account']}", f"party:{body['bank']}")

    def _transfer(self, found: Transaction, effects: Effects) -> None:
        body = found.body
        effects.post(f"account:{body['from']}", -body["amount"])
        effects.post(f"account:{body['to']}", body["amount"])
        self._account(body["from"])
        self._account(body["to"])
        self.fund.undo[found.id] = lambda: None

    def _interest_credit(self, found: Transaction, effects: Effects) -> None:
        effects.post(f"account:{found.body['account']}", found.body["amount"])
        effects.post("interest", -found.body["amount"])
        self._account(found.body["account"])
        self.fund.undo[found.id] = lambda: None

    def _suspense_refund(self, found: Transaction, effects: Effects) -> None:
        body = found.body
        effects.post(f"account:{body['account']}", -body["amount"])
        effects.post(f"suspense:{body['payee']}", body["amount"])
        effects.revise(f"party:{body['payee']}")
        held = -self.books.balance(f"suspense:{body['payee']}")
        if body["amount"] > held:
            self.deviate("SUSPENSE_EXCESS", f"{yuan(body['amount'])} of {yuan(held)} held")
        self.fund.undo[found.id] = lambda: None

    def _fee_pay(self, found: Transaction, effects: Effects) -> None:
        body, year = found.body, found.date.year
        policy = self._policy(found.date)
        effects.post(f"account:{body['account']}", -body["amount"])
        effects.post("fees", body["amount"])
        effects.revise(f"party:{body['payee']}")
        fees, amount = self.fund.fees, body["amount"]
        fees[year] = fees.get(year, 0) + amount
        prorated = figures.fee_prorated(policy, year)
        ceiling = prorated if policy["fee"]["prorate"] else figures.fee_ceiling(policy)
        if fees[year] > ceiling:
            self.deviate(
                "FEE_CAP", f"{yuan(fees[year])} paid for {year}, recomputed ceiling {yuan(ceiling)}"
            )
        if body["payee"] != self.fund.manager:
            self.deviate("PAYEE_NOT_ALLOWED", f"{body['payee']} is not the manager in office")
        if fees[year] > prorated:
            effects.alert(
                "FEE_ABOVE_PRORATA", f"party:{body['payee']}",
                {"year": year, "paid": yuan(fees[year]), "prorated": yuan(prorated)},
            )

        def undo() -> None:
            fees[year] -= amount

        self.fund.undo[found.id] = undo

    def _distribute(self, found: Transaction, effects: Effects) -> None:
        lines = found.body["lines"]
        drawn: Dict[str, int] = {}
        stated: Dict[str, int] = {}
        for one in lines:
            effects.post(f"account:{one['account']}", -one["amount"])
            effects.post(f"distribution:{one['contributor']}", one["amount"])
            effects.revise(f"party:{one['contributor']}")
            stated[one["contributor"]] = stated.get(one["contributor"], 0) + one["amount"]
            drawn[one["account"]] = drawn.get(one["account"], 0) + one["amount"]
        effects.revise("fund")
        accounts = {name: self.books.balance(f"account:{name}") for name in self.fund.accounts}
        for name, balance in accounts.items():
            self.same("DISTRIBUTION_MISMATCH", f"from {name}", drawn.pop(name, 0), balance)
        # Who ever paid in, in the order of first payments, whoever the policy names now (A36).
        paid_in = self.fund.paid_in
        parts = figures.split(sum(accounts.values()), list(paid_in.values()))
        for who, part in zip(paid_in, parts):
            self.same("DISTRIBUTION_MISMATCH", f"to {who}", stated.pop(who, 0), part)
        for name in [*drawn, *stated]:
            self.deviate("DISTRIBUTION_MISMATCH", f"{name} is none of the fund's")
        self.fund.undo[found.id] = lambda: None

    def _terminate(self, found: Transaction, effects: Effects) -> None:
        effects.revise("fund")
