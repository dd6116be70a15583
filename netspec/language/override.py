"""`key=value` on top of a spec, written into its text: comments and places stay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from netspec.diagnostic import SpecError, UsageError
from netspec.language.uses import keys, variables
from netspec.source import Source, parse
from netspec.source.edit import assigned


def override(source: Source, key: str, value: str, option: str = "--set") -> Source:
    """The spec with the value at a dotted key replaced or added; `value` is YAML.

    `option` is what messages call it by. Raises UsageError where the key leads nowhere or the value
    is not one YAML value.
    """
    what, parts, text = f"{option} {key}={value}", key.split("."), value.strip() or "null"
    try:
        given = parse(f"value: {text}", option).data
        expected = placed(source.data, parts, given["value"])
        changed = parse(assigned(source, parts, text), source.path)
    except SpecError as error:
        raise UsageError(f"{what}: {error.diagnostics[0].message}") from None
    except LookupError as error:
        raise UsageError(f"{what}: nothing is called {error.args[0]} there") from None
    if given.keys() != {"value"} or changed.data != expected:
        raise UsageError(f"{what}: cannot be written into {source.path}", "edit the file instead")
    return changed


class Unread(NamedTuple):
    place: tuple[str, ...]
    message: str
    known: list[str]
    """What has a value in its place."""


def unread(before: Any, after: Any) -> Iterator[Unread]:
    """Variables, blocks and their arguments that are others in `after`, and that nothing reads."""
    old, new = _mapping(before, "vars"), _mapping(after, "vars")
    rest = {key: value for key, value in after.items() if key != "vars"}
    read = {*variables([rest, *new.values()])}
    yield from _unread(("vars",), "the variable", old, new, read)
    old, new = _mapping(before, "blocks"), _mapping(after, "blocks")
    used = {*keys([after.get("layers"), *new.values()])}
    yield from _unread(("blocks",), "the block", old, new, used)
    for block, value in new.items():
        at, what = ("blocks", block, "args"), f"of block {block} the argument"
        args, known = _mapping(value, "args"), _mapping(old.get(block), "args")
        yield from _unread(at, what, known, args, {*variables(value)})


def _unread(
    at: tuple[str, ...], what: str, old: dict[str, Any], new: dict[str, Any], read: set[str]
) -> Iterator[Unread]:
    for name, value in new.items():
        if name not in read and (name not in old or old[name] != value):
            yield Unread((*at, name), f"nothing reads {what} '{name}'", [*old])


def _mapping(data: Any, key: str) -> dict[str, Any]:
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def placed(data: Any, parts: list[str], value: Any) -> Any:
    """A copy of `data` with another value at a place; LookupError where there is none."""
    if not parts:
        return value
    first, rest = parts[0], parts[1:]
    if isinstance(data, list) and first.isdecimal() and int(first) < len(data):
        index = int(first)
        return [*data[:index], placed(data[index], rest, value), *data[index + 1 :]]
    if data is None or data == first:
        data = {}  # `Adam` is short for `{Adam: }`
    if not isinstance(data, dict):
        raise LookupError(first)
    return {**data, first: placed(data.get(first), rest, value)}
