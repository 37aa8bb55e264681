"""The cast of the worked scenarios, written as a ledger: Bank A and B, guarantor G, E1 to E3."""

from __future__ import annotations

import copy
import json
from typing import Any, Dict, List, Optional

from . import common
from .common import digest

SEATS = ("MSB", "FIN", "JRB", "KJ", "GX", "FGW", "PBC", "YBJ")
QUORUM = [f"lg-{one}" for one in SEATS[:5]]
TAGS = {name: digest(name) for name in ("E1", "E2", "E3")}


def policy(**changes: Any) -> Dict[str, Any]:
    """The policy of the vectors with sections changed, as `compensation__cap="1.00"`."""
    document = json.loads((common.VECTORS / "policy.json").read_text(encoding="utf-8"))
    document = copy.deepcopy(document)
    for name, value in changes.items():
        section, member = name.split("__")
        document[section][member] = value
    document["approval"].update(lg_members=8, lg_threshold=5, lg_must_include=["MSB"])
    return dict(document)


class Fund(common.Writer):
    """A fund ready to lend: 10,000,000.00 in the special account."""

    def __init__(
        self, initial: str = "10000000.00", top_up: Optional[str] = None, **changes: Any
    ) -> None:
        super().__init__()
        self.claims: Dict[str, str] = {}
        self._found(policy(**{"fund__initial": initial, **changes}))
        self.day_of("2021-12-27")
        for account, bank in (("main", "A"), ("at-a", "A"), ("at-b", "B")):
            self.good("2021-12-27", "account_open",
                      {"account": account, "purpose": "dedicated", "bank": bank},
                      ["mgr1", "OFF"], ("account_number",))
        self.good("2021-12-30", "contribution",
                  {"contributor": "GOV", "account": "main", "amount": initial,
                   "purpose": "initial"}, ["FIN", "mgr1"])
        if top_up:
            self.good("2021-12-30", "contribution",
                      {"contributor": "GOV", "account": "main", "amount": top_up,
                       "purpose": "top_up"}, ["FIN", "mgr1", *QUORUM])
        self.good("2021-12-30", "fund_activate", {}, ["mgr1", "OFF"])
        for tag in TAGS.values():
            self.good("2021-12-31", "borrower_register",
                      {"borrower": tag, "registered_on": "2015-01-01",
                       "registered_division": "150203", "legal_person": True,
                       "evidence": digest("x")}, ["A1", "mgr1"], ("name", "credit_code"))

    def day_of(self, day: str) -> None:
        """Nothing before this day."""

    def good(self, *arguments: Any, **named: Any) -> None:
        """A step without any deviation."""
        codes = self.step(*arguments, **named)
        if codes:
            raise AssertionError(f"{arguments[1]}: {codes}")

    def _found(self, terms: Dict[str, Any]) -> None:
        keys: List[Dict[str, Any]] = []
        names: List[str] = []

        def key(name: str, party: str, role: str) -> None:
            names.append(name)
            keys.append({"party": party, "role": role, "duty": None,
                         "public_key": self.signer(name).public})

        key("OFF", "OFF", "office")
        key("MSB", "MSB", "market_supervision")
        key("FIN", "FIN", "finance")
        for seat in SEATS:
            key(f"lg-{seat}", seat, "group_member")
        self.good("2021-12-23", "genesis",
                  {"log_key": self.vkey, "tag_key": digest("tag"), "keys": keys}, names)
        paper = {"text": digest("text"), "decision": digest("decision")}
        self.good("2021-12-23", "policy_adopt",
                  {"applies_from": "2021-12-23", **paper, "policy": terms},
                  [f"lg-{one}" for one in SEATS])
        self._enrol("mgr1", "MGR", "manager", "maker")
        for name, duty in (("mgr2", "checker"), ("mgr3", "maker"), ("mgr4", "checker")):
            self._enrol(name, "MGR", "manager", duty, "mgr1")
        self.good("2021-12-23", "manager_appoint",
                  {"manager": "MGR", "agreement": digest("a"), "decision": digest("d"),
                   "state_owned": True, "registered_division": "150200", "platform": True,
                   "team": True}, ["mgr1", *QUORUM], ("name", "credit_code"))
        years = json.loads((common.VECTORS / "calendar.json").read_text(encoding="utf-8"))
        self.good("2021-12-23", "calendar_adopt",
                  {"calendar": "cn-state-council", "years": years}, ["mgr1", "OFF"])
        for party, role in (("A", "bank"), ("B", "bank"), ("G", "guarantor")):
            self._enrol(f"{party}1", party, role, "maker")
            self._enrol(f"{party}2", party, role, "checker", f"{party}1")
            attested = {one: True for one in (
                "experience", "operating_rules", "credit_management", "risk_control")}
            papers = {one: digest(one) for one in ("agreement", "review", "decision")}
            self.good("2021-12-24", "partner_admit",
                      {"partner": party, "role": role, "from": "2021-12-24", **papers,
                       **attested}, [f"{party}1", "MSB", *QUORUM], ("name", "credit_code"))

    def _enrol(
        self, name: str, party: str, role: str, duty: str, beside: Optional[str] = None
    ) -> None:
        signed = [name, "OFF"] + ([beside] if beside else [])
        self.good("2021-12-23", "key_enrol",
                  {"party": party, "role": role, "duty": duty,
                   "public_key": self.signer(name).public}, signed)

    def lend(
        self, loan: str, total: str, due: Any, bank: str = "A", borrower: str = "E1",
        day: str = "2022-01-05", ip: Optional[str] = None, at: Optional[str] = None,
        allocation: str = "pro_rata",
    ) -> List[str]:
        """Enrols a loan and disburses all of it; what the disbursement raises in codes."""
        schedule = [(due, total)] if isinstance(due, str) else due
        self.good(day, "loan_enrol", {
            "loan": loan, "bank": bank, "borrower": TAGS[borrower], "total": total,
            "ip_amount": ip or total, "allocation": allocation,
            "due": [{"due_on": on, "amount": amount} for on, amount in schedule],
            "purpose": "rnd",
            "pledges": [{"kind": "patent", "registered_on": day}],
            "credit": {"queried_on": day, "report": digest("report")},
        }, [f"{bank}1", "mgr1"], ("contract_number", "pledge.0", "pledge.0.registration"),
            tags={"contract_number": digest(loan)})
        self.good(day, "risk_notice", {"loan": loan, "partner": bank, "reason": "other"},
                  [f"{bank}1"])
        self.good(day, "loan_disburse",
                  {"loan": loan, "amount": total, "disbursed_at": at or day}, [f"{bank}1"])
        return [one.code for one in self.alerts]

    def submit(
        self, claim: str, loan: str, day: str, loss: str, amount: str, claimant: str = "A",
        borne: Any = (), bank: str = "A", **other: str,
    ) -> List[str]:
        """A claim; the codes that it deviates by."""
        by = [f"{claimant}1", f"{claimant}2"] + ([f"{bank}1"] if bank != claimant else [])
        body: Dict[str, Any] = {
            "claim": claim, "loan": loan, "claimant": claimant, "as_of": day,
            "loss": {"principal": loss, **other}, "amount": amount,
        }
        if borne:
            body["borne"] = [{"party": who, "amount": part} for who, part in borne]
        return self.step(day, "claim_submit", body, by)

    def pass_on(self, claim: str, day: str, loss: str, amount: str) -> None:
        """Verification and approval."""
        self.good(day, "claim_verify", {"claim": claim, "loss": loss, "amount": amount},
                  ["mgr1", "mgr2"])
        self.good(day, "claim_approve",
                  {"claim": claim, "amount": amount, "decision": digest("d")}, QUORUM)

    def pay(
        self, claim: str, day: str, loss: str, amount: str, payee: str = "A",
        partial: bool = False, name: Optional[str] = None, account: str = "main",
    ) -> List[str]:
        """A payment; the codes that it deviates by."""
        body = {"claim": claim, "account": account, "payee": payee, "amount": amount,
                "reconfirmed_loss": loss, "partial": partial}
        by = ["mgr3", "mgr4", *(QUORUM if partial else [])]
        return self.step(day, "compensation_pay", body, by, name=name)

    def compensate(self, claim: str, loan: str, day: str, loss: str, amount: str) -> None:
        """All four steps by Bank A, without a deviation."""
        if self.submit(claim, loan, day, loss, amount):
            raise AssertionError("the claim deviates")
        self.pass_on(claim, day, loss, amount)
        if self.pay(claim, day, loss, amount):
            raise AssertionError("the payment deviates")

    def recover(
        self, name: str, loan: str, day: str, amount: str, received: Optional[str] = None,
        **parts: str,
    ) -> List[str]:
        """A recovery report of Bank A."""
        body = {"recovery": name, "loan": loan, "collector": "A",
                "received_on": received or day, "amount": amount, **parts}
        return self.step(day, "recovery_report", body, ["A1"], name=f"report-{name}")

    def give_back(
        self, name: str, loan: str, day: str, amount: str, suspense: str = "0.00"
    ) -> List[str]:
        """A return of Bank A."""
        body = {"recovery": name, "loan": loan, "payer": "A", "account": "main",
                "amount": amount, "suspense": suspense}
        return self.step(day, "recovery_return", body, ["A1", "mgr1"])

    def owed(self, loan: str, name: str) -> "tuple[str, str]":
        """What a recovery makes due, and its deadline."""
        one = self.model.fund.recoveries[loan, name]
        return common.v.yuan(one.due), str(one.deadline)

    def raised(self) -> Dict[str, Dict[str, Any]]:
        """Alerts of the last entry, with their figures."""
        return {one.code: one.figures for one in self.alerts}

    def fund(self) -> str:
        """All accounts together."""
        accounts = self.model.fund.accounts
        return common.v.yuan(sum(self.books.balance(f"account:{one}") for one in accounts))
