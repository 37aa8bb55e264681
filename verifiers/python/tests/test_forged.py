"""Operators in bad faith: figures changed, everything signed and chained again.

Nothing but the arithmetic can find these. The life cycle is written once; then entries are
rewritten with the keys of all parties, and the log signs a fitting checkpoint.
"""

import base64
import json
import tempfile
import unittest
from pathlib import Path

from fundtrail_verify import export, note, policy_file, seal, tree
from fundtrail_verify.ledger import NO_ENTRY
from fundtrail_verify.strict_json import write

from .common import b64, checkpoint, envelope_of
from .fund import QUORUM, Fund
from .test_worked import life_cycle

LIFE = life_cycle()
POLICY = policy_file.LogPolicy.of_log(note.verifier_key(LIFE.vkey))


def payload_of(document):
    return json.loads(base64.b64decode(document["envelope"]["payload"]))


def forged(change):
    """Lines after `change(document, transaction)`, which says whether it changed something."""
    by_id = {one.id: one for one in LIFE.signers.values()}
    prev, lines, changed = NO_ENTRY, [], 0
    for line in LIFE.lines:
        document = json.loads(line)
        transaction = payload_of(document)
        if change(document, transaction):
            changed += 1
        payload = json.dumps(transaction, ensure_ascii=False).encode()
        if b64(payload) != document["envelope"]["payload"]:
            signers = [by_id[one["keyid"]] for one in document["envelope"]["signatures"]]
            document["envelope"] = envelope_of(payload, signers)
        document["prev"] = prev
        lines.append(write(document).encode())
        prev = tree.leaf_hash(lines[-1]).hex()
    if not changed:
        raise AssertionError("nothing was changed")
    return lines


def audited(lines):
    """Codes by entry, of an export whose log signed what is in it."""
    with tempfile.TemporaryDirectory() as held:
        directory = Path(held)
        (directory / "entries.ndjson").write_bytes(b"".join(one + b"\n" for one in lines))
        leaves = [tree.leaf_hash(one) for one in lines]
        (directory / "checkpoint").write_bytes(
            checkpoint(LIFE.model.origin, leaves, LIFE.log)
        )
        found = export.audit(directory, POLICY, None)
    return [(one.stage, one.index, one.code) for one in found.findings]


def index_of(kind, n=0):
    found = [i for i, line in enumerate(LIFE.lines) if payload_of(json.loads(line))["kind"] == kind]
    return found[n]


class Forged(unittest.TestCase):
    def codes(self, change):
        found = audited(forged(change))
        self.assertTrue(found)
        self.assertNotIn("integrity", {stage for stage, _, _ in found})
        self.assertNotIn("checkpoint", {stage for stage, _, _ in found})
        return {(index, code) for _, index, code in found}

    def body(self, kind, n, **members):
        at = index_of(kind, n)

        def change(document, transaction):
            if document["index"] == at:
                transaction["body"].update(members)
            return document["index"] == at

        return at, self.codes(change)

    def test_nothing_changed(self):
        self.assertEqual(audited(LIFE.lines), [])
        self.assertEqual(audited(forged(lambda document, transaction: True)), [])

    def test_bodies(self):
        for kind, n, members, code in (
            ("claim_submit", 0, {"amount": "600000.01"}, "AMOUNT_MISMATCH"),
            ("claim_submit", 1, {"amount": "2400000.00"}, "CAP_EXCEEDED"),
            ("claim_submit", 0, {"loss": {"principal": "2000000.01"}}, "LOSS_EXCEEDS_OUTSTANDING"),
            ("claim_submit", 0, {"as_of": "2022-08-28"}, "NOT_OVERDUE_ENOUGH"),
            ("claim_verify", 0, {"amount": "599999.99"}, "AMOUNT_MISMATCH"),
            ("claim_approve", 0, {"amount": "600001.00"}, "AMOUNT_MISMATCH"),
            ("compensation_pay", 0, {"amount": "600000.01"}, "AMOUNT_MISMATCH"),
            ("compensation_pay", 1, {"reconfirmed_loss": "7999999.99"}, "AMOUNT_MISMATCH"),
            ("compensation_pay", 0, {"payee": "B"}, "PAYEE_NOT_ALLOWED"),
            ("recovery_report", 0, {"amount": "499999.00"}, "POSTINGS"),
            ("recovery_return", 0, {"amount": "150000.01"}, "RETURN_EXCESS"),
            ("fee_pay", 0, {"amount": "150000.01"}, "FEE_CAP"),
            ("contribution", 0, {"amount": "9999999.99"}, "POSTINGS"),
            ("loan_enrol", 0, {"ip_amount": "1000000.00"}, "LOSS_EXCEEDS_OUTSTANDING"),
        ):
            with self.subTest(kind=kind, members=members):
                at, codes = self.body(kind, n, **members)
                if code == "POSTINGS" and kind == "recovery_report":
                    # Less collected: the return beside it is then too much.
                    self.assertIn((index_of("recovery_return"), "RETURN_EXCESS"), codes)
                elif kind == "loan_enrol":
                    self.assertIn((index_of("claim_submit"), code), codes)
                else:
                    self.assertIn((at, code), codes)

    def test_a_fen_through_all_four_steps(self):
        """Claim, verification, approval and payment agree with each other, not with the law."""

        def change(document, transaction):
            body = transaction["body"]
            if body.get("amount") == "600000.00" and body.get("claim") == "C1":
                body["amount"] = "600000.01"
                for one in document["effects"]["postings"]:
                    one["amount"] = one["amount"].replace("600000.00", "600000.01")
                return True
            return False

        codes = self.codes(change)
        self.assertIn((index_of("claim_submit"), "AMOUNT_MISMATCH"), codes)
        self.assertIn((index_of("compensation_pay"), "AMOUNT_MISMATCH"), codes)

    def test_the_policy_itself(self):
        """A higher ratio in the policy makes the same claims wrong: nothing is hard-coded."""
        for section, member, value, code in (
            ("compensation", "ratio_bp", 3001, "AMOUNT_MISMATCH"),
            ("compensation", "cap", "1400000.00", "CAP_EXCEEDED"),
            ("compensation", "overdue_min_days", 61, "NOT_OVERDUE_ENOUGH"),
            ("return", "ratio_bp", 2900, "RETURN_EXCESS"),
            ("return", "deadline", 14, "ALERTS"),
            ("fee", "bp", 149, "FEE_CAP"),
            ("brake", "warn_bp", 301, "NOTICE_UNFOUNDED"),
            ("fund", "initial", "10000000.01", "INIT_AMOUNT"),
        ):
            def change(document, transaction, section=section, member=member, value=value):
                if transaction["kind"] != "policy_adopt":
                    return False
                transaction["body"]["policy"][section][member] = value
                return True

            with self.subTest(member=member):
                self.assertIn(code, {one for _, one in self.codes(change)})

    def test_the_calendar(self):
        def change(document, transaction):
            if transaction["kind"] != "calendar_adopt":
                return False
            for year in transaction["body"]["years"]:
                year["off"] = [one for one in year["off"] if not one[0].endswith("-10-01")]
            return True

        # Without the National Day the first return, on 2022-10-14, was late.
        self.assertEqual(self.codes(change), {(index_of("recovery_return"), "ALERTS")})

    def test_effects(self):
        pay = index_of("compensation_pay", 1)

        def effects(what):
            def change(document, transaction):
                if document["index"] == pay:
                    what(document["effects"])
                return document["index"] == pay

            return self.codes(change)

        def posting(e):
            e["postings"][0]["amount"] = "-1400000.00"

        def balance(e):
            e["postings"][0]["balance"] = "1.00"

        def revision(e):
            e["revisions"][2]["revision"] += 1

        def ratio(e):
            e["alerts"][0]["figures"]["ratio_percent"] = "2.9999"

        def threshold(e):
            e["alerts"][0]["code"] = "WARN_NOTICE_DUE"

        for what, code in (
            (posting, "POSTINGS"), (posting, "UNBALANCED"), (balance, "BALANCE"),
            (revision, "GAP"), (ratio, "ALERTS"), (threshold, "ALERTS"),
            (lambda e: e["alerts"].clear(), "ALERTS"),
            (lambda e: e["revisions"].pop(), "REVISIONS"),
            (lambda e: e["postings"].reverse(), "POSTINGS"),
        ):
            self.assertIn((pay, code), effects(what))

    def test_signers(self):
        approve = index_of("claim_approve")
        for keep, code in ((4, "SIG_MISSING"), (1, "SIG_MISSING")):
            def change(document, transaction, keep=keep):
                if document["index"] == approve:
                    del document["envelope"]["signatures"][keep:]
                return document["index"] == approve

            self.assertIn((approve, code), self.codes(change))

    def test_a_whole_step_left_out(self):
        def without(at):
            kept = [line for n, line in enumerate(LIFE.lines) if n != at]
            prev, lines = NO_ENTRY, []
            for n, line in enumerate(kept):
                document = json.loads(line)
                document.update(index=n, prev=prev)
                lines.append(write(document).encode())
                prev = tree.leaf_hash(lines[-1]).hex()
            return audited(lines)

        for kind in ("claim_verify", "claim_approve", "compensation_pay", "recovery_report",
                     "loan_disburse", "suspend_notice", "fund_activate", "transfer"):
            self.assertTrue(without(index_of(kind)), kind)


class Seals(unittest.TestCase):
    def test_a_seal_of_another_state(self):
        for root, code in (("0" * 64, ["SEAL_ROOT"]), (None, [])):
            fund = Fund()
            right = seal.root_over(fund.books.heads)[0].hex()
            body = {"period": "2021", "size": len(fund.lines), "root": root or right}
            self.assertEqual(
                fund.step("2022-01-05", "period_seal", body, ["mgr1", "OFF"]), code
            )
        late = {"account": "main", "period": "2021Q4", "amount": "1.00"}
        self.assertEqual(
            fund.step("2021-12-31", "interest_credit", late, ["A1", "mgr1"]), ["PERIOD_SEALED"]
        )


class Restored(unittest.TestCase):
    def body(self, fund, **changes):
        right = {"size": len(fund.lines), "root": fund.model.tree.root().hex(),
                 "backed_up_on": "2022-01-04", "reason": "disk_lost"}
        return {**right, **changes}

    def test_what_was_put_back_is_what_comes_before(self):
        for changes, codes in (
            ({}, []),
            ({"size": 5}, ["RESTORE_SIZE"]),
            ({"root": "0" * 64}, ["RESTORE_ROOT"]),
            ({"backed_up_on": "2022-01-06"}, ["DATE_ORDER"]),
        ):
            fund = Fund()
            body = self.body(fund, **changes)
            found = fund.step("2022-01-05", "ledger_restore", body, ["mgr1", "OFF"])
            self.assertEqual(found, codes)

    def test_manager_and_office_sign_and_the_group_where_there_is_no_manager(self):
        for signers, codes in (
            (["mgr1"], ["SIG_MISSING"]), (["OFF"], ["SIG_MISSING"]),
            (["mgr1", "OFF", "A1"], ["SIG_ROLE"]), ([*QUORUM, "OFF"], ["SIG_MISSING"]),
        ):
            fund = Fund()
            found = fund.step("2022-01-05", "ledger_restore", self.body(fund), signers)
            self.assertEqual(found, codes)
        fund = Fund()
        fund.good("2022-01-05", "manager_remove",
                  {"manager": "MGR", "decision": "0" * 64}, QUORUM)
        found = fund.step("2022-01-05", "ledger_restore", self.body(fund), ["mgr1", "OFF"])
        self.assertEqual(found, ["SIG_MISSING"])
        fund.good("2022-01-05", "ledger_restore", self.body(fund), [*QUORUM, "OFF"])


if __name__ == "__main__":
    unittest.main()
