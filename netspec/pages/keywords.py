"""What a key of a spec means: found in the JSON Schema, which has all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from netspec.language.written import written
from netspec.pages.schema import schema


class Keyword(NamedTuple):
    """A key with what there is to say about it."""

    name: str
    meaning: str
    default: str | None
    """As it is written; None where it is needed, or is nothing."""
    choices: tuple[str, ...] = ()


@cache
def _whole() -> dict[str, Any]:
    return schema()


def keyword(path: Sequence[str | int]) -> Keyword | None:
    """The key at a path into a spec; None where nothing is known of it."""
    *around, name = path
    if not isinstance(name, str):
        return None
    return next((one for one in keywords(around) if one.name == name), None)


def keywords(path: Sequence[str | int]) -> list[Keyword]:
    """The keys that may stand in the mapping at a path."""
    found: dict[str, Keyword] = {}
    for section in _at(path):
        for name, one in section.get("properties", {}).items():
            found.setdefault(name, _keyword(name, one))
    return list(found.values())


def words(path: Sequence[str | int]) -> list[str]:
    """The words that may be the value at a path."""
    return list(dict.fromkeys(word for section in _at(path) for word in _words(section)))


def _at(path: Sequence[str | int]) -> list[dict[str, Any]]:
    """The sections of the schema that speak of a path."""
    sections = list(_open(_whole()))
    for step in path:
        below = [one for section in sections for one in _below(section, step)]
        sections = list({id(part): part for one in below for part in _open(one)}.values())
    return sections


def _below(section: dict[str, Any], step: str | int) -> Iterator[dict[str, Any]]:
    if isinstance(step, int):
        items = section.get("items")
        if isinstance(items, list):
            yield from items[step : step + 1]
        elif items:
            yield items
    elif step in section.get("properties", {}):
        yield section["properties"][step]
    else:
        more = section.get("additionalProperties")
        patterns = section.get("patternProperties", {})
        yield from (one for pattern, one in patterns.items() if re.search(pattern, step))
        if isinstance(more, dict):
            yield more


def _open(section: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A section, and everything that it stands for."""
    if "$ref" in section:
        yield from _open(_whole()["$defs"][section["$ref"].removeprefix("#/$defs/")])
        return
    yield section
    for one in section.get("anyOf", ()):
        yield from _open(one)


def _keyword(name: str, section: dict[str, Any]) -> Keyword:
    parts = list(_open(section))
    meaning = next((one["description"] for one in parts if "description" in one), "")
    default = next((written(one["default"]) for one in parts if "default" in one), None)
    words = dict.fromkeys(word for one in parts for word in _words(one))
    return Keyword(name, meaning, default, tuple(words))


def _words(section: dict[str, Any]) -> Iterator[str]:
    for value in section.get("enum", [section["const"]] if "const" in section else []):
        yield written(value)
