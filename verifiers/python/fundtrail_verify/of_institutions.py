"""Founding, policies, calendars, keys and institutions (Art. 1, 7 to 10, 23)."""

from __future__ import annotations

from typing import Optional

from .calendar import Calendar
from .ed25519 import key_id
from .effects import Effects
from .errors import Malformed
from .model import Model
from .state import Key
from .transaction import Transaction


class Institutions(Model):
    """Who the parties are, and what they agreed on."""

    def _genesis(self, found: Transaction, effects: Effects) -> None:
        effects.revise("ledger")
        if found.body["log_key"].split("+")[0] != self.origin:
            self.deviate("GENESIS_LOG_KEY", "the log key is not named after the ledger")
        for one in found.body["keys"]:
            name = self._enrol(one["party"], one["role"], one["duty"], one["public_key"])
            effects.revise(f"party:{one['party']}", f"key:{name}")

    def _enrol(
        self, party: str, role: str, duty: Optional[str], raw: bytes, root: Optional[str] = None
    ) -> str:
        name = key_id(raw)
        if name in self.fund.keys:
            self.deviate("ID_TAKEN", f"key {name} is enrolled already")
        self.fund.keys[name] = Key(name, party, role, duty, root or name)
        self.fund.party(party).roles.append(role)
        return name

    def _policy_adopt(self, found: Transaction, effects: Effects) -> None:
        effects.revise("policy")
        body = found.body
        if self.fund.policies and body["applies_from"] < self.fund.policies[-1][0]:
            self.deviate("POLICY_ORDER", "it applies before the version it follows")
        self.fund.policies.append((body["applies_from"], body["policy"]))

    def _calendar_adopt(self, found: Transaction, effects: Effects) -> None:
        name = found.body["calendar"]
        effects.revise(f"calendar:{name}")
        try:
            self.fund.calendars.setdefault(name, Calendar()).adopt(found.body["years"])
        except Malformed as error:
            self.deviate("CALENDAR_CONFLICT", error.message)

    def _key_enrol(self, found: Transaction, effects: Effects) -> None:
        body = found.body
        name = self._enrol(body["party"], body["role"], body["duty"], body["public_key"])
        effects.revise(f"party:{body['party']}", f"key:{name}")

    def _key_rotate(self, found: Transaction, effects: Effects) -> None:
        old = self.fund.keys[found.body["key"]]
        old.standing = False
        raw = found.body["public_key"]
        name = self._enrol(old.party, old.role, old.duty, raw, old.root)
        effects.revise(f"party:{old.party}", f"key:{name}", f"key:{old.id}")

    def _key_revoke(self, found: Transaction, effects: Effects) -> None:
        old = self.fund.keys[found.body["key"]]
        if not old.standing:
            self.deviate("KEY_UNKNOWN", f"key {old.id} does not stand")
        old.standing = False
        effects.revise(f"key:{old.id}", f"party:{old.party}")

    def _manager_appoint(self, found: Transaction, effects: Effects) -> None:
        if self.fund.manager is not None:
            self.deviate("MANAGER_OFFICE", f"{self.fund.manager} is in office")
        self.fund.manager = found.body["manager"]
        effects.revise("fund", f"party:{found.body['manager']}")

    def _manager_remove(self, found: Transaction, effects: Effects) -> None:
        if self.fund.manager != found.body["manager"]:
            self.deviate("MANAGER_OFFICE", f"{found.body['manager']} is not in office")
        self.fund.manager = None
        effects.revise("fund", f"party:{found.body['manager']}")

    def _partner_admit(self, found: Transaction, effects: Effects) -> None:
        party = self.fund.party(found.body["partner"])
        party.admitted_as, party.is_partner = found.body["role"], True
        effects.revise(f"party:{party.id}")

    def _partner_revoke(self, found: Transaction, effects: Effects) -> None:
        effects.revise(f"party:{found.body['partner']}")
