"""Figures of a candidate, and what they are kept to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from operator import eq, ge, gt, le, lt
from typing import Any, NamedTuple, get_args

from netspec.diagnostic import Fault, UsageError, nearest
from netspec.flow.flow import Shape
from netspec.language.quantity import Bytes, Count, Pixels, Quantity, Share
from netspec.language.spec import Audit

_UNITS: dict[str, Any] = {
    "params": Count, "macs": Count, "activation_bytes": Bytes, "training_bytes": Bytes,
    "receptive_field": Pixels, "layers": Count,
}  # fmt: skip
QUANTITIES = tuple(_UNITS)
"""What can be kept to, the quantities of `audit:`."""
_BOUND = re.compile(r"\s*([A-Za-z_]\w*)\s*(<=|>=|==|<|>)\s*(.*?)\s*")
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<=": le, ">=": ge, "==": eq, "<": lt, ">": gt
}  # fmt: skip
_FIELD = "receptive_field"


class Figures(NamedTuple):
    """What is known of a network that has no error."""

    params: int
    macs: int
    activation_bytes: int
    training_bytes: int
    layers: int
    sizes: tuple[int | None, ...]
    """Its receptive field in pixels per axis, None where there is no single size."""
    longest: tuple[int, ...]
    """The same, or the longest that any unit sees where there is no single size."""
    input: Shape
    output: Shape

    @property
    def receptive_field(self) -> tuple[int | None, ...] | None:
        """As a plan has it."""
        return self.sizes or None


class Bound(NamedTuple):
    """What a figure is kept to."""

    text: str
    quantity: str
    operator: str
    limit: int | Share
    strict: bool = True
    """Whether a receptive field without a single size keeps to nothing."""

    def lack(self, figures: Figures) -> float:
        """How far a candidate is from keeping it, as a share of the limit; 0 where it keeps it."""
        holds, limit = _OPERATORS[self.operator], self.limit
        if self.quantity != _FIELD:
            assert isinstance(limit, int)
            value = getattr(figures, self.quantity)
            return 0.0 if holds(value, limit) else _distance(value, limit)
        if not self.strict:
            return self._of_audit(figures)
        if not figures.sizes or None in figures.sizes:
            return 1.0
        return max(self._of_axes(figures.sizes, figures.input))

    def _of_axes(self, sizes: Sequence[Any], shape: Shape) -> Iterator[float]:
        """How far each axis is from it: 60 % holds where 100 times the size is 60 times n."""
        for size, n in zip(sizes, shape[1:], strict=True):
            value, limit = (
                (100 * size, self.limit.percent * n)
                if isinstance(self.limit, Share)
                else (size, float(self.limit))
            )
            holds = _OPERATORS[self.operator](value, limit)
            yield 0.0 if holds else _distance(value, limit)

    def _of_audit(self, figures: Figures) -> float:
        """The same as the rules on budgets have it."""
        if not figures.longest:
            # A network that has no place whose units differ is not told of its field.
            return float(self.operator == ">=" and len(figures.input) == 1)
        return max(self._of_axes(figures.longest, figures.input))


def _distance(value: float, limit: float) -> float:
    return abs(value - limit) / max(abs(limit), 1) or 1e-9


def bound(text: str) -> Bound | None:
    """The bound that a text states, None for `errors == 0`, which always holds.

    Raises UsageError where it is none, or about what is no quantity.
    """
    what = f"--keep '{text}'"
    found = _BOUND.fullmatch(text)
    if found is None:
        raise UsageError(f"{what} is no bound", "write it like 'params <= 8k'")
    quantity, operator, limit = found.groups()
    if quantity == "errors":
        if (operator, limit) == ("==", "0"):
            return None
        raise UsageError(f"{what}: what has errors is never kept", "leave it out")
    check_quantity(quantity, what)
    try:
        return Bound(text.strip(), quantity, operator, _quantity(quantity).check(limit))
    except Fault as fault:
        raise UsageError(f"{what}: {fault.message}", fault.help) from None


def check_quantity(name: str, what: str) -> None:
    """Refuse what is no quantity; `what` is how messages begin."""
    if name not in QUANTITIES:
        hint = nearest(name, QUANTITIES) or f"known here: {', '.join(QUANTITIES)}"
        raise UsageError(f"{what}: '{name}' is no quantity", hint)


def budgets(audit: Audit) -> list[Bound]:
    """The budgets of a spec that are errors where they are missed."""
    found = []
    for side, rule, operator in ("max", "over-budget", "<="), ("min", "under-budget", ">="):
        if rule in audit.ignore or audit.levels.get(rule, "error") != "error":
            continue
        for quantity in QUANTITIES:
            limit = getattr(audit, f"{side}_{quantity}")
            if limit is not None:
                text = f"audit: {side}_{quantity}: {limit}"
                found.append(Bound(text, quantity, operator, limit, strict=False))
    return found


def _quantity(name: str) -> Quantity:
    (checker,) = (one for one in get_args(_UNITS[name]) if isinstance(one, Quantity))
    return checker
