"""Checks of members: what `kinds.py` and `fund_policy.py` are written in (FORMAT 2).

A shape is a function from a JSON value to a checked one. A member that is "or null" may be
left out; any other only where a default is given, and is never null.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, List, Sequence, Tuple

from .errors import Malformed

Shape = Callable[[Any], Any]
Check = Callable[[Dict[str, Any]], None]


class Member:
    """One member of an object: its shape, and what stands for it where it is left out."""

    REQUIRED = object()

    def __init__(self, shape: Shape, default: Any = REQUIRED, nullable: bool = False) -> None:
        self.shape = shape
        self.default = default
        self.nullable = nullable


def required(shape: Shape) -> Member:
    """A member that must be there."""
    return Member(shape)


def or_null(shape: Shape) -> Member:
    """A member that may be null, which is the same as leaving it out."""
    return Member(shape, None, True)


def default(shape: Shape, value: Any) -> Member:
    """A member with a default, given as JSON would."""
    return Member(shape, value)


def struct(members: Dict[str, Member], *checks: Check) -> Shape:
    """An object of these members and no others: UNKNOWN_MEMBER, MISSING_MEMBER, SHAPE."""

    def check(value: Any) -> Dict[str, Any]:
        if not isinstance(value, dict):
            raise Malformed("SHAPE", f"{str(value)[:40]} is not an object")
        for name in value:
            if name not in members:
                raise Malformed("UNKNOWN_MEMBER", f"nobody knows member {name[:60]}")
        found: Dict[str, Any] = {}
        for name, member in members.items():
            found[name] = _member(name, member, value)
        for one in checks:
            one(found)
        return found

    return check


def _member(name: str, member: Member, value: Dict[str, Any]) -> Any:
    if name not in value:
        if member.default is Member.REQUIRED:
            raise Malformed("MISSING_MEMBER", f"member {name} is missing")
        return None if member.default is None else member.shape(member.default)
    if value[name] is None and member.nullable:
        return None
    try:
        return member.shape(value[name])
    except Malformed as error:
        raise Malformed(error.code, f"{name}: {error.message}") from None


def list_of(shape: Shape, low: int = 0, high: int = 0) -> Shape:
    """A list of `low` (else SHAPE) to `high` (else TOO_LARGE; 0: any number)."""

    def check(value: Any) -> List[Any]:
        if not isinstance(value, list):
            raise Malformed("SHAPE", f"{str(value)[:40]} is not a list")
        if high and len(value) > high:
            raise Malformed("TOO_LARGE", f"more than {high}")
        if len(value) < low:
            raise Malformed("SHAPE", f"fewer than {low}")
        return [shape(one) for one in value]

    return check


def tagged(variants: Dict[str, Dict[str, Member]]) -> Shape:
    """An object whose member `type` says which other members it has."""
    structs = {
        name: struct({"type": required(lambda value: value), **members})
        for name, members in variants.items()
    }

    def check(value: Any) -> Dict[str, Any]:
        if not isinstance(value, dict):
            raise Malformed("SHAPE", f"{str(value)[:40]} is not an object")
        if "type" not in value:
            raise Malformed("MISSING_MEMBER", "member type is missing")
        if not isinstance(value["type"], str) or value["type"] not in structs:
            raise Malformed("SHAPE", f"no such type: {str(value['type'])[:40]}")
        found: Dict[str, Any] = structs[value["type"]](value)
        return found

    return check


def pair(shape: Shape) -> Shape:
    """A list of exactly two."""

    def check(value: Any) -> Tuple[Any, Any]:
        if not isinstance(value, list) or len(value) != 2:
            raise Malformed("SHAPE", "not a list of two")
        return shape(value[0]), shape(value[1])

    return check


def must(holds: bool, why: str, code: str = "SHAPE") -> None:
    """Refuses what does not hold."""
    if not holds:
        raise Malformed(code, why)


def once_each(items: Iterable[Any]) -> bool:
    """Whether nothing occurs twice."""
    held: Sequence[Any] = list(items)
    return len(set(held)) == len(held)
