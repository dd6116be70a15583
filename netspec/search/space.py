"""What varies: places of a spec with the values that each can have, and the points of all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from math import exp, log, prod
from typing import Any, NamedTuple

from netspec.diagnostic import SpecError, UsageError
from netspec.source import parse as yaml
from netspec.source.dump import checked

MAX_VALUES = 100_000
"""Values that one place can have."""
_NUMBER = r"[+-]?[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_RANGE = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})(?:\s+step\s+({_NUMBER}))?")
_LOG = re.compile(rf"log\s+({_NUMBER})\s*\.\.\s*({_NUMBER})\s+([0-9]+)")
_FORMS = "write 4..40, 4..40 step 4, log 1e-4..1e-1 7 or [4, 8, 12]"
_DIGITS = 6
"""Significant digits of a number between the ends of a range by factors."""

Point = tuple[int, ...]
"""Which of its values each axis has."""


class Axis(NamedTuple):
    """A place of a spec, as `--set` names it, and the values that it can have."""

    key: str
    values: tuple[Any, ...]

    @property
    def parts(self) -> list[str]:
        """The keys and indexes that lead to the place."""
        return self.key.split(".")


class Space(NamedTuple):
    """All points, in the order in which the last axis changes first."""

    axes: tuple[Axis, ...]

    @property
    def size(self) -> int:
        """Number of points."""
        return prod(len(axis.values) for axis in self.axes)

    def point(self, index: int) -> Point:
        """The point at a place in the order."""
        found = []
        for axis in reversed(self.axes):
            index, i = divmod(index, len(axis.values))
            found.append(i)
        return tuple(reversed(found))

    def place(self, point: Point) -> int:
        """The place of a point in the order."""
        index = 0
        for axis, i in zip(self.axes, point, strict=True):
            index = index * len(axis.values) + i
        return index

    def points(self, start: int, stop: int) -> Iterator[Point]:
        """The points from one place in the order to before another."""
        lengths = [len(axis.values) for axis in self.axes]
        digits = list(self.point(start))
        last = len(digits) - 1
        for _ in range(start, stop):
            yield tuple(digits)
            at = last
            digits[at] += 1
            while digits[at] == lengths[at] and at:
                digits[at] = 0
                at -= 1
                digits[at] += 1

    def values(self, point: Point) -> dict[str, Any]:
        """The value of each place at a point."""
        return {
            axis.key: axis.values[i] for axis, i in zip(self.axes, point, strict=True)
        }  # fmt: skip


def space(vary: Sequence[str] | Mapping[str, Any]) -> Space:
    """The space of texts such as `vars.width=4..40`, or of values by place.

    Raises UsageError for what is no range and no list, and for places that are in each other.
    """
    if isinstance(vary, Mapping):
        axes = [
            Axis(key, _values(f"{key}={value}", value) if isinstance(value, str) else
                 _listed(f"{key}=…", list(value)))
            for key, value in vary.items()
        ]  # fmt: skip
    else:
        axes = [_axis(text) for text in vary]
    if not axes:
        raise UsageError("nothing varies", "name a place and its values: vars.width=4..40")
    for i, one in enumerate(axes):
        for other in axes[:i]:
            a, b = sorted((one.parts, other.parts), key=len)
            if b[: len(a)] == a:
                what = "twice" if a == b else f"in {'.'.join(a)}, which varies too"
                raise UsageError(f"--vary {'.'.join(b)} is {what}", "name each place once")
    return Space(tuple(axes))


def _axis(text: str) -> Axis:
    key, equals, values = text.partition("=")
    if not equals or not key.strip() or not values.strip():
        raise UsageError(f"--vary {text}: no values", "write --vary vars.width=4..40")
    return Axis(key.strip(), _values(text, values.strip()))


def _values(text: str, values: str) -> tuple[Any, ...]:
    what = f"--vary {text}"
    try:
        if found := _LOG.fullmatch(values):
            return _by_factors(what, *found.groups())
        if found := _RANGE.fullmatch(values):
            return _in_steps(what, *found.groups())
        data = yaml(f"value: {values}", "--vary").data
    except (SpecError, InvalidOperation, OverflowError):
        data = None
    given = data.get("value") if isinstance(data, dict) and len(data) == 1 else None
    if not isinstance(given, list):
        raise UsageError(f"{what}: '{values}' is no range and no list", _FORMS)
    return _listed(text, given)


def _listed(text: str, given: list[Any]) -> tuple[Any, ...]:
    different = {checked(one): one for one in given}
    if not different:
        raise UsageError(f"--vary {text}: the list is empty", _FORMS)
    _few(f"--vary {text}", len(different))
    return tuple(different.values())


def _in_steps(what: str, first: str, last: str, step: str | None) -> tuple[Any, ...]:
    a, b = Decimal(first), Decimal(last)
    whole = not any(set(text) & set(".eE") for text in (first, last, step or ""))
    if step is None and not whole:
        raise UsageError(f"{what}: no step between {first} and {last}",
                         f"write {first}..{last} step …, or log {first}..{last} 7")  # fmt: skip
    by = Decimal(step or 1)
    if by <= 0:
        raise UsageError(f"{what}: a step of {step} leads nowhere", "a step is more than 0")
    if a > b:
        raise UsageError(f"{what}: there is nothing from {first} to {last}",
                         f"write {last}..{first}")  # fmt: skip
    count = int((b - a) / by) + 1
    _few(what, count)
    return tuple((int if whole else float)(a + i * by) for i in range(count))


def _by_factors(what: str, first: str, last: str, number: str) -> tuple[Any, ...]:
    a, b, count = float(first), float(last), int(number)
    if not 0 < a < b:
        message = f"{what}: no factors lead from {first} to {last}"
        raise UsageError(message, "both are more than 0, the first is the smaller one")
    if count < 2:
        raise UsageError(f"{what}: {number} has no place for both ends", "2 values or more")
    _few(what, count)
    inner = [exp(log(a) + (log(b) - log(a)) * i / (count - 1)) for i in range(1, count - 1)]
    if not set(first + last) & set(".eE"):
        return tuple(dict.fromkeys([int(first), *map(round, inner), int(last)]))
    return (a, *(float(f"{one:.{_DIGITS}g}") for one in inner), b)


def _few(what: str, count: int) -> None:
    if count > MAX_VALUES:
        raise UsageError(f"{what}: {count:,} values are over the limit of {MAX_VALUES:,}",
                         "a larger step, or log a..b n")  # fmt: skip
