"""Who must sign each kind (FORMAT 6), checked against the keys that stand.

Needs are filled in order, each by the first signature of the envelope that fits it and fills
no earlier one. A signature that fills none refuses the transaction.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Sequence, Set

from .ed25519 import key_id
from .errors import Malformed
from .state import Fund, Key, Policy
from .transaction import Transaction
from .values import PARTNERS

Fits = Callable[[Key], bool]
Body = Dict[str, Any]
PUBLIC = ("government", "finance", "market_supervision", "group_member", "office")


def _of(role: str, party: Optional[str], duty: Optional[str]) -> Fits:
    return lambda key: (
        key.standing and key.role == role and key.party == party and duty in (None, key.duty)
    )


def _is(name: str) -> Fits:
    return lambda key: key.id == name


class Needs:
    """Signatures of one envelope, and which of them fill a need."""

    def __init__(self, fund: Fund, policy: Optional[Policy], signed: Sequence[Key]) -> None:
        self.fund = fund
        self.policy = policy
        self.signed = signed
        self.used: Set[str] = set()
        self.undone = ""

    def try_one(self, fits: Fits) -> bool:
        """Fills a need by the first signature that fits."""
        for key in self.signed:
            if key.id not in self.used and fits(key):
                self.used.add(key.id)
                return True
        return False

    def one(self, fits: Fits, who: str) -> None:
        """Fills a need, else SIG_MISSING."""
        if not self.try_one(fits):
            raise Malformed("SIG_MISSING", f"no signature of {who}")

    def role(self, *roles: str) -> None:
        """A standing key of one of these roles; a manager's of the manager in office."""
        self.one(self.role_fits(*roles), " or ".join(roles))

    def role_fits(self, *roles: str) -> Fits:
        """Whether a key stands in one of these roles."""
        return lambda key: key.standing and key.role in roles and (
            key.role != "manager" or key.party == self.fund.manager
        )

    def partner(self, party: str) -> None:
        """A key of a party as bank, insurer or guarantor."""
        self.one(
            lambda k: k.standing and k.role in PARTNERS and k.party == party, f"partner {party}"
        )

    def bank(self, party: str) -> None:
        """A key of a bank."""
        self.one(lambda k: k.standing and k.role == "bank" and k.party == party, f"bank {party}")

    def pair(self, role: str, party: Optional[str]) -> None:
        """Maker and checker of a party; one key if the policy does not ask for two."""
        two = self.policy is None or self.policy["approval"]["maker_checker"]
        for duty in ("maker", "checker") if two else (None,):
            self.one(_of(role, party, duty), f"{duty or role} of {party}")

    def try_quorum(self, without: Optional[str] = None) -> bool:
        """Seats of the leading group, by the policy; of every party its first signature."""
        if self.policy is None:
            return False
        terms = self.policy["approval"]
        seats: Dict[str, str] = {}
        for key in self.signed:
            group = key.standing and key.role == "group_member" and key.party != without
            if group and key.id not in self.used:
                seats.setdefault(key.party, key.id)
        wanted = [party for party in terms["lg_must_include"] if party != without]
        if len(seats) < terms["lg_threshold"] or any(party not in seats for party in wanted):
            return False
        self.used.update(seats.values())
        return True

    def quorum(self, without: Optional[str] = None) -> None:
        """A quorum, or one without a party if that is given."""
        if not self.try_quorum() and not (without and self.try_quorum(without)):
            raise Malformed("SIG_MISSING", "no quorum of the leading group")

    def end(self) -> None:
        """No signature is left over: SIG_ROLE."""
        for key in self.signed:
            if key.id not in self.used:
                who = f"{key.party}, {key.role}"
                raise Malformed("SIG_ROLE", f"the signature of {who} fills no need")


def check(
    fund: Fund, policy: Optional[Policy], found: Transaction, key_ids: Sequence[str],
    original: Optional[Transaction],
) -> None:
    """The signers are those the kind needs: SIG_ROLE, SIG_MISSING."""
    new = _brought(found)
    signed: List[Key] = []
    for name in key_ids:
        key = new.get(name) or fund.keys.get(name)
        if key is None or not key.standing:
            raise Malformed("SIG_ROLE", f"key {name} does not stand")
        signed.append(key)
    needs = Needs(fund, policy, signed)
    if found.kind == "reversal":
        if original is None:
            raise Malformed("TRANSACTION_UNKNOWN", found.body["of"])
        needs.undone = original.id
        _fill(needs, original)
        office = needs.role_fits("office")
        if not any(office(key) for key in signed if key.id in needs.used):
            needs.role("office")
    else:
        _fill(needs, found)
    needs.end()


def _brought(found: Transaction) -> Dict[str, Key]:
    body = found.body
    if found.kind == "genesis":
        names = {key_id(one["public_key"]): one for one in body["keys"]}
        return {n: Key(n, one["party"], one["role"], one["duty"], n) for n, one in names.items()}
    if found.kind in ("key_enrol", "key_rotate"):
        name = key_id(body["public_key"])
        return {name: Key(name, body.get("party", ""), "new", None, name)}
    return {}


def _fill(needs: Needs, found: Transaction) -> None:
    rule = _RULES.get(found.kind)
    if rule is None:
        raise Malformed("UNKNOWN_KIND", found.kind)
    rule(needs, found.body)


def _genesis(needs: Needs, body: Body) -> None:
    for one in body["keys"]:
        name = key_id(one["public_key"])
        needs.one(_is(name), f"founding key {name}")


def _policy(needs: Needs, body: Body) -> None:
    if needs.policy is not None:
        needs.quorum()
        return
    seats = {k.party for k in needs.fund.keys.values() if k.standing and k.role == "group_member"}
    for party in sorted(seats):
        needs.one(_of("group_member", party, None), f"the seat of {party}")


def _enrol(needs: Needs, body: Body) -> None:
    new = key_id(body["public_key"])
    keys = needs.fund.keys.values()
    needs.one(lambda k: k.id == new, "the new key")
    # An office that lost its last key cannot sign for its next one.
    if body["role"] != "office" or any(k.standing and k.role == "office" for k in keys):
        needs.role("office")
    own = [k for k in keys if k.party == body["party"]]
    if body["role"] in PUBLIC:
        needs.quorum(without=body["party"])
    elif any(k.standing for k in own):
        needs.one(
            lambda k: k.standing and k.party == body["party"] and k.id != new, body["party"]
        )
    elif own:
        needs.quorum()


def _rotate(needs: Needs, body: Body) -> None:
    new = key_id(body["public_key"])
    needs.one(lambda k: k.id == body["key"], "the old key")
    needs.one(lambda k: k.id == new, "the new key")


def _revoke(needs: Needs, body: Body) -> None:
    old = needs.fund.keys.get(body["key"])
    if old is None:
        raise Malformed("KEY_UNKNOWN", body["key"])

    def same(key: Key) -> bool:
        return key.standing and (key.role, key.party) == (old.role, old.party)

    if old.role == "group_member":
        # A quorum may hold the seat's own key; only a signature alone stands for the party.
        if len(needs.signed) == 1 and needs.try_one(same):
            return
        if not needs.try_quorum() and not needs.try_quorum(old.party):
            needs.one(same, f"{old.party}, or the leading group")
    elif old.role == "office":
        if not needs.try_quorum():
            needs.one(same, f"{old.party}, or the leading group")
    else:
        needs.one(
            lambda k: k.standing and (k.role == "office" or same(k)), f"office or {old.party}"
        )


def _roles(*roles: str) -> Callable[[Needs, Body], None]:
    def rule(needs: Needs, body: Body) -> None:
        for role in roles:
            needs.quorum() if role == "quorum" else needs.role(role)

    return rule


def _appoint(needs: Needs, body: Body) -> None:
    name = body["manager"]
    needs.one(lambda k: k.standing and k.role == "manager" and k.party == name, name)
    needs.quorum()


def _admit(needs: Needs, body: Body) -> None:
    needs.one(
        lambda k: k.standing and (k.role, k.party) == (body["role"], body["partner"]),
        body["partner"],
    )
    needs.role("market_supervision")
    needs.quorum()


def _contribution(needs: Needs, body: Body) -> None:
    needs.role("finance", "government")
    needs.role("manager")
    if body["purpose"] == "top_up":
        needs.quorum()


def _loan_bank(needs: Needs, body: Body) -> None:
    loan = needs.fund.loans.get(body["loan"])
    needs.bank(loan.bank if loan else "")


def _interest(needs: Needs, body: Body) -> None:
    needs.bank(needs.fund.accounts.get(body["account"], ""))
    needs.role("manager")


def _register(needs: Needs, body: Body) -> None:
    needs.role("bank")
    needs.role("manager")


def _loan_enrol(needs: Needs, body: Body) -> None:
    needs.bank(body["bank"])
    needs.role("manager")
    needs.try_quorum()


def _submit(needs: Needs, body: Body) -> None:
    loan = needs.fund.loans.get(body["loan"])
    needs.pair(needs.fund.party(body["claimant"]).admitted_as, body["claimant"])
    if loan and loan.bank != body["claimant"]:
        needs.bank(loan.bank)


def _pay(needs: Needs, body: Body) -> None:
    needs.pair("manager", needs.fund.manager)
    if body["partial"]:
        needs.quorum()
    claim = needs.fund.claims.get(body["claim"])
    if claim and claim.loan.allocation == "bank_ledger":
        # A reversal is signed by whoever had to sign the payment.
        if body["reconfirmed_loss"] < claim.loss_before.get(needs.undone, claim.loss):
            needs.partner(claim.claimant)


def _notice(needs: Needs, body: Body) -> None:
    needs.role("manager")
    needs.try_one(needs.role_fits("office"))


def _returned(needs: Needs, body: Body) -> None:
    needs.partner(body["payer"])
    needs.role("manager")
    # A manager does not receipt its own payment alone.
    if needs.fund.manager == body["payer"]:
        needs.role("office")


def _report(needs: Needs, body: Body) -> None:
    needs.one(
        lambda k: k.standing and k.party == body["reporter"]
        and (k.role in PARTNERS or (k.role == "manager" and k.party == needs.fund.manager)),
        body["reporter"],
    )


def _review(needs: Needs, body: Body) -> None:
    needs.role("office" if body["subject"] == needs.fund.manager else "manager")


def _audit_report(needs: Needs, body: Body) -> None:
    firm = needs.fund.engagements.get(body["engagement"])
    needs.one(lambda k: k.standing and (k.role, k.party) == ("auditor", firm), "the firm")


def _restore(needs: Needs, body: Body) -> None:
    if needs.fund.manager:
        needs.role("manager")
    else:
        _policy(needs, body)
    needs.role("office")


_RULES: Dict[str, Callable[[Needs, Body], None]] = {
    "genesis": _genesis,
    "policy_adopt": _policy,
    "calendar_adopt": _roles("manager", "office"),
    "key_enrol": _enrol,
    "key_rotate": _rotate,
    "key_revoke": _revoke,
    "manager_appoint": _appoint,
    "manager_remove": _roles("quorum"),
    "partner_admit": _admit,
    "partner_revoke": _roles("quorum"),
    "contribution": _contribution,
    "fund_activate": _roles("manager", "office"),
    "account_open": _roles("manager", "office"),
    "transfer": _roles("manager", "office"),
    "interest_credit": _interest,
    "borrower_register": _register,
    "loan_enrol": _loan_enrol,
    "loan_disburse": _loan_bank,
    "loan_repay": _loan_bank,
    "loan_amend": _loan_bank,
    "risk_notice": lambda needs, body: needs.partner(body["partner"]),
    "claim_submit": _submit,
    "claim_verify": lambda needs, body: needs.pair("manager", needs.fund.manager),
    "claim_approve": _roles("quorum"),
    "claim_reject": _roles("quorum"),
    "compensation_pay": _pay,
    "recovery_report": lambda needs, body: needs.partner(body["collector"]),
    "recovery_return": _returned,
    "suspense_refund": _roles("manager", "office"),
    "warn_notice": _notice,
    "suspend_notice": _notice,
    "suspend_lift": _roles("manager", "quorum"),
    "fee_pay": _roles("office", "manager"),
    "blacklist": _roles("office"),
    "blacklist_lift": _roles("office"),
    "misuse_finding": _roles("manager"),
    "fraud_finding": _roles("quorum"),
    "clawback_order": _roles("quorum"),
    "clawback_return": _returned,
    "report_file": _report,
    "performance_review": _review,
    "audit_engage": _roles("office"),
    "audit_report": _audit_report,
    "bank_statement": lambda needs, body: needs.bank(
        needs.fund.accounts.get(body["account"], "")
    ),
    "period_seal": _roles("manager", "office"),
    "particulars_erase": _roles("office"),
    "ledger_restore": _restore,
    "terminate": _roles("finance", "quorum"),
    "distribute": _roles("finance", "manager", "office"),
}
