"""Notices to banks, lists, findings, reports, statements and seals (Art. 13, 17 to 22)."""

from __future__ import annotations

import datetime

from . import brake, figures, seal
from .effects import Effects
from .errors import Malformed
from .model import Model
from .state import Notice
from .transaction import Transaction
from .values import Date, yuan


class Papers(Model):
    """What moves no money."""

    def _notice(self, found: Transaction, effects: Effects, bp: str, standing: bool) -> Notice:
        effects.revise(f"party:{found.body['bank']}")
        policy = self._policy(found.date)
        compensated, disbursed = brake.figures_of(self.fund.party(found.body["bank"]), policy)
        reached = figures.brake_reached(compensated, disbursed, policy["brake"][bp])
        office = any(
            key.role == "office" for key in self.fund.keys.values() if key.root in self.signed
        )
        if not reached and not office:
            self.deviate(
                "NOTICE_UNFOUNDED",
                f"ratio {figures.percent(compensated, disbursed)}%, the office did not sign",
            )
        if standing:
            self.deviate("NOTICE_STANDS", "a notice of the same sort stands already")
        return Notice(found.body["issued_at"])

    def _warn_notice(self, found: Transaction, effects: Effects) -> None:
        bank = self.fund.party(found.body["bank"])
        bank.warnings.append(self._notice(found, effects, "warn_bp", bank.warned))

    def _suspend_notice(self, found: Transaction, effects: Effects) -> None:
        bank = self.fund.party(found.body["bank"])
        bank.suspensions.append(self._notice(found, effects, "suspend_bp", bank.suspended))
        brake.refresh(self.fund, bank.loans)

    def _suspend_lift(self, found: Transaction, effects: Effects) -> None:
        bank = self.fund.party(found.body["bank"])
        effects.revise(f"party:{bank.id}")
        notices = bank.warnings if found.body["notice"] == "warning" else bank.suspensions
        standing = [one for one in notices if one.lifted is None]
        if not standing:
            self.deviate("NOTICE_NOT_STANDING", "nothing can be lifted")
        for one in standing:
            one.lifted = found.body["lifted_at"]
        brake.refresh(self.fund, bank.loans)
        self._notices_due(bank.id, found.date, effects)

    def _blacklist(self, found: Transaction, effects: Effects) -> None:
        effects.revise(f"borrower:{found.body['borrower']}")

    _blacklist_lift = _blacklist

    def _fraud_finding(self, found: Transaction, effects: Effects) -> None:
        about = found.body["about"]
        if about["type"] == "loan":
            loan = self.fund.loans[about["loan"]]
            effects.revise(f"loan:{loan.id}", f"borrower:{loan.borrower}")
        elif about["type"] == "borrower":
            effects.revise(f"borrower:{about['borrower']}")
        else:
            effects.revise(f"party:{about['partner']}")

    def _report_file(self, found: Transaction, effects: Effects) -> None:
        body, policy = found.body, self._policy(found.date)
        effects.revise(f"party:{body['reporter']}")
        last, terms = body["period"].last, policy["report"]
        if body["report"] == "quarterly":
            days = terms["quarterly_due_working_days"]
            try:
                due = self.fund.calendar(policy).working_day_after(last, days)
            except Malformed:
                return  # a reminder only (A38): none where no calendar reaches
        elif body["report"] == "annual":
            due = last + datetime.timedelta(days=1) * terms["annual_due_days"]
        else:
            return
        self._overdue(found, body["reporter"], due, effects)

    def _performance_review(self, found: Transaction, effects: Effects) -> None:
        body, terms = found.body, self._policy(found.date)["report"]
        effects.revise(f"party:{body['subject']}")
        day = datetime.timedelta(days=1)
        due = body["period"].last + day * terms["review_due_days"]
        self._overdue(found, body["subject"], due, effects)

    def _overdue(self, found: Transaction, party: str, due: Date, effects: Effects) -> None:
        if found.date > due:
            effects.alert(
                "REPORT_OVERDUE", f"party:{party}",
                {"period": found.body["period"].text, "due": str(due),
                 "days_late": (found.date - due).days},
                due,
            )

    def _audit_engage(self, found: Transaction, effects: Effects) -> None:
        body = found.body
        self.fund.engagements[body["engagement"]] = body["auditor"]
        effects.revise(f"engagement:{body['engagement']}", f"party:{body['auditor']}")

    def _audit_report(self, found: Transaction, effects: Effects) -> None:
        effects.revise(f"engagement:{found.body['engagement']}")

    def _bank_statement(self, found: Transaction, effects: Effects) -> None:
        body = found.body
        book = f"account:{body['account']}"
        effects.revise(book)
        ledger = self.fund.balance_on(book, body["on"])
        if ledger != body["closing"]:
            effects.alert(
                "RECONCILE_DIFF", f"{book}/{body['on']}",
                {"on": str(body["on"]), "ledger": yuan(ledger), "statement": yuan(body["closing"]),
                 "difference": yuan(ledger - body["closing"])},
            )

    def _period_seal(self, found: Transaction, effects: Effects) -> None:
        body = found.body
        effects.revise(f"seal:{body['period'].text}")
        if body["size"] != self.index:
            self.deviate("SEAL_STALE", f"the seal was made for size {body['size']}")
        root, leaves = seal.root_over(self.books.heads)
        if root.hex() != body["root"]:
            self.deviate("SEAL_ROOT", f"root over {leaves} heads is {root.hex()}")
        if any(one.last >= body["period"].last for one in self.fund.sealed):
            self.deviate("SEAL_ORDER", "it ends no later than one sealed before")
        if found.date <= body["period"].last:
            self.deviate("DATE_ORDER", "the period has not ended")
        self.fund.sealed.append(body["period"])

    def _particulars_erase(self, found: Transaction, effects: Effects) -> None:
        name = found.body["of"]
        effects.revise(f"transaction:{name}")
        original = self.kept.get(name)
        if original is None:
            self.deviate("TRANSACTION_UNKNOWN", f"there is no transaction {name}")
            return
        meant = set(found.body["particulars"] or original.sealed)
        erased = self.fund.erased.setdefault(name, set())
        if not meant or not meant <= set(original.sealed):
            self.deviate("PARTICULAR_UNKNOWN", f"{name} does not seal all of these")
        elif meant <= erased:
            self.deviate("PARTICULARS_ERASED", f"of {name} all of these are erased already")
        if found.date < original.date:
            self.deviate("DATE_ORDER", f"{name} is dated {original.date}")
        erased |= meant

    def _ledger_restore(self, found: Transaction, effects: Effects) -> None:
        body = found.body
        effects.revise("ledger")
        if body["size"] != self.index:
            self.deviate("RESTORE_SIZE", f"it says that {body['size']} entries were put back")
        elif body["root"] != self.tree.root().hex():
            self.deviate("RESTORE_ROOT", f"the root before it is {self.tree.root().hex()}")
        if found.date < body["backed_up_on"]:
            self.deviate("DATE_ORDER", f"the backup is dated {body['backed_up_on']}")
