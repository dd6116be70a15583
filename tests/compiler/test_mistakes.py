"""Everyday mistakes: one message each, at its place, with the form that is meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netspec.report import read

TABLE = Path(__file__).parents[1] / "data" / "mistakes.txt"
"""Cases of a name, a spec, and what is said of it; what nobody can see is written as an escape."""


def cases() -> dict[str, tuple[str, str]]:
    parts = re.split(r"^### (.*)\n", TABLE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    seen = (re.sub(r"\\u(\w{4})", lambda code: chr(int(code[1], 16)), part) for part in parts[1::2])
    texts = (part.partition("---\n") for part in seen)
    found = {name: (spec, said) for name, (spec, _, said) in zip(parts[::2], texts, strict=True)}
    assert len(found) == len(parts) // 2, "two cases have one name"
    return found


CASES = cases()


def said(text: str) -> str:
    """The errors of a spec: each its place, code and message, and a line with the way out."""
    errors = [one for one in read(text, "spec.yaml").diagnostics if one.severity == "error"]
    return "".join(
        f"{one.span.line}:{one.span.column} {one.code}: {one.text(f'{{}}{chr(10)}  {{}}')}\n"
        for one in errors
        if one.span
    )


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_says_the_form_that_is_meant_at_its_place(name: str) -> None:
    text, wanted = CASES[name]
    assert said(text) == wanted.removesuffix("\n\n").rstrip("\n") + "\n"
