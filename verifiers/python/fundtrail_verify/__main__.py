"""The command line: exit 0 yes, 1 findings, 2 no answer."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional

from . import export, note, policy_file, receipt, report, seal, statement, vectors
from .errors import Malformed, NoAnswer
from .policy_file import LogPolicy


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs one command."""
    options = _parser().parse_args(arguments)
    try:
        found = options.run(options)
    except (NoAnswer, OSError, UnicodeDecodeError) as error:
        print(f"no answer: {error}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        print("\n".join(report.lines(found)))
    return 0 if found["verdict"] == "ok" else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fundtrail-verify", description="Verifies a Fundtrail ledger, independently."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="print JSON")
    trust = argparse.ArgumentParser(add_help=False)
    whom = trust.add_mutually_exclusive_group(required=True)
    whom.add_argument("--log-key", metavar="VKEY|FILE", help="the log's verifier key")
    whom.add_argument("--policy", metavar="FILE", help="a policy file (C2SP tlog-policy)")

    def command(name: str, what: str, run: Any, *parents: Any) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=what, description=what, parents=[common, *parents])
        one.set_defaults(run=run)
        return one

    one = command("receipt", "one entry's receipt", _receipt, trust)
    one.add_argument("file", type=Path)
    one.add_argument("--entry", type=Path, help="the entry's exact bytes, if not in the receipt")
    one = command("statement", "every revision of one object", _statement, trust)
    one.add_argument("file", type=Path)
    one = command("seal", "what a period seal says of one object", _seal, trust)
    one.add_argument("file", type=Path)
    one = command("export", "a whole ledger, and its figures anew", _export, trust)
    one.add_argument("directory", type=Path)
    one.add_argument("--since", type=Path, metavar="CHECKPOINT|DIR", help="what was kept before")
    one = command("vectors", "the frozen vectors", _vectors)
    one.add_argument("directory", type=Path)
    return parser


def _policy(options: Any) -> LogPolicy:
    try:
        if options.policy:
            return policy_file.parse(Path(options.policy).read_text(encoding="utf-8"))
        written = options.log_key
        if "+" not in written or Path(written).is_file():
            written = Path(written).read_text(encoding="utf-8").strip()
        return LogPolicy.of_log(note.verifier_key(written))
    except Malformed as error:
        raise NoAnswer(f"whom to trust: {error}") from None


def _receipt(options: Any) -> Dict[str, Any]:
    policy = _policy(options)
    entry = options.entry.read_bytes() if options.entry else None
    try:
        proved = receipt.verify(options.file.read_bytes(), policy, entry)
        return report.of_receipt(proved, policy)
    except Malformed as error:
        return report.refused(error.code, error.message)


def _statement(options: Any) -> Dict[str, Any]:
    policy = _policy(options)
    try:
        return report.of_statement(statement.verify(options.file.read_bytes(), policy), policy)
    except Malformed as error:
        return report.refused(error.code, error.message)


def _seal(options: Any) -> Dict[str, Any]:
    policy = _policy(options)
    try:
        return report.of_seal(seal.verify(options.file.read_bytes(), policy), policy)
    except Malformed as error:
        return report.refused(error.code, error.message)


def _export(options: Any) -> Dict[str, Any]:
    policy = _policy(options)
    return report.of_audit(export.audit(options.directory, policy, options.since), policy)


def _vectors(options: Any) -> Dict[str, Any]:
    if not (options.directory / "README.md").is_file():
        raise NoAnswer(f"{options.directory} is no directory of vectors")
    outcome = vectors.run(options.directory)
    return {
        "verdict": "findings" if outcome.disagreements else "ok",
        "cases": sum(outcome.counts.values()),
        "files": outcome.counts,
        "refused_with_another_code": outcome.other_code,
        "left_out": outcome.left_out,
        "findings": [
            {"code": "DISAGREES", "message": f"{d.file}: {d.name}: {d.found}, not {d.expected}"}
            for d in outcome.disagreements
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
