"""Which variables, blocks and layers a spec's text uses."""

from collections.abc import Iterator
from typing import Any


def variables(value: Any) -> Iterator[str]:
    """Names in every `$…` of a value, functions and words of expressions among them."""
    if isinstance(value, str):
        if "$" in value:
            yield from "".join(c if c.isalnum() or c == "_" else " " for c in value).split()
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from variables(one)


def keys(value: Any) -> Iterator[str]:
    """Every key of the mappings in a value, and every string of its lists."""
    if isinstance(value, dict):
        yield from value
        for one in value.values():
            yield from keys(one)
    elif isinstance(value, list):
        for one in value:
            if isinstance(one, str):
                yield one
            else:
                yield from keys(one)
