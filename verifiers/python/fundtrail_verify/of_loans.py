"""Loans and what becomes of them before any compensation (Art. 4, 5, 12, 15)."""

from __future__ import annotations

from . import brake
from .effects import Effects
from .model import Model
from .state import Loan
from .transaction import Transaction
from .values import yuan


class Loans(Model):
    """Enrolment, disbursement, repayment, amendment, notices of risk."""

    def _borrower_register(self, found: Transaction, effects: Effects) -> None:
        effects.revise(f"borrower:{found.body['borrower']}")

    def _loan_enrol(self, found: Transaction, effects: Effects) -> None:
        body = found.body
        due = [[one["due_on"], one["amount"]] for one in body["due"]]
        loan = Loan(
            body["loan"], body["bank"], body["borrower"], body["total"], body["ip_amount"] or 0,
            body["allocation"], body["repayment_order"], due,
        )
        if not body["ip_amount"]:
            self.deviate("IP_PORTION_UNDEFINED", "the contract states no IP part in yuan")
        if loan.id in self.fund.loans:
            self.deviate("ID_TAKEN", f"loan {loan.id} is enrolled already")
        self.fund.loans[loan.id] = loan
        self.fund.party(loan.bank).loans.append(loan)
        self.fund.borrower_loans.setdefault(loan.borrower, []).append(loan)
        effects.revise(*self._loan_objects(loan))

    def _loan_disburse(self, found: Transaction, effects: Effects) -> None:
        body, loan = found.body, self.fund.loans[found.body["loan"]]
        effects.revise(*self._loan_objects(loan))
        moment = body["disbursed_at"]
        line = (found.id, body["amount"], moment)
        loan.disbursements.append(line)
        first = len(loan.disbursements) == 1
        if first:
            loan.policy = self._policy(moment.day)
        if loan.disbursed > loan.total:
            self.deviate("LOAN_OVERDRAWN", f"{yuan(loan.disbursed)} of {yuan(loan.total)}")
        self._refresh_customer(loan)
        bank = self.fund.party(loan.bank)
        if any(one.runs_at(moment) for one in bank.suspensions):
            covered = "yes" if brake.is_covered(self.fund, loan) else "no"
            effects.alert(
                "NEW_LOAN_WHILE_SUSPENDED", f"loan:{loan.id}",
                {"disbursed_on": str(moment.day), "covered": covered},
            )
        self._notices_due(loan.bank, found.date, effects)

        def undo() -> None:
            loan.disbursements.remove(line)
            if not loan.disbursements:
                loan.policy = None
            self._refresh_customer(loan)

        self.fund.undo[found.id] = undo

    def _refresh_customer(self, loan: Loan) -> None:
        same = self.fund.borrower_loans.get(loan.borrower, [])
        brake.refresh(self.fund, [one for one in same if one.bank == loan.bank])

    def _loan_repay(self, found: Transaction, effects: Effects) -> None:
        body, loan = found.body, self.fund.loans[found.body["loan"]]
        effects.revise(*self._loan_objects(loan))
        to_principal = body["amount"]
        if loan.repayment_order == "costs_interest_principal":
            to_principal = max(to_principal - body["costs_due"] - body["interest_due"], 0)
        outstanding = loan.disbursed - loan.repaid
        self.same(
            "SPLIT_MISMATCH", "principal", body["principal"], min(to_principal, outstanding)
        )
        if loan.compensated:
            self.deviate("REPAY_AFTER_COMPENSATION", "what comes now is a recovery")
        principal = body["principal"]
        loan.repaid += principal

        def undo() -> None:
            loan.repaid -= principal

        self.fund.undo[found.id] = undo

    def _loan_amend(self, found: Transaction, effects: Effects) -> None:
        loan, change = self.fund.loans[found.body["loan"]], found.body["change"]
        effects.revise(*self._loan_objects(loan))
        if change["type"] == "extension":
            for one in loan.due:
                if one[0] == change["due_on"]:
                    one[0] = change["new_due_on"]
            if found.body["signed_on"] >= change["due_on"]:
                self.deviate("EXTENSION_TOO_LATE", f"signed on {found.body['signed_on']}")
        elif change["type"] == "acceleration":
            for one in loan.due:
                one[0] = min(one[0], change["due_on"])
        elif change["type"] == "cancellation":
            self._cancel(loan)
        loan.due.sort(key=lambda one: one[0])

    def _cancel(self, loan: Loan) -> None:
        """The enrolment never was: the contract, and the id, may be enrolled again."""
        if loan.disbursements:
            self.deviate("AMENDMENT_INVALID", "the loan was disbursed")
            return
        del self.fund.loans[loan.id]
        self.fund.party(loan.bank).loans.remove(loan)
        self.fund.borrower_loans[loan.borrower].remove(loan)

    def _risk_notice(self, found: Transaction, effects: Effects) -> None:
        loan = self.fund.loans[found.body["loan"]]
        loan.risk_noticed = True
        effects.revise(
            f"loan:{loan.id}", f"party:{found.body['partner']}", f"borrower:{loan.borrower}"
        )

    def _misuse_finding(self, found: Transaction, effects: Effects) -> None:
        loan = self.fund.loans[found.body["loan"]]
        loan.misused = not found.body["withdrawn"]
        effects.revise(f"loan:{loan.id}", f"borrower:{loan.borrower}")
