"""Whatever is flipped, dropped or moved in a document must be refused, or change nothing."""

import base64
import json
import unittest

from fundtrail_verify import note, policy_file, receipt, seal, statement, strict_json, tree
from fundtrail_verify.errors import Malformed
from fundtrail_verify.policy_file import LogPolicy
from fundtrail_verify.vectors_ledger import findings, rechained

from .common import SITE, VECTORS, audit_lines

KEY = note.verifier_key(SITE.site["log_key"])
LOG = LogPolicy.of_log(KEY)
WITNESSED = policy_file.parse(
    f"log {SITE.site['log_key']}\nwitness w {SITE.site['witness_key']}\nquorum w\n"
)


def flipped(raw: bytes, at: int, bit: int = 0) -> bytes:
    return raw[:at] + bytes([raw[at] ^ (1 << bit)]) + raw[at + 1 :]


class Receipts(unittest.TestCase):
    def test_no_byte_can_be_flipped(self):
        for name in ("receipt-8-12", "receipt-24-25", "receipt-15-25"):
            raw = (VECTORS / "ledger" / f"{name}.tlog-proof").read_bytes()
            receipt.verify(raw, WITNESSED)
            for at in range(0, len(raw), 5):
                with self.subTest(name=name, at=at):
                    with self.assertRaises(Malformed):
                        receipt.verify(flipped(raw, at, at % 7), WITNESSED)

    def test_without_witnesses_only_their_line_is_free(self):
        raw = (VECTORS / "ledger" / "receipt-8-12.tlog-proof").read_bytes()
        free = raw.rindex("\u2014".encode())
        good = receipt.verify(raw, LOG)
        for at in range(0, len(raw), 3):
            try:
                found = receipt.verify(flipped(raw, at), LOG)
            except Malformed:
                continue
            self.assertGreaterEqual(at, free)
            self.assertEqual((found.index, found.leaf), (good.index, good.leaf))

    def test_lines_dropped_doubled_and_swapped(self):
        lines = (VECTORS / "ledger" / "receipt-15-25.tlog-proof").read_text().split("\n")
        for n in range(len(lines)):
            for changed in (
                lines[:n] + lines[n + 1 :],
                lines[: n + 1] + lines[n:],
                lines[:n] + lines[n + 1 : n + 2] + lines[n : n + 1] + lines[n + 2 :],
            ):
                both_signatures = lines[:-3] + [lines[-2], lines[-3], lines[-1]]
                if changed in (lines, both_signatures):
                    continue  # the order of signatures means nothing
                with self.subTest(line=n), self.assertRaises(Malformed):
                    receipt.verify("\n".join(changed).encode(), WITNESSED)

    def test_codes(self):
        raw = (VECTORS / "ledger" / "receipt-8-12.tlog-proof").read_text()
        for old, new, code in (
            ("index 8", "index 9", "RECEIPT_PROOF"),
            ("index 8", "index 12", "RECEIPT_PROOF"),
            ("tlog-proof@v1", "tlog-proof@v2", "RECEIPT_FORM"),
            ("\n12\n", "\n13\n", "NOTE_SIGNATURE"),
        ):
            with self.assertRaises(Malformed) as raised:
                receipt.verify(raw.replace(old, new, 1).encode(), LOG)
            self.assertEqual(raised.exception.code, code)
        with self.assertRaises(Malformed) as raised:
            receipt.verify(raw.rsplit("\u2014", 1)[0].encode(), WITNESSED)
        self.assertEqual(raised.exception.code, "CHECKPOINT_QUORUM")


class Json(unittest.TestCase):
    def test_a_text_without_an_end_is_refused_at_once(self):
        for raw in (b'"' + b"a" * 100_000, b'{"a":"' + b"b\\n" * 50_000 + b"\x01"):
            with self.assertRaises(Malformed) as raised:
                strict_json.parse(raw)
            self.assertEqual(raised.exception.code, "NOT_JSON")


class Ledger(unittest.TestCase):
    """Every entry of the frozen ledger, with and without re-chaining."""

    last = max(int(one) for one in SITE.checkpoints)

    def refused(self, lines):
        found = findings(SITE, lines, self.last)
        good = {"integrity": "ok", "checkpoint": "ok", "books": "ok", "conformity": "ok"}
        self.assertNotEqual(found, good)
        self.assertTrue(found["integrity"] != "ok" or found["checkpoint"] == "refused")

    def test_as_it_is(self):
        self.assertEqual(findings(SITE, SITE.lines, self.last)["conformity"], "ok")

    def test_every_entry_dropped_doubled_swapped(self):
        lines = SITE.lines
        for n in range(len(lines)):
            with self.subTest(entry=n):
                changed = [lines[:n] + lines[n + 1 :], lines[: n + 1] + lines[n:]]
                if n + 1 < len(lines):
                    changed.append(lines[:n] + [lines[n + 1], lines[n]] + lines[n + 2 :])
                for one in changed:
                    self.refused(one)
                    self.refused(rechained(one))

    def test_bytes_of_every_entry(self):
        for n, line in enumerate(SITE.lines):
            raw = line.encode()
            for at in range(n % 97, len(raw), 211):
                changed = flipped(raw, at, at % 5)
                lines = [x.encode() for x in SITE.lines]
                lines[n] = changed
                found = audit_lines(SITE.origin, lines)
                last = n + 1 == len(lines)
                with self.subTest(entry=n, at=at):
                    # The last entry's own recording is held by the checkpoint alone.
                    self.assertTrue(found or last)
                    roots = tree.root_of([tree.leaf_hash(one) for one in lines])
                    opened = SITE.policy.open(SITE.checkpoints[str(self.last)].encode())
                    self.assertNotEqual(roots, opened.checkpoint.root)

    def test_truncation_shows_against_the_checkpoint_alone(self):
        for n in range(1, len(SITE.lines)):
            self.assertEqual(findings(SITE, SITE.lines[:n], self.last)["checkpoint"], "refused")
            self.assertEqual(findings(SITE, SITE.lines[:n], n)["checkpoint"], "ok")


class Documents(unittest.TestCase):
    """Statements and seal documents."""

    def check(self, folder, name, verify, told):
        raw = (VECTORS / folder / name).read_bytes()
        good = told(verify(raw, LOG))
        refused = 0
        for at in range(0, len(raw), max(len(raw) // 150, 1)):
            try:
                found = verify(flipped(raw, at, at % 6), LOG)
            except Malformed:
                refused += 1
                continue
            self.assertEqual(told(found), good, f"{name} at {at}")
        self.assertGreater(refused, 130)

    def test_statements(self):
        def told(found):
            items = [(one.entry.raw, one.balance) for one in found.items]
            return found.object, items, found.period, found.opened.checkpoint

        for name in ("account-main-31.json", "absent-31.json", "account-main-24.json"):
            self.check("statements", name, statement.verify, told)

    def test_seals(self):
        def told(found):
            return found.object, found.period, found.head, found.opened.checkpoint

        for name in ("account-main-2022Q4-31.json", "absent-2022Q4-31.json"):
            self.check("seals", name, seal.verify, told)

    def test_every_item_and_tail_entry_dropped(self):
        raw = (VECTORS / "statements" / "account-main-31.json").read_text(encoding="utf-8")
        whole = json.loads(raw)
        for n in range(len(whole["items"])):
            changed = json.loads(raw)
            del changed["items"][n]
            changed["revisions"] -= 1
            if n + 1 == len(whole["items"]):
                changed["newest_entry"] = changed["items"][-1]["index"]
            self.refuse(changed, ("GAP", "TRUNCATED", "NOT_CONCERNED"))
        for n in range(len(whole["completeness"]["tail"])):
            changed = json.loads(raw)
            del changed["completeness"]["tail"][n]
            self.refuse(changed, ("TAIL",))
        for n in range(len(whole["completeness"]["hashes"])):
            changed = json.loads(raw)
            changed["completeness"]["hashes"][n] = base64.b64encode(bytes(32)).decode()
            self.refuse(changed, ("TAIL",))

    def refuse(self, document, codes):
        with self.assertRaises(Malformed) as raised:
            statement.verify(json.dumps(document, ensure_ascii=False).encode(), LOG)
        self.assertIn(raised.exception.code, codes)


if __name__ == "__main__":
    unittest.main()
