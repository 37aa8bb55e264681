"""JSON as FORMAT 2 restricts it.

The value is made of dict, list, str, int, bool and None. Floats never occur. Checks are
reported in the format's order: a text that is no JSON is NOT_JSON although it also names a
member twice. Too deep a text is given up at once.
"""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional, Tuple

from .errors import Malformed

DEPTH_MAX = 16
_SPACE = re.compile(r"[ \t\n\r]*")
_PLAIN = re.compile(r'"([^"\\\x00-\x1f]*)"')
# Unrolled, so that a text without an end is refused in linear time.
_TEXT = re.compile(
    r'"([^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*)"'
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_SHORT = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS: Tuple[Tuple[str, Any], ...] = (("true", True), ("false", False), ("null", None))
_INT_MIN, _INT_MAX = -(2**63), 2**64 - 1


def parse(raw: bytes) -> Any:
    """The one JSON value of `raw`: NOT_UTF8, NOT_JSON, TOO_DEEP, DUPLICATE_MEMBER, FLOAT."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("NOT_UTF8", str(error)) from None
    return _Parser(text).document()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.twice: Optional[str] = None
        self.fraction = ""

    def document(self) -> Any:
        self._space()
        value = self._value(1)
        self._space()
        if self.at != len(self.text):
            raise self._not_json("something follows the value")
        if self.twice is not None:
            raise Malformed("DUPLICATE_MEMBER", f"member {self.twice} stands twice")
        if self.fraction:
            raise Malformed("FLOAT", f"{self.fraction[:40]} is not a whole number in range")
        return value

    def _not_json(self, why: str) -> Malformed:
        return Malformed("NOT_JSON", f"{why} at character {self.at}")

    def _space(self) -> None:
        found = _SPACE.match(self.text, self.at)
        if found:
            self.at = found.end()

    def _value(self, depth: int) -> Any:
        first = self.text[self.at : self.at + 1]
        if first == '"':
            return self._string()
        if first in ("{", "["):
            if depth > DEPTH_MAX:
                raise Malformed("TOO_DEEP", f"more than {DEPTH_MAX} arrays or objects")
            self.at += 1
            return self._object(depth) if first == "{" else self._array(depth)
        for word, value in _WORDS:
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        return self._number()

    def _string(self) -> str:
        plain = _PLAIN.match(self.text, self.at)
        if plain:
            self.at = plain.end()
            return plain.group(1)
        found = _TEXT.match(self.text, self.at)
        if not found:
            raise self._not_json("no text")
        value = _ESCAPE.sub(_unescaped, found.group(1))
        try:
            # Two escapes that form a pair become one character; a lone one is refused.
            value = value.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            raise self._not_json("a lone surrogate") from None
        self.at = found.end()
        return value

    def _number(self) -> int:
        found = _NUMBER.match(self.text, self.at)
        if not found:
            raise self._not_json("no value")
        self.at = found.end()
        written = found.group(0)
        if found.group(1) or found.group(2) or written == "-0" or len(written) > 20:
            self.fraction = self.fraction or written
            return 0
        value = int(written)
        if not _INT_MIN <= value <= _INT_MAX:
            self.fraction = self.fraction or written
        return value

    def _object(self, depth: int) -> Dict[str, Any]:
        members: Dict[str, Any] = {}
        self._space()
        if self._take("}"):
            return members
        while True:
            self._space()
            if self.text[self.at : self.at + 1] != '"':
                raise self._not_json("no member")
            name = self._string()
            self._space()
            if not self._take(":"):
                raise self._not_json("no colon")
            self._space()
            if name in members:
                self.twice = name
            members[name] = self._value(depth + 1)
            self._space()
            if self._take("}"):
                return members
            if not self._take(","):
                raise self._not_json("an object does not end")

    def _array(self, depth: int) -> List[Any]:
        items: List[Any] = []
        self._space()
        if self._take("]"):
            return items
        while True:
            self._space()
            items.append(self._value(depth + 1))
            self._space()
            if self._take("]"):
                return items
            if not self._take(","):
                raise self._not_json("an array does not end")

    def _take(self, character: str) -> bool:
        if self.text[self.at : self.at + 1] == character:
            self.at += 1
            return True
        return False


def _unescaped(found: "re.Match[str]") -> str:
    code, short = found.group(1), found.group(2)
    return chr(int(code, 16)) if code else _SHORT[short]


_CONTROL = {
    '"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r",
}
_TO_ESCAPE = re.compile(r'["\\\x00-\x1f]')


def write(value: Any) -> str:
    """The one form of entries (FORMAT 10): no white space, members in the order they have."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + _TO_ESCAPE.sub(_escaped, value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(write(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{write(k)}:{write(v)}" for k, v in value.items()) + "}"
    raise TypeError(type(value).__name__)


def _escaped(found: "re.Match[str]") -> str:
    character = found.group(0)
    return _CONTROL.get(character) or f"\\u{ord(character):04x}"
