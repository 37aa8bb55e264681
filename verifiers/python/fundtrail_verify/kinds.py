"""Bodies of all kinds of transactions, and what each seals (FORMAT 6), as data."""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, List, NamedTuple, Tuple

from . import values as v
from .calendar import Calendar, notice
from .ed25519 import public_key
from .fund_policy import policy
from .shapes import (
    Check,
    Member,
    Shape,
    default,
    list_of,
    must,
    once_each,
    or_null,
    required,
    struct,
    tagged,
)

Body = Dict[str, Any]


class Kind(NamedTuple):
    """The body's shape; required and optional sealed names, by body; those wanted unique."""

    body: Shape
    sealed: Callable[[Body], Tuple[List[str], List[str]]]
    unique: Tuple[str, ...] = ()


KINDS: Dict[str, Kind] = {}
_ID, _AMOUNT, _DATE, _DIGEST = (
    required(v.identifier), required(v.amount), required(v.date), required(v.digest),
)
_BOOL, _TIME, _PERIOD, _NO = (
    required(v.boolean), required(v.time), required(v.period), default(v.boolean, False),
)
_ROLE, _DUTY, _KEY = (
    required(v.option(*v.ROLES)), or_null(v.option(*v.DUTIES)), required(public_key),
)


def _nothing_sealed(body: Body) -> Tuple[List[str], List[str]]:
    return [], []



def _kind(
    name: str,
    members: Dict[str, Member],
    *checks: Check,
    sealed: Callable[[Body], Tuple[List[str], List[str]]] = _nothing_sealed,
    unique: Tuple[str, ...] = (),
) -> None:
    KINDS[name] = Kind(struct(members, *checks), sealed, unique)


def _always(*names: str, optional: Tuple[str, ...] = ()) -> Callable[[Body], Any]:
    return lambda body: (list(names), list(optional))


def _zero(name: str = "0.00") -> Member:
    return default(v.amount, name)


def _log_key(value: Any) -> str:
    written = v.text(value)
    if len(written.encode()) > 300 or not written or re.search(r"\s", written):
        must(False, "log_key has at most 300 bytes and no white space")
    return written


_FOUNDING = struct({"party": _ID, "role": _ROLE, "duty": _DUTY, "public_key": _KEY})


def _keys_once(body: Body) -> None:
    must(once_each(one["public_key"] for one in body["keys"]), "a founding key stands twice")


_kind(
    "genesis",
    {"log_key": required(_log_key), "tag_key": _DIGEST,
     "keys": required(list_of(_FOUNDING, 1, 32))},
    _keys_once,
)
_kind(
    "policy_adopt",
    {"applies_from": _DATE, "text": _DIGEST, "decision": _DIGEST, "policy": required(policy)},
)


def _consistent(body: Body) -> None:
    Calendar().adopt(body["years"])


_kind(
    "calendar_adopt",
    {"calendar": _ID, "years": required(list_of(notice, 1, 16))},
    _consistent,
)
_kind("key_enrol", {"party": _ID, "role": _ROLE, "duty": _DUTY, "public_key": _KEY})
_kind("key_rotate", {"key": required(v.key_id), "public_key": _KEY})
_kind("key_revoke", {"key": required(v.key_id)})
_kind(
    "manager_appoint",
    {"manager": _ID, "agreement": _DIGEST, "decision": _DIGEST, "state_owned": _BOOL,
     "registered_division": required(v.text), "platform": _BOOL, "team": _BOOL},
    sealed=_always("name", "credit_code"),
)
_kind("manager_remove", {"manager": _ID, "decision": _DIGEST})


def _is_partner(body: Body) -> None:
    must(body["role"] in v.PARTNERS, "a partner is a bank, an insurer or a guarantor")


_kind(
    "partner_admit",
    {"partner": _ID, "role": _ROLE, "from": _DATE, "agreement": _DIGEST, "review": _DIGEST,
     "decision": _DIGEST, "experience": _BOOL, "operating_rules": _BOOL,
     "credit_management": _BOOL, "risk_control": _BOOL},
    _is_partner,
    sealed=_always("name", "credit_code", optional=("cnaps",)),
)
_kind("partner_revoke", {"partner": _ID, "on": _DATE, "decision": _DIGEST})
_kind(
    "contribution",
    {"contributor": _ID, "account": _ID, "amount": _AMOUNT,
     "purpose": required(v.option("initial", "top_up"))},
)
_kind("fund_activate", {})
_kind(
    "account_open",
    {"account": _ID, "purpose": required(v.option("main", "dedicated")), "bank": _ID},
    sealed=_always("account_number"),
)
_kind("transfer", {"from": _ID, "to": _ID, "amount": _AMOUNT})
_kind("interest_credit", {"account": _ID, "period": _PERIOD, "amount": _AMOUNT})


def _six_digits(value: Any) -> str:
    written = v.text(value)
    must(bool(re.fullmatch("[0-9]{6}", written)), "a division code has six digits")
    return written


_kind(
    "borrower_register",
    {"borrower": _DIGEST, "registered_on": _DATE, "registered_division": required(_six_digits),
     "legal_person": _BOOL, "sme": or_null(v.boolean), "evidence": _DIGEST},
    sealed=_always("name", "credit_code"),
)


def _trademark_class(pledge: Body) -> None:
    must((pledge["kind"] == "trademark") == (pledge["class"] is not None), "class")


_PLEDGE = struct(
    {"kind": _ID, "class": or_null(v.whole(1, 45)), "registered_on": or_null(v.date)},
    _trademark_class,
)
_INSTALMENT = struct({"due_on": _DATE, "amount": _AMOUNT})
_CREDIT = struct({"queried_on": _DATE, "adverse_on": or_null(v.date), "report": _DIGEST})


def _schedule(body: Body) -> None:
    due = body["due"]
    must(all(one["amount"] > 0 for one in due), "an instalment of nothing")
    must(all(a["due_on"] < b["due_on"] for a, b in zip(due, due[1:])), "dates ascend")
    must(sum(one["amount"] for one in due) == body["total"], "instalments add up to the total")
    must(body["ip_amount"] is None or body["ip_amount"] <= body["total"], "ip_amount")


def _pledges_sealed(body: Body) -> Tuple[List[str], List[str]]:
    needed: List[str] = ["contract_number"]
    optional: List[str] = []
    for n, pledge in enumerate(body["pledges"]):
        needed.append(f"pledge.{n}")
        where = needed if pledge["registered_on"] else optional
        where.append(f"pledge.{n}.registration")
    return needed, optional


_kind(
    "loan_enrol",
    {"loan": _ID, "bank": _ID, "borrower": _DIGEST, "total": _AMOUNT,
     "ip_amount": or_null(v.amount),
     "allocation": default(v.option("pro_rata", "bank_ledger"), "pro_rata"),
     "repayment_order": default(
         v.option("costs_interest_principal", "principal_first"), "costs_interest_principal"),
     "due": required(list_of(_INSTALMENT, 0, 120)), "purpose": _ID,
     "pledges": required(list_of(_PLEDGE, 0, 24)), "credit": required(_CREDIT)},
    _schedule,
    sealed=_pledges_sealed,
    unique=("contract_number",),
)
_kind("loan_disburse", {"loan": _ID, "amount": _AMOUNT, "disbursed_at": required(v.moment)})
_kind(
    "loan_repay",
    {"loan": _ID, "received_on": _DATE, "amount": _AMOUNT, "costs_due": _zero(),
     "interest_due": _zero(), "principal": _AMOUNT},
)
_CHANGE = tagged(
    {
        "extension": {"due_on": _DATE, "new_due_on": _DATE},
        "acceleration": {"due_on": _DATE},
        "cancellation": {},
        "pledge_registration": {"pledge": required(v.whole(0, 65_535)), "registered_on": _DATE},
    }
)
_kind(
    "loan_amend",
    {"loan": _ID, "signed_on": _DATE, "change": required(_CHANGE)},
    sealed=lambda body: (
        ["registration"] if body["change"]["type"] == "pledge_registration" else [], []),
)
_kind(
    "risk_notice",
    {"loan": _ID, "partner": _ID,
     "reason": required(v.option("not_paid", "deterioration", "other"))},
)


def _sum_is_amount(loss: Body) -> None:
    must(sum(loss.values()) <= 99_999_999_999_999, "the loss is too large", "AMOUNT_OVERFLOW")


_LOSS = struct(
    {"principal": _AMOUNT, "interest": _zero(), "penalty": _zero(), "costs": _zero()},
    _sum_is_amount,
)


def _borne_adds_up(body: Body) -> None:
    borne = body["borne"]
    if borne:
        must(once_each(one["party"] for one in borne), "a bearer twice")
        must(sum(one["amount"] for one in borne) == sum(body["loss"].values()), "borne")


_kind(
    "claim_submit",
    {"claim": _ID, "loan": _ID, "claimant": _ID, "as_of": _DATE, "loss": required(_LOSS),
     "borne": default(list_of(struct({"party": _ID, "amount": _AMOUNT}), 0, 8), []),
     "amount": _AMOUNT},
    _borne_adds_up,
)
_kind("claim_verify", {"claim": _ID, "loss": _AMOUNT, "amount": _AMOUNT})
_kind(
    "claim_approve",
    {"claim": _ID, "amount": _AMOUNT, "decision": _DIGEST, "override_misuse": _NO},
)
_kind("claim_reject", {"claim": _ID, "decision": _DIGEST})
_kind(
    "compensation_pay",
    {"claim": _ID, "account": _ID, "payee": _ID, "amount": _AMOUNT,
     "reconfirmed_loss": _AMOUNT, "partial": _NO},
)


def _parts_fit(body: Body) -> None:
    must(body["from_pledge"] + body["interest"] <= body["amount"], "parts exceed the amount")


_kind(
    "recovery_report",
    {"recovery": _ID, "loan": _ID, "collector": _ID, "received_on": _DATE, "amount": _AMOUNT,
     "from_pledge": _zero(), "interest": _zero(), "costs": _zero()},
    _parts_fit,
)
_kind(
    "recovery_return",
    {"recovery": _ID, "loan": _ID, "payer": _ID, "account": _ID, "amount": _AMOUNT,
     "suspense": _zero()},
)
_kind("suspense_refund", {"payee": _ID, "account": _ID, "amount": _AMOUNT})
_kind("warn_notice", {"bank": _ID, "issued_at": _TIME})
_kind("suspend_notice", {"bank": _ID, "issued_at": _TIME})
_kind(
    "suspend_lift",
    {"bank": _ID, "notice": required(v.option("warning", "suspension")), "lifted_at": _TIME},
)
_kind("fee_pay", {"account": _ID, "payee": _ID, "amount": _AMOUNT})
_kind("blacklist", {"borrower": _DIGEST, "from": _DATE, "evidence": _DIGEST})
_kind("blacklist_lift", {"borrower": _DIGEST, "on": _DATE, "evidence": _DIGEST})
_kind("misuse_finding", {"loan": _ID, "finding": _DIGEST, "withdrawn": _NO})
_ABOUT = tagged(
    {"loan": {"loan": _ID}, "borrower": {"borrower": _DIGEST}, "partner": {"partner": _ID}}
)
_kind("fraud_finding", {"about": required(_ABOUT), "finding": _DIGEST, "withdrawn": _NO})
_kind(
    "clawback_order",
    {"order": _ID, "loan": _ID, "debtor": _ID, "amount": _AMOUNT, "decision": _DIGEST},
)
_kind("clawback_return", {"order": _ID, "payer": _ID, "account": _ID, "amount": _AMOUNT})
REPORTS = (
    "quarterly", "annual", "plan", "statements", "use_of_funds", "loans", "post_loan", "minutes",
)
_kind(
    "report_file",
    {"reporter": _ID, "report": required(v.option(*REPORTS)), "period": _PERIOD,
     "digest": _DIGEST},
)
_kind("performance_review", {"subject": _ID, "period": _PERIOD, "digest": _DIGEST})


def _runs_forward(body: Body) -> None:
    must(body["from"] <= body["until"], "the period runs backwards")


_kind(
    "audit_engage",
    {"engagement": _ID, "auditor": _ID, "partners": default(list_of(v.identifier, 0, 64), []),
     "from": _DATE, "until": _DATE},
    _runs_forward,
)
OPINIONS = ("unqualified", "qualified", "adverse", "disclaimer", "findings")
_kind(
    "audit_report",
    {"engagement": _ID, "opinion": required(v.option(*OPINIONS)), "digest": _DIGEST},
)
_kind("bank_statement", {"account": _ID, "on": _DATE, "closing": _AMOUNT, "digest": _DIGEST})
_kind("period_seal", {"period": _PERIOD, "size": required(v.whole(0, 2**64 - 1)), "root": _DIGEST})
_kind("reversal", {"of": _ID})


def _particular(value: Any) -> str:
    written = v.text(value)
    must(re.fullmatch(r"[a-z0-9_.]{1,64}", written) is not None, "not a particular's name")
    return written


def _names_once(body: Body) -> None:
    must(once_each(body["particulars"]), "a name stands twice")


_kind(
    "particulars_erase",
    {"of": _ID, "particulars": default(list_of(_particular, 0, 64), []), "decision": _DIGEST},
    _names_once,
)
_kind(
    "ledger_restore",
    {"size": required(v.whole(0, 2**64 - 1)), "root": _DIGEST, "backed_up_on": _DATE,
     "reason": required(v.option(
         "disk_lost", "machine_lost", "data_damaged", "moved", "other"))},
)
_kind("terminate", {"decision": _DIGEST})


def _lines_above_zero(body: Body) -> None:
    must(all(one["amount"] > 0 for one in body["lines"]), "a line of nothing")


_kind(
    "distribute",
    {"lines": required(
        list_of(struct({"contributor": _ID, "account": _ID, "amount": _AMOUNT}), 1, 32))},
    _lines_above_zero,
)
