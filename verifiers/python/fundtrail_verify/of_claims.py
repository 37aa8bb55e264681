"""Claims and their payment: 30 %, the cap, several claimants (Art. 12, 15)."""

from __future__ import annotations

from typing import Dict, Optional

from . import brake, compensation, figures
from .effects import Effects
from .model import Body, Model
from .state import Claim, Loan, Recovery
from .transaction import Transaction
from .values import Date, yuan


class Claims(Model):
    """From submission to payment."""

    def _claim_submit(self, found: Transaction, effects: Effects) -> None:
        body, loan = found.body, self.fund.loans[found.body["loan"]]
        effects.revise(f"claim:{body['claim']}", *self._loan_objects(loan, body["claimant"]))
        if body["claim"] in self.fund.claims:
            self.deviate("ID_TAKEN", f"claim {body['claim']} exists already")
        if not loan.risk_noticed:
            effects.alert("NO_RISK_NOTICE", f"loan:{loan.id}")
        loss, total = body["loss"], sum(body["loss"].values())
        claim = Claim(
            body["claim"], loan, body["claimant"], body["as_of"], loss["principal"],
            total - loss["principal"], body["borne"], body["amount"],
            signed={"submit": self.signed},
        )
        if loan.policy is None:
            self.deviate("LOSS_EXCEEDS_OUTSTANDING", "nothing was disbursed")
        else:
            self._claim_loss(loan, claim, loss)
            self._claim_amount(loan, claim)
        if not brake.is_covered(self.fund, loan):
            self.deviate("NEW_CUSTOMER_AFTER_SUSPENSION", "the bank bears this risk")
        loan.claims.append(claim)
        self.fund.claims[claim.id] = claim

    def _claim_loss(self, loan: Loan, claim: Claim, loss: Dict[str, int]) -> None:
        policy = loan.policy
        assert policy is not None
        stray = claim.loss - compensation.compensated_loss(policy, loss)
        if stray:
            self.deviate("BASE_INCLUDES_NON_PRINCIPAL", f"{yuan(stray)} is not compensated")
        first_due = min((due_on for due_on, _ in loan.due), default=claim.as_of)
        days = figures.overdue_days(first_due, claim.as_of)
        if days < policy["compensation"]["overdue_min_days"]:
            self.deviate("NOT_OVERDUE_ENOUGH", f"{days} days on {claim.as_of}")
        computed = loan.loss_at(claim.as_of)
        if claim.principal > computed:
            self.deviate(
                "LOSS_EXCEEDS_OUTSTANDING",
                f"loss {yuan(claim.principal)}, recomputed {yuan(computed)}",
            )
        elif loan.allocation == "pro_rata":
            self.same("AMOUNT_MISMATCH", "loss", claim.principal, computed)

    def _claim_amount(self, loan: Loan, claim: Claim) -> None:
        policy = loan.policy
        assert policy is not None
        cap = self.fund.cap_of(loan)
        expected = compensation.expected_claim(
            self.fund, loan, claim.claimant, claim.borne, claim.loss
        )
        self.same("AMOUNT_MISMATCH", "claimed", claim.amount, expected)
        together = sum(one.taken for one in loan.claims) + claim.amount
        if together > cap:
            self.deviate("CAP_EXCEEDED", f"{yuan(together)} together, cap {yuan(cap)}")
        if together > figures.entitled(claim.loss, policy, cap):
            self.deviate("SHARE_EXCEEDS_TOTAL", f"{yuan(together)} are claimed together")
        if loan.claims and not policy["compensation"]["multiple_claims"]:
            if any(one.claimant == claim.claimant and one.taken for one in loan.claims):
                self.deviate("DUPLICATE_CLAIM", "the policy knows one claim of each bearer")

    def _claim_step(self, found: Transaction, effects: Effects, step: str) -> Claim:
        claim = self.fund.claims[found.body["claim"]]
        effects.revise(*self._claim_objects(claim))
        # Seats may decide as often as they must; a claimant agrees to less at payment.
        roles = {key.root: key.role for key in self.fund.keys.values()}
        persons = {root for root in self.signed if roles.get(root) != "group_member"}
        for earlier, keys in claim.signed.items():
            shared = keys & persons
            if {earlier, step} == {"submit", "pay"}:
                shared = {root for root in shared if roles.get(root) == "manager"}
            if earlier != step and shared:
                self.deviate("SAME_KEY", f"one key signs {earlier} and {step}")
        claim.signed[step] = claim.signed.get(step, set()) | self.signed
        return claim

    def _claim_verify(self, found: Transaction, effects: Effects) -> None:
        claim = self._claim_step(found, effects, "verify")
        if claim.status != "submitted":
            self.deviate("CLAIM_STAGE", f"the claim is {claim.status}")
        self.same("AMOUNT_MISMATCH", "loss verified", found.body["loss"], claim.loss)
        self.same("AMOUNT_MISMATCH", "amount verified", found.body["amount"], claim.amount)
        claim.status = "verified"

    def _claim_approve(self, found: Transaction, effects: Effects) -> None:
        claim = self._claim_step(found, effects, "group")
        if claim.status != "verified":
            self.deviate("NOT_VERIFIED", f"the claim is {claim.status}")
        self.same("AMOUNT_MISMATCH", "amount approved", found.body["amount"], claim.amount)
        if claim.loan.misused:
            blocks = self._policy(found.date)["purpose"]["misuse"] == "block"
            if blocks and not found.body["override_misuse"]:
                self.deviate("MISUSE_FOUND", f"misuse of loan {claim.loan.id} is confirmed")
            effects.alert("MISUSE_APPROVED", f"claim:{claim.id}")
        claim.status = "approved"
        self.fund.approvals += 1
        claim.approved_at = self.fund.approvals

    def _claim_reject(self, found: Transaction, effects: Effects) -> None:
        claim = self._claim_step(found, effects, "group")
        if claim.status in ("paid", "rejected"):
            self.deviate("CLAIM_STAGE", f"the claim is {claim.status}")
        claim.status = "rejected"

    def _compensation_pay(self, found: Transaction, effects: Effects) -> None:
        body = found.body
        claim = self._claim_step(found, Effects(), "pay")
        loan, amount = claim.loan, body["amount"]
        effects.post(f"account:{body['account']}", -amount)
        effects.post("compensation", amount)
        self._account(body["account"])
        if claim.status != "approved":
            self.deviate("NOT_APPROVED", f"the claim is {claim.status}")
        if body["payee"] != claim.claimant:
            self.deviate("PAYEE_NOT_ALLOWED", f"{body['payee']} did not claim")
        self._reconfirm(claim, body)
        owed = compensation.payable(self.fund, claim, body["reconfirmed_loss"])
        if body["partial"]:
            if amount >= owed:
                self.deviate("AMOUNT_MISMATCH", f"part {yuan(amount)} of {yuan(owed)}")
        else:
            self.same("AMOUNT_MISMATCH", "paid", amount, owed)
        self._queue(claim, amount, found.date)
        raised = self._pay(found, claim, body, owed)
        if raised is not None:
            effects.revise(f"recovery:{raised.id}")
        effects.revise(*self._claim_objects(claim))
        self._notices_due(loan.bank, found.date, effects)

    def _reconfirm(self, claim: Claim, body: Body) -> None:
        computed, stated = compensation.expected_loss(claim), body["reconfirmed_loss"]
        if claim.loan.allocation == "pro_rata":
            self.same("AMOUNT_MISMATCH", "loss confirmed", stated, computed)
        elif stated > min(computed, claim.loss):
            self.deviate("AMOUNT_MISMATCH", f"loss {yuan(stated)} above {yuan(computed)}")

    def _queue(self, claim: Claim, amount: int, day: Date) -> None:
        if self._policy(day)["fund"]["insufficient"] != "queue_fifo":
            return
        earlier = sum(
            compensation.payable(self.fund, one, one.loss)
            for one in self.fund.claims.values()
            if one.status == "approved" and one.approved_at < claim.approved_at
        )
        fund = sum(self.books.balance(f"account:{name}") for name in self.fund.accounts)
        if earlier and fund - amount < earlier:
            self.deviate("QUEUE_ORDER", f"{yuan(earlier)} were approved earlier")

    def _pay(
        self, found: Transaction, claim: Claim, body: Body, owed: int
    ) -> Optional[Recovery]:
        loan, amount, fund = claim.loan, body["amount"], self.fund
        before = (claim.status, claim.paid, claim.amount, claim.principal)
        signed = {step: set(keys) for step, keys in claim.signed.items()}
        # What is no longer payable is off the claim, also where only a part is paid (A22).
        claim.amount = min(claim.amount, claim.paid + owed)
        claim.paid += amount
        claim.loss_before[found.id] = claim.loss
        claim.principal = body["reconfirmed_loss"] - claim.other
        if not body["partial"]:
            claim.status, claim.amount = "paid", claim.paid
        loan.compensated += amount
        payment = (found.id, found.date)
        loan.payments.append(payment)
        bank = fund.party(loan.bank)
        bank.compensated += amount
        due_before = loan.return_due
        raised = compensation.catch_up(fund, loan, found.date)
        more = loan.return_due - due_before

        def undo() -> None:
            claim.status, claim.paid, claim.amount = before[0], before[1], before[2]
            claim.principal = before[3]
            claim.signed = signed
            loan.compensated -= amount
            loan.payments.remove(payment)
            bank.compensated -= amount
            loan.return_due -= more
            if raised is not None:
                raised.due -= more

        fund.undo[found.id] = undo
        return raised
