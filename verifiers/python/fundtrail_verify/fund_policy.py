"""The policy in `policy_adopt` (FORMAT 14): every parameter of the fund, as data."""

from __future__ import annotations

from typing import Any, Dict

from . import values as v
from .calendar import v_control
from .errors import Malformed
from .shapes import Shape, list_of, must, once_each, or_null, required, struct

_COUNT = v.whole(0, 4_294_967_295)
_IDS = list_of(v.identifier)


def _section(**members: Shape) -> Shape:
    return struct({name: required(shape) for name, shape in members.items()})


_MEMBERS: Dict[str, Shape] = {
    "policy": _section(
        id=v.identifier, doc_no=v.text, issued_on=v.date, effective_from=v.date,
        effective_to=v.date, division=v.text, currency=v.option("CNY"), calendar=v.identifier,
        timezone=v.option("+08:00"),
    ),
    "fund": _section(
        initial=v.amount,
        contributors=list_of(_section(id=v.identifier, weight_by=v.option("paid_in"))),
        insufficient=v.option("queue_fifo", "any_order"),
    ),
    "eligibility": _section(
        region_prefixes=list_of(v.text), region_test=v.option("attested", "both"),
        min_age_years=_COUNT, age_ref=v.option("disbursed_on"), credit_clean_years=_COUNT,
        credit_query_max_age_days=_COUNT, require_sme=v.boolean,
    ),
    "ip": _section(kinds=_IDS, min_ip_share_bp=_COUNT, require_registered_pledge=v.boolean),
    "purpose": _section(allowed=_IDS, forbidden=_IDS, misuse=v.option("block", "alert")),
    "coverage": struct(
        {
            "loss_date_rule": required(v.option("first_day_overdue_min")),
            "require_loss_in_period": required(v.boolean),
            "require_disbursed_in_period": required(v.boolean),
            "enrol_before_overdue": required(v.boolean),
            "claims_until": or_null(v.date),
        }
    ),
    "compensation": _section(
        ratio_bp=_COUNT,
        components=list_of(v.option("principal", "interest", "penalty", "costs")),
        as_of=v.option("claim"), mixed_allocation=v.option("pro_rata", "ip_last"),
        rounding=v.option("half_up_cumulative", "down_cumulative"), cap=v.amount,
        cap_scope=v.option("loan_contract", "borrower"), multiple_claims=v.boolean,
        claimants_split=v.option("by_borne_loss"), overdue_min_days=_COUNT,
        overdue_unit=v.option("calendar", "working"), reconfirm_at_payment=v.boolean,
    ),
    "brake": _section(
        numerator=v.option("gross_paid", "net_of_returns"),
        denominator=v.option("cum_disbursed_ip_enrolled", "cum_disbursed_enrolled"),
        warn_bp=_COUNT, suspend_bp=_COUNT, effect=v.option("notice"),
        old_customer_new_loan=v.option("cover_warn", "exclude"),
        new_customer=v.option("per_bank"), cutoff=v.option("disbursed_at"),
    ),
    "return": _section(
        ratio_bp=_COUNT, base=v.option("gross_ip_part", "gross_whole"), net_of_costs=v.boolean,
        include_interest=v.boolean, stop_at=v.option("compensation", "fair_share", "never"),
        deadline=_COUNT, deadline_unit=v.option("calendar", "working"), late_rate_bp=_COUNT,
    ),
    "fee": _section(
        base=v.amount, bp=_COUNT, period=v.option("calendar_year"), prorate=v.boolean
    ),
    "approval": _section(
        lg_members=_COUNT, lg_threshold=_COUNT, lg_must_include=_IDS, maker_checker=v.boolean
    ),
    "report": _section(
        quarterly_due_working_days=_COUNT, annual_due_days=_COUNT, review_due_days=_COUNT
    ),
    "signatures": list_of(
        struct({"suite": required(v.identifier), "from": required(v.date),
                "until": or_null(v.date)})
    ),
}
_POLICY = struct({name: required(shape) for name, shape in _MEMBERS.items()})


def _digits(value: str) -> bool:
    return 2 <= len(value) <= 6 and value.isascii() and value.isdigit()


def policy(value: Any) -> Dict[str, Any]:
    """A policy that holds to section 14: POLICY_INVALID beyond the types."""
    found: Dict[str, Any] = _POLICY(value)

    def holds(what: bool, why: str) -> None:
        must(what, why, "POLICY_INVALID")

    head, fund, pays = found["policy"], found["fund"], found["compensation"]
    holds(head["effective_from"] <= head["effective_to"], "effective_to")
    holds(1 <= len(head["doc_no"]) <= 100 and not v_control(head["doc_no"]), "doc_no")
    holds(_digits(head["division"]), "division")
    holds(fund["initial"] > 0, "initial")
    payers = [one["id"] for one in fund["contributors"]]
    holds(1 <= len(payers) <= 16 and once_each(payers), "contributors")
    terms = found["eligibility"]
    holds(1 <= len(terms["region_prefixes"]) <= 64, "region_prefixes")
    holds(all(_digits(one) for one in terms["region_prefixes"]), "region_prefixes")
    holds(terms["min_age_years"] <= 100 and terms["credit_clean_years"] <= 100, "years")
    holds(1 <= len(found["ip"]["kinds"]) <= 16, "kinds")
    holds(found["ip"]["min_ip_share_bp"] <= 10_000, "min_ip_share_bp")
    purpose = found["purpose"]
    holds(1 <= len(purpose["allowed"]) <= 64 and len(purpose["forbidden"]) <= 64, "purpose")
    holds(not set(purpose["allowed"]) & set(purpose["forbidden"]), "allowed and forbidden")
    holds(1 <= pays["ratio_bp"] <= 10_000, "compensation.ratio_bp")
    holds(len(pays["components"]) <= 4 and "principal" in pays["components"], "components")
    holds(pays["cap"] > 0, "cap")
    holds(pays["overdue_min_days"] <= 3650, "overdue_min_days")
    holds(pays["overdue_unit"] == "calendar", "overdue_unit")
    brake, back = found["brake"], found["return"]
    holds(1 <= brake["warn_bp"] <= brake["suspend_bp"] <= 10_000, "brake")
    holds(1 <= back["ratio_bp"] <= 10_000, "return.ratio_bp")
    holds(1 <= back["deadline"] <= 366, "deadline")
    holds(back["late_rate_bp"] == 0, "late_rate_bp")
    holds(found["fee"]["bp"] <= 10_000, "fee.bp")
    group = found["approval"]
    holds(1 <= group["lg_threshold"] <= group["lg_members"] <= 24, "lg_threshold")
    holds(len(group["lg_must_include"]) <= group["lg_threshold"], "lg_must_include")
    holds(once_each(group["lg_must_include"]), "lg_must_include")
    holds(all(days <= 366 for days in found["report"].values()), "report")
    holds(1 <= len(found["signatures"]) <= 8, "signatures")
    return found


def applicable(versions: Any, day: v.Date) -> int:
    """Which of `versions` (pairs of first day and policy) applies on a day: its position."""
    if not versions:
        raise Malformed("POLICY_NOT_IN_FORCE", "no policy was adopted")
    fitting = [n for n, (first, _) in enumerate(versions) if first <= day]
    if fitting:
        return fitting[-1]
    return min(range(len(versions)), key=lambda n: versions[n][0])
