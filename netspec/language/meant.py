"""What a person meant who wrote something else: forms are proposed, and the model decides.

Nothing here knows which argument takes what. A value that is refused is read in the ways in which
people write such things elsewhere, and the first reading that the same model takes is the one that
is meant. Only read after a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from netspec.diagnostic import Path
from netspec.language import words
from netspec.language.calls import MAX_TEXT, MAX_VALUES, call, repaired
from netspec.language.validation import untagged

TYPE = ("type", "layer", "kind", "class", "class_name", "op", "_target_", "target", "module")
"""Keys that name a class elsewhere."""
UNDER = ("args", "kwargs", "params", "config", "arguments", "parameters", "options")
"""Keys that hold its arguments."""
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
_TRUE = ("yes", "on", "y", "true", "t", "1")
_FALSE = ("no", "off", "n", "false", "f", "0", "none", "null")
_NULL = ("none", "null", "nil", "~", "default")


def forms(value: Any, keys: Sequence[str] = ()) -> Iterator[Any]:
    """Readings of a value, likely ones first; `keys` are those of the mapping that is wanted."""
    if isinstance(value, str):
        yield from _of_text(value)
    elif isinstance(value, float) and value.is_integer():
        yield int(value)
    elif value is None or value is False or (value in (0, 1) and isinstance(value, int)):
        yield bool(value)
    elif isinstance(value, dict):
        yield from _of_mapping(value)
    elif isinstance(value, list):
        yield from _of_list(value)
    if isinstance(value, int | float) and 10 <= value <= 100:
        yield value / 100
    for key in keys:
        yield {key: value}
    if isinstance(value, str) and value.isidentifier():
        yield {value: None}
    if value is not None:
        yield [value]


def _of_text(text: str) -> Iterator[Any]:
    if len(text) > MAX_TEXT:
        return
    word = text.strip().strip("\"'`").strip()
    if (number := _number(word)) is not None:
        yield number
    lower = word.lower()
    if lower in _NULL:
        yield None
    if lower in _TRUE:
        yield True
    if lower in _FALSE:
        yield False
    yield from (word, lower, lower.replace("_", "-"), lower.replace(" ", "_"))
    yield from words.values(word)
    inside = word.strip("()[]").rstrip(", ")
    if (found := call(inside, bare=True)) and not found.named and len(found.values) > 1:
        yield found.values
    if "x" in lower and all(part.strip().isdecimal() for part in lower.split("x")):
        yield [int(part) for part in lower.split("x")]
    if found := call(word):
        yield (
            {found.name.rpartition(".")[2]: found.written(())}
            if found.values
            else {found.name.rpartition(".")[2]: found.named or None}
        )
    if _DOTTED.fullmatch(word):
        yield word.rpartition(".")[2]


def _number(word: str) -> float | None:
    share = word.endswith("%")
    try:
        number = float(word.rstrip("% ").replace("_", ""))
    except ValueError:
        return None
    if share:
        return number / 100
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _of_mapping(value: dict[str, Any]) -> Iterator[Any]:
    if len(value) > MAX_VALUES:
        return
    if (together := repaired(value)) is not None:
        yield together
    if found := typed(value):
        yield {found[0]: found[1]}
    if all(_named(key, one) for key, one in value.items()):
        yield [{"name": key} | ({one: None} if isinstance(one, str) else one)
               for key, one in value.items()]  # fmt: skip
    if len(value) > 1:
        yield [{key: one} if one is not None else key for key, one in value.items()]
        yield list(value.values())


def _named(key: str, value: Any) -> bool:
    """Whether a key names a layer that is its value."""
    kind = next(iter(value), "") if isinstance(value, dict) and len(value) == 1 else value
    return not key[:1].isupper() and isinstance(kind, str) and kind[:1].isupper()


def typed(value: Mapping[str, Any]) -> tuple[str, Any] | None:
    """The class and its arguments of `{type: Adam, lr: 0.1}`; None where no key names a class."""
    key = next((key for key in TYPE if isinstance(value.get(key), str)), None)
    if key is None:
        return None
    rest = {name: one for name, one in value.items() if name != key}
    if len(rest) == 1 and (under := next(iter(rest))) in UNDER:
        rest = rest[under]
    return str(value[key]), rest or None


def _of_list(value: list[Any]) -> Iterator[Any]:
    if not value or len(value) > MAX_VALUES:
        return
    if (together := repaired(value)) is not None:
        yield together
    if value[0] in (None, -1) or (isinstance(value[0], str) and value[0].isalpha()):
        yield value[1:]
    if len(value) == 5:  # an image has no more than four axes: the first is the batch's
        yield value[1:]
    if all(isinstance(one, str) for one in value):
        yield dict.fromkeys(value)
    if all(isinstance(one, dict) and isinstance(one.get("name"), str) for one in value):
        yield {
            one["name"]: {key: part for key, part in one.items() if key != "name"} for one in value
        }
    if all(isinstance(one, str | dict) for one in value):
        merged: dict[str, Any] = {}
        for one in value:
            merged |= one if isinstance(one, dict) else {one: None}
        yield merged
    plain = [_plain(one) for one in value]
    yield plain
    yield [one if isinstance(one, list) else [one] for one in value]
    if len(value) == 1:
        yield value[0]


def _plain(value: Any) -> Any:
    if isinstance(value, str) and (number := _number(value.strip())) is not None:
        return number
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Reader:
    """Reads the values of some data as its model would have them."""

    def __init__(self, model: type[BaseModel], data: Any, context: Any = None) -> None:
        self.model, self.data, self.context = model, data, context

    def at(self, path: Path) -> Any:
        """The value at a path of the data; LookupError where there is none, or too many beside."""
        value = self.data
        for part in path:
            if isinstance(value, list) and len(value) > MAX_VALUES:
                raise LookupError(part)
            try:
                value = value[part]
            except TypeError:
                raise LookupError(part) from None
        return value

    def meant(self, path: Path, keys: Sequence[str] = ()) -> list[Any]:
        """The first form of the value at a path that the model takes, alone; nothing if none."""
        try:
            value = self.at(path)
        except LookupError:
            return []
        for form in forms(value, keys):
            if (form != value or type(form) is not type(value)) and self.takes(path, form):
                return [form]
        return []

    def takes(self, path: Path, value: Any) -> bool:
        """Whether the model takes a value at a path."""
        try:
            data = _only(self.data, path, value)
            self.model.model_validate(data, context=self.context)
        except ValidationError as error:
            places = [untagged(one["loc"], data) for one in error.errors()]
            return not any(place[: len(path)] == path for place in places)
        return True


def _only(data: Any, path: Path, value: Any) -> Any:
    """The data with a value at a path and nothing beside it in the mappings on the way."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(data, list) and isinstance(first, int):
        return [*data[:first], _only(data[first], rest, value), *data[first + 1 :]]
    return {first: _only(data[first], rest, value)}
