"""What typer says of wrong use, in words that stay when typer's own change with its version."""

from __future__ import annotations

import re
from typing import Any

_SAME = (
    (r"extra arguments? \(", "extra argument(s) ("),
    (r": ('.*' is not|Input should be) a valid integer.*", ": expected an integer"),
    (r": ('.*' is not|Input should be) a valid (float|number).*", ": expected a number"),
    (
        r": (Input should be greater than or equal to |\S+ is not in the range x>=)",
        ": expected at least ",
    ),
    (
        r": (Input should be less than or equal to |\S+ is not in the range x<=)",
        ": expected at most ",
    ),
    (r"Value error, ", ""),
)
_BETWEEN = re.compile(r": (\S+) is not in the range (\S+)<=x<=(\S+)")


def worded(error: Any) -> str:
    """A usage error's message; one that no version is known to say stays as it is."""
    param = getattr(error, "param", None)
    missing = hasattr(error, "param_type")  # which only the error of a missing one has
    if missing and param and param.param_type_name == "argument":
        return f"missing argument '{param.name}'"
    message: str = error.format_message().rstrip(".")
    for theirs, ours in _SAME:
        message = re.sub(theirs, ours, message, flags=re.DOTALL)
    message = _BETWEEN.sub(_bound, message)
    return message[:1].lower() + message[1:]


def _bound(found: re.Match[str]) -> str:
    value, low, high = found.groups()
    least = float(value) < float(low)
    return f": expected at least {low}" if least else f": expected at most {high}"
