"""The frozen vectors, and that the runner notices what is wrong."""

import json
import shutil
import tempfile
import unittest
from pathlib import Path

from fundtrail_verify import vectors

from .common import VECTORS

KNOWN_LEFT_OUT = {"add_checkpoints.json"}


class Vectors(unittest.TestCase):
    def test_every_case_agrees(self):
        outcome = vectors.run(VECTORS)
        self.assertEqual(outcome.disagreements, [])
        self.assertEqual(set(outcome.left_out), KNOWN_LEFT_OUT)
        for name in vectors.RUNNERS:
            self.assertGreater(outcome.counts.get(name, 0), 4, name)
        # Other codes than the expected one are allowed where "any code means refused".
        for name, number in outcome.other_code.items():
            self.assertLess(number, 20, name)

    def test_an_altered_expectation_is_noticed(self):
        with tempfile.TemporaryDirectory() as held:
            copy = Path(held) / "vectors"
            shutil.copytree(VECTORS, copy)
            for name in vectors.RUNNERS:
                document = json.loads((copy / name).read_text(encoding="utf-8"))
                good = next(c for c in document["cases"] if isinstance(c["expect"], (str, dict)))
                if good["expect"] == "ok":
                    good["expect"] = "NOT_JSON"
                elif isinstance(good["expect"], dict):
                    good["expect"] = {"ok": {"another": "answer"}}
                else:
                    good["expect"] = "ok"
                text = json.dumps(document, ensure_ascii=False)
                (copy / name).write_text(text, encoding="utf-8")
            outcome = vectors.run(copy)
            noticed = {one.file for one in outcome.disagreements}
            self.assertEqual(noticed, set(vectors.RUNNERS))

    def test_a_conformity_that_is_expected_is_found_here_too(self):
        context = vectors.Context(VECTORS)
        for name in vectors.FINDINGS:
            for case in context.json(name)["cases"]:
                found = vectors.RUNNERS[name](context, case)
                self.assertEqual(found, case["expect"], case["name"])


if __name__ == "__main__":
    unittest.main()
