"""What a document is refused with: a stable upper-case code (FORMAT 17) and a sentence."""

from __future__ import annotations


class Malformed(Exception):
    """A document that is not what the format says, or a proof that does not hold."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.message = message


class NoAnswer(Exception):
    """Nothing can be said: a file is missing, or an argument makes no sense (exit code 2)."""
