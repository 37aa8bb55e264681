"""The command line: exit codes, JSON, exports in every shape, and what was kept before."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path

from fundtrail_verify import tiles, tree
from fundtrail_verify.__main__ import main
from fundtrail_verify.export import content

from .common import SITE, VECTORS, checkpoint
from .test_worked import life_cycle

KEY = SITE.site["log_key"]
LIFE = life_cycle()


def run(*arguments):
    """Exit code and output."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        try:
            code = main([str(one) for one in arguments])
        except SystemExit as ended:
            code = ended.code
    return code, out.getvalue()


def report(*arguments):
    code, out = run(*arguments, "--json")
    return code, json.loads(out)


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.held = tempfile.TemporaryDirectory()
        self.addCleanup(self.held.cleanup)
        self.folder = Path(self.held.name)

    def export(self, name="export", lines=None, signed=None):
        lines = LIFE.lines if lines is None else lines
        directory = self.folder / name
        directory.mkdir()
        (directory / "entries.ndjson").write_bytes(b"".join(one + b"\n" for one in lines))
        leaves = [tree.leaf_hash(one) for one in (signed or lines)]
        text = checkpoint(LIFE.model.origin, leaves, LIFE.log)
        (directory / "checkpoint").write_bytes(text)
        return directory

    def test_documents(self):
        receipt = VECTORS / "ledger" / "receipt-8-12.tlog-proof"
        code, found = report("receipt", receipt, "--log-key", KEY)
        self.assertEqual((code, found["index"]), (0, 8))
        code, found = report(
            "statement", VECTORS / "statements" / "account-main-31.json", "--log-key", KEY)
        self.assertEqual((code, found["revisions"]), (0, 9))
        code, found = report(
            "seal", VECTORS / "seals" / "account-main-2022Q4-31.json", "--log-key", KEY)
        self.assertEqual((code, found["period"]), (0, "2022Q4"))

    def test_one_is_findings_and_two_is_no_answer(self):
        other = LIFE.vkey
        receipt = VECTORS / "ledger" / "receipt-8-12.tlog-proof"
        code, found = report("receipt", receipt, "--log-key", other)
        self.assertEqual((code, found["findings"][0]["code"]), (1, "NOTE_UNTRUSTED"))
        self.assertEqual(run("receipt", self.folder / "none", "--log-key", KEY)[0], 2)
        self.assertEqual(run("receipt", receipt, "--log-key", "none")[0], 2)
        self.assertEqual(run("receipt", receipt)[0], 2)
        self.assertEqual(run("receipt", receipt, "--log-key", KEY, "--policy", "x")[0], 2)
        self.assertEqual(run("export", self.folder, "--log-key", KEY)[0], 2)
        self.assertEqual(run()[0], 2)

    def test_a_policy_file(self):
        file = self.folder / "policy"
        file.write_text(f"log {KEY}\nwitness w {SITE.site['witness_key']}\nquorum w\n")
        receipt = VECTORS / "ledger" / "receipt-8-12.tlog-proof"
        code, found = report("receipt", receipt, "--policy", file)
        self.assertEqual(code, 0)
        self.assertEqual(found["checkpoint"]["cosigned"][0]["witness"], "w")
        text = receipt.read_text(encoding="utf-8").rsplit("\u2014", 1)[0]
        bare = self.folder / "bare"
        bare.write_text(text, encoding="utf-8")
        code, found = report("receipt", bare, "--policy", file)
        self.assertEqual((code, found["findings"][0]["code"]), (1, "CHECKPOINT_QUORUM"))

    def test_an_export(self):
        code, found = report("export", self.export(), "--log-key", LIFE.vkey)
        self.assertEqual(code, 0)
        self.assertEqual(found["stages"], {
            "integrity": "ok", "checkpoint": "ok", "books": "ok", "recomputation": "ok"})
        self.assertEqual(found["balances"]["compensation"], "2100000.00")
        self.assertEqual(found["since"], {"verdict": "not_given"})
        self.assertTrue(found["not_checked"] and found["no_ledger_proves"])
        for directory in ("ledger",):
            self.assertEqual(run("export", VECTORS / directory, "--log-key", KEY)[0], 0)

    def test_nothing_is_called_ok_that_was_not_checked(self):
        lines = list(LIFE.lines)
        lines[40] = lines[40].replace(b"2022", b"2023", 1)
        code, found = report("export", self.export(lines=lines), "--log-key", LIFE.vkey)
        self.assertEqual(code, 1)
        self.assertEqual(found["stages"]["checkpoint"], "not_checked")
        self.assertIn("everything after it", found["not_checked"][0])
        shorter = LIFE.lines[:-1]
        code, found = report(
            "export", self.export("more", signed=shorter), "--log-key", LIFE.vkey)
        self.assertEqual((code, found["beyond_checkpoint"]), (0, 1))
        self.assertTrue(any("does not cover" in one for one in found["not_checked"]))

    def test_bundles_and_tiles(self):
        directory = self.export()
        (directory / "entries.ndjson").unlink()
        leaves = [tree.leaf_hash(one) for one in LIFE.lines]
        for path in tiles.paths(len(leaves)):
            file = directory / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content(path, leaves, LIFE.lines))
        code, found = report("export", directory, "--log-key", LIFE.vkey)
        self.assertEqual((code, found["entries"]), (0, len(LIFE.lines)))
        tile = directory / tiles.paths(len(leaves))[0]
        tile.write_bytes(tile.read_bytes()[:-1] + b"x")
        code, found = report("export", directory, "--log-key", LIFE.vkey)
        self.assertEqual((code, [one["code"] for one in found["findings"]]), (1, ["TILE"]))
        bundle = directory / tiles.paths(len(leaves))[-1]
        bundle.write_bytes(bundle.read_bytes()[:-3])
        code, found = report("export", directory, "--log-key", LIFE.vkey)
        self.assertEqual((code, found["findings"][0]["code"]), (1, "BUNDLE_FORM"))

    def test_since(self):
        now = self.export()
        kept = self.export("kept", LIFE.lines[:50])
        for since, verdict in ((kept, "grew"), (kept / "checkpoint", "grew")):
            code, found = report("export", now, "--log-key", LIFE.vkey, "--since", since)
            self.assertEqual((code, found["since"]["verdict"]), (0, verdict))
        code, found = report("export", kept, "--log-key", LIFE.vkey, "--since", now)
        self.assertEqual((code, found["since"]["verdict"]), (1, "truncated"))
        self.assertEqual(found["findings"][-1]["code"], "TRUNCATED")
        other = list(LIFE.lines)
        other[30] = other[30] + b" "
        forked = self.export("forked", other)
        code, found = report("export", now, "--log-key", LIFE.vkey, "--since", forked)
        self.assertEqual((code, found["since"]["verdict"]), (1, "forked"))
        rewritten = self.export("rewritten", other[:50])
        code, found = report("export", now, "--log-key", LIFE.vkey, "--since", rewritten)
        self.assertEqual((code, found["since"]["verdict"]), (1, "rewritten"))
        self.assertEqual(found["since"]["entry"], 30)
        unsigned = self.folder / "unsigned"
        unsigned.write_bytes((kept / "checkpoint").read_bytes().replace(b"\n50\n", b"\n49\n"))
        code, found = report("export", now, "--log-key", LIFE.vkey, "--since", unsigned)
        self.assertEqual((code, found["since"]["verdict"]), (1, "unsigned"))
        self.assertEqual(
            run("export", now, "--log-key", LIFE.vkey, "--since", self.folder / "x")[0], 2)

    def test_vectors(self):
        code, found = report("vectors", VECTORS)
        self.assertEqual((code, found["verdict"]), (0, "ok"))
        self.assertGreater(found["cases"], 1900)
        self.assertEqual(run("vectors", self.folder)[0], 2)

    def test_lines_for_people(self):
        code, out = run("export", self.export(), "--log-key", LIFE.vkey)
        self.assertEqual(code, 0)
        self.assertIn("verdict: ok", out)
        self.assertIn("No ledger proves", out)


if __name__ == "__main__":
    unittest.main()
