"""Every JSON and CSV that a command prints has its contract in the manual."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from netspec.render import machine

TESTS = Path(__file__).parents[1]
MANUAL = (TESTS.parent / "specs" / "LANGUAGE.md").read_text(encoding="utf-8")
SECTION = MANUAL.partition("\n## Output formats\n")[2].partition("\n## ")[0]
GOLDEN = sorted(file.name for file in (TESTS / "golden").glob("*.json.txt"))
FREE = {"arguments", "settings", "probabilities", "values", "importances"}
"""Keys of mappings whose names are those of a spec or of classes."""


def documents(name: str) -> Iterator[Any]:
    """The JSON objects of a golden file."""
    text, decoder = (
        (TESTS / "golden" / name).read_text(encoding="utf-8").strip(),
        json.JSONDecoder(),
    )
    while text:
        told, end = decoder.raw_decode(text)
        yield told
        text = text[end:].strip()


def keys(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        for key, value in told.items():
            yield key
            if key not in FREE or isinstance(value, list):
                yield from keys(value)
    elif isinstance(told, list):
        for one in told:
            yield from keys(one)


def test_there_is_a_document_of_every_command() -> None:
    assert {name.partition(".")[0] for name in GOLDEN} == {
        "check", "diff", "eval", "predict", "runs", "search", "sweep"
    }  # fmt: skip


@pytest.mark.parametrize("name", GOLDEN)
def test_every_key_is_in_the_manual_and_every_document_has_its_schema(name: str) -> None:
    command = name.partition(".")[0]
    assert f"`netspec {command} --format json`" in SECTION
    known = set(re.findall(r"`(\w+)`", SECTION))
    for told in documents(name):
        assert told["schema"] == 1
        assert told["version"]
        assert set(keys(told)) <= known


def test_every_column_of_the_list_of_runs_is_in_the_manual() -> None:
    head = (TESTS / "golden" / "runs.csv.txt").read_text(encoding="utf-8").splitlines()[0]
    known = set(re.findall(r"`(\w+)`", SECTION))
    assert {name for name in head.split(",") if "." not in name} <= known


def test_what_is_no_number_is_null() -> None:
    told = json.loads(machine.text({"a": float("nan"), "b": [float("inf"), 1.5]}))
    assert told == {"a": None, "b": [None, 1.5]}
