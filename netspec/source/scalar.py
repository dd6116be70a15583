"""Text → null, bool, int, float or str, as YAML 1.2 core does."""

from __future__ import annotations

import math
import re

from netspec.source.refusal import Refused

MAX_INT = 2**63 - 1

NOT_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
)
_WORDS = dict.fromkeys(("", "~", "null", "Null", "NULL")) | {
    spelled: spelled.lower() == "true"
    for spelled in ("true", "True", "TRUE", "false", "False", "FALSE")
}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = {f"{sign}.{inf}" for sign in ("", "-", "+") for inf in ("inf", "Inf", "INF")} | {
    ".nan", ".NaN", ".NAN"
}  # fmt: skip


def plain(text: str) -> str | int | float | bool | None:
    """What a scalar without quotes means; Refused for a number that no type holds."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _INT.fullmatch(text):
        # int() itself raises for thousands of digits
        number = int(text, {"0o": 8, "0x": 16}.get(text[:2], 10)) if len(text) < 99 else math.inf
        if abs(number) > MAX_INT:
            hint = f"integers go up to {MAX_INT}; quote it if it is text"
            raise Refused("number-too-large", "the integer does not fit into 64 bits", hint)
        return number
    if _FLOAT.fullmatch(text):
        if math.isinf(number := float(text)):
            hint = "numbers go up to 1.797e308; quote it if it is text"
            raise Refused("number-too-large", "the number does not fit into a float", hint)
        return number
    if text in _NOT_FINITE:
        raise Refused("number-not-finite", f"{text} is not a finite number", "write a number")
    return text
